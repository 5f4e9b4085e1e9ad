// cp.async: copies from global to shared memory that a thread starts and later waits for. In the
// simt runtime the bytes land at the wait and are poison until then, so that a missing wait shows.
//
//   bl::copyAsync<16>(tile + i, source + i, inside);   // zeros when !inside; source is not read
//   bl::copyAsyncCommit();
//   bl::copyAsyncWait<1>();                            // all but the newest group have landed
//   __syncthreads();                                   // ... and are visible to the others
#pragma once

#include "device.cuh"

namespace bl {

#ifndef BEAMLINE_SIMT
BL_DEVICE uint32_t sharedAddress(const void* address) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(address));
}
#endif

/** Starts a copy of Bytes (4, 8 or 16; both ends aligned to it), of which the first `valid` are
 * read and the rest are zeros. */
template <int Bytes>
BL_DEVICE void copyAsyncPartial(void* shared, const void* global, int valid BL_SITE) {
  static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16, "cp.async moves 4, 8 or 16 bytes");
#ifdef BEAMLINE_SIMT
  simt::copyAsync(shared, global, Bytes, valid, site);
#else
  if constexpr (Bytes == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(shared)),
                 "l"(global), "r"(valid)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(sharedAddress(shared)),
                 "l"(global), "n"(Bytes), "r"(valid)
                 : "memory");
  }
#endif
}

/** Starts a copy of Bytes; zeros instead when not `inside`. */
template <int Bytes>
BL_DEVICE void copyAsync(void* shared, const void* global, bool inside = true BL_SITE) {
  copyAsyncPartial<Bytes>(shared, global, inside ? Bytes : 0 BL_AT);
}

/** Closes the group of the copies started since the last one; a group may be empty. */
BL_DEVICE void copyAsyncCommit(BL_SITE_ONLY) {
#ifdef BEAMLINE_SIMT
  simt::copyAsyncCommit(site);
#else
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/** Waits until at most `Pending` of this thread's groups are under way. */
template <int Pending>
BL_DEVICE void copyAsyncWait(BL_SITE_ONLY) {
#ifdef BEAMLINE_SIMT
  simt::copyAsyncWait(Pending, site);
#else
  asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
#endif
}

/** Waits for all copies of this thread, committed or not. */
BL_DEVICE void copyAsyncWaitAll(BL_SITE_ONLY) {
#ifdef BEAMLINE_SIMT
  simt::copyAsyncWait(-1, site);
#else
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

}  // namespace bl
