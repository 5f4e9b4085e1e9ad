// Rows of a ragged batch: which request a row belongs to.
//
//   const int b = bl::findRequest(requests, row, [&](int at) { return offsets[at]; });
#pragma once

#include "warp.cuh"

namespace bl {

/** The last request whose `start` is not above `value`. A whole warp calls: each step probes 32
 * places at once. `start(request)` never falls. */
template <class Start>
BL_DEVICE int findRequest(int requests, int64_t value, Start start) {
  int low = 0, high = requests;
  while (high - low > 1) {
    const int step = (high - low + kWarp - 1) / kWarp;
    const int probe = low + (laneId() + 1) * step;
    const bool before = probe < high && start(probe) <= value;
    const int count = __popc(__ballot_sync(kFullMask, before));
    low += count * step;
    high = min(high, low + step);
  }
  return low;
}

}  // namespace bl
