// The same attention as the formula reads: an invocation for each row and head goes over all keys
// with a running maximum. Takes any head size to 512; the other kernel is measured against it.

const NONE = -3.0e38; // below every score

fn request_at(token: u32) -> u32 {
  var low = 0u;
  var high = p.requests;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (u32(offsets[middle]) <= token) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

fn is_seen(token: u32, column: u32) -> bool {
  return ((words[token * p.mask_words + column / 32u] >> (column % 32u)) & 1u) == 1u;
}

@compute @workgroup_size(64)
fn naive(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let at = group_index(group, groups) * 64u + lane;
  if (at >= p.treeTokens * p.queryHeads) {
    return;
  }
  let token = at / p.queryHeads;
  let head = at % p.queryHeads / p.group;
  let request = request_at(token);
  let keys = u32(kv_lengths[request]);
  let prefix = keys - u32(offsets[request + 1u] - offsets[request]);
  let to_value = p.tokensPerBlock * p.kvHeads * p.headDim;
  var sums: array<f32, 512>;
  var largest = NONE;
  var sum = 0.0;
  for (var position = 0u; position < keys; position++) {
    if (position >= prefix && !is_seen(token, position - prefix)) {
      continue;
    }
    let page = u32(page_table[request * p.maxPages + position / p.tokensPerBlock]);
    let slot = page * 2u * p.tokensPerBlock + position % p.tokensPerBlock;
    let key = (slot * p.kvHeads + head) * p.headDim;
    var dot = 0.0;
    for (var d = 0u; d < p.headDim; d++) {
      dot += load_q(at * p.headDim + d) * load_pages(key + d);
    }
    let score = dot * p.score_scale;
    let most = max(largest, score);
    let factor = exp2(largest - most);
    let weight = exp2(score - most);
    sum = sum * factor + weight;
    for (var d = 0u; d < p.headDim; d++) {
      sums[d] = sums[d] * factor + weight * load_pages(key + to_value + d);
    }
    largest = most;
  }
  if (sum > 0.0) {
    for (var d = 0u; d < p.headDim; d++) {
      store_o(at * p.headDim + d, sums[d] * (p.valueScale / sum));
    }
    store_lse(at, (largest + log2(sum)) * 0.6931471805599453);
  } else {
    for (var d = 0u; d < p.headDim; d++) {
      store_o(at * p.headDim + d, 0.0);
    }
    put_lse(at, MINUS_INFINITY_BITS);
  }
}
