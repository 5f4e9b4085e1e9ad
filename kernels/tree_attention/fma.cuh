// The fp32 form, on the ordinary multiply-add units: a block takes 16 (token, head) rows, a warp
// four of them. For scores a lane has a key of the tile of 32, so that one load of four elements
// serves four rows; for outputs a lane has four elements of D and walks over the keys.
#pragma once

#include "combine.cuh"
#include "tiles.cuh"

namespace bl::tree_attention {

constexpr int kFmaRows = 4;  // of a warp

template <int D>
using FmaMemory = Memory<float, float, D, kFmaRows * kWarps, true>;

template <class M>
struct FmaWarp {
  static constexpr int kFours = M::D / 4;
  static constexpr int kOwned = (kFours + kWarp - 1) / kWarp;  // groups of four of a lane
  float4 o[kFmaRows][kOwned];
  float maximum[kFmaRows];  // log2 domain, scaled
  float sum[kFmaRows];      // of this lane's keys
  int firstRow;

  BL_DEVICE FmaWarp() : firstRow(warpId() * kFmaRows) {
#pragma unroll
    for (int r = 0; r < kFmaRows; ++r) {
      maximum[r] = -kInfinity;
      sum[r] = 0;
#pragma unroll
      for (int i = 0; i < kOwned; ++i) o[r][i] = make_float4(0, 0, 0, 0);
    }
  }

  BL_DEVICE void score(const M& memory, int stage, float (&s)[kFmaRows]) const {
    const float4* keys = reinterpret_cast<const float4*>(memory.keys(stage));
    const float4* query = reinterpret_cast<const float4*>(memory.query());
#pragma unroll 4
    for (int c = 0; c < kFours; ++c) {
      const float4 k = keys[chunkAt<kFours>(laneId(), c)];
#pragma unroll
      for (int r = 0; r < kFmaRows; ++r) {
        const float4 q = query[chunkAt<kFours>(firstRow + r, c)];
        s[r] = fmaf(q.x, k.x, fmaf(q.y, k.y, fmaf(q.z, k.z, fmaf(q.w, k.w, s[r]))));
      }
    }
  }

  /** Scores become weights, left in shared memory for the whole warp: [row][key]. */
  BL_DEVICE void weigh(const Params& p, float (&s)[kFmaRows], float* weights) {
#pragma unroll
    for (int r = 0; r < kFmaRows; ++r) {
      const float scaled = s[r] * p.scale;
      const float highest = max(maximum[r], warpMax(scaled));
      const float reference = highest == -kInfinity ? 0.0f : highest;
      if (highest > maximum[r]) {
        const float keep = exp2Fast(maximum[r] - reference);
        sum[r] *= keep;
#pragma unroll
        for (int i = 0; i < kOwned; ++i) {
          o[r][i].x *= keep;
          o[r][i].y *= keep;
          o[r][i].z *= keep;
          o[r][i].w *= keep;
        }
        maximum[r] = highest;
      }
      const float weight = exp2Fast(scaled - reference);
      sum[r] += weight;
      weights[r * M::kKeys + laneId()] = weight;
    }
  }

  BL_DEVICE void addValues(const M& memory, int stage, const float* weights) {
    const float4* values = reinterpret_cast<const float4*>(memory.values(stage));
#pragma unroll
    for (int i = 0; i < kOwned; ++i) {
      const int c = laneId() + i * kWarp;
      if (c >= kFours) break;
#pragma unroll 4
      for (int key = 0; key < M::kKeys; ++key) {
        const float4 v = values[chunkAt<kFours>(key, c)];
#pragma unroll
        for (int r = 0; r < kFmaRows; ++r) {
          const float weight = weights[r * M::kKeys + key];
          o[r][i].x = fmaf(weight, v.x, o[r][i].x);
          o[r][i].y = fmaf(weight, v.y, o[r][i].y);
          o[r][i].z = fmaf(weight, v.z, o[r][i].z);
          o[r][i].w = fmaf(weight, v.w, o[r][i].w);
        }
      }
    }
  }

  BL_DEVICE void hide(const Params& p, const Item& item, int first,
                      float (&s)[kFmaRows]) const {
#pragma unroll
    for (int r = 0; r < kFmaRows; ++r) {
      const int row = firstRow + r;
      uint32_t seen = 0;
      if (row < item.tileRowCount) {
        seen = visibleKeys(p, maskOf(p, item, row), item.prefix, item.end, first);
      }
      if ((seen >> laneId() & 1) == 0) s[r] = -kInfinity;
    }
  }

  BL_DEVICE void store(const Params& p, const Item& item) {
#pragma unroll
    for (int r = 0; r < kFmaRows; ++r) {
      const float total = warpSum(sum[r]);
      const int row = firstRow + r;
      if (row >= item.tileRowCount) continue;
      if (laneId() == 0) storeState(p, item, row, maximum[r], total);
      const bool whole = item.cut.splits == 1;
      const float factor = !whole ? 1.0f : total > 0 ? p.valueScale / total : 0.0f;
      float* to = whole ? static_cast<float*>(p.o) + queryRow(p, item, row) * M::D
                        : partialOf(p, item, item.split, row);
#pragma unroll
      for (int i = 0; i < kOwned; ++i) {
        const int c = laneId() + i * kWarp;
        if (c >= kFours) break;
        const float4 v = o[r][i];
        storeFour(to + c * 4,
                  make_float4(v.x * factor, v.y * factor, v.z * factor, v.w * factor));
      }
    }
  }
};

template <int D>
BL_DEVICE void attendFmaTile(const Params& p, const Item& item,
                             const FmaMemory<D>& memory) {
  using M = FmaMemory<D>;
  const KeyTiles<M> tiles(p, item, memory);
  tiles.begin(kFmaRows * kWarps);
  FmaWarp<M> warp;
  float* weights = memory.weights() + warp.firstRow * M::kKeys;
  tiles.forEach([&](int tile, int stage) {
    const int first = item.begin + tile * M::kKeys;
    float s[kFmaRows] = {};
    warp.score(memory, stage, s);
    if (first + M::kKeys > item.prefix) warp.hide(p, item, first, s);
    warp.weigh(p, s, weights);
    __syncwarp();
    warp.addValues(memory, stage, weights);
  });
  warp.store(p, item);
  if (item.cut.splits > 1) {
    combineSplits<float, D>(p, item, memory.scratch(), memory.flag());
  }
}

template <int D>
__global__ void __launch_bounds__(kThreads, 1) attendFma(Params p) {
  BEAMLINE_SHARED(unsigned char, shared);
  const FmaMemory<D> memory = {shared};
  gridDependencyWait();
  forItems(p, memory.item(), [&](const Item& item) { attendFmaTile<D>(p, item, memory); });
}

}  // namespace bl::tree_attention
