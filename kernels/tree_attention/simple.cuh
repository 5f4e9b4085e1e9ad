// The plainest form, and the first rung of the ladder: a warp takes one query row and walks over
// all keys, 32 at a time, a key per lane. Any head size up to 512, any pair of types. It reads
// every key once per head of the group and uses neither shared tiles nor tensor cores.
#pragma once

#include "schedule.cuh"

namespace bl::tree_attention {

constexpr int kSimpleHeadDim = 512;

/** One query row. `query`, `weights`, `values`: shared memory of the warp. */
template <class T, class KV>
struct SimpleRow {
  static constexpr int kOwned = kSimpleHeadDim / kWarp;
  float acc[kOwned];  // elements lane, lane + 32, ...
  float maximum, sum;

  BL_DEVICE void step(const Params& p, const float* query, float* weights, int64_t* values,
                      int64_t offset, bool visible) {
    const KV* pages = static_cast<const KV*>(p.pages);
    float score = -kInfinity;
    if (visible) {
      float dot = 0;
      for (int d = 0; d < p.headDim; ++d) dot += query[d] * toFloat(pages[offset + d]);
      score = dot * p.scale;
    }
    const float highest = max(maximum, warpMax(score));
    if (highest == -kInfinity) return;
    const float keep = exp2Fast(maximum - highest);
    const float weight = exp2Fast(score - highest);
    maximum = highest;
    sum = sum * keep + weight;
    weights[laneId()] = weight;
    values[laneId()] = offset + valueOffset(p);
    __syncwarp();
    for (int i = 0; i < kOwned; ++i) {
      const int d = laneId() + i * kWarp;
      if (d >= p.headDim) break;
      float value = acc[i] * keep;
      for (int j = 0; j < kWarp; ++j) {
        if (weights[j] > 0) value += weights[j] * toFloat(pages[values[j] + d]);
      }
      acc[i] = value;
    }
    __syncwarp();
  }
};

template <class T, class KV>
__global__ void __launch_bounds__(kWarp) attendSimple(Params p) {
  BEAMLINE_SHARED_ARRAY(float, query, kSimpleHeadDim);
  BEAMLINE_SHARED_ARRAY(float, weights, kWarp);
  BEAMLINE_SHARED_ARRAY(int64_t, values, kWarp);
  const int heads = p.kvHeads * p.group;
  const int64_t rows = static_cast<int64_t>(p.offsets[p.requests]) * heads;
  for (int64_t index = blockIdx.x; index < rows; index += gridDim.x) {
    const int64_t token = index / heads;
    const int head = static_cast<int>(index % heads) / p.group;
    const int request =
        findRequest(p.requests, token, [&](int b) { return p.offsets[b]; });
    const int length = p.kvLengths[request];
    const int prefix = length - (p.offsets[request + 1] - p.offsets[request]);
    const T* q = static_cast<const T*>(p.q) + index * p.headDim;
    __syncwarp();
    for (int d = laneId(); d < p.headDim; d += kWarp) query[d] = toFloat(q[d]);
    __syncwarp();
    SimpleRow<T, KV> row = {};
    row.maximum = -kInfinity;
    for (int first = 0; first < length; first += kWarp) {
      const uint32_t window =
          visibleKeys(p, p.words + token * p.wordsPerRow, prefix, length, first);
      const bool visible = (window >> laneId() & 1) != 0;
      const int at = first + laneId();
      int64_t offset = 0;
      if (visible) {
        const int64_t entry = static_cast<int64_t>(request) * p.maxPages + at / p.tokensPerBlock;
        offset = keyOffset(p, p.pageTable[entry], head, at);
      }
      row.step(p, query, weights, values, offset, visible);
    }
    const float sum = warpSum(row.sum);
    const float factor = sum > 0 ? p.valueScale / sum : 0.0f;
    T* o = static_cast<T*>(p.o) + index * p.headDim;
    for (int i = 0; i < SimpleRow<T, KV>::kOwned; ++i) {
      const int d = laneId() + i * kWarp;
      if (d < p.headDim) o[d] = fromFloat<T>(row.acc[i] * factor);
    }
    if (laneId() == 0) {
      p.lse[index] = sum > 0 ? (row.maximum + log2Fast(sum)) * kLn2 : -kInfinity;
    }
  }
}

}  // namespace bl::tree_attention
