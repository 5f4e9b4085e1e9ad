// The board: one block of memory that JavaScript and the core both see. Arguments, the plan and the
// outcome lie on it, so a step crosses the boundary once and without a single argument.
// The layout is fixed by two numbers (batch size, draft tokens) and is repeated in src/board.ts:
//   header   64 doubles (slots below)
//   13 lists of `batch` 4-byte entries, batch rounded up to a multiple of 2
//   3 lists of bytes, batch rounded up to a multiple of 8
//   survivals: maxDraftTokens 2-byte entries
#pragma once

#include "base.h"

namespace beamline {

enum Slot : int {
  kNow = 0,
  kStatus,
  kDetail,
  // The plan's sums, in the order of StepPlan.
  kContextCount = 4,
  kGenerationCount,
  kPausedCount,
  kExpiredCount,
  kContextTokensTotal,
  kGenerationTokensTotal,
  kGenerationKvTokensTotal,
  kContextPairsTotal,
  kContextKvTokensTotal,
  kContextLastCount,
  kBlocksUsed,
  kQueuedRequests,
  kActiveRequests,
  kPlanEnd,
  // Arguments of submit, cancel and the setters.
  kId = 32,
  kPromptTokens,
  kMaxNewTokens,
  kPriorityLevel,
  kDeadline,
  kRetention,
  kTokensPerHash,
  kHashCount,
  kFirstDraft,
  kSurvivalCount,
  kLimit,
  kHeaderSlots = 64,
};

enum Status : int {
  kOk = 0,
  kQueueFull = 1,
  kDuplicateId = 2,
  kPlanPending = 3,
  kNoPlanPending = 4,
  kBadContextDraft = 5,
  kBadContextEmitted = 6,
  kBadGenerationEmitted = 7,
  kBadGenerationDraft = 8,
  kUnknownId = 9,
  kForeignSnapshot = 10,
  kCorruptSnapshot = 11,
  kOtherOptions = 12,
};

struct Board {
  double* header;
  uint32_t* contextId;
  int32_t* contextStart;
  int32_t* contextTokens;
  int32_t* contextReused;
  int32_t* contextDraft;
  uint32_t* generationId;
  int32_t* generationTokens;
  int32_t* generationKv;
  uint32_t* pausedId;
  int32_t* contextNextDraft;
  int32_t* contextEmitted;
  int32_t* generationEmitted;
  int32_t* generationNextDraft;
  uint8_t* contextIsLast;
  uint8_t* contextFinished;
  uint8_t* generationFinished;
  uint16_t* survivals;

  static size_t bytes(int32_t batch, int32_t maxDraft) {
    const size_t words = (static_cast<size_t>(batch) + 1) / 2 * 2;
    const size_t flags = (static_cast<size_t>(batch) + 7) / 8 * 8;
    return kHeaderSlots * sizeof(double) + 13 * words * 4 + 3 * flags +
           (static_cast<size_t>(maxDraft) + 3) / 4 * 8;
  }

  static Board at(void* memory, int32_t batch) {
    const size_t words = (static_cast<size_t>(batch) + 1) / 2 * 2;
    const size_t flags = (static_cast<size_t>(batch) + 7) / 8 * 8;
    auto* cursor = static_cast<uint8_t*>(memory);
    const auto take = [&cursor](size_t size) {
      uint8_t* here = cursor;
      cursor += size;
      return here;
    };
    const auto ints = [&] { return reinterpret_cast<int32_t*>(take(words * 4)); };
    const auto ids = [&] { return reinterpret_cast<uint32_t*>(take(words * 4)); };
    Board b{};
    b.header = reinterpret_cast<double*>(take(kHeaderSlots * sizeof(double)));
    b.contextId = ids();
    b.contextStart = ints();
    b.contextTokens = ints();
    b.contextReused = ints();
    b.contextDraft = ints();
    b.generationId = ids();
    b.generationTokens = ints();
    b.generationKv = ints();
    b.pausedId = ids();
    b.contextNextDraft = ints();
    b.contextEmitted = ints();
    b.generationEmitted = ints();
    b.generationNextDraft = ints();
    b.contextIsLast = take(flags);
    b.contextFinished = take(flags);
    b.generationFinished = take(flags);
    b.survivals = reinterpret_cast<uint16_t*>(cursor);
    return b;
  }
};

}  // namespace beamline
