/** The text of draw.wgsl; scripts/wgsl.mjs writes this file. */
export const drawWgsl = `\
// A draw from weights over a wide vocabulary: the lowest token whose cumulative weight exceeds
// uniform * total. A row is cut into at most GROUP chunks of GROUP * p.each tokens; measure leaves
// a chunk's maximum, as a key, and its sum of exp(x - maximum); a draw then needs those and one
// chunk. Sums are fp32 in an order that depends on the vocabulary alone.
//
// The operator gives Source and weight_at(source, token), and p.requests, treeTokens, vocab, each
// and chunks.

const NOWHERE = 0xffffffffu;
const ANOTHER = -2;

struct Place {
  index: u32, // NOWHERE without any weight
  rest: f32, // what is left of the bound there
}

var<workgroup> weights: array<f32, GROUP>;
var<workgroup> sixteenths: array<f32, 16>;

// Logits of two neighbours. Their place in a row says who reads them, so that a row's parity in
// memory does not change its sums.
fn pair_at(at: u32) -> vec2<f32> {
  return vec2(load_logits(at), load_logits(at + 1u));
}

// Maximum and sum of every chunk of every tree row.
@compute @workgroup_size(GROUP)
fn measure(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
           @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups);
  let row = index / max(p.chunks, 1u);
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  let first = (index % p.chunks) * GROUP * p.each;
  let end = min(first + GROUP * p.each, p.vocab);
  var largest = value_of(MINUS_INFINITY_KEY);
  var own = 0.0; // on the scale of the largest so far
  for (var token = first + 2u * lane; token < end; token += 2u * GROUP) {
    var pair = pair_at(row * p.vocab + token);
    pair.y = select(largest, pair.y, token + 1u < end);
    let before = largest;
    largest = max(largest, max(pair.x, pair.y));
    own = own * exp_of(before - largest) + exp_of(pair.x - largest);
    own += select(0.0, exp_of(pair.y - largest), token + 1u < end);
  }
  let most = group_max_u(lane, key_of(largest));
  let sum = group_sum(lane, own * exp_of(largest - value_of(most)));
  if (lane == 0u) {
    stats[2u * index] = most;
    stats[2u * index + 1u] = select(0u, bitcast<u32>(sum), most > MINUS_INFINITY_KEY);
  }
}

// The invocation where the cumulative weight exceeds a bound: a share of the total, or a weight.
// Rounding may leave nothing over the bound: then it is the last of any weight. All find it alike.
fn place_of(lane: u32, weight: f32, given: f32, is_share: bool) -> Place {
  let each = GROUP / 16u;
  workgroupBarrier();
  weights[lane] = weight;
  workgroupBarrier();
  if (lane < 16u) {
    var sum = 0.0;
    for (var i = lane * each; i < (lane + 1u) * each; i++) {
      sum += weights[i];
    }
    sixteenths[lane] = sum;
  }
  workgroupBarrier();
  var bound = given;
  if (is_share) {
    var total = 0.0;
    for (var i = 0u; i < 16u; i++) {
      total += sixteenths[i];
    }
    bound *= total;
  }
  var upto = 0.0;
  var before = 0.0;
  var part = NOWHERE;
  for (var i = 0u; i < 16u && !(upto > bound); i++) {
    if (sixteenths[i] > 0.0) {
      part = i;
      before = upto;
      upto += sixteenths[i];
    }
  }
  if (part == NOWHERE) {
    return Place(NOWHERE, 0.0);
  }
  var found = Place(NOWHERE, 0.0);
  for (var i = part * each; i < (part + 1u) * each && !(before > bound); i++) {
    if (weights[i] > 0.0) {
      found = Place(i, bound - before);
      before += weights[i];
    }
  }
  return found;
}

// The weight of this invocation's chunk of a row, on the scale of the row's maximum.
fn softmax_weight(lane: u32, row: u32, largest: f32) -> f32 {
  if (lane >= p.chunks) {
    return 0.0;
  }
  let at = 2u * (row * p.chunks + lane);
  return bitcast<f32>(stats_in[at + 1u]) * exp_of(value_of(stats_in[at]) - largest);
}

// The token of a chunk where the cumulative weight exceeds rest, given to one invocation; the
// others get ANOTHER. -1 for no chunk. Each looks at p.each neighbours.
fn token_of(lane: u32, source: Source, chunk: u32, rest: f32) -> i32 {
  let first = (chunk * GROUP + lane) * p.each;
  let end = min(first + p.each, p.vocab);
  var own = 0.0;
  for (var token = first; token < end; token++) {
    own += weight_at(source, token);
  }
  let found = place_of(lane, own, rest, false);
  if (lane != select(found.index, 0u, found.index == NOWHERE)) {
    return ANOTHER;
  }
  if (chunk == NOWHERE) {
    return -1;
  }
  var drawn = first;
  var upto = 0.0;
  for (var token = first; token < end && !(upto > found.rest); token++) {
    let weight = weight_at(source, token);
    if (weight > 0.0) {
      drawn = token;
      upto += weight;
    }
  }
  return i32(drawn);
}
`;
