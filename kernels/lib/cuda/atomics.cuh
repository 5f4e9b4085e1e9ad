// Ordering between blocks. atomicAdd, atomicMin, atomicMax, atomicCAS, atomicExch, atomicOr and the
// fences keep their CUDA names; here are the loads and stores with an order, and the pattern that
// most kernels need them for: the last of several blocks goes on with what all of them wrote.
//
//   ... every thread writes its partial result to global memory ...
//   if (!bl::isLastArriver(counter + group, splits, &flag)) return;   // `flag`: shared int
//   ... combine; the counter is 0 again, so that a graph can replay ...
#pragma once

#include "device.cuh"

namespace bl {

/** A load that sees everything written before the matching storeRelease, device-wide. */
BL_DEVICE unsigned loadAcquire(const unsigned* address BL_SITE) {
#ifdef BEAMLINE_SIMT
  return simt::atomic32(const_cast<unsigned*>(address), simt::kLoad, 0, 0, simt::kAcquire, site);
#else
  unsigned value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(address) : "memory");
  return value;
#endif
}

BL_DEVICE void storeRelease(unsigned* address, unsigned value BL_SITE) {
#ifdef BEAMLINE_SIMT
  simt::atomic32(address, simt::kStore, value, 0, simt::kRelease, site);
#else
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(address), "r"(value) : "memory");
#endif
}

BL_DEVICE unsigned atomicAddAcquireRelease(unsigned* address, unsigned value BL_SITE) {
#ifdef BEAMLINE_SIMT
  return simt::atomic32(address, simt::kAdd, value, 0, simt::kAcquireRelease, site);
#else
  unsigned before;
  asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], %2;"
               : "=r"(before)
               : "l"(address), "r"(value)
               : "memory");
  return before;
#endif
}

/** Inside a loop that polls loadAcquire(): lets other threads run. */
BL_DEVICE void pollPause(BL_SITE_ONLY) {
#ifdef BEAMLINE_SIMT
  simt::poll(site);
#else
  __nanosleep(40);
#endif
}

/** True in every thread of the block that comes last of `total`, which then sees all that the
 * others wrote before. Called by whole blocks; leaves the counter at 0. `flag` lies in shared
 * memory and is free again after the block's next barrier. */
BL_DEVICE bool isLastArriver(unsigned* counter, unsigned total, int* flag BL_SITE) {
  __syncthreads(BL_AT_ONLY);
  if (threadIdx.x == 0 && threadIdx.y == 0 && threadIdx.z == 0) {
    const bool last = atomicAddAcquireRelease(counter, 1 BL_AT) == total - 1;
    if (last) storeRelease(counter, 0 BL_AT);
    *flag = last ? 1 : 0;
  }
  __syncthreads(BL_AT_ONLY);
  return *flag != 0;
}

}  // namespace bl
