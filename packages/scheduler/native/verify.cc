// Every structural law of the core in one pass: what the C++ blast asserts after each step and what
// a snapshot must satisfy before it is accepted. The law checkers in TypeScript check the same
// state from outside, from the snapshot's bytes.
#include "scheduler.h"

namespace beamline {

// The chain has exactly blockCount blocks, all in use, the stored ones in the tree with the keys of
// this prompt, and enough of them for what is computed.
bool Scheduler::chainHolds(const Request& r) const {
  const bool started = r.state != State::kWaiting;
  if (!started) return r.tail == kNone && r.blockCount == 0 && r.computed == 0 && !r.planned;
  if (r.tail == kNone || r.blockCount < 1) return false;
  const int64_t room = static_cast<int64_t>(r.blockCount) * options_.tokensPerBlock;
  const bool generating = r.state == State::kGeneration;
  const int32_t kv = generating ? r.kvTokens() : r.contextTarget();
  const int32_t drafts = r.planned || !generating ? options_.maxDraftTokens + 1 : 0;
  if (room < kv || blocksFor(static_cast<int64_t>(kv) + drafts, options_.tokensPerBlock) <
                       r.blockCount) {
    return false;
  }
  if (generating && (r.emitted < 1 || (r.planned && room < kv + r.plannedTokens))) return false;
  if (r.storedBlocks > storableBlocks(r)) return false;
  int32_t walk = r.tail;
  for (int32_t i = r.blockCount - 1; i >= 0; --i) {
    if (walk == kNone || walk >= pool_.fresh() || pool_[walk].refs < 1) return false;
    const bool stored = i < r.storedBlocks;
    if ((pool_[walk].inTree != 0) != stored) return false;
    if (stored && pool_[walk].key != blockKey(r, i)) return false;
    if (!stored && pool_[walk].refs != 1) return false;
    if (i == r.storedBlocks - 1 && walk != r.prefixTail) return false;
    walk = pool_[walk].parent;
  }
  return walk == kNone && (r.storedBlocks > 0 || r.prefixTail == kNone);
}

bool Scheduler::verify() {
  size_t planned = 0;
  size_t generating = 0;
  Array<int32_t> tails;
  tails.resize(static_cast<size_t>(options_.kvBlocks));
  for (int32_t i = 0; i < options_.kvBlocks; ++i) tails[i] = 0;
  const Request* last = nullptr;
  for (const Request* r : active_) {
    if (last != nullptr && !before(*last, *r)) return false;
    last = r;
    if (r->state != State::kContext && r->state != State::kGeneration) return false;
    if (!chainHolds(*r)) return false;
    generating += r->state == State::kGeneration;
    planned += r->planned;
    ++tails[r->tail];
  }
  int32_t waiting = 0;
  last = nullptr;
  for (Request* r = waiting_.first(); r != nullptr; r = waiting_.after(*r)) {
    if (last != nullptr && !before(*last, *r)) return false;
    last = r;
    if (r->state != State::kWaiting || !chainHolds(*r)) return false;
    ++waiting;
  }
  if (generating != generating_ || waiting != waiting_.size()) return false;
  if (slab_.live() != active_.size() + static_cast<size_t>(waiting)) return false;
  const size_t inPlan = plannedContexts_.size() + plannedGenerations_.size();
  if (pending_ ? planned != inPlan : planned != 0) return false;
  if (!pool_.consistent()) return false;
  // References are exactly the chains that pass: tails on the block plus children in use.
  for (int32_t i = 0; i < pool_.fresh(); ++i) {
    const Block& block = pool_[i];
    if (block.refs > 0 && block.parent != kNone) ++tails[block.parent];
  }
  for (int32_t i = 0; i < pool_.fresh(); ++i) {
    if (pool_[i].refs != tails[i]) return false;
  }
  return true;
}

}  // namespace beamline
