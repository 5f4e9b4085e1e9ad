// Which fitting requests get tokens of this step: TensorRT-LLM's microbatch scheduler.
//
// Differences from it, on purpose:
// - Tokens that the reuse cache gives are known here and not charged.
// - With chunking off, a context longer than the whole token limit (a resumed request, or a limit
//   that was lowered) is cut first come first served: otherwise it could never run again.
#include "scheduler.h"

namespace beamline {

// Fills contexts_ and generations_. Generation costs 1 + draft; contexts that may be chunked are
// charged after it. Both count against maxBatchSize, even when a chunk ends up empty.
void Scheduler::fillBatch() {
  contexts_.clear();
  generations_.clear();
  const bool chunking = options_.contextChunking != Chunking::kOff;
  int32_t charged = 0;
  int64_t whole = 0;  // tokens of the contexts, uncut
  bool oversized = false;
  int32_t count = 0;
  for (Request* r : fitting_) {
    if (count == options_.maxBatchSize) break;
    if (r->state == State::kGeneration) {
      const int32_t cost = 1 + r->plannedTokens;
      if (charged + cost > tokenLimit_) break;
      charged += cost;
      r->plannedTokens = cost;
      generations_.push(r);
    } else {
      const int32_t cost = addContext(*r);
      if (!chunking) {
        oversized = charged == 0 && cost > tokenLimit_;
        if (!oversized && charged + cost > tokenLimit_) {
          contexts_.pop();
          break;
        }
        charged += cost;
      }
      whole += cost;
    }
    ++count;
    if (oversized) break;
  }
  if (chunking && whole > tokenLimit_ - charged) {
    shareContextTokens(tokenLimit_ - charged, options_.contextChunking);
  } else if (oversized) {
    shareContextTokens(tokenLimit_, Chunking::kFirstComeFirstServed);
  }
}

// Appends the request with its whole remainder as the tentative chunk; returns its cost.
int32_t Scheduler::addContext(Request& r) {
  ContextWork work{&r, 0, 0, r.plannedTokens, 0, kNone};
  int32_t computed = r.computed;
  if (r.state == State::kWaiting) {
    computed = 0;
    if (options_.blockReuse && r.prefixCount > 0) {
      computed = longestPrefix(r, work.node) * options_.tokensPerBlock;
    }
    work.reused = computed;
  }
  work.remainder = r.contextTarget() - computed;
  work.chunk = work.remainder;
  contexts_.push(work);
  return work.remainder + work.draft;
}

void Scheduler::shareContextTokens(int32_t capacity, Chunking policy) {
  for (ContextWork& work : contexts_) work.chunk = 0;
  int32_t left = capacity;
  if (policy == Chunking::kEqualProgress) {
    equalProgress(capacity);
  } else {
    firstComeFirstServed(capacity);
  }
  for (const ContextWork& work : contexts_) left -= work.chunk;
  fitDrafts(left);
  size_t kept = 0;
  for (size_t i = 0; i < contexts_.size(); ++i) {
    if (contexts_[i].chunk > 0) contexts_[kept++] = contexts_[i];
  }
  contexts_.resize(kept);
}

// Rounds in which each context grows by one unit; a growth that would pass the capacity is undone.
void Scheduler::equalProgress(int32_t capacity) {
  int32_t used = 0;
  bool grew = true;
  while (grew) {
    grew = false;
    for (ContextWork& work : contexts_) {
      const int32_t growth = min(options_.chunkUnitTokens, work.remainder - work.chunk);
      if (growth == 0 || used + growth > capacity) continue;
      work.chunk += growth;
      used += growth;
      grew = true;
    }
  }
}

void Scheduler::firstComeFirstServed(int32_t capacity) {
  for (ContextWork& work : contexts_) {
    int32_t chunk = min(work.remainder, capacity);
    if (chunk < work.remainder) chunk -= chunk % options_.chunkUnitTokens;
    work.chunk = chunk;
    capacity -= chunk;
  }
}

// Draft tokens behind a last chunk may fill it up to the next unit boundary, no further.
void Scheduler::fitDrafts(int32_t capacity) {
  for (ContextWork& work : contexts_) {
    if (work.chunk < work.remainder) {
      work.draft = 0;
      continue;
    }
    const int32_t over = work.chunk % options_.chunkUnitTokens;
    const int32_t room = over == 0 ? 0 : options_.chunkUnitTokens - over;
    work.draft = min(work.draft, min(room, capacity));
    capacity -= work.draft;
  }
}

}  // namespace beamline
