// A request, the slab that keeps requests at fixed addresses, and the map from the caller's id.
// One million waiting requests must fit in 200 MB, so a request is 120 bytes and the map 8 more.
#pragma once

#include "base.h"

namespace beamline {

enum class State : uint8_t { kFree = 0, kWaiting = 1, kContext = 2, kGeneration = 3, kDone = 4 };

struct Request {
  uint64_t sequence;      // order of arrival: FIFO inside a priority
  double deadlineNs;      // infinity when there is none
  uint32_t id;
  int32_t promptTokens;
  int32_t maxNewTokens;
  int32_t emitted;        // tokens given out so far, over all resumptions
  int32_t folded;         // tokens that a pause moved into the prompt, to be computed again
  int32_t computed;       // context tokens with KV (reused ones included)
  int32_t tail;           // last KV block of the chain, kNone when it holds none
  int32_t blockCount;
  int32_t totalBlocks;    // blocks when it ends at maxNewTokens: the no-evict reservation
  int32_t wantedDraft;    // draft tokens it asks for in its next step
  int32_t plannedTokens;  // what the pending step computes: chunk tokens, or 1 + draft
  int32_t storedBlocks;   // leading blocks of the chain that stand in the reuse tree
  int32_t prefixTail;     // node under which its first computed block goes (kNone: the root)
  uint32_t slot;
  int32_t next;           // neighbours in the waiting queue; `next` also links free slots
  int32_t previous;
  uint32_t prefixOffset;  // content ids of the prompt, in the prefix arena
  int32_t prefixCount;
  int32_t tokensPerHash;
  int32_t heapPosition;   // in the deadline heap, kNone when not there
  int32_t survival;       // slab of node survivals, kNone when never set
  uint16_t survivalCount;
  uint16_t level;         // priority in steps of 1/1000, 0..1000
  uint8_t retention;      // eviction priority of its KV blocks, 0..100
  State state;
  uint8_t planned;        // 1 while it is part of the pending step
  uint8_t cancelled;      // 1 when it leaves at the commit of the pending step

  int32_t contextTarget() const { return promptTokens + folded; }
  int32_t kvTokens() const { return promptTokens + emitted - 1; }  // while generating
  // Draft tokens that can still become output: the step's own token is not a draft.
  int32_t draftRoom() const { return maxNewTokens - emitted - 1; }
  int32_t clippedDraft() const { return max(0, min(wantedDraft, draftRoom())); }
};

static_assert(sizeof(Request) <= 120);

// List order: higher priority first, then first come first served.
inline bool before(const Request& a, const Request& b) {
  return a.level != b.level ? a.level > b.level : a.sequence < b.sequence;
}

// Segments of 1024 requests: a request never moves, and growing copies nothing.
class RequestSlab {
 public:
  RequestSlab() = default;
  RequestSlab(const RequestSlab&) = delete;
  RequestSlab& operator=(const RequestSlab&) = delete;
  ~RequestSlab() {
    for (Request* segment : segments_) std::free(segment);
  }

  Request& operator[](uint32_t slot) { return segments_[slot >> kBits][slot & kMask]; }
  const Request& operator[](uint32_t slot) const { return segments_[slot >> kBits][slot & kMask]; }

  Request& take() {
    if (freeHead_ != kNone) {
      Request& r = (*this)[static_cast<uint32_t>(freeHead_)];
      freeHead_ = r.next;
      ++live_;
      return r;
    }
    if ((fresh_ & kMask) == 0) segments_.push(allocateZeroed<Request>(1u << kBits));
    Request& r = (*this)[fresh_];
    r.slot = fresh_++;
    ++live_;
    return r;
  }
  void release(Request& r) {
    r.state = State::kFree;
    r.next = freeHead_;
    freeHead_ = static_cast<int32_t>(r.slot);
    --live_;
  }
  uint32_t live() const { return live_; }

 private:
  static constexpr uint32_t kBits = 10;
  static constexpr uint32_t kMask = (1u << kBits) - 1;
  Array<Request*> segments_;
  uint32_t fresh_ = 0;
  uint32_t live_ = 0;
  int32_t freeHead_ = kNone;
};

// Open addressing from a request's id to its slot; at most half full; removal shifts back.
class IdMap {
 public:
  IdMap() { rehash(64); }
  IdMap(const IdMap&) = delete;
  IdMap& operator=(const IdMap&) = delete;
  ~IdMap() { std::free(cells_); }

  Request* find(RequestSlab& slab, uint32_t id) const {
    for (uint32_t i = home(id);; i = (i + 1) & mask_) {
      if (cells_[i].slot == 0) return nullptr;
      if (cells_[i].id == id) return &slab[cells_[i].slot - 1];
    }
  }
  void insert(uint32_t id, uint32_t slot) {
    if ((size_ + 1) * 2 > mask_ + 1) rehash((mask_ + 1) * 2);
    ++size_;
    place(Cell{id, slot + 1});
  }
  void remove(uint32_t id) {
    uint32_t i = home(id);
    while (cells_[i].id != id || cells_[i].slot == 0) i = (i + 1) & mask_;
    for (uint32_t j = (i + 1) & mask_; cells_[j].slot != 0; j = (j + 1) & mask_) {
      if (((j - home(cells_[j].id)) & mask_) >= ((j - i) & mask_)) {
        cells_[i] = cells_[j];
        i = j;
      }
    }
    cells_[i].slot = 0;
    --size_;
  }

 private:
  struct Cell {
    uint32_t id;
    uint32_t slot;  // slot + 1; 0 is empty
  };
  uint32_t home(uint32_t id) const {
    return static_cast<uint32_t>((id * 0x9e3779b97f4a7c15ULL) >> 32) & mask_;
  }
  void place(Cell cell) {
    uint32_t i = home(cell.id);
    while (cells_[i].slot != 0) i = (i + 1) & mask_;
    cells_[i] = cell;
  }
  void rehash(uint32_t capacity) {
    Cell* old = cells_;
    const uint32_t oldCapacity = old == nullptr ? 0 : mask_ + 1;
    cells_ = allocateZeroed<Cell>(capacity);
    mask_ = capacity - 1;
    for (uint32_t i = 0; i < oldCapacity; ++i) {
      if (old[i].slot != 0) place(old[i]);
    }
    std::free(old);
  }
  Cell* cells_ = nullptr;
  uint32_t mask_ = 0;
  uint32_t size_ = 0;
};

}  // namespace beamline
