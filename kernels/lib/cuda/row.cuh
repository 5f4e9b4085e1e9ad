// Wide rows: 16-byte loads and stores of a row of T as floats, and the order of floats as unsigned
// keys. Every thread that walks a row of the vocabulary or of hidden states goes through here.
//
//   float v[bl::kVectorSize<T>];
//   bl::loadVector<T, Whole>(row, at, extent, fill, v);   // fill where at + i >= extent
//
// Whole: the extent is a multiple of the vector and every row starts on 16 bytes, so that a vector
// is inside the row or outside of it, never both.
#pragma once

#include "math.cuh"
#include "tensor.h"

namespace bl {

/** Elements of T in 16 bytes. */
template <class T>
constexpr int kVectorSize = 16 / static_cast<int>(sizeof(T));

template <class T>
BL_DEVICE void unpackVector(uint4 raw, float (&out)[kVectorSize<T>]) {
  const uint32_t word[4] = {raw.x, raw.y, raw.z, raw.w};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if constexpr (sizeof(T) == 4) {
      out[i] = __uint_as_float(word[i]);
    } else {
      const float2 pair = unpack2<T>(word[i]);
      out[2 * i] = pair.x;
      out[2 * i + 1] = pair.y;
    }
  }
}

template <class T, bool Whole>
BL_DEVICE void loadVector(const T* row, int64_t at, int64_t extent, float fill,
                          float (&out)[kVectorSize<T>]) {
  if constexpr (Whole) {
    if (at < extent) {
      unpackVector<T>(loadReadOnly(reinterpret_cast<const uint4*>(row + at)), out);
      return;
    }
#pragma unroll
    for (int i = 0; i < kVectorSize<T>; ++i) out[i] = fill;
  } else {
#pragma unroll
    for (int i = 0; i < kVectorSize<T>; ++i) {
      out[i] = at + i < extent ? toFloat(row[at + i]) : fill;
    }
  }
}

template <class T, bool Whole>
BL_DEVICE void storeVector(T* row, int64_t at, int64_t extent,
                           const float (&value)[kVectorSize<T>]) {
  if constexpr (Whole) {
    if (at >= extent) return;
    uint4 raw;
    if constexpr (sizeof(T) == 4) {
      raw = {__float_as_uint(value[0]), __float_as_uint(value[1]), __float_as_uint(value[2]),
             __float_as_uint(value[3])};
    } else {
      raw = {pack2<T>(value[0], value[1]), pack2<T>(value[2], value[3]),
             pack2<T>(value[4], value[5]), pack2<T>(value[6], value[7])};
    }
    *reinterpret_cast<uint4*>(row + at) = raw;
  } else {
#pragma unroll
    for (int i = 0; i < kVectorSize<T>; ++i) {
      if (at + i < extent) row[at + i] = fromFloat<T>(value[i]);
    }
  }
}

/** Whether rows of this extent can be read as whole vectors. */
template <class T, class... Pointers>
bool wholeVectors(int64_t extent, Pointers... rows) {
  return extent % kVectorSize<T> == 0 &&
         ((reinterpret_cast<uintptr_t>(rows) % 16 == 0) && ...);
}

/** An unsigned integer that orders as the float does; -0 and +0 are one number. No NaN. */
BL_DEVICE uint32_t orderedKey(float x) {
  uint32_t bits = __float_as_uint(x);
  if (bits == 0x80000000u) bits = 0;
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

BL_DEVICE float fromOrderedKey(uint32_t key) {
  return __uint_as_float((key & 0x80000000u) != 0 ? key & 0x7fffffffu : ~key);
}

/** Orders by value, then by the lower index. */
BL_DEVICE uint64_t rankedKey(float x, uint32_t index) {
  return static_cast<uint64_t>(orderedKey(x)) << 32 | (0xffffffffu - index);
}
BL_DEVICE uint32_t indexOfRanked(uint64_t key) {
  return 0xffffffffu - static_cast<uint32_t>(key & 0xffffffffu);
}

/** Copies slice `slice` of `slices` of a row with a block of Threads; zeros when `from` is null.
 * Unit: what one thread moves at once; both ends are aligned to it and `bytes` a multiple. */
template <class Unit, int Threads>
BL_DEVICE void copySlice(const unsigned char* from, unsigned char* to, int64_t bytes,
                         int64_t slice, int64_t slices) {
  const int64_t units = bytes / static_cast<int64_t>(sizeof(Unit));
  const Unit* source = reinterpret_cast<const Unit*>(from);
  Unit* target = reinterpret_cast<Unit*>(to);
  for (int64_t i = slice * Threads + threadIdx.x; i < units; i += slices * Threads) {
    target[i] = from == nullptr ? Unit{} : source[i];
  }
}

/** Runs `body<Unit>()` with the widest unit that two arrays of rows of `rowBytes` allow. */
template <class Body>
int32_t dispatchUnit(const void* from, const void* to, int64_t rowBytes, Body&& body) {
  const uintptr_t bits = reinterpret_cast<uintptr_t>(from) | reinterpret_cast<uintptr_t>(to) |
                         static_cast<uintptr_t>(rowBytes);
  if (bits % 16 == 0) return body.template operator()<uint4>();
  if (bits % 4 == 0) return body.template operator()<uint32_t>();
  if (bits % 2 == 0) return body.template operator()<uint16_t>();
  return body.template operator()<uint8_t>();
}

/** x * logistic(x); 0 at -infinity. */
BL_DEVICE float silu(float x) {
  const float sigmoid = reciprocalFast(1.0f + exp2Fast(-x * kLog2E));
  return x > -kInfinity ? x * sigmoid : 0.0f;
}

/** Runs `body<true>()` or `body<false>()`. */
template <class Body>
int32_t dispatchBool(bool value, Body&& body) {
  return value ? body.template operator()<true>() : body.template operator()<false>();
}

}  // namespace bl
