/** The text of kv_append.wgsl; scripts/wgsl.mjs writes this file. */
export const kvAppendWgsl = `\
// New keys, turned by their positions, and values into their pages.
//
// The angle needs more than fp32 has: it is counted in turns, as a fraction of 64 bits (high word
// first), so that a product with a whole position is exact and whole turns fall away by overflow.
// A frequency is a product of theta^(-2^j / half), one for each bit of the pair's number, each a
// fraction of 64 bits from the host.

// The upper 64 bits of a product of fractions; at most three units too small.
fn product(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x * b.x;
  let first = low + mul_high(a.x, b.y);
  let both = first + mul_high(a.y, b.x);
  let carry = select(0u, 1u, first < low) + select(0u, 1u, both < first);
  return vec2(mul_high(a.x, b.x) + carry, both);
}

fn factor(fraction: vec2<u32>, pair: u32, bit: u32, high: u32, low: u32) -> vec2<u32> {
  if (((pair >> bit) & 1u) == 0u) {
    return fraction;
  }
  return product(fraction, vec2(high, low));
}

@compute @workgroup_size(GROUP)
fn frequencies(@builtin(local_invocation_index) lane: u32) {
  for (var pair = lane; pair < p.half; pair += GROUP) {
    var turns = vec2(0x28be60dbu, 0x9391054au); // 1 / 2 pi
    turns = factor(turns, pair, 0u, p.high0, p.low0);
    turns = factor(turns, pair, 1u, p.high1, p.low1);
    turns = factor(turns, pair, 2u, p.high2, p.low2);
    turns = factor(turns, pair, 3u, p.high3, p.low3);
    turns = factor(turns, pair, 4u, p.high4, p.low4);
    turns = factor(turns, pair, 5u, p.high5, p.low5);
    turns = factor(turns, pair, 6u, p.high6, p.low6);
    turns = factor(turns, pair, 7u, p.high7, p.low7);
    frequency[2u * pair] = turns.x;
    frequency[2u * pair + 1u] = turns.y;
  }
}

// Cosine and sine of whole positions times a frequency.
fn turn_of(position: u32, turns: vec2<u32>) -> vec2<f32> {
  let low = turns.y * position;
  let high = turns.x * position + mul_high(turns.y, position);
  let quadrant = (high + 0x20000000u) >> 30u;
  let rest = f32(bitcast<i32>(high - (quadrant << 30u))) + f32(low) * 0x1p-32f;
  let r = rest * 1.4629180792671596e-9; // 2 pi / 2^32: at most pi / 4
  let z = r * r;
  let outer = 8.3333333e-3 + z * (-1.9841270e-4 + z * 2.7557319e-6);
  let sine = r + r * z * (-0.16666667 + z * outer);
  let inner = 4.1666667e-2 + z * (-1.3888889e-3 + z * (2.4801587e-5 - z * 2.7557319e-7));
  let cosine = 1.0 - 0.5 * z + z * z * inner;
  let both = select(vec2(cosine, sine), vec2(sine, cosine), (quadrant & 1u) == 1u);
  let is_left = quadrant == 1u || quadrant == 2u;
  return select(both, -both, vec2(is_left, quadrant >= 2u));
}

var<workgroup> turns_of: array<vec2<f32>, 256>;

// Both keys of a pair that starts at element i of a head.
fn turned(from_: u32, i: u32) -> vec2<f32> {
  let turn = turns_of[i];
  let x = load_k(from_ + i);
  let y = load_k(from_ + i + p.half);
  return vec2(fma(x, turn.x, -(y * turn.y)), fma(x, turn.y, y * turn.x)) / p.keyScale;
}

// One workgroup a token. Two elements at a time where their words are whole.
@compute @workgroup_size(GROUP)
fn append(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let token = group_index(group, groups);
  if (token >= u32(offsets[p.requests])) {
    return;
  }
  let request = holder_in_offsets(token);
  let position = u32(kv_lengths[request] - offsets[request + 1u]) + token;
  let page = u32(page_table[request * p.maxPages + position / p.tokensPerBlock]);
  let row = p.kvHeads * p.headDim;
  let keys = (page * 2u * p.tokensPerBlock + position % p.tokensPerBlock) * row;
  let values = keys + p.tokensPerBlock * row;
  let rope = u32(positions[token]);
  for (var pair = lane; pair < p.half; pair += GROUP) {
    let turns = vec2(frequency_in[2u * pair], frequency_in[2u * pair + 1u]);
    turns_of[pair] = turn_of(rope, turns);
  }
  workgroupBarrier();
  let width = p.width;
  let wide = p.headDim / width;
  for (var item = lane; item < p.kvHeads * wide; item += GROUP) {
    let head = item / wide * p.headDim;
    let i = item % wide * width;
    let from_ = token * row + head;
    let is_turned = i < 2u * p.half;
    let is_upper = i >= p.half;
    let first = select(i, i - p.half, is_turned && is_upper);
    if (width == 2u) {
      store2_pages(values + head + i, load2_v(from_ + i) / p.valueScale);
      var key = vec2(0.0);
      if (is_turned) {
        let left = turned(from_, first);
        let right = turned(from_, first + 1u);
        key = select(vec2(left.x, right.x), vec2(left.y, right.y), is_upper);
      } else {
        key = load2_k(from_ + i) / p.keyScale;
      }
      store2_pages(keys + head + i, key);
    } else {
      store_pages(values + head + i, load_v(from_ + i) / p.valueScale);
      if (is_turned) {
        let both = turned(from_, first);
        store_pages(keys + head + i, select(both.x, both.y, is_upper));
      } else {
        store_pages(keys + head + i, load_k(from_ + i) / p.keyScale);
      }
    }
  }
}
`;
