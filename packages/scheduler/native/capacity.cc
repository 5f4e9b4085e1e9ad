// Which requests may run in this step, by KV capacity: TensorRT-LLM's capacity scheduler.
//
// Differences from it, on purpose:
// - A request that could never fit (prompt + maxNewTokens beyond the pool) is refused at submit.
// - A pause takes effect at once, so the victim's blocks are counted exactly, shared ones included.
// - At most maxBatchSize waiting requests are skipped for a shared prefix per step: the queue may
//   hold a million requests of one system prompt, and a step must not walk them all.
// - No LoRA pages, no sliding windows, no disaggregated initialisation, beam width 1.
#include "scheduler.h"

namespace beamline {

Request* Scheduler::peek(Cursor& cursor, bool skipGenerating) {
  if (skipGenerating) {
    while (cursor.active < active_.size() &&
           active_[cursor.active]->state == State::kGeneration) {
      ++cursor.active;
    }
  }
  Request* started = cursor.active < active_.size() ? active_[cursor.active] : nullptr;
  if (started == nullptr) return cursor.waiting;
  if (cursor.waiting == nullptr || before(*started, *cursor.waiting)) return started;
  return cursor.waiting;
}

void Scheduler::advance(Cursor& cursor, const Request& r) {
  if (r.state == State::kWaiting) {
    cursor.waiting = waiting_.after(r);
  } else {
    ++cursor.active;
  }
}

// Contexts between two chunks contribute the first block that their own prefix lacked.
void Scheduler::noteContextsInProgress() {
  contributionsNoted_ = true;
  contributed_.clear();
  if (generating_ == active_.size()) return;
  for (Request* r : active_) {
    if (r->state == State::kContext && r->storedBlocks < storableBlocks(*r)) {
      contributed_.push({blockKey(*r, r->storedBlocks), r->prefixTail});
    }
  }
}

// False when no request can be skipped yet: looking up a long prefix is then needed only to
// register.
bool Scheduler::anythingContributed() const {
  return contributionsNoted_ ? !contributed_.empty() : generating_ != active_.size();
}

// True when waiting one step lets the request hit blocks that an earlier one is about to compute.
// The block it would compute first is registered even if the request then does not fit.
bool Scheduler::beneficialToSkip(Request& r) {
  if (!options_.blockReuse || r.state != State::kWaiting || r.prefixCount == 0) return false;
  if (!contributionsNoted_) noteContextsInProgress();
  int32_t node = kNone;
  const int32_t found = longestPrefix(r, node);
  if (found >= storableBlocks(r)) return false;
  const uint64_t key = blockKey(r, found);
  for (const Contribution& c : contributed_) {
    if (c.key == key && c.parent == node) return true;
  }
  contributed_.push({key, node});
  return false;
}

// Pass 1: requests that generate keep running; they and contexts between two chunks have their
// whole remainder reserved. Pass 2: contexts in list order; the first waiting one that does not fit
// closes the door to those behind it (head-of-line blocking). Reuse and drafts are not credited or
// charged: a chain never needs more than ceil((prompt + maxNewTokens) / tokensPerBlock) blocks.
//
// TensorRT-LLM reserves for a started context only when its turn comes in pass 2. A waiting request
// in front of it that does not fit then stops both, and with nothing generating the engine stands
// still for ever; here a started context always goes on. For the same reason static batching closes
// the door only to waiting requests.
void Scheduler::selectNoEvict() {
  const auto limit = static_cast<size_t>(options_.maxBatchSize);
  int32_t avail = pool_.freeCount();
  for (Request* r : active_) {
    avail -= r->totalBlocks - r->blockCount;
    if (r->state == State::kGeneration && fitting_.size() < limit) fitting_.push(r);
  }
  if (fitting_.size() == limit) return;
  const bool closed =
      options_.capacityPolicy == CapacityPolicy::kStaticBatch && !fitting_.empty();
  const bool allGenerate = fitting_.size() == active_.size();
  if (allGenerate && (closed || waiting_.size() == 0)) return;
  selectPending(avail, closed);
}

void Scheduler::selectPending(int32_t avail, bool closed) {
  const bool mayskip = options_.capacityPolicy == CapacityPolicy::kGuaranteedNoEvict;
  Cursor cursor{0, closed ? nullptr : waiting_.first()};
  while (Request* r = peek(cursor, true)) {
    if (fitting_.size() == static_cast<size_t>(options_.maxBatchSize)) return;
    advance(cursor, *r);
    if (r->state == State::kContext) {
      fitting_.push(r);
      continue;
    }
    const bool fits = r->totalBlocks <= avail;
    // A head that does not fit is looked up only where that could let it step aside.
    if (mayskip && (fits || anythingContributed()) && skipped_ < options_.maxBatchSize &&
        beneficialToSkip(*r)) {
      ++skipped_;
      continue;
    }
    if (!fits) {
      if (generating_ == active_.size()) return;
      cursor.waiting = nullptr;
      continue;
    }
    fitting_.push(r);
    avail -= r->totalBlocks;
  }
}

// Blocks the coming step adds to the chain. A first chunk takes the whole context with its drafts,
// reuse not credited; later chunks add nothing.
int32_t Scheduler::blocksForOneStep(const Request& r) const {
  if (r.state == State::kContext) return 0;
  int32_t tokens = r.contextTarget() + r.clippedDraft();
  if (r.state == State::kGeneration) {
    const int32_t draft = r.clippedDraft();
    tokens = r.kvTokens() + 1 + (draftBudget_ < 0 ? draft : min(draft, draftBudget_));
  }
  return max(0, blocksFor(tokens, options_.tokensPerBlock) - r.blockCount);
}

bool Scheduler::tryMaxUtilization(const Request& r, int32_t& needed) {
  if (fitting_.size() == static_cast<size_t>(options_.maxBatchSize)) return false;
  const int32_t step = blocksForOneStep(r);
  if (needed + step > pool_.freeCount()) return false;
  needed += step;
  return true;
}

// From the front, each request that fits; when one does not, the last started request at or behind
// it is paused and everything from the victim's place on is out of this step.
void Scheduler::selectMaxUtilization() {
  int32_t needed = 0;
  const Request* end = nullptr;
  Cursor cursor{0, waiting_.first()};
  while (Request* r = peek(cursor, false)) {
    if (end != nullptr && !before(*r, *end)) return;
    const bool mayStepAside = anythingContributed();
    if (mayStepAside && skipped_ < options_.maxBatchSize && beneficialToSkip(*r)) {
      ++skipped_;
      advance(cursor, *r);
      continue;
    }
    while (!tryMaxUtilization(*r, needed)) {
      Request* victim = active_.empty() ? nullptr : active_.back();
      if (victim == nullptr || before(*victim, *r)) return;
      active_.pop();
      pause(*victim);
      end = victim;
      if (victim == r) return;
    }
    if (!mayStepAside) beneficialToSkip(*r);  // registers what it will compute
    advance(cursor, *r);
    fitting_.push(r);
  }
}

// Pause with recompute: what was generated becomes part of the context to compute again.
void Scheduler::pause(Request& r) {
  if (r.state == State::kGeneration) --generating_;
  if (r.state == State::kContext) storePrompt(r);
  release(r);
  r.folded = r.emitted;
  r.wantedDraft = 0;
  r.survivalCount = 0;
  r.state = State::kWaiting;
  waiting_.insert(r);
  BEAMLINE_ASSERT(pausedCount_ < options_.maxBatchSize);
  board_.pausedId[pausedCount_++] = r.id;
}

}  // namespace beamline
