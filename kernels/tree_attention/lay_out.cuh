// The small kernel in front of the others: lays the work items of all requests out on the device,
// so that a captured graph follows its lengths.
#pragma once

#include "schedule.cuh"

namespace bl::tree_attention {

/** One block: exclusive sums over the requests, and counters at 0. */
__global__ void __launch_bounds__(kScheduleThreads) layOut(Params p) {
  BEAMLINE_SHARED_ARRAY(int64_t, scratch, kScheduleThreads / kWarp);
  Entry base = {0, 0, 0};
  const int thread = static_cast<int>(threadIdx.x);
  for (int first = 0; first < p.requests; first += kScheduleThreads) {
    const int request = first + thread;
    Cut cut = {};
    if (request < p.requests) cut = cutRequest(p, request);
    const int64_t items = static_cast<int64_t>(cut.tiles) * cut.splits;
    const int64_t partials = cut.splits > 1 ? static_cast<int64_t>(cut.rows) * cut.splits : 0;
    int64_t allItems, allTiles, allPartials;
    const int64_t item = blockInclusiveSum<kScheduleThreads>(items, scratch, allItems);
    const int64_t tile =
        blockInclusiveSum<kScheduleThreads>(static_cast<int64_t>(cut.tiles), scratch, allTiles);
    const int64_t partial = blockInclusiveSum<kScheduleThreads>(partials, scratch, allPartials);
    if (request < p.requests) {
      p.entries[request] = {base.partial + partial - partials,
                            static_cast<int32_t>(base.item + item - items),
                            static_cast<int32_t>(base.tile + tile - cut.tiles)};
    }
    base.partial += allPartials;
    base.item += static_cast<int32_t>(allItems);
    base.tile += static_cast<int32_t>(allTiles);
  }
  if (thread == 0) p.entries[p.requests] = base;
  const int64_t counters = static_cast<int64_t>(base.tile) * p.kvHeads;
  for (int64_t i = thread; i < counters; i += kScheduleThreads) p.counters[i] = 0;
}

}  // namespace bl::tree_attention
