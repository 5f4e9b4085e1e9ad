// The head's residual block after its linear layer, one pass: y = x + SiLU(linear). Rows lie side
// by side, so that the whole tensor is one long row. fp32 inside, one rounding at the end.
#pragma once

#include "../lib/cuda/row.cuh"

namespace bl::drafter_residual {

constexpr int kThreads = 128;
constexpr int kVectorsAtOnce = 2;  // of each input, under way per thread

template <class T>
struct Params {
  const T* x;
  const T* linear;
  T* y;
  int64_t elements;
};

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads) residual(Params<T> p) {
  constexpr int kSize = kVectorSize<T>;
  const int64_t first = static_cast<int64_t>(blockIdx.x) * kVectorsAtOnce * kThreads + threadIdx.x;
  float x[kVectorsAtOnce][kSize], linear[kVectorsAtOnce][kSize];
#pragma unroll
  for (int i = 0; i < kVectorsAtOnce; ++i) {
    const int64_t at = (first + i * kThreads) * kSize;
    loadVector<T, Whole>(p.x, at, p.elements, 0.0f, x[i]);
    loadVector<T, Whole>(p.linear, at, p.elements, 0.0f, linear[i]);
  }
#pragma unroll
  for (int i = 0; i < kVectorsAtOnce; ++i) {
    float y[kSize];
#pragma unroll
    for (int j = 0; j < kSize; ++j) y[j] = x[i][j] + silu(linear[i][j]);
    storeVector<T, Whole>(p.y, (first + i * kThreads) * kSize, p.elements, y);
  }
}

template <class T>
int32_t run(const bl_call* call, bool vector) {
  Params<T> p;
  p.x = data<const T>(call->inputs[0]);
  p.linear = data<const T>(call->inputs[1]);
  p.y = data<T>(call->outputs[0]);
  p.elements = elementCount(call->inputs[0]);
  constexpr int64_t kPerBlock = static_cast<int64_t>(kThreads) * kVectorsAtOnce * kVectorSize<T>;
  const dim3 grid(static_cast<unsigned>(ceilDiv(p.elements, kPerBlock)));
  const bool fits = wholeVectors<T>(p.elements, p.x, p.linear, p.y);
  if (vector && !fits) {
    return refuse(BL_UNSUPPORTED, "vector: the elements are no multiple of 16 bytes");
  }
  if (fits && (vector || isVariant(call, ""))) {
    return BEAMLINE_LAUNCH((residual<T, true>), grid, dim3(kThreads), 0, call->stream, p);
  }
  return BEAMLINE_LAUNCH((residual<T, false>), grid, dim3(kThreads), 0, call->stream, p);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 2, 1, 0));
  const bl_tensor& x = call->inputs[0];
  const int64_t rows = extent(x, 0), width = extent(x, 1);
  BL_TRY(expectTensor("x", x, x.dtype, {rows, width}));
  BL_TRY(expectTensor("linear", call->inputs[1], x.dtype, {rows, width}));
  BL_TRY(expectTensor("y", call->outputs[0], x.dtype, {rows, width}));
  const bool vector = isVariant(call, "vector");
  if (!vector && !isVariant(call, "scalar") && !isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "drafter_residual: no variant '%s'", variantOf(call));
  }
  return dispatchFloat(x.dtype, [&]<class T>() { return run<T>(call, vector); });
}

}  // namespace bl::drafter_residual
