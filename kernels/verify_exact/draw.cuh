// A draw from weights over a wide vocabulary: the lowest token whose cumulative weight exceeds
// uniform * total. verify_exact draws from softmax(logits), verify_redrafter from the residual too.
//
// A row is cut into chunks of 1024 tokens. A warp reads a chunk once, keeps it in registers, and
// leaves its maximum m and its sum of exp(x - m): exponentials in fp32, sums of 8 (fp32: 4)
// neighbours in fp32, all other sums in fp64, in one fixed order. So a row has the same chunk sums,
// and the same draw to the bit, whoever computes them, and whatever the batch around it. The draw
// then needs the few chunk sums and one chunk, not the row.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/warp.cuh"

namespace bl::draw {

constexpr int kChunk = 1024;
constexpr int kPerLane = kChunk / kWarp;

inline int64_t chunksOf(int64_t vocab) { return ceilDiv(vocab, kChunk); }

/** exp(max) * sum is the weight of a chunk; sum = 0 when there is none. */
struct ChunkStat {
  float max;
  double sum;
};

/** Weights of softmax(row): exp(x - reference) for one chunk's tokens, 0 past the vocabulary. */
template <class T, bool Whole>
struct SoftmaxChunk {
  static constexpr int kSize = kVectorSize<T>;
  static constexpr int kVectors = kPerLane / kSize;
  const T* row;
  int64_t vocab;

