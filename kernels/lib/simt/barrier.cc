// Block barriers. __syncthreads must be reached by every thread of the block from the same line: a
// block whose threads part, or some of which have ended, is divergent and faults. Named barriers
// count threads, whole warps at a time on the GPU.
#include "check.h"

namespace bl::simt {

void finishGroups(Warp& warp);

namespace {

const char* const kBarrierName = "__syncthreads";

void open(Block& block, int id) {
  Barrier& barrier = block.barriers[id];
  check::openBarrier(block, id, barrier.waiting);
  barrier.arrived = 0;
  runtime.polls = 0;
  for (int w = 0; w < runtime.warps; ++w) {
    wake(block.warps[w], barrier.waiting[w]);
    barrier.waiting[w] = 0;
  }
}

/** True when this arrival opened the barrier. */
bool arrive(int id, bool waits) {
  Fiber& self = *running();
  Block& block = *self.owner;
  Barrier& barrier = block.barriers[id];
  check::arriveBarrier(block, id);
  if (waits) barrier.waiting[self.warp->index] |= 1u << self.lane;
  if (++barrier.arrived < barrier.expected) return false;
  open(block, id);
  return true;
}

void blockBarrier(int predicate, Site site) {
  Fiber& self = *running();
  Block& block = *self.owner;
  Barrier& barrier = block.barriers[0];
  if (block.alive != runtime.threads) {
    fault("divergent barrier", site, "__syncthreads after %d threads of the block ended",
          runtime.threads - block.alive);
  }
  if (barrier.arrived == 0) {
    barrier.site = site;
    barrier.expected = runtime.threads;
    barrier.sum = 0;
  } else if (barrier.site.line != site.line || barrier.site.file != site.file) {
    fault("divergent barrier", site, "__syncthreads here, while %d threads wait at that of %s:%d",
          barrier.arrived, barrier.site.file, barrier.site.line);
  }
  barrier.sum += predicate;
  if (!arrive(0, true)) {
    sleep(kBarrierName, site);
  } else {
    const int sum = barrier.sum;
    for (int i = 0; i < runtime.threads; ++i) block.fibers[i].voteResult = sum;
    maybePreempt();
  }
}

}  // namespace

void barrier(Site site) { blockBarrier(0, site); }

int barrierVote(int predicate, int kind, Site site) {
  blockBarrier(predicate != 0 ? 1 : 0, site);
  const int sum = running()->voteResult;
  if (kind == 0) return sum;
  return kind == 1 ? sum == runtime.threads : sum != 0;
}

void namedBarrier(int id, int threads, bool waits, Site site) {
  if (id < 1 || id >= kBarriers) {
    fault("divergent barrier", site, "named barrier %d, 1..15 expected", id);
  }
  if (threads <= 0 || threads % kWarpLanes != 0 || threads > runtime.warps * kWarpLanes) {
    fault("divergent barrier", site, "named barrier %d for %d threads; a multiple of 32 up to %d "
          "expected", id, threads, runtime.warps * kWarpLanes);
  }
  Barrier& barrier = running()->owner->barriers[id];
  if (barrier.arrived == 0) {
    barrier.site = site;
    barrier.expected = threads;
  } else if (barrier.expected != threads) {
    fault("divergent barrier", site, "barrier %d for %d threads here, for %d at %s:%d", id, threads,
          barrier.expected, barrier.site.file, barrier.site.line);
  }
  if (!arrive(id, waits)) {
    if (waits) sleep("a named barrier", site);
  } else {
    maybePreempt();
  }
}

void threadEnded(Fiber& fiber) {
  Block& block = *fiber.owner;
  Warp& warp = *fiber.warp;
  const uint32_t bit = 1u << fiber.lane;
  warp.alive &= ~bit;
  warp.ready &= ~bit;
  if (warp.ready == 0) block.readyWarps &= ~(1u << warp.index);
  --block.alive;
  const Barrier& barrier = block.barriers[0];
  if (barrier.arrived > 0) {
    fault("divergent barrier", barrier.site, "a thread ended while %d threads wait here at "
          "__syncthreads", barrier.arrived);
  }
  if (warp.groupCount > 0) finishGroups(warp);
}

}  // namespace bl::simt
