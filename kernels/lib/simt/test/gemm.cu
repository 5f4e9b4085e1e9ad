// A matrix product as kernels for tensor cores are written: two stages of cp.async, a swizzle
// against bank conflicts, ldmatrix, mma. The runtime's speed is measured on it.
//   C [m, n] fp32 = A [m, k] · B [n, k]ᵀ, both bf16 or both fp16; m, n, k multiples of 64
#include "../../cuda/matrix.cuh"
#include "../../cuda/tensor.h"

namespace bl::gemm {

constexpr int kTile = 64;
constexpr int kThreads = 128;
constexpr int kStage = kTile * kTile;  // elements

template <class T>
struct Params {
  const T* a;
  const T* b;
  float* c;
  int n, k;
};

/** Where 16-byte chunk `chunk` of row `row` lies in a tile. */
BL_DEVICE int swizzled(int row, int chunk) { return row * kTile + (chunk ^ (row & 7)) * 8; }

template <class T>
BL_DEVICE void loadTile(T* tile, const T* from, int64_t pitch) {
  for (int i = static_cast<int>(threadIdx.x); i < kTile * 8; i += kThreads) {
    const int row = i / 8, chunk = i % 8;
    copyAsync<16>(tile + swizzled(row, chunk), from + row * pitch + chunk * 8);
  }
}

template <class T>
BL_DEVICE void multiplyTile(float (&sum)[8][4], const T* a, const T* b) {
  const int lane = laneId();
  for (int k = 0; k < kTile / 16; ++k) {
    uint32_t left[4];
    loadMatrix<4>(left, a + swizzled(warpId() * 16 + (lane & 15), k * 2 + (lane >> 4)));
    for (int n = 0; n < kTile / 16; ++n) {
      uint32_t right[4];
      const int row = n * 16 + (lane & 7) + (lane >> 4) * 8;
      loadMatrix<4>(right, b + swizzled(row, k * 2 + ((lane >> 3) & 1)));
      mma<T>(sum[2 * n], left, right[0], right[1]);
      mma<T>(sum[2 * n + 1], left, right[2], right[3]);
    }
  }
}

template <class T>
__global__ void __launch_bounds__(kThreads) gemm(Params<T> p) {
  BEAMLINE_SHARED(T, tiles);
  const int64_t row = blockIdx.y * kTile, column = blockIdx.x * kTile;
  const T* a = p.a + row * p.k;
  const T* b = p.b + column * p.k;
  const auto load = [&](int step) {
    T* stage = tiles + (step & 1) * 2 * kStage;
    loadTile(stage, a + step * kTile, p.k);
    loadTile(stage + kStage, b + step * kTile, p.k);
  };
  float sum[8][4] = {};
  const int steps = p.k / kTile;
  load(0);
  copyAsyncCommit();
  for (int step = 0; step < steps; ++step) {
    if (step + 1 < steps) load(step + 1);
    copyAsyncCommit();
    copyAsyncWait<1>();
    __syncthreads();
    const T* stage = tiles + (step & 1) * 2 * kStage;
    multiplyTile(sum, stage, stage + kStage);
    __syncthreads();
  }
  const int lane = laneId();
  for (int n = 0; n < 8; ++n) {
    for (int i = 0; i < 4; ++i) {
      const int64_t r = row + warpId() * 16 + lane / 4 + (i / 2) * 8;
      p.c[r * p.n + column + n * 8 + (lane % 4) * 2 + i % 2] = sum[n][i];
    }
  }
}

int64_t workspaceBytes(const bl_call*) { return 0; }

int32_t launchCall(const bl_call* call) {
  BL_TRY(expect(call, 2, 1, 0));
  const bl_tensor& a = call->inputs[0];
  const bl_tensor& b = call->inputs[1];
  const int64_t m = a.shape[0], n = b.shape[0], k = a.shape[1];
  BL_TRY(expectTensor("c", call->outputs[0], BL_F32, {m, n}));
  if (m % kTile != 0 || n % kTile != 0 || k % kTile != 0 || k == 0) {
    return refuse(BL_UNSUPPORTED, "m, n, k: multiples of %d expected", kTile);
  }
  const auto run = [&]<class T>() {
    const Params<T> params{data<const T>(a), data<const T>(b), data<float>(call->outputs[0]),
                           static_cast<int>(n), static_cast<int>(k)};
    const dim3 grid(static_cast<unsigned>(n / kTile), static_cast<unsigned>(m / kTile));
    return BEAMLINE_LAUNCH(gemm<T>, grid, dim3(kThreads), 4 * kStage * sizeof(T), call->stream,
                           params);
  };
  return a.dtype == BL_F16 ? run.template operator()<f16>() : run.template operator()<bf16>();
}

}  // namespace bl::gemm

BL_REGISTER_OPERATOR(gemm, bl::gemm::workspaceBytes, bl::gemm::launchCall, "mma")
