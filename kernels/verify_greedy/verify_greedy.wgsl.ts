/** The text of verify_greedy.wgsl; scripts/wgsl.mjs writes this file. */
export const verifyGreedyWgsl = `\
// Argmaxes of tree rows, each cut into parts for several workgroups, then the longest beam of every
// request. Logits are compared as keys, so that rows of -Infinity need no infinite number.

// The best of the parts of a row: the first of those that hold the largest key.
fn target_of(row: u32) -> i32 {
  var key = 0u;
  var token = -1;
  for (var part = row * p.parts; part < (row + 1u) * p.parts; part++) {
    let other = best_in[2u * part];
    if (other > key) {
      key = other;
      token = i32(best_in[2u * part + 1u]);
    }
  }
  return token;
}

// Invocations walk pairs of logits upwards, so the first of equals stays.
@compute @workgroup_size(GROUP)
fn argmax(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups);
  let row = index / max(p.parts, 1u);
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  let start = row * p.vocab;
  let first = start + (index % p.parts) * p.part;
  let end = min(first + p.part, start + p.vocab);
  var key = 0u;
  var at = 0u;
  // Pairs begin at even elements: the first may hold one of the part before.
  for (var i = (first & ~1u) + 2u * lane; i < end; i += 2u * GROUP) {
    let pair = load2_logits(i);
    let left = select(0u, key_of(pair.x), i >= first);
    let right = select(0u, key_of(pair.y), i + 1u < end);
    if (left > key) {
      key = left;
      at = i;
    }
    if (right > key) {
      key = right;
      at = i + 1u;
    }
  }
  let most = group_best(lane, key, at);
  if (lane == 0u) {
    best[2u * index] = most.x;
    best[2u * index + 1u] = most.y - start;
  }
}

// Lengths and beams share a key: the longest first, then the lowest beam.
@compute @workgroup_size(GROUP)
fn follow(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  let first = u32(offsets[request]);
  let is_empty = offsets[request + 1u] <= offsets[request];
  let beams = select(p.beams, 0u, is_empty);
  var key = 0xffffu;
  for (var i = lane; i < beams; i += GROUP) {
    let rows = (request * p.beams + i) * p.positions;
    var length = 0u;
    while (length + 1u < p.positions) {
      let token = tokens[first + u32(unpack[rows + length + 1u])];
      if (token != target_of(first + u32(unpack[rows + length]))) {
        break;
      }
      length++;
    }
    key = max(key, (length << 16u) | (0xffffu - i));
  }
  let longest = group_max_u(lane, key);
  if (lane > 0u) {
    return;
  }
  let length = longest >> 16u;
  let winner = 0xffffu - (longest & 0xffffu);
  var last = first;
  if (length > 0u) {
    last += u32(unpack[(request * p.beams + winner) * p.positions + length]);
  }
  beam[request] = i32(winner);
  accepted[request] = i32(length);
  bonus[request] = -1;
  if (!is_empty) {
    bonus[request] = target_of(last);
  }
}
`;
