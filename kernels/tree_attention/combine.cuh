// The splits of a tile become one result: each item leaves (o, maximum, sum) of its keys, and the
// block that arrives last adds them up, in the order of the splits, so that the result repeats to
// the bit whoever comes last. A split in which a row sees nothing has maximum -infinity and weight
// 0; a row that sees nothing anywhere has o = 0 and lse = -infinity.
#pragma once

#include "schedule.cuh"

namespace bl::tree_attention {

/** Four floats as four T, in one store. */
template <class T>
BL_DEVICE void storeFour(T* to, float4 value) {
  if constexpr (sizeof(T) == 4) {
    *reinterpret_cast<float4*>(to) = value;
  } else {
    *reinterpret_cast<uint2*>(to) =
        make_uint2(pack2<T>(value.x, value.y), pack2<T>(value.z, value.w));
  }
}

/** Natural log-sum-exp from a maximum in the log2 domain and the sum of weights. */
BL_DEVICE float logSumExp(float maximum, float sum) {
  return sum > 0 ? (maximum + log2Fast(sum)) * kLn2 : -kInfinity;
}

/** Partial rows from a tile's split 0 to its split `split`. */
BL_DEVICE int64_t splitRow(const Item& item, int split) {
  return static_cast<int64_t>(split) * item.cut.rows;
}

/** Keeps maximum (log2 domain) and sum of a row: of the whole row, or of this split. */
BL_DEVICE void storeState(const Params& p, const Item& item, int row, float maximum, float sum) {
  if (item.cut.splits == 1) {
    p.lse[queryRow(p, item, row)] = logSumExp(maximum, sum);
  } else {
    p.state[item.partialRow + splitRow(item, item.split) + row] = make_float2(maximum, sum);
  }
}

BL_DEVICE float* partialOf(const Params& p, const Item& item, int split, int row) {
  return p.partial + (item.partialRow + splitRow(item, split) + row) * p.headDim;
}

/** weights[split * rows + row] = what the split's o counts, the whole sum divided out. */
BL_DEVICE void weighSplits(const Params& p, const Item& item, float* weights) {
  const int rows = item.tileRowCount, splits = item.cut.splits;
  for (int row = static_cast<int>(threadIdx.x); row < rows; row += kThreads) {
    const float2* state = p.state + item.partialRow + row;
    float maximum = -kInfinity;
    for (int s = 0; s < splits; ++s) maximum = max(maximum, state[splitRow(item, s)].x);
    const float reference = maximum == -kInfinity ? 0.0f : maximum;
    float sum = 0;
    for (int s = 0; s < splits; ++s) {
      const float2 part = state[splitRow(item, s)];
      const float weight = exp2Fast(part.x - reference);
      weights[s * rows + row] = weight;
      sum += weight * part.y;
    }
    const float factor = sum > 0 ? p.valueScale / sum : 0.0f;
    for (int s = 0; s < splits; ++s) weights[s * rows + row] *= factor;
    p.lse[queryRow(p, item, row)] = logSumExp(maximum, sum);
  }
}

/** Called by the whole block after its partial result is written. `weights`: kMaxWeights floats,
 * `flag`: an int, both shared. Leaves with a barrier behind the last use of `weights`. */
template <class T, int D>
BL_DEVICE void combineSplits(const Params& p, const Item& item, float* weights, int* flag) {
  if (!isLastArriver(p.counters + item.counter, static_cast<unsigned>(item.cut.splits), flag)) {
    return;
  }
  weighSplits(p, item, weights);
  __syncthreads();
  constexpr int kFours = D / 4;
  const int rows = item.tileRowCount;
  for (int at = static_cast<int>(threadIdx.x); at < rows * kFours; at += kThreads) {
    const int row = at / kFours, d = at % kFours * 4;
    const float* from = partialOf(p, item, 0, row) + d;
    float4 total = make_float4(0, 0, 0, 0);
#pragma unroll 8
    for (int s = 0; s < item.cut.splits; ++s) {
      const float4 part = *reinterpret_cast<const float4*>(from + splitRow(item, s) * D);
      const float weight = weights[s * rows + row];
      total.x += weight * part.x;
      total.y += weight * part.y;
      total.z += weight * part.z;
      total.w += weight * part.w;
    }
    storeFour(static_cast<T*>(p.o) + queryRow(p, item, row) * D + d, total);
  }
  __syncthreads();
}

}  // namespace bl::tree_attention
