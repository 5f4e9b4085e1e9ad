// Threads that part where they must be together: barriers, masks, collectives, and waits for what
// never comes.
#include "planted.cuh"

namespace bl::planted {

template <bool Planted>
__global__ void divergentBarrier(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  if (!Planted || warpId() != 1) __syncthreads();
  p.out[i] = p.in[i];
}

/** Half of the block leaves before the barrier. */
template <bool Planted>
__global__ void exitBeforeBarrier(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  if (Planted && i >= 32) return;
  __syncthreads();
  p.out[i] = p.in[i];
}

/** Two barriers in two branches are not one barrier. */
template <bool Planted>
__global__ void barrierInBranches(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  if (!Planted) {
    __syncthreads();
  } else if (i % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  p.out[i] = p.in[i];
}

template <bool Planted>
__global__ void maskLeavesCallerOut(Params p) {
  const int lane = laneId();
  const unsigned mask = Planted ? 0x0000ffffu : kFullMask;
  p.out[lane] = __shfl_xor_sync(mask, p.in[lane], 1);
}

/** Only half of the warp calls, with the full mask; the rest goes on. */
template <bool Planted>
__global__ void maskNamesAbsent(Params p) {
  const int lane = laneId();
  float value = p.in[lane];
  if (lane < 16) value = __shfl_xor_sync(Planted ? kFullMask : 0xffffu, value, 1);
  __syncwarp();
  p.out[lane] = value;
}

/** Reads a lane that takes no part. */
template <bool Planted>
__global__ void readsOutsideMask(Params p) {
  const int lane = laneId();
  float value = p.in[lane];
  if (lane < 16) value = __shfl_xor_sync(0xffffu, value, Planted ? 16 : 8);
  p.out[lane] = value;
}

/** The warp has 16 lanes; a butterfly over 32 reads those that do not exist. */
template <bool Planted>
__global__ void shortWarp(Params p) {
  const int lane = laneId();
  p.out[lane] = Planted ? warpSum<32>(p.in[lane]) : warpSum<16>(p.in[lane]);
}

/** Lanes of one mask at two shuffles. */
template <bool Planted>
__global__ void twoShuffles(Params p) {
  const int lane = laneId();
  float value = p.in[lane];
  if (Planted && lane % 2 == 0) {
    value = __shfl_xor_sync(kFullMask, value, 2);
  } else {
    value = __shfl_xor_sync(kFullMask, value, 2);
  }
  p.out[lane] = value;
}

/** Two halves of a warp in collectives of their own at once: legal. Planted: masks that overlap. */
template <bool Planted>
__global__ void halfWarps(Params p) {
  const int lane = laneId();
  float value = p.in[lane];
  if (lane < 16) {
    value = __shfl_xor_sync(0x0000ffffu, value, 1);
  } else {
    value = __shfl_xor_sync(Planted ? 0xffff8000u : 0xffff0000u, value, 2);
  }
  __syncwarp();
  p.out[lane] = value;
}

/** A flag that nobody raises. */
template <bool Planted>
__global__ void polls(Params p) {
  if (threadIdx.x == 0) {
    if (!Planted) storeRelease(p.counters, 1u);
    while (loadAcquire(p.counters) == 0) pollPause();
  }
  __syncthreads();
  p.out[threadIdx.x] = p.in[threadIdx.x];
}

/** One warp waits at a named barrier for a second that never comes. */
template <bool Planted>
__global__ void namedBarrierAlone(Params p) {
  if (!Planted || warpId() == 0) namedBarrierSync(1, 64);
  p.out[threadIdx.x] = p.in[threadIdx.x];
}

/** A barrier counts threads: not 40 of them. */
template <bool Planted>
__global__ void namedBarrierCount(Params p) {
  namedBarrierSync(1, Planted ? 40 : 64);
  p.out[threadIdx.x] = p.in[threadIdx.x];
}

template <bool Planted>
__global__ void traps(Params p) {
  if (Planted && p.in[threadIdx.x] == 3) __trap();
  p.out[threadIdx.x] = p.in[threadIdx.x];
}

}  // namespace bl::planted

BL_PLANTED(barrier_divergent, bl::planted::divergentBarrier, 1, 96, 0)
BL_PLANTED(barrier_after_exit, bl::planted::exitBeforeBarrier, 1, 64, 0)
BL_PLANTED(barrier_in_branches, bl::planted::barrierInBranches, 1, 64, 0)
BL_PLANTED(barrier_named_count, bl::planted::namedBarrierCount, 1, 64, 0)
BL_PLANTED(mask_without_caller, bl::planted::maskLeavesCallerOut, 1, 32, 0)
BL_PLANTED(mask_names_absent, bl::planted::maskNamesAbsent, 1, 32, 0)
BL_PLANTED(mask_source_outside, bl::planted::readsOutsideMask, 1, 32, 0)
BL_PLANTED(mask_short_warp, bl::planted::shortWarp, 1, 16, 0)
BL_PLANTED(mask_two_shuffles, bl::planted::twoShuffles, 1, 32, 0)
BL_PLANTED(mask_half_warps, bl::planted::halfWarps, 1, 32, 0)
BL_PLANTED(deadlock_poll, bl::planted::polls, 1, 32, 0)
BL_PLANTED(deadlock_named_barrier, bl::planted::namedBarrierAlone, 1, 64, 0)
BL_PLANTED(trap, bl::planted::traps, 1, 32, 0)
