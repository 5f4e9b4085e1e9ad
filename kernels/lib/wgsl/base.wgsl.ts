/** The text of base.wgsl; scripts/wgsl.mjs writes this file. */
export const baseWgsl = `\
// What every module has: conversions that are exact or round to nearest even, whatever the adapter
// does with small or infinite numbers, and the order of floats as unsigned keys.

// Workgroups beyond one dimension's limit lie in a second: group y, x is number y * width + x.
fn group_index(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.y * count.x + id.x;
}

fn widen_bf16(half: u32) -> f32 {
  return bitcast<f32>(half << 16u);
}

// Numbers below 2^-14 are counted in units of 2^-24: their float is a normal number.
fn widen_fp16(half: u32) -> f32 {
  let exponent = (half >> 10u) & 31u;
  let fraction = half & 0x3ffu;
  let sign = (half & 0x8000u) << 16u;
  let normal = ((half & 0x7fffu) << 13u) + select(112u << 23u, 224u << 23u, exponent == 31u);
  let small = bitcast<u32>(f32(fraction) * 0x1p-24f);
  return bitcast<f32>(sign | select(normal, small, exponent == 0u));
}

fn widen4_bf16(half: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(half << vec4(16u));
}

fn widen4_fp16(half: vec4<u32>) -> vec4<f32> {
  let exponent = (half >> vec4(10u)) & vec4(31u);
  let bias = select(vec4(112u << 23u), vec4(224u << 23u), exponent == vec4(31u));
  let normal = ((half & vec4(0x7fffu)) << vec4(13u)) + bias;
  let small = bitcast<vec4<u32>>(vec4<f32>(half & vec4(0x3ffu)) * 0x1p-24f);
  let sign = (half & vec4(0x8000u)) << vec4(16u);
  return bitcast<vec4<f32>>(sign | select(normal, small, exponent == vec4(0u)));
}

// e4m3 without infinities; 0x7f and 0xff are NaN.
fn widen_fp8(eighth: u32) -> f32 {
  let exponent = (eighth >> 3u) & 15u;
  let sign = (eighth & 0x80u) << 24u;
  let normal = ((eighth & 0x7fu) << 20u) + (120u << 23u);
  let small = bitcast<u32>(f32(eighth & 7u) * 0x1p-9f);
  let number = select(normal, small, exponent == 0u);
  return bitcast<f32>(sign | select(number, 0x7fc00000u, (eighth & 0x7fu) == 0x7fu));
}

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn narrow_bf16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
  return select(rounded, (bits >> 16u) | 0x40u, (bits & 0x7fffffffu) > 0x7f800000u);
}

fn narrow_fp16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 16u) & 0x8000u;
  let size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) {
    return sign | 0x7e00u;
  }
  if (size >= 0x477ff000u) { // 65520 and above
    return sign | 0x7c00u;
  }
  if (size >= 0x38800000u) { // 2^-14 and above
    let moved = size - (112u << 23u);
    return sign | ((moved + 0xfffu + ((moved >> 13u) & 1u)) >> 13u);
  }
  if (size < 0x33000000u) { // below 2^-25
    return sign;
  }
  let shift = 126u - (size >> 23u);
  let whole = (size & 0x7fffffu) | 0x800000u;
  let kept = whole >> shift;
  let rest = whole & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  let up = rest > half || (rest == half && (kept & 1u) == 1u);
  return sign | (kept + select(0u, 1u, up));
}

// To nearest, ties to even; what is too large becomes 448.
fn narrow_fp8(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 24u) & 0x80u;
  let size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) {
    return sign | 0x7fu;
  }
  if (size >= 0x43e00000u) { // 448
    return sign | 0x7eu;
  }
  if (size >= 0x3c800000u) { // 2^-6 and above
    let moved = size - (120u << 23u);
    return sign | min((moved + 0x7ffffu + ((moved >> 20u) & 1u)) >> 20u, 0x7eu);
  }
  if (size < 0x3a800000u) { // below 2^-10
    return sign;
  }
  let shift = 141u - (size >> 23u);
  let whole = (size & 0x7fffffu) | 0x800000u;
  let kept = whole >> shift;
  let rest = whole & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  let up = rest > half || (rest == half && (kept & 1u) == 1u);
  return sign | (kept + select(0u, 1u, up));
}

// Unsigned keys in the order of floats, -0 and 0 alike; -Infinity is 0x007fffff, so 0 is free.
fn key_of(x: f32) -> u32 {
  let bits = select(bitcast<u32>(x), 0u, x == 0.0);
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u));
}

const MINUS_INFINITY_KEY = 0x007fffffu;
const MINUS_INFINITY_BITS = 0xff800000u;

// Natural exponential and logarithm by the adapter's base-2 functions; exp_of(x) is 0 below -87.
fn exp_of(x: f32) -> f32 {
  return select(0.0, exp(x), x > -87.0);
}
`;
