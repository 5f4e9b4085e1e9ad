/** The text of verify_exact.wgsl; scripts/wgsl.mjs writes this file. */
export const verifyExactWgsl = `\
// Exact sampled verification. The uniform of a row is that of its depth, so all rows draw at once;
// a request then walks over what its rows drew.

struct Source {
  start: u32,
  largest: f32,
}

fn weight_at(source: Source, token: u32) -> f32 {
  return exp_of(load_logits(source.start + token) - source.largest);
}

// What a row draws.
@compute @workgroup_size(GROUP)
fn draw(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group_index(group, groups);
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  let request = holder_in_offsets(row);
  let first = u32(offsets[request]);
  var depth = 0u;
  for (var node = parent[row]; node >= 0; node = parent[first + u32(node)]) {
    depth++;
  }
  let uniform_at = request * p.positions + min(depth, p.positions - 1u);
  var key = 0u;
  for (var i = row * p.chunks; i < (row + 1u) * p.chunks; i++) {
    key = max(key, stats_in[2u * i]);
  }
  let largest = value_of(key);
  let weight = softmax_weight(lane, row, largest);
  let chunk = place_of(lane, weight, load_uniforms(uniform_at), true);
  let token = token_of(lane, Source(row * p.vocab, largest), chunk.index, chunk.rest);
  if (token != ANOTHER) {
    drawn[row] = token;
  }
}

// From the root to the first child that holds what its parent drew, as long as there is one.
@compute @workgroup_size(GROUP)
fn walk(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  let first = u32(offsets[request]);
  let rows = u32(max(offsets[request + 1u] - offsets[request], 0));
  var length = 0u;
  var last = -1;
  var row = select(NOWHERE, 0u, rows > 0u);
  while (row != NOWHERE && length < p.positions) {
    last = -1;
    if (p.vocab > 0u) {
      last = drawn_in[first + row];
    }
    if (lane == 0u) {
      path[request * p.positions + length] = i32(row);
    }
    length++;
    var child = NOWHERE;
    for (var i = row + 1u + lane; i < rows && child == NOWHERE; i += GROUP) {
      if (parent[first + i] == i32(row) && tokens[first + i] == last) {
        child = i;
      }
    }
    row = group_min_u(lane, child);
  }
  for (var j = length + lane; j < p.positions; j += GROUP) {
    path[request * p.positions + j] = -1;
  }
  if (lane == 0u) {
    accepted[request] = i32(max(length, 1u) - 1u);
    bonus[request] = last;
  }
}
`;
