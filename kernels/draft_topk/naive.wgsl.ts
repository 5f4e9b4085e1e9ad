/** The text of naive.wgsl; scripts/wgsl.mjs writes this file. */
export const naiveWgsl = `\
// The same candidates as the meaning reads: an invocation for each row looks for the next largest
// logit until as many are counted as the mask keeps, then sums, then looks for the best k one by
// one. Takes every case; the other kernels are measured against it.

const MASKED_RANK = 1u; // below every float

// Survivors in the order of their logits, behind them all that is masked.
fn rank_at(index: u32, threshold: u32) -> u32 {
  let key = key_of(load_logits(index));
  return select(MASKED_RANK, key, key >= threshold);
}

@compute @workgroup_size(64)
fn naive(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let row = group_index(group, groups) * 64u + lane;
  if (row >= p.rows) {
    return;
  }
  let first = row * p.vocab;
  var largest = 0u;
  var threshold = 0xffffffffu;
  for (var counted = 0u; counted < min(p.keep, p.vocab);) {
    var next = 0u;
    var ties = 0u;
    for (var token = 0u; token < p.vocab; token++) {
      let key = key_of(load_logits(first + token));
      if (key < threshold && key >= next) {
        ties = select(1u, ties + 1u, key == next);
        next = key;
      }
    }
    largest = max(largest, next);
    threshold = next;
    counted += ties;
  }
  let has_weight = largest > MINUS_INFINITY_KEY;
  var sum = 0.0;
  for (var token = 0u; token < p.vocab && has_weight; token++) {
    let rank = rank_at(first + token, threshold);
    sum += select(0.0, exp_of(value_of(rank) - value_of(largest)), rank > MINUS_INFINITY_KEY);
  }
  let log_sum = log(select(1.0, sum, has_weight));
  if (has_weight) {
    store_lse(row, value_of(largest) + log_sum);
  } else {
    put_lse(row, MINUS_INFINITY_BITS);
  }
  var last = 0xffffffffu;
  var last_token = 0u;
  for (var place = 0u; place < p.candidates; place++) {
    var best = 0u;
    var best_token = 0xffffffffu; // none
    for (var token = 0u; token < p.vocab; token++) {
      let rank = rank_at(first + token, threshold);
      let is_behind = rank < last || (rank == last && token > last_token);
      if (is_behind && rank > best) {
        best = rank;
        best_token = token;
      }
    }
    let to = row * p.candidates + place;
    if (best == MASKED_RANK) {
      store_values(to, -50000.0 - log_sum);
    } else if (best > MINUS_INFINITY_KEY) {
      store_values(to, value_of(best) - value_of(largest) - log_sum);
    } else {
      put_values(to, MINUS_INFINITY_BITS);
    }
    tokens[to] = bitcast<i32>(best_token);
    last = best;
    last_token = best_token;
  }
}
`;
