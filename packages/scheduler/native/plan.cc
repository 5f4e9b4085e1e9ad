// One plan: deadlines, capacity, batch, KV blocks, and the lists on the board.
#include "scheduler.h"

namespace beamline {

Scheduler::Scheduler(const Options& options, void* board)
    : options_(options),
      board_(Board::at(board, options.maxBatchSize)),
      tokenLimit_(options.maxNumTokens),
      waiting_(slab_),
      survivals_(options.maxDraftTokens),
      pool_(options.kvBlocks, options.blockReuse != 0) {
  const auto batch = static_cast<size_t>(min(options.maxBatchSize, 4096));
  active_.reserve(batch);
  fitting_.reserve(batch);
  contexts_.reserve(batch);
  generations_.reserve(batch);
  plannedContexts_.reserve(batch);
  plannedGenerations_.reserve(batch);
  writeSums();
}

Status Scheduler::next() {
  if (pending_) return kPlanPending;
  plan();
  return kOk;
}

Status Scheduler::commitAndNext() {
  const Status status = commit();
  if (status == kOk) plan();
  return status;
}

void Scheduler::plan() {
  pausedCount_ = 0;
  expired_.clear();
  fitting_.clear();
  contributionsNoted_ = false;
  skipped_ = 0;
  if (!deadlines_.empty()) expireDue();
  if (options_.capacityPolicy == CapacityPolicy::kMaxUtilization) {
    selectMaxUtilization();
  } else {
    selectNoEvict();
  }
  grantDrafts();
  fillBatch();
  apply();
  pending_ = true;
}

void Scheduler::expireDue() {
  const double now = board_.header[kNow];
  while (!deadlines_.empty() && slab_[deadlines_.top()].deadlineNs <= now) {
    Request& r = slab_[deadlines_.top()];
    expired_.push(r.id);
    leave(r);
  }
}

// Takes hold of all reused blocks before any new block is taken: taking one may evict, and what was
// counted as reused above must still be there.
void Scheduler::apply() {
  plannedContexts_.clear();
  double* h = board_.header;
  for (int i = kContextTokensTotal; i <= kContextLastCount; ++i) h[i] = 0;
  for (ContextWork& work : contexts_) startContext(work);
  for (const ContextWork& work : contexts_) {
    Request& r = *work.request;
    // The first chunk takes the whole context and the drafts asked for, as oneStep counted it.
    if (r.computed == work.reused) growTo(r, r.contextTarget() + r.clippedDraft());
    r.plannedTokens = work.chunk;
  }
  // Chunks that leave a remainder come first, as in TensorRT-LLM.
  for (const ContextWork& work : contexts_) {
    if (work.chunk < work.remainder) writeContext(work);
  }
  for (const ContextWork& work : contexts_) {
    if (work.chunk == work.remainder) writeContext(work);
  }
  writeGeneration();
  writeSums();
}

void Scheduler::startContext(ContextWork& work) {
  Request& r = *work.request;
  r.planned = 1;
  if (r.state != State::kWaiting) return;
  waiting_.remove(r);
  r.state = State::kContext;
  r.computed = work.reused;
  r.tail = r.prefixTail = work.node;
  r.blockCount = r.storedBlocks = work.reused / options_.tokensPerBlock;
  if (work.node != kNone) pool_.acquire(work.node, r.retention);
  active_.push(&r);
  size_t at = active_.size() - 1;
  for (; at > 0 && before(r, *active_[at - 1]); --at) active_[at] = active_[at - 1];
  active_[at] = &r;
}

void Scheduler::writeContext(const ContextWork& work) {
  Request& r = *work.request;
  const size_t i = plannedContexts_.size();
  plannedContexts_.push(&r);
  const int64_t start = r.computed;
  const int64_t tokens = work.chunk;
  const bool last = work.chunk == work.remainder;
  board_.contextId[i] = r.id;
  board_.contextStart[i] = r.computed;
  board_.contextTokens[i] = work.chunk;
  board_.contextReused[i] = work.reused;
  board_.contextDraft[i] = last ? work.draft : 0;
  board_.contextIsLast[i] = last;
  board_.contextFinished[i] = 0;
  board_.contextNextDraft[i] = 0;
  board_.contextEmitted[i] = 1;
  double* h = board_.header;
  h[kContextTokensTotal] += static_cast<double>(tokens);
  h[kContextPairsTotal] += static_cast<double>(tokens * start + tokens * (tokens + 1) / 2);
  h[kContextKvTokensTotal] += static_cast<double>(start + tokens);
  h[kContextLastCount] += last;
}

void Scheduler::writeGeneration() {
  const size_t count = generations_.size();
  plannedGenerations_.resize(count);
  int64_t tokensTotal = 0;
  int64_t kvTotal = 0;
  for (size_t i = 0; i < count; ++i) {
    Request& r = *generations_[i];
    const int32_t kv = r.kvTokens();
    r.planned = 1;
    growTo(r, kv + r.plannedTokens);
    plannedGenerations_[i] = &r;
    board_.generationId[i] = r.id;
    board_.generationTokens[i] = r.plannedTokens;
    board_.generationKv[i] = kv;
    tokensTotal += r.plannedTokens;
    kvTotal += kv;
  }
  board_.header[kGenerationTokensTotal] = static_cast<double>(tokensTotal);
  board_.header[kGenerationKvTokensTotal] = static_cast<double>(kvTotal);
}

void Scheduler::writeSums() {
  double* h = board_.header;
  h[kContextCount] = static_cast<double>(plannedContexts_.size());
  h[kGenerationCount] = static_cast<double>(plannedGenerations_.size());
  h[kPausedCount] = pausedCount_;
  h[kExpiredCount] = static_cast<double>(expired_.size());
  h[kBlocksUsed] = pool_.usedCount();
  h[kQueuedRequests] = waiting_.size();
  h[kActiveRequests] = static_cast<double>(active_.size());
}

}  // namespace beamline
