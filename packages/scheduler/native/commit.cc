// What a step did to its requests, and the ways a request enters and leaves.
#include "scheduler.h"

namespace beamline {

Status Scheduler::submit(const double* hashes) {
  const double* h = board_.header;
  const auto id = static_cast<uint32_t>(h[kId]);
  if (ids_.find(slab_, id) != nullptr) return kDuplicateId;
  if (waiting_.size() >= options_.maxQueuedRequests) return kQueueFull;
  Request& r = slab_.take();
  const uint32_t slot = r.slot;
  r = Request{};
  r.slot = slot;
  r.id = id;
  r.sequence = nextSequence_++;
  r.deadlineNs = h[kDeadline];
  r.promptTokens = static_cast<int32_t>(h[kPromptTokens]);
  r.maxNewTokens = static_cast<int32_t>(h[kMaxNewTokens]);
  r.tail = r.prefixTail = r.survival = r.heapPosition = kNone;
  r.totalBlocks = blocksFor(static_cast<int64_t>(r.promptTokens) + r.maxNewTokens,
                            options_.tokensPerBlock);
  r.wantedDraft = static_cast<int32_t>(h[kFirstDraft]);
  r.level = static_cast<uint16_t>(h[kPriorityLevel]);
  r.retention = static_cast<uint8_t>(h[kRetention]);
  r.state = State::kWaiting;
  const auto count = static_cast<int32_t>(h[kHashCount]);
  if (count > 0 && options_.blockReuse) {
    r.tokensPerHash = static_cast<int32_t>(h[kTokensPerHash]);
    r.prefixCount = count;
    r.prefixOffset = prefixes_.take(count);
    uint64_t* ids = prefixes_.at(r.prefixOffset);
    for (int32_t i = 0; i < count; ++i) ids[i] = static_cast<uint64_t>(hashes[i]);
  }
  ids_.insert(id, slot);
  waiting_.insert(r);
  if (r.deadlineNs < __builtin_inf()) deadlines_.push(slot, DeadlineOrder{&slab_});
  return kOk;
}

Status Scheduler::cancel(uint32_t id) {
  Request* r = ids_.find(slab_, id);
  if (r == nullptr || r->cancelled) return kUnknownId;
  if (r->planned) {
    r->cancelled = 1;  // its step is running: it keeps its blocks until the commit
  } else {
    leave(*r);
  }
  return kOk;
}

Status Scheduler::setSurvival() {
  const double* h = board_.header;
  Request* r = ids_.find(slab_, static_cast<uint32_t>(h[kId]));
  if (r == nullptr) return kUnknownId;
  const auto count = static_cast<uint16_t>(h[kSurvivalCount]);
  if (count > 0 && r->survival == kNone) r->survival = survivals_.take();
  const size_t bytes = count * sizeof(uint16_t);
  if (count > 0) std::memcpy(survivals_.at(r->survival), board_.survivals, bytes);
  r->survivalCount = count;
  return kOk;
}

// Nothing is changed when any value is out of range; the index of the first goes to the board.
Status Scheduler::validateOutcome() {
  const auto most = static_cast<uint32_t>(options_.maxDraftTokens);
  const size_t generations = plannedGenerations_.size();
  uint32_t bad = 0;
  for (size_t i = 0; i < generations; ++i) {
    const auto emitted = static_cast<uint32_t>(board_.generationEmitted[i]) - 1;
    bad |= emitted >= static_cast<uint32_t>(board_.generationTokens[i]);
    bad |= static_cast<uint32_t>(board_.generationNextDraft[i]) > most;
  }
  const size_t contexts = plannedContexts_.size();
  for (size_t i = 0; i < contexts; ++i) {
    if (!board_.contextIsLast[i]) continue;
    const auto emitted = static_cast<uint32_t>(board_.contextEmitted[i]) - 1;
    bad |= emitted > static_cast<uint32_t>(board_.contextDraft[i]);
    bad |= static_cast<uint32_t>(board_.contextNextDraft[i]) > most;
  }
  if (bad == 0) [[likely]] return kOk;
  const auto reject = [this](size_t i, Status status) {
    board_.header[kDetail] = static_cast<double>(i);
    return status;
  };
  for (size_t i = 0; i < contexts; ++i) {
    if (!board_.contextIsLast[i]) continue;
    if (static_cast<uint32_t>(board_.contextNextDraft[i]) > most) {
      return reject(i, kBadContextDraft);
    }
    const auto emitted = static_cast<uint32_t>(board_.contextEmitted[i]) - 1;
    if (emitted > static_cast<uint32_t>(board_.contextDraft[i])) {
      return reject(i, kBadContextEmitted);
    }
  }
  for (size_t i = 0; i < generations; ++i) {
    const auto emitted = static_cast<uint32_t>(board_.generationEmitted[i]) - 1;
    if (emitted >= static_cast<uint32_t>(board_.generationTokens[i])) {
      return reject(i, kBadGenerationEmitted);
    }
    if (static_cast<uint32_t>(board_.generationNextDraft[i]) > most) {
      return reject(i, kBadGenerationDraft);
    }
  }
  return kOk;
}

Status Scheduler::commit() {
  if (!pending_) return kNoPlanPending;
  const Status status = validateOutcome();
  if (status != kOk) return status;
  doneCount_ = 0;
  if (!plannedContexts_.empty()) commitContexts();
  commitGenerations();
  if (doneCount_ > 0) {
    size_t kept = 0;
    for (Request* r : active_) {
      if (r->state == State::kDone) {
        slab_.release(*r);
      } else {
        active_[kept++] = r;
      }
    }
    active_.resize(kept);
  }
  pending_ = false;
  return kOk;
}

void Scheduler::commitContexts() {
  for (size_t i = 0; i < plannedContexts_.size(); ++i) {
    Request& r = *plannedContexts_[i];
    r.planned = 0;
    r.computed += r.plannedTokens;
    const bool last = board_.contextIsLast[i] != 0;
    if (last || r.cancelled) storePrompt(r);
    if (r.cancelled) {
      retire(r);
      continue;
    }
    if (!last) continue;
    r.state = State::kGeneration;
    ++generating_;
    r.emitted += board_.contextEmitted[i];
    r.wantedDraft = board_.contextNextDraft[i];
    if (board_.contextFinished[i] || r.emitted >= r.maxNewTokens) {
      retire(r);
    } else {
      rewind(r);
    }
  }
}

void Scheduler::commitGenerations() {
  const size_t count = plannedGenerations_.size();
  for (size_t i = 0; i < count; ++i) {
    Request& r = *plannedGenerations_[i];
    r.planned = 0;
    r.emitted += board_.generationEmitted[i];
    r.wantedDraft = board_.generationNextDraft[i];
    if (board_.generationFinished[i] | r.cancelled | (r.emitted >= r.maxNewTokens)) {
      retire(r);
    } else {
      rewind(r);
    }
  }
}

// Gives back the blocks that only rejected draft tokens had needed.
void Scheduler::rewind(Request& r) {
  const int64_t kv = r.kvTokens();
  while (static_cast<int64_t>(r.blockCount - 1) * options_.tokensPerBlock >= kv) {
    r.tail = pool_.pop(r.tail);
    --r.blockCount;
  }
}

// Puts the full prompt blocks computed so far into the reuse tree. Where another request has put
// the same content there meanwhile, the request moves to that block and gives its own back
// (TensorRT-LLM keeps the copy outside the tree; one block for one content keeps chains and tree
// the same thing, and memory lower).
void Scheduler::storePrompt(Request& r) {
  const int32_t count =
      min(storableBlocks(r), r.computed / options_.tokensPerBlock);
  if (count <= r.storedBlocks) return;
  chain_.resize(static_cast<size_t>(r.blockCount));
  int32_t walk = r.tail;
  for (int32_t i = r.blockCount - 1; i >= 0; --i) {
    chain_[i] = walk;
    walk = pool_[walk].parent;
  }
  for (int32_t i = r.storedBlocks; i < count; ++i) {
    const int32_t parent = i == 0 ? kNone : chain_[i - 1];
    const uint64_t key = blockKey(r, i);
    const int32_t twin = pool_.find(parent, key);
    if (twin == kNone) {
      pool_.store(chain_[i], key, r.retention);
      continue;
    }
    if (i + 1 < r.blockCount) {
      pool_.setParent(chain_[i + 1], twin);
    } else {
      r.tail = twin;
    }
    pool_.replace(chain_[i], twin);
    chain_[i] = twin;
  }
  r.storedBlocks = count;
  r.prefixTail = chain_[count - 1];
}

// Ends a request of the pending step; commit() then sweeps it out of the list in one pass.
void Scheduler::retire(Request& r) {
  release(r);
  forget(r);
  if (r.state == State::kGeneration) --generating_;
  r.state = State::kDone;
  ++doneCount_;
}

// Ends a request that is in no pending step: cancelled or past its deadline.
void Scheduler::leave(Request& r) {
  if (r.state == State::kWaiting) {
    waiting_.remove(r);
  } else {
    if (r.state == State::kContext) storePrompt(r);
    if (r.state == State::kGeneration) --generating_;
    release(r);
    removeFromActive(r);
  }
  forget(r);
  slab_.release(r);
}

void Scheduler::release(Request& r) {
  if (r.tail != kNone) pool_.release(r.tail);
  r.tail = r.prefixTail = kNone;
  r.blockCount = r.storedBlocks = r.computed = 0;
}

void Scheduler::forget(Request& r) {
  ids_.remove(r.id);
  if (r.heapPosition != kNone) deadlines_.remove(r.slot, DeadlineOrder{&slab_});
  if (r.prefixCount > 0) prefixes_.release(r.prefixOffset, r.prefixCount);
  if (r.survival != kNone) survivals_.release(r.survival);
  r.prefixCount = 0;
  r.survival = kNone;
}

void Scheduler::removeFromActive(Request& r) {
  size_t kept = 0;
  for (Request* other : active_) {
    if (other != &r) active_[kept++] = other;
  }
  active_.resize(kept);
}

}  // namespace beamline
