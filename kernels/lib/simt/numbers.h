// fp16 and fp8 as bits, for the parts of the runtime that convert many.
#pragma once

#include <stdint.h>

#if defined(__F16C__)
#include <immintrin.h>
#endif

namespace bl::simt {

/** Exact. */
inline float halfToFloat(uint16_t bits) {
#if defined(__F16C__)
  return _cvtsh_ss(bits);
#elif defined(__aarch64__)
  return static_cast<float>(__builtin_bit_cast(__fp16, bits));
#else
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t rest = bits & 0x7fff;
  if (rest >= 0x7c00) {
    return __builtin_bit_cast(float, sign | 0x7f800000u | (rest & 0x3ff) << 13);
  }
  // 2^112 lifts the exponent's bias from 15 to 127, subnormals included.
  const float scaled = __builtin_bit_cast(float, rest << 13) * 0x1p112f;
  return __builtin_bit_cast(float, sign | __builtin_bit_cast(uint32_t, scaled));
#endif
}

}  // namespace bl::simt
