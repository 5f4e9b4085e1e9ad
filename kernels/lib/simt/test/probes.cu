// Small kernels whose results a test works out by itself: number conversions, shuffles, votes,
// scans, atomics, fragments. Inputs and outputs are words, one per thread or a few.
#include "../../cuda/atomics.cuh"
#include "../../cuda/matrix.cuh"
#include "../../cuda/tensor.h"
#include "../../cuda/warp.cuh"

namespace bl::probes {

struct Params {
  const unsigned* in;
  unsigned* out;
  int count;
};

/** in: fp32 bits. out: bf16 | f16 << 16, f8, then the way back of each as fp32 bits. */
__global__ void convert(Params p) {
  for (int i = static_cast<int>(threadIdx.x); i < p.count; i += 128) {
    const float x = __uint_as_float(p.in[i]);
    const uint32_t pair = pack2<bf16>(x, x), half = pack2<f16>(x, x);
    const f8 tiny = fromFloat<f8>(x);
    unsigned char bits;
    memcpy(&bits, &tiny, 1);
    unsigned* out = p.out + static_cast<int64_t>(i) * 5;
    out[0] = (pair & 0xffffu) | (half & 0xffffu) << 16;
    out[1] = bits;
    out[2] = __float_as_uint(toFloat(fromFloat<bf16>(x)));
    out[3] = __float_as_uint(unpack2<f16>(half).y);
    out[4] = __float_as_uint(toFloat(tiny));
  }
}

/** 16 results of a warp for each lane; the order is that of the test. */
__global__ void collectives(Params p) {
  const int lane = laneId();
  const unsigned x = p.in[threadIdx.x];
  unsigned* out = p.out + threadIdx.x * 16;
  out[0] = __shfl_sync(kFullMask, x, 5);
  out[1] = __shfl_sync(kFullMask, x, lane * 7, 8);
  out[2] = __shfl_up_sync(kFullMask, x, 3);
  out[3] = __shfl_down_sync(kFullMask, x, 2, 16);
  out[4] = __shfl_xor_sync(kFullMask, x, 9);
  out[5] = __ballot_sync(kFullMask, x & 1u);
  out[6] = static_cast<unsigned>(__any_sync(kFullMask, x == 0xffffffffu));
  out[7] = static_cast<unsigned>(__all_sync(kFullMask, x < 0xfffffff0u));
  out[8] = __match_any_sync(kFullMask, x % 5u);
  out[9] = __reduce_add_sync(kFullMask, x);
  out[10] = static_cast<unsigned>(__reduce_min_sync(kFullMask, static_cast<int>(x)));
  out[11] = __reduce_max_sync(kFullMask, x);
  out[12] = warpInclusiveSum(x);
  out[13] = warpSum<8>(x);
  const Indexed<unsigned> best = warpArgMax(Indexed<unsigned>{x % 7u, lane});
  out[14] = best.value << 8 | static_cast<unsigned>(best.index);
  const unsigned long long wide = static_cast<unsigned long long>(x) << 20 | 3u;
  out[15] = static_cast<unsigned>(__shfl_xor_sync(kFullMask, wide, 1) >> 20);
}

/** A compare-and-swap loop. */
BL_DEVICE void atomicXorByCas(unsigned* address, unsigned value) {
  unsigned seen = atomicAdd(address, 0u);
  for (;;) {
    const unsigned before = atomicCAS(address, seen, seen ^ value);
    if (before == seen) return;
    seen = before;
  }
}

/** Block-wide: scan, reduction, votes of barriers, atomics in shared memory. */
template <int Threads>
__global__ void blockWide(Params p) {
  BEAMLINE_SHARED_ARRAY(unsigned, scratch, Threads / kWarp);
  BEAMLINE_SHARED_ARRAY(unsigned, sums, 4);
  const unsigned x = p.in[threadIdx.x];
  if (threadIdx.x < 4) sums[threadIdx.x] = threadIdx.x == 3 ? 0xffffffffu : 0u;
  unsigned total;
  const unsigned through = blockInclusiveSum<Threads>(x, scratch, total);
  const unsigned most = blockReduce<Threads>(x, Max(), scratch);
  const int odd = __syncthreads_count(x & 1u);
  const int any = __syncthreads_or(x == 1u);
  atomicAdd(&sums[0], x);
  atomicMax(&sums[1], x);
  atomicXorByCas(&sums[2], x);
  atomicMin(&sums[3], x);
  __syncthreads();
  unsigned* out = p.out + threadIdx.x * 8;
  out[0] = through;
  out[1] = total;
  out[2] = most;
  out[3] = static_cast<unsigned>(odd * 2 + (any != 0 ? 1 : 0));
  for (int i = 0; i < 4; ++i) out[4 + i] = sums[i];
}

/** in: an 8·Count x 8 matrix of 16-bit values, two in a word. out: the fragments. */
template <int Count, bool Transposed>
__global__ void fragments(Params p) {
  BEAMLINE_SHARED_ARRAY(unsigned, tile, 128);
  const int lane = laneId();
  for (int i = lane; i < Count * 32; i += 32) tile[i] = p.in[i];
  __syncwarp();
  uint32_t r[Count];
  loadMatrix<Count, Transposed>(r, tile + (lane % (8 * Count)) * 4);
  for (int i = 0; i < Count; ++i) p.out[lane * 4 + i] = r[i];
}

using Kernel = void (*)(Params);

template <Kernel Run, unsigned Threads>
int32_t launchCall(const bl_call* call) {
  const bl_tensor& in = call->inputs[0];
  const Params params{data<const unsigned>(in), data<unsigned>(call->outputs[0]),
                      static_cast<int>(in.shape[0])};
  return BEAMLINE_LAUNCH(Run, dim3(1), dim3(Threads), 0, call->stream, params);
}

int64_t workspaceBytes(const bl_call*) { return 0; }

}  // namespace bl::probes

#define BL_PROBE(name, threads, ...)                                \
  BL_REGISTER_OPERATOR(name, bl::probes::workspaceBytes,            \
                       (bl::probes::launchCall<__VA_ARGS__, threads>), "only")
BL_PROBE(probe_convert, 128, bl::probes::convert)
BL_PROBE(probe_collectives, 64, bl::probes::collectives)
BL_PROBE(probe_block, 96, bl::probes::blockWide<96>)
BL_PROBE(probe_ldmatrix_1, 32, bl::probes::fragments<1, false>)
BL_PROBE(probe_ldmatrix_2, 32, bl::probes::fragments<2, false>)
BL_PROBE(probe_ldmatrix_4, 32, bl::probes::fragments<4, false>)
BL_PROBE(probe_ldmatrix_1_trans, 32, bl::probes::fragments<1, true>)
BL_PROBE(probe_ldmatrix_2_trans, 32, bl::probes::fragments<2, true>)
BL_PROBE(probe_ldmatrix_4_trans, 32, bl::probes::fragments<4, true>)
