// The drafter's cell, one pass: state = SiLU(embedding_product + state_product + bias). A thread
// keeps its 16 bytes of the bias and walks down the rows, so that the bias is read once per block
// of rows and the products once in all. Sums in fp32, one rounding at the end.
#pragma once

#include "../lib/cuda/row.cuh"

namespace bl::drafter_cell {

constexpr int kThreads = 128;
constexpr int kRowsAtOnce = 2;  // loads under way per thread: 2 rows of 2 vectors

template <class T>
struct Params {
  const T* embeddingProduct;
  const T* stateProduct;
  const T* bias;
  T* state;
  int64_t rows;
  int64_t hidden;
  unsigned rowBlocks;  // block `i` takes rows i, i + rowBlocks, ...
};

template <class T, bool Whole>
BL_DEVICE void finish(const Params<T>& p, int64_t row, int64_t column,
                      const float (&a)[kVectorSize<T>], const float (&b)[kVectorSize<T>],
                      const float (&bias)[kVectorSize<T>]) {
  float out[kVectorSize<T>];
#pragma unroll
  for (int i = 0; i < kVectorSize<T>; ++i) out[i] = silu(a[i] + b[i] + bias[i]);
  storeVector<T, Whole>(p.state + row * p.hidden, column, p.hidden, out);
}

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads) cell(Params<T> p) {
  constexpr int kSize = kVectorSize<T>;
  const unsigned rowBlock = blockIdx.x % p.rowBlocks;
  const int64_t columnBlock = blockIdx.x / p.rowBlocks;
  const int64_t column = (columnBlock * kThreads + threadIdx.x) * kSize;
  if (column >= p.hidden) return;
  float bias[kSize];
  loadVector<T, Whole>(p.bias, column, p.hidden, 0.0f, bias);
  for (int64_t row = rowBlock; row < p.rows; row += int64_t{p.rowBlocks} * kRowsAtOnce) {
    float a[kRowsAtOnce][kSize], b[kRowsAtOnce][kSize];
#pragma unroll
    for (int i = 0; i < kRowsAtOnce; ++i) {
      const int64_t at = row + i * int64_t{p.rowBlocks};
      if (at >= p.rows) break;
      loadVector<T, Whole>(p.embeddingProduct + at * p.hidden, column, p.hidden, 0.0f, a[i]);
      loadVector<T, Whole>(p.stateProduct + at * p.hidden, column, p.hidden, 0.0f, b[i]);
    }
#pragma unroll
    for (int i = 0; i < kRowsAtOnce; ++i) {
      const int64_t at = row + i * int64_t{p.rowBlocks};
      if (at >= p.rows) break;
      finish<T, Whole>(p, at, column, a[i], b[i], bias);
    }
  }
}

template <class T>
int32_t run(const bl_call* call, bool whole) {
  Params<T> p;
  p.embeddingProduct = data<const T>(call->inputs[0]);
  p.stateProduct = data<const T>(call->inputs[1]);
  p.bias = data<const T>(call->inputs[2]);
  p.state = data<T>(call->outputs[0]);
  p.rows = extent(call->inputs[0], 0);
  p.hidden = extent(call->inputs[0], 1);
  if (p.rows == 0 || p.hidden == 0) return BL_OK;
  const int64_t columnBlocks = ceilDiv(p.hidden, kThreads * kVectorSize<T>);
  // Enough blocks to fill the device some times over; then more rows for each thread.
  const int64_t wanted = ceilDiv(16 * multiprocessorCount(), columnBlocks);
  p.rowBlocks = static_cast<unsigned>(p.rows < wanted ? p.rows : wanted);
  const dim3 grid(static_cast<unsigned>(columnBlocks * p.rowBlocks));
  const bool fits = wholeVectors<T>(p.hidden, p.embeddingProduct, p.stateProduct, p.bias, p.state);
  if (whole && !fits) return refuse(BL_UNSUPPORTED, "vector: hidden is no multiple of 16 bytes");
  if (fits && (whole || isVariant(call, ""))) {
    return BEAMLINE_LAUNCH((cell<T, true>), grid, dim3(kThreads), 0, call->stream, p);
  }
  return BEAMLINE_LAUNCH((cell<T, false>), grid, dim3(kThreads), 0, call->stream, p);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 3, 1, 0));
  const bl_tensor& x = call->inputs[0];
  const int64_t rows = extent(x, 0), hidden = extent(x, 1);
  BL_TRY(expectTensor("embedding_product", x, x.dtype, {rows, hidden}));
  BL_TRY(expectTensor("state_product", call->inputs[1], x.dtype, {rows, hidden}));
  BL_TRY(expectTensor("bias", call->inputs[2], x.dtype, {hidden}));
  BL_TRY(expectTensor("state", call->outputs[0], x.dtype, {rows, hidden}));
  const bool vector = isVariant(call, "vector");
  if (!vector && !isVariant(call, "scalar") && !isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "drafter_cell: no variant '%s'", variantOf(call));
  }
  return dispatchFloat(x.dtype, [&]<class T>() { return run<T>(call, vector); });
}

}  // namespace bl::drafter_cell
