// The limits and policies a scheduler is made with. TypeScript has checked every value.
#pragma once

#include "base.h"

namespace beamline {

enum class CapacityPolicy : int32_t {
  kGuaranteedNoEvict = 0,
  kMaxUtilization = 1,
  kStaticBatch = 2,
};
enum class Chunking : int32_t { kOff = 0, kFirstComeFirstServed = 1, kEqualProgress = 2 };

struct Options {
  int32_t maxBatchSize;
  int32_t maxNumTokens;
  int32_t maxQueuedRequests;
  int32_t tokensPerBlock;
  int32_t kvBlocks;
  CapacityPolicy capacityPolicy;
  Chunking contextChunking;
  int32_t chunkUnitTokens;
  int32_t blockReuse;
  int32_t maxDraftTokens;
};

inline constexpr int kOptionCount = 10;

// Doubles in the order of the fields, as they cross the boundary.
inline Options readOptions(const double* v) {
  const auto at = [v](int i) { return static_cast<int32_t>(v[i]); };
  return Options{at(0), at(1), at(2), at(3), at(4), static_cast<CapacityPolicy>(at(5)),
                 static_cast<Chunking>(at(6)), at(7), at(8), at(9)};
}

}  // namespace beamline
