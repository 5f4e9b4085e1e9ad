// The K largest of many keys, without sorting and without atomics: bisection of the key range. A
// round counts how many keys are at least `middle`; it ends as soon as that is K. With keys that
// are all different (value, then lower index) it always ends so, and the selection is exact; a
// round costs one barrier, whatever the values.
//
//   const uint64_t t = bl::blockThreshold<256>(k, 0, max, count, scratch);   // key >= t: the k
//
// Worked example, k = 2 of 9 4 7 1 in 0..15: middle 8 -> 1 key, middle 4 -> 3 keys, middle 6 -> 2
// keys, done: t = 6 selects 9 and 7.
#pragma once

#include "warp.cuh"

namespace bl {

/** Sum of a count over a block of Threads; every thread gets it. One barrier: `scratch` holds
 * 2 * Threads / 32 values, and `parity` must change from one call to the next. */
template <int Threads>
BL_DEVICE int blockCount(int count, int parity, int* scratch BL_SITE) {
  constexpr int kWarps = Threads / kWarp;
  int* slots = scratch + (parity & 1) * kWarps;
  const int sum = warpSum(count, kFullMask BL_AT);
  if (laneId() == 0) slots[warpId()] = sum;
  __syncthreads(BL_AT_ONLY);
  int total = 0;
#pragma unroll
  for (int w = 0; w < kWarps; ++w) total += slots[w];
  return total;
}

/** A key t with at least `k` keys >= t and at most `k + slack`, or, when equal keys prevent that,
 * the k-th largest key. `count(t)`: how many of this thread's keys are >= t. Keys lie in low..high
 * and at least `k` of them exist. Ends behind a barrier; `scratch` as in blockCount, free again
 * after the next barrier. */
template <int Threads, class Key, class Count>
BL_DEVICE Key blockThreshold(int k, int slack, Key low, Key high, Count count,
                             int* scratch BL_SITE) {
  int parity = 0;
  while (low < high) {
    const Key middle = low + (high - low) / 2 + 1;
    const int total = blockCount<Threads>(count(middle), parity++, scratch BL_AT);
    if (total < k) {
      high = middle - 1;
      continue;
    }
    low = middle;
    if (total <= k + slack) break;
  }
  __syncthreads(BL_AT_ONLY);
  return low;
}

/** Exclusive sum over a block in thread order, and the total. Two barriers. */
template <int Threads, class T>
BL_DEVICE T blockExclusiveSum(T value, T* scratch, T& total BL_SITE) {
  return blockInclusiveSum<Threads>(value, scratch, total BL_AT) - value;
}

}  // namespace bl
