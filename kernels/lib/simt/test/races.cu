// Data races: in shared and in global memory, between threads, warps, blocks, and with cp.async.
#include "planted.cuh"

namespace bl::planted {

/** Reads a neighbour's value without a barrier after it was written. */
template <bool Planted>
__global__ void missingBarrier(Params p) {
  BEAMLINE_SHARED_ARRAY(float, tile, 64);
  const int i = static_cast<int>(threadIdx.x);
  tile[63 - i] = 0;
  __syncthreads();
  tile[i] = p.in[i];
  if (!Planted) __syncthreads();
  p.out[i] = tile[63 - i];
}

/** Refills the tile while slower threads may still read it. */
template <bool Planted>
__global__ void missingBarrierBeforeRefill(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  float sum = 0;
  for (int round = 0; round < 3; ++round) {
    tile[i] = p.in[round * 64 + i];
    __syncthreads();
    sum += tile[63 - i];
    if (!Planted) __syncthreads();
  }
  p.out[i] = sum;
}

/** A shuffle moves a value and orders no memory: __syncwarp does. */
template <bool Planted>
__global__ void shuffleIsNoFence(Params p) {
  BEAMLINE_SHARED_ARRAY(float, tile, 32);
  const int lane = laneId();
  tile[lane] = p.in[lane];
  const float other = __shfl_xor_sync(kFullMask, p.in[lane], 1);
  if (!Planted) __syncwarp();
  p.out[lane] = tile[lane ^ 1] + other;
}

/** Warp 0 waits for warp 1 alone at a named barrier, then reads what warp 2 wrote. */
template <bool Planted>
__global__ void wrongNamedBarrier(Params p) {
  BEAMLINE_SHARED_ARRAY(float, tile, 96);
  const int i = static_cast<int>(threadIdx.x);
  tile[i] = p.in[i];
  if (warpId() < 2) namedBarrierSync(1, 64);
  if (!Planted && warpId() != 1) namedBarrierSync(2, 64);
  if (warpId() == 0) p.out[i] = tile[i + 32] + tile[i + 64];
}

/** A producer warp arrives, consumers wait: bar.arrive with bar.sync. */
template <bool Planted>
__global__ void producerArrives(Params p) {
  BEAMLINE_SHARED_ARRAY(float, tile, 32);
  const int lane = laneId();
  if (warpId() == 0) {
    if (Planted) namedBarrierArrive(3, 64);
    tile[lane] = p.in[lane];
    if (!Planted) namedBarrierArrive(3, 64);
  } else {
    namedBarrierSync(3, 64);
    p.out[lane] = tile[lane];
  }
}

/** Two threads store to one address of global memory. */
template <bool Planted>
__global__ void sameAddress(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  p.out[Planted ? i / 2 : i] = p.in[i];
}

/** Neighbours that write the two halves of a word do not race; the same half does. */
template <bool Planted>
__global__ void halves(Params p) {
  bf16* out = reinterpret_cast<bf16*>(p.out);
  const int i = static_cast<int>(threadIdx.x);
  out[Planted ? i & ~1 : i] = fromFloat<bf16>(p.in[i]);
}

/** Blocks add to a sum in global memory, with and without an atomic. */
template <bool Planted>
__global__ void sumOfBlocks(Params p) {
  if (threadIdx.x != 0) return;
  if (Planted) {
    p.counters[0] += 1;
  } else {
    atomicAdd(p.counters, 1u);
  }
}

/** The last block of all reads what the others wrote: with the fence, and without. */
template <bool Planted>
__global__ void lastArriver(Params p) {
  BEAMLINE_SHARED_ARRAY(int, isLast, 1);
  const int i = static_cast<int>(threadIdx.x), block = static_cast<int>(blockIdx.x);
  p.out[block * 32 + i] = p.in[block * 32 + i];
  __syncthreads();
  if (i == 0) {
    if (!Planted) __threadfence();
    *isLast = atomicAdd(p.counters, 1u) == gridDim.x - 1 ? 1 : 0;
    __threadfence();
  }
  __syncthreads();
  if (*isLast == 0) return;
  float sum = 0;
  for (int b = 0; b < static_cast<int>(gridDim.x); ++b) sum += p.out[b * 32 + i];
  p.out[i] = sum;
}

/** The same through isLastArriver; planted: all blocks go on, the last or not. */
template <bool Planted>
__global__ void lastArriverHelper(Params p) {
  BEAMLINE_SHARED_ARRAY(int, flag, 1);
  const int i = static_cast<int>(threadIdx.x), block = static_cast<int>(blockIdx.x);
  p.out[block * 32 + i] = p.in[block * 32 + i];
  const bool last = isLastArriver(p.counters, gridDim.x, flag);
  if (!last && !Planted) return;
  float sum = 0;
  for (int b = 0; b < static_cast<int>(gridDim.x); ++b) sum += p.out[b * 32 + i];
  p.out[i] = sum;
}

/** Block 1 polls a flag that block 0 raises. */
template <bool Planted>
__global__ void flagBetweenBlocks(Params p) {
  if (threadIdx.x != 0) return;
  if (blockIdx.x == 0) {
    p.out[0] = p.in[0];
    if (Planted) {
      atomicExch(p.counters, 1u);  // raised, and nothing said of p.out
    } else {
      storeRelease(p.counters, 1u);
    }
  } else {
    while (loadAcquire(p.counters) == 0) pollPause();
    p.out[1] = p.out[0] * 2;
  }
}

/** cp.async into a stage that other threads still read. */
template <bool Planted>
__global__ void copyTooEarly(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  copyAsync<16>(tile + i * 4, p.in + i * 4);
  copyAsyncCommit();
  copyAsyncWait<0>();
  __syncthreads();
  const float seen = tile[(i * 4 + 4) % 128];
  if (!Planted) __syncthreads();
  copyAsync<16>(tile + i * 4, p.in + 128 + i * 4);
  copyAsyncCommit();
  copyAsyncWait<0>();
  __syncthreads();
  p.out[i] = seen + tile[(i * 4 + 4) % 128];
}

}  // namespace bl::planted

BL_PLANTED(race_missing_barrier, bl::planted::missingBarrier, 1, 64, 0)
BL_PLANTED(race_refill, bl::planted::missingBarrierBeforeRefill, 1, 64, 256)
BL_PLANTED(race_shuffle_is_no_fence, bl::planted::shuffleIsNoFence, 1, 32, 0)
BL_PLANTED(race_named_barrier, bl::planted::wrongNamedBarrier, 1, 96, 0)
BL_PLANTED(race_producer_arrives, bl::planted::producerArrives, 1, 64, 0)
BL_PLANTED(race_same_address, bl::planted::sameAddress, 1, 64, 0)
BL_PLANTED(race_halves, bl::planted::halves, 1, 64, 0)
BL_PLANTED(race_sum_of_blocks, bl::planted::sumOfBlocks, 4, 32, 0)
BL_PLANTED(race_last_arriver, bl::planted::lastArriver, 4, 32, 0)
BL_PLANTED(race_last_arriver_helper, bl::planted::lastArriverHelper, 4, 32, 0)
BL_PLANTED(race_flag, bl::planted::flagBetweenBlocks, 2, 32, 0)
BL_PLANTED(race_copy_too_early, bl::planted::copyTooEarly, 1, 32, 512)
