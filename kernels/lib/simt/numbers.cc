// Conversions to and from fp16 and fp8 (e4m3fn), and the fast functions of math.cuh.
#include "numbers.h"

#include <math.h>

#include "device.h"

namespace bl::simt {

float f16ToFloat(uint16_t bits) { return halfToFloat(bits); }

uint16_t floatToF16(float x) {
  const uint32_t u = __builtin_bit_cast(uint32_t, x);
  const uint32_t magnitude = u & 0x7fffffffu;
  const uint16_t sign = static_cast<uint16_t>((u >> 16) & 0x8000u);
  if (magnitude > 0x7f800000u) return 0x7fff;
  if (magnitude >= 0x477ff000u) return sign | 0x7c00;  // 65520 and above round to infinity
  if (magnitude < 0x38800000u) {
    // Subnormal: adding 0.5 puts the value's last bit where a float rounds to nearest even.
    const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
    return sign | static_cast<uint16_t>(__builtin_bit_cast(uint32_t, shifted) - 0x3f000000u);
  }
  const uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u) - (112u << 23);
  return sign | static_cast<uint16_t>(rounded >> 13);
}

float f8ToFloat(uint8_t bits) {
  const int exponent = bits >> 3 & 15, mantissa = bits & 7;
  float value;
  if (exponent == 15 && mantissa == 7) {
    value = __builtin_nanf("");
  } else if (exponent == 0) {
    value = static_cast<float>(mantissa) * 0x1p-9f;
  } else {
    value = __builtin_bit_cast(float, static_cast<uint32_t>(exponent + 120) << 23 |
                                          static_cast<uint32_t>(mantissa) << 20);
  }
  return (bits & 0x80) != 0 ? -value : value;
}

uint8_t floatToF8(float x) {
  const uint32_t u = __builtin_bit_cast(uint32_t, x);
  const uint32_t magnitude = u & 0x7fffffffu;
  const uint8_t sign = static_cast<uint8_t>((u >> 24) & 0x80u);
  if (magnitude > 0x7f800000u) return 0x7f;
  if (magnitude >= 0x43e00000u) return sign | 0x7e;  // 448 and above saturate
  if (magnitude < 0x3c800000u) {
    // Below 2^-6: the step is 2^-9; adding 2^14 leaves exactly those bits, rounded to even.
    const float shifted = __builtin_bit_cast(float, magnitude) + 0x1p14f;
    return sign | static_cast<uint8_t>(__builtin_bit_cast(uint32_t, shifted) - 0x46800000u);
  }
  const uint32_t rounded = magnitude + 0x7ffffu + ((magnitude >> 20) & 1u) - (120u << 23);
  const uint32_t bits = rounded >> 20;
  return sign | static_cast<uint8_t>(bits > 0x7e ? 0x7e : bits);
}

float exp2(float x) { return ::exp2f(x); }
float log2(float x) { return ::log2f(x); }

}  // namespace bl::simt
