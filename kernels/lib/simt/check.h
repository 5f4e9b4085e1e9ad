// What the runtime tells the checks of the checked build. In the plain build all of it is nothing.
#pragma once

#include "runtime.h"

namespace bl::simt::check {

/** What an access does. `kReserve`: cp.async was started to here; `kLand`: its bytes came. */
enum Access { kRead, kWrite, kAtomicRead, kAtomicWrite, kReserve, kLand };

#ifdef BEAMLINE_SIMT_CHECKED
void launchBegins();
void launchEnds();
void blockBegins(Block& block);
/** An access by the running fiber from inside a wrapper. */
void access(const void* address, size_t bytes, Access kind, Site site);
/** What these fibers did before is visible to all of them from now on. */
void synchronise(Fiber* const* fibers, int count);
void synchroniseWarp(Warp& warp, uint32_t lanes);
void synchroniseBarrier(Block& block, const uint32_t (&waiting)[kMaxWarps],
                        const uint32_t (&came)[kMaxWarps]);
void fence();
/** The allocation goes. */
void forget(const Allocation& allocation);
/** An atomic at `address`: `order` as in Order, `writes` and `reads` what it does. */
void ordered(const void* address, bool reads, bool writes, int order);
#else
inline void launchBegins() {}
inline void launchEnds() {}
inline void blockBegins(Block&) {}
inline void access(const void*, size_t, Access, Site) {}
inline void synchroniseWarp(Warp&, uint32_t) {}
inline void synchroniseBarrier(Block&, const uint32_t (&)[kMaxWarps],
                               const uint32_t (&)[kMaxWarps]) {}
inline void fence() {}
inline void forget(const Allocation&) {}
inline void ordered(const void*, bool, bool, int) {}
#endif

}  // namespace bl::simt::check
