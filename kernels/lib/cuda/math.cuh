// Number types and the few functions that a kernel needs of them. On both compilers a conversion to
// a narrow type rounds to nearest, ties to even; fp8 (e4m3) saturates at 448; NaN stays NaN.
//
//   bl::toFloat(bl::fromFloat<bl::bf16>(1.00390625f)) == 1.0f   (a tie goes to the even mantissa)
#pragma once

#include <limits>

#include "device.cuh"

namespace bl {

#ifdef BEAMLINE_SIMT
using bf16 = simt::Bf16;
using f16 = simt::F16;
using f8 = simt::F8;
#else
using bf16 = __nv_bfloat16;
using f16 = __half;
using f8 = __nv_fp8_e4m3;
#endif

BL_HOST_DEVICE float toFloat(float x) { return x; }
BL_HOST_DEVICE float toFloat(bf16 x) {
#ifdef BEAMLINE_SIMT
  return simt::bf16ToFloat(x.bits);
#else
  return __bfloat162float(x);
#endif
}
BL_HOST_DEVICE float toFloat(f16 x) {
#ifdef BEAMLINE_SIMT
  return simt::f16ToFloat(x.bits);
#else
  return __half2float(x);
#endif
}
BL_HOST_DEVICE float toFloat(f8 x) {
#ifdef BEAMLINE_SIMT
  return simt::f8ToFloat(x.bits);
#else
  return static_cast<float>(x);
#endif
}

template <class T>
BL_HOST_DEVICE T fromFloat(float x);
template <>
BL_HOST_DEVICE float fromFloat<float>(float x) {
  return x;
}
template <>
BL_HOST_DEVICE bf16 fromFloat<bf16>(float x) {
#ifdef BEAMLINE_SIMT
  return bf16{simt::floatToBf16(x)};
#else
  return __float2bfloat16_rn(x);
#endif
}
template <>
BL_HOST_DEVICE f16 fromFloat<f16>(float x) {
#ifdef BEAMLINE_SIMT
  return f16{simt::floatToF16(x)};
#else
  return __float2half_rn(x);
#endif
}
template <>
BL_HOST_DEVICE f8 fromFloat<f8>(float x) {
#ifdef BEAMLINE_SIMT
  return f8{simt::floatToF8(x)};
#else
  f8 out;
  out.__x = __nv_cvt_float_to_fp8(x, __NV_SATFINITE, __NV_E4M3);
  return out;
#endif
}

/** Two values in one register, the first in the low half: the order of an mma fragment. */
template <class T>
BL_DEVICE uint32_t pack2(float low, float high);
template <>
BL_DEVICE uint32_t pack2<bf16>(float low, float high) {
#ifdef BEAMLINE_SIMT
  return simt::floatToBf16(low) | static_cast<uint32_t>(simt::floatToBf16(high)) << 16;
#else
  uint32_t out;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(out) : "f"(high), "f"(low));
  return out;
#endif
}
template <>
BL_DEVICE uint32_t pack2<f16>(float low, float high) {
#ifdef BEAMLINE_SIMT
  return simt::floatToF16(low) | static_cast<uint32_t>(simt::floatToF16(high)) << 16;
#else
  uint32_t out;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(out) : "f"(high), "f"(low));
  return out;
#endif
}

/** The two values of a register, as floats. */
template <class T>
BL_DEVICE float2 unpack2(uint32_t word);
template <>
BL_DEVICE float2 unpack2<bf16>(uint32_t word) {
  return make_float2(__uint_as_float(word << 16), __uint_as_float(word & 0xffff0000u));
}
template <>
BL_DEVICE float2 unpack2<f16>(uint32_t word) {
#ifdef BEAMLINE_SIMT
  return make_float2(simt::f16ToFloat(word & 0xffff), simt::f16ToFloat(word >> 16));
#else
  return __half22float2(*reinterpret_cast<const __half2*>(&word));
#endif
}

/** Two fp8 values (low byte first) as two T in one register. Exact: e4m3 fits in both. */
template <class T>
BL_DEVICE uint32_t unpackF8(uint16_t pair) {
#ifdef BEAMLINE_SIMT
  return pack2<T>(toFloat(f8{static_cast<uint8_t>(pair & 0xff)}),
                  toFloat(f8{static_cast<uint8_t>(pair >> 8)}));
#else
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
  uint32_t halves;
  asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(halves) : "h"(pair));
  if constexpr (__is_same(T, f16)) return halves;
  const float2 value = unpack2<f16>(halves);
  return pack2<T>(value.x, value.y);
#else
  // The bits of e4m3 in the place of T's are the value times 2^(7 - bias of T); 0x7f is NaN.
  constexpr bool kHalf = __is_same(T, f16);
  const uint32_t spread = (pair & 0xffu) | (pair & 0xff00u) << 8;
  const uint32_t nan = ((spread & 0x007f007fu) + 0x00010001u) & 0x00800080u;
  const uint32_t small =
      (spread & 0x00800080u) << 8 | (spread & 0x007f007fu) << (kHalf ? 7 : 4);
  uint32_t out;
  if constexpr (kHalf) {
    asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(out) : "r"(small), "r"(0x5c005c00u));
  } else {
    asm("fma.rn.bf16x2 %0, %1, %2, %3;"
        : "=r"(out)
        : "r"(small), "r"(0x7b807b80u), "r"(0x80008000u));
  }
  return out | ((nan << 8) - (nan >> 7));
#endif
#endif
}

/** 2^x; on the GPU ex2.approx (2 ulp), 0 for -infinity. */
BL_DEVICE float exp2Fast(float x) {
#ifdef BEAMLINE_SIMT
  return simt::exp2(x);
#else
  float out;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(out) : "f"(x));
  return out;
#endif
}

BL_DEVICE float log2Fast(float x) {
#ifdef BEAMLINE_SIMT
  return simt::log2(x);
#else
  float out;
  asm("lg2.approx.f32 %0, %1;" : "=f"(out) : "f"(x));
  return out;
#endif
}

BL_DEVICE float reciprocalFast(float x) {
#ifdef BEAMLINE_SIMT
  return 1.0f / x;
#else
  float out;
  asm("rcp.approx.f32 %0, %1;" : "=f"(out) : "f"(x));
  return out;
#endif
}

constexpr float kLog2E = 1.4426950408889634f;
constexpr float kLn2 = 0.6931471805599453f;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace bl
