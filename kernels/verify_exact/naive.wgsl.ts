/** The text of naive.wgsl; scripts/wgsl.mjs writes this file. */
export const naiveWgsl = `\
// The same draws as their meaning reads: an invocation for each row goes over its logits for the
// maximum, for the sum and for the token, then one for each request walks. The other kernel is
// measured against it.

@compute @workgroup_size(64)
fn naive_draw(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
              @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group_index(group, groups) * 64u + lane;
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  var request = 0u;
  while (request + 1u < p.requests && u32(offsets[request + 1u]) <= row) {
    request++;
  }
  var depth = 0u;
  for (var node = parent[row]; node >= 0; node = parent[u32(offsets[request] + node)]) {
    depth++;
  }
  let start = row * p.vocab;
  var key = 0u;
  for (var token = 0u; token < p.vocab; token++) {
    key = max(key, key_of(load_logits(start + token)));
  }
  drawn[row] = -1;
  if (key <= MINUS_INFINITY_KEY) {
    return;
  }
  let largest = value_of(key);
  var sum = 0.0;
  for (var token = 0u; token < p.vocab; token++) {
    sum += exp_of(load_logits(start + token) - largest);
  }
  let bound = load_uniforms(request * p.positions + min(depth, p.positions - 1u)) * sum;
  var upto = 0.0;
  for (var token = 0u; token < p.vocab && !(upto > bound); token++) {
    let weight = exp_of(load_logits(start + token) - largest);
    if (weight > 0.0) {
      upto += weight;
      drawn[row] = i32(token);
    }
  }
}

@compute @workgroup_size(64)
fn naive_walk(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
              @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups) * 64u + lane;
  if (request >= p.requests) {
    return;
  }
  let first = u32(offsets[request]);
  let rows = offsets[request + 1u] - offsets[request];
  var length = 0u;
  var last = -1;
  var row = select(-1, 0, rows > 0);
  while (row >= 0 && length < p.positions) {
    last = drawn_in[first + u32(row)];
    path[request * p.positions + length] = row;
    length++;
    var child = row + 1;
    while (child < rows) {
      let at = first + u32(child);
      if (parent[at] == row && tokens[at] == last) {
        break;
      }
      child++;
    }
    row = select(-1, child, child < rows);
  }
  accepted[request] = i32(max(length, 1u) - 1u);
  bonus[request] = last;
  for (; length < p.positions; length++) {
    path[request * p.positions + length] = -1;
  }
}
`;
