/** The text of naive.wgsl; scripts/wgsl.mjs writes this file. */
export const naiveWgsl = `\
// The same rule as its meaning reads: an invocation for each row looks for its largest logit, then
// one for each request goes along its beams. The other kernel is measured against it.

@compute @workgroup_size(64)
fn naive_best(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
              @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group_index(group, groups) * 64u + lane;
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  var key = 0u;
  var token = 0xffffffffu; // none
  for (var i = 0u; i < p.vocab; i++) {
    let other = key_of(load_logits(row * p.vocab + i));
    if (other > key) {
      key = other;
      token = i;
    }
  }
  best[row] = token;
}

@compute @workgroup_size(64)
fn naive_follow(@builtin(local_invocation_index) lane: u32,
                @builtin(workgroup_id) group: vec3<u32>,
                @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups) * 64u + lane;
  if (request >= p.requests) {
    return;
  }
  let first = u32(offsets[request]);
  if (offsets[request + 1u] <= offsets[request]) {
    beam[request] = 0;
    accepted[request] = 0;
    bonus[request] = -1;
    return;
  }
  var winner = 0u;
  var longest = 0u;
  var last = first;
  for (var i = 0u; i < p.beams; i++) {
    let rows = (request * p.beams + i) * p.positions;
    var length = 0u;
    while (length + 1u < p.positions) {
      let parent = first + u32(unpack[rows + length]);
      let child = first + u32(unpack[rows + length + 1u]);
      if (tokens[child] != bitcast<i32>(best_in[parent])) {
        break;
      }
      length++;
    }
    if (length > longest) {
      winner = i;
      longest = length;
      last = first + u32(unpack[rows + length]);
    }
  }
  beam[request] = i32(winner);
  accepted[request] = i32(longest);
  bonus[request] = bitcast<i32>(best_in[last]);
}
`;
