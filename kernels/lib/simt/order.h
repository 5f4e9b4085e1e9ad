// Happens-before: which accesses of other threads a thread has been told of. Every thread has a
// clock that moves when it gives something away (a barrier, __syncwarp, a release); a thread knows,
// for every other, up to which time it has seen. Shuffles and votes order nothing, as on the GPU.
//
//   thread 3 writes at its time 7 -> __syncthreads -> all threads know thread 3 up to 7
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "check.h"

namespace bl::simt::check {

using Clocks = std::vector<uint32_t>;  // by thread of a block
/** What is known of other blocks' threads, by block. */
using Foreign = std::map<uint32_t, std::shared_ptr<const Clocks>>;

struct Knowledge {
  Clocks local;
  Foreign foreign;
};

struct ThreadState {
  std::shared_ptr<const Knowledge> known;
  uint32_t time = 0;
  std::shared_ptr<const Foreign> fenced;   // at the last fence: what a relaxed write publishes
  std::shared_ptr<const Foreign> pending;  // from relaxed reads: known after the next fence
};

/** A thread of the launch by one number. */
inline uint32_t threadNumber(const Fiber& fiber) {
  return fiber.owner->linear * static_cast<uint32_t>(runtime.threads) +
         static_cast<uint32_t>(fiber.index);
}

ThreadState& stateOf(const Fiber& fiber);
/** Clocks below this belong to earlier launches, which end before this one. */
uint32_t launchStart();
/** Whether `fiber` has been told of what thread `number` did at `time`. */
bool knows(const Fiber& fiber, uint32_t number, uint32_t time);

}  // namespace bl::simt::check
