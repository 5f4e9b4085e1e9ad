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
/** What these lanes did before is visible to all of them from now on. */
void synchroniseWarp(Warp& warp, uint32_t lanes);
/** The running fiber came to barrier `id`. */
void arriveBarrier(Block& block, int id);
/** Those who wait at it go on, and see what all who came did before. */
void openBarrier(Block& block, int id, const uint32_t (&waiting)[kMaxWarps]);
void fence();
/** An atomic at `address`: what it does, and its `order` as in Order. */
void ordered(const void* address, bool reads, bool writes, int order);
/** The allocation goes. */
void forget(const Allocation& allocation);
#else
inline void launchBegins() {}
inline void launchEnds() {}
inline void blockBegins(Block&) {}
inline void access(const void*, size_t, Access, Site) {}
inline void synchroniseWarp(Warp&, uint32_t) {}
inline void arriveBarrier(Block&, int) {}
inline void openBarrier(Block&, int, const uint32_t (&)[kMaxWarps]) {}
inline void fence() {}
inline void ordered(const void*, bool, bool, int) {}
inline void forget(const Allocation&) {}
#endif

}  // namespace bl::simt::check
