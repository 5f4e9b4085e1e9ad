// Reductions and scans over a warp, and over a block. The order of the additions is fixed (a
// butterfly, or lanes ascending), so that a result repeats to the bit. `mask` names the lanes that
// take part: full, or aligned to a power of two.
//
//   float rowSum = bl::warpSum<4>(partial);      // over each quad of lanes, every lane gets it
#pragma once

#include "device.cuh"

namespace bl {

struct Add {
  template <class T>
  BL_DEVICE T operator()(T a, T b) const {
    return a + b;
  }
};
struct Max {
  template <class T>
  BL_DEVICE T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct Min {
  template <class T>
  BL_DEVICE T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

/** Combines over aligned groups of `Width` lanes; every lane gets the result. */
template <int Width = kWarp, class T, class Combine>
BL_DEVICE T warpReduce(T value, Combine combine, unsigned mask = kFullMask BL_SITE) {
#pragma unroll
  for (int offset = Width / 2; offset > 0; offset /= 2) {
    value = combine(value, __shfl_xor_sync(mask, value, offset, kWarp BL_AT));
  }
  return value;
}

template <int Width = kWarp, class T>
BL_DEVICE T warpSum(T value, unsigned mask = kFullMask BL_SITE) {
  return warpReduce<Width>(value, Add(), mask BL_AT);
}
template <int Width = kWarp, class T>
BL_DEVICE T warpMax(T value, unsigned mask = kFullMask BL_SITE) {
  return warpReduce<Width>(value, Max(), mask BL_AT);
}
template <int Width = kWarp, class T>
BL_DEVICE T warpMin(T value, unsigned mask = kFullMask BL_SITE) {
  return warpReduce<Width>(value, Min(), mask BL_AT);
}

/** Sum over this lane and those below it. */
template <class T>
BL_DEVICE T warpInclusiveSum(T value, unsigned mask = kFullMask BL_SITE) {
  const int lane = laneId();
#pragma unroll
  for (int offset = 1; offset < kWarp; offset *= 2) {
    const T below = __shfl_up_sync(mask, value, offset, kWarp BL_AT);
    if (lane >= offset) value += below;
  }
  return value;
}

/** The value with the largest key over a warp; ties go to the lowest index. */
template <class T>
struct Indexed {
  T value;
  int index;
};

template <int Width = kWarp, class T>
BL_DEVICE Indexed<T> warpArgMax(Indexed<T> best, unsigned mask = kFullMask BL_SITE) {
#pragma unroll
  for (int offset = Width / 2; offset > 0; offset /= 2) {
    const T value = __shfl_xor_sync(mask, best.value, offset, kWarp BL_AT);
    const int index = __shfl_xor_sync(mask, best.index, offset, kWarp BL_AT);
    const bool wins = value > best.value || (value == best.value && index < best.index);
    if (wins) best = {value, index};
  }
  return best;
}

/** Combines over a block of Threads (a multiple of 32); every thread gets the result. `scratch`:
 * Threads / 32 values of shared memory, free again when this returns. */
template <int Threads, class T, class Combine>
BL_DEVICE T blockReduce(T value, Combine combine, T* scratch BL_SITE) {
  constexpr int kWarps = Threads / kWarp;
  value = warpReduce(value, combine, kFullMask BL_AT);
  if constexpr (kWarps == 1) return value;
  if (laneId() == 0) scratch[warpId()] = value;
  __syncthreads(BL_AT_ONLY);
  T result = scratch[0];
#pragma unroll
  for (int w = 1; w < kWarps; ++w) result = combine(result, scratch[w]);
  __syncthreads(BL_AT_ONLY);
  return result;
}

/** Sum over this thread and those below it, and the block's total. `scratch` as in blockReduce. */
template <int Threads, class T>
BL_DEVICE T blockInclusiveSum(T value, T* scratch, T& total BL_SITE) {
  constexpr int kWarps = Threads / kWarp;
  value = warpInclusiveSum(value, kFullMask BL_AT);
  if (laneId() == kWarp - 1) scratch[warpId()] = value;
  __syncthreads(BL_AT_ONLY);
  T before = 0;
  T sum = 0;
#pragma unroll
  for (int w = 0; w < kWarps; ++w) {
    if (w == warpId()) before = sum;
    sum += scratch[w];
  }
  total = sum;
  __syncthreads(BL_AT_ONLY);
  return before + value;
}

}  // namespace bl