  /** Element `i` of vector `j` of this lane is token chunk * 1024 + (j * 32 + lane) * kSize + i. */
  BL_DEVICE void load(int64_t chunk, float (&v)[kVectors][kSize]) const {
    const int64_t first = chunk * kChunk + laneId() * kSize;
#pragma unroll
    for (int j = 0; j < kVectors; ++j) {
      loadVector<T, Whole>(row, first + j * kWarp * kSize, vocab, -kInfinity, v[j]);
    }
  }
};

BL_DEVICE float weightOf(float x, float max) { return exp2Fast((x - max) * kLog2E); }

/** Maximum and sum of a chunk. Called by whole warps; every lane gets them. */
template <class T, bool Whole>
BL_DEVICE ChunkStat chunkStat(const SoftmaxChunk<T, Whole>& source, int64_t chunk) {
  using Source = SoftmaxChunk<T, Whole>;
  float v[Source::kVectors][Source::kSize];
  source.load(chunk, v);
  float max = -kInfinity;
#pragma unroll
  for (int j = 0; j < Source::kVectors; ++j) {
#pragma unroll
    for (int i = 0; i < Source::kSize; ++i) max = fmaxf(max, v[j][i]);
  }
  max = warpMax(max);
  if (max == -kInfinity) return {max, 0.0};
  double sum = 0.0;
#pragma unroll
  for (int j = 0; j < Source::kVectors; ++j) {
    float part = 0.0f;
#pragma unroll
    for (int i = 0; i < Source::kSize; ++i) part += weightOf(v[j][i], max);
    sum += static_cast<double>(part);
  }
  return {max, warpSum(sum)};
}

/** The chunk of a draw, and what is left of the target inside it. */
struct Place {
  int64_t chunk;  // -1 without any weight
  double rest;
};

/** Finds the chunk where the cumulative weight exceeds uniform * total. `weight(c)`: of chunk c.
 * Called by a whole warp; lane l sums chunks l * g .. l * g + g - 1, g = ceil(chunks / 32). */
template <class Weight>
BL_DEVICE Place findChunk(int64_t chunks, float uniform, Weight weight) {
  const int64_t group = (chunks + kWarp - 1) / kWarp;
  const int64_t first = laneId() * group;
  const int64_t end = min(chunks, first + group);
  double own = 0.0;
  for (int64_t c = first; c < end; ++c) own += weight(c);
  const double upTo = warpInclusiveSum(own);
  const double target = static_cast<double>(uniform) * __shfl_sync(kFullMask, upTo, kWarp - 1);
  unsigned over = __ballot_sync(kFullMask, own > 0.0 && upTo > target ? 1 : 0);
  const unsigned some = __ballot_sync(kFullMask, own > 0.0 ? 1 : 0);
  if (some == 0) return {-1, 0.0};
  // Rounding may leave no lane over the target: then the draw is the last of all.
  if (over == 0) over = 1u << (31 - __clz(static_cast<int>(some)));
  const int lane = __ffs(static_cast<int>(over)) - 1;
  double before = upTo - own;
  int64_t found = -1;
  double rest = 0.0;
  if (laneId() == lane) {
    for (int64_t c = first; c < end; ++c) {
      const double mass = weight(c);
      if (mass <= 0.0) continue;
      found = c;
      rest = target - before;
      before += mass;
      if (before > target) break;
    }
  }
  return {__shfl_sync(kFullMask, found, lane), __shfl_sync(kFullMask, rest, lane)};
}

/** The token inside a chunk: the lowest whose cumulative weight exceeds `rest`, else the last of
 * positive weight. `load(j, w)`: kSize weights of vector j of this lane. Whole warps. */
template <int kSize, class Load>
BL_DEVICE int64_t findToken(int64_t chunk, double rest, Load load) {
  constexpr int kVectors = kPerLane / kSize;
  double before = 0.0;
  int last = -1;
#pragma unroll 1
  for (int j = 0; j < kVectors; ++j) {
    float w[kSize];
    load(j, w);
    const int at = (j * kWarp + laneId()) * kSize;
    float part = 0.0f;
#pragma unroll
    for (int i = 0; i < kSize; ++i) {
      part += w[i];
      if (w[i] > 0.0f) last = at + i;
    }
    const double own = static_cast<double>(part);
    const double upTo = before + warpInclusiveSum(own);
    const unsigned over = __ballot_sync(kFullMask, own > 0.0 && upTo > rest ? 1 : 0);
    if (over != 0) {
      double sum = upTo - own;
      int token = -1;
#pragma unroll
      for (int i = 0; i < kSize; ++i) {
        if (w[i] <= 0.0f || sum > rest) continue;
        sum += static_cast<double>(w[i]);
        token = at + i;
      }
      // `upTo - own` may already exceed `rest` by rounding: then it is the lane's first token.
      if (token < 0) {
#pragma unroll
        for (int i = kSize - 1; i >= 0; --i) {
          if (w[i] > 0.0f) token = at + i;
        }
      }
      const int lane = __ffs(static_cast<int>(over)) - 1;
      return chunk * kChunk + __shfl_sync(kFullMask, token, lane);
    }
    before = __shfl_sync(kFullMask, upTo, kWarp - 1);
  }
  return chunk * kChunk + warpMax(last);
}

/** Maximum over the chunks of a row. `stat(c)` gives a ChunkStat. Whole warps. */
template <class Stat>
BL_DEVICE float rowMax(int64_t chunks, Stat stat) {
  float max = -kInfinity;
  for (int64_t c = laneId(); c < chunks; c += kWarp) max = fmaxf(max, stat(c).max);
  return warpMax(max);
}

/** Weight of a chunk on the scale of the row's maximum. */
BL_DEVICE double chunkWeight(const ChunkStat& stat, float max) {
  return stat.sum > 0.0 ? stat.sum * static_cast<double>(weightOf(stat.max, max)) : 0.0;
}

/** Draws a token from softmax(row) with the stats of its chunks; -1 without a vocabulary. */
template <class T, bool Whole, class Stat>
BL_DEVICE int64_t drawToken(const SoftmaxChunk<T, Whole>& source, int64_t chunks, float uniform,
                            Stat stat) {
  constexpr int kSize = kVectorSize<T>;
  const float max = rowMax(chunks, stat);
  const Place place =
      findChunk(chunks, uniform, [&](int64_t c) { return chunkWeight(stat(c), max); });
  if (place.chunk < 0) return -1;
  const float chunkMax = stat(place.chunk).max;
  const double rest = place.rest / static_cast<double>(weightOf(chunkMax, max));
  return findToken<kSize>(place.chunk, rest, [&](int j, float (&w)[kSize]) {
    const int64_t at = place.chunk * kChunk + (j * kWarp + laneId()) * kSize;
    loadVector<T, Whole>(source.row, at, source.vocab, -kInfinity, w);
#pragma unroll
    for (int i = 0; i < kSize; ++i) w[i] = weightOf(w[i], chunkMax);
  });
}

/** Chunk stats of every tree row, a warp per chunk: [rows, chunks] of maxima and sums. */
template <class T>
struct StatParams {
  const T* logits;
  const int32_t* offsets;
  float* max;
  double* sum;
  int64_t requests;
  int64_t vocab;
  int64_t chunks;
  unsigned blocksPerRow;
};

constexpr int kStatThreads = 256;

template <class T, bool Whole>
__global__ void __launch_bounds__(kStatThreads) chunkStats(StatParams<T> p) {
  const int64_t row = blockIdx.x / p.blocksPerRow;
  const int64_t chunk = static_cast<int64_t>(blockIdx.x % p.blocksPerRow) *
                            (kStatThreads / kWarp) + warpId();
  if (row >= p.offsets[p.requests] || chunk >= p.chunks) return;
  const SoftmaxChunk<T, Whole> source = {p.logits + row * p.vocab, p.vocab};
  const ChunkStat stat = chunkStat(source, chunk);
  if (laneId() != 0) return;
  p.max[row * p.chunks + chunk] = stat.max;
  p.sum[row * p.chunks + chunk] = stat.sum;
}

template <class T>
int32_t launchStats(const bl_call* call, StatParams<T> p, int64_t rows, bool whole) {
  p.blocksPerRow = static_cast<unsigned>(ceilDiv(p.chunks, kStatThreads / kWarp));
  const dim3 grid(static_cast<unsigned>(rows * p.blocksPerRow));
  return dispatchBool(whole, [&]<bool Whole>() {
    return BEAMLINE_LAUNCH((chunkStats<T, Whole>), grid, dim3(kStatThreads), 0, call->stream, p);
  });
}

}  // namespace bl::draw
