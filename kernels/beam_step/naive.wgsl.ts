/** The text of naive.wgsl; scripts/wgsl.mjs writes this file. */
export const naiveWgsl = `\
// The same step as its meaning reads: an invocation for each request looks for the next best
// continuation until all places are filled, then one for each new beam copies history and state.
// The other kernel is measured against it.

const NONE = 0xffffffffu;

@compute @workgroup_size(64)
fn naive_choose(@builtin(local_invocation_index) lane: u32,
                @builtin(workgroup_id) group: vec3<u32>,
                @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups) * 64u + lane;
  if (request >= p.requests) {
    return;
  }
  let first = request * p.beams * p.candidates;
  var last = 0xffffffffu;
  var last_flat = 0u;
  for (var place = 0u; place < p.beams; place++) {
    var best = 0u;
    var best_flat = NONE;
    for (var flat = 0u; flat < p.beams * p.candidates; flat++) {
      let source = flat / p.candidates;
      var score = load_scores(request * p.beams + source);
      if (p.step <= 1u && source > 0u) {
        score = -50000.0;
      }
      let key = key_of(score + load_values(first + flat));
      let is_behind = key < last || (key == last && flat > last_flat);
      if (is_behind && key > best) {
        best = key;
        best_flat = flat;
      }
    }
    let to = request * p.beams + place;
    if (best_flat == NONE) {
      put_scores_out(to, MINUS_INFINITY_BITS);
      parents[to] = -1;
      tokens_out[to] = -1;
    } else {
      store_scores_out(to, value_of(best));
      parents[to] = i32(best_flat / p.candidates);
      tokens_out[to] = tokens[first + best_flat];
    }
    last = best;
    last_flat = best_flat;
  }
}

@compute @workgroup_size(64)
fn naive_follow(@builtin(local_invocation_index) lane: u32,
                @builtin(workgroup_id) group: vec3<u32>,
                @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group_index(group, groups) * 64u + lane;
  if (row >= p.requests * p.beams) {
    return;
  }
  let parent = parents_in[row];
  let source = row / p.beams * p.beams + u32(max(parent, 0));
  for (var j = 0u; j < p.step; j++) {
    let token = histories[source * p.step + j];
    histories_out[row * (p.step + 1u) + j] = select(-1, token, parent >= 0);
  }
  histories_out[row * (p.step + 1u) + p.step] = tokens_out_in[row];
  for (var i = 0u; i < p.hidden; i++) {
    let bits = raw_states(source * p.hidden + i);
    put_states_out(row * p.hidden + i, select(0u, bits, parent >= 0));
  }
}
`;
