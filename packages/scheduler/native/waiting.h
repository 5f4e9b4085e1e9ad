// The waiting queue: one FIFO per priority level (0..1000, steps of 0.001), linked through the
// requests themselves, with a bitmap that finds the highest level in use in a few instructions.
#pragma once

#include "request.h"

namespace beamline {

class WaitingQueue {
 public:
  static constexpr int kLevels = 1001;

  explicit WaitingQueue(RequestSlab& slab) : slab_(slab) {
    for (int i = 0; i < kLevels; ++i) head_[i] = tail_[i] = kNone;
  }
  int32_t size() const { return size_; }

  // A new request goes to the back of its level; one that was paused goes back to its old place.
  void insert(Request& r) {
    int32_t after = tail_[r.level];
    if (after != kNone && at(after).sequence > r.sequence) after = lastBefore(r);
    const int32_t next = after == kNone ? head_[r.level] : at(after).next;
    r.previous = after;
    r.next = next;
    (after == kNone ? head_[r.level] : at(after).next) = slotOf(r);
    (next == kNone ? tail_[r.level] : at(next).previous) = slotOf(r);
    levels_[r.level >> 6] |= 1ULL << (r.level & 63);
    ++size_;
  }
  void remove(Request& r) {
    (r.previous == kNone ? head_[r.level] : at(r.previous).next) = r.next;
    (r.next == kNone ? tail_[r.level] : at(r.next).previous) = r.previous;
    if (head_[r.level] == kNone) levels_[r.level >> 6] &= ~(1ULL << (r.level & 63));
    --size_;
  }
  Request* first() { return size_ == 0 ? nullptr : headBelow(kLevels); }
  Request* after(const Request& r) {
    return r.next != kNone ? &at(r.next) : headBelow(r.level);
  }

 private:
  Request& at(int32_t slot) { return slab_[static_cast<uint32_t>(slot)]; }
  static int32_t slotOf(const Request& r) { return static_cast<int32_t>(r.slot); }

  // Resumed requests are older than almost all that wait, so the search starts at the front.
  int32_t lastBefore(const Request& r) {
    int32_t found = kNone;
    for (int32_t i = head_[r.level]; i != kNone && at(i).sequence < r.sequence; i = at(i).next) {
      found = i;
    }
    return found;
  }
  // The head of the highest level in use that is lower than `level`.
  Request* headBelow(int level) {
    if (level == 0) return nullptr;
    int word = (level - 1) >> 6;
    const int bit = (level - 1) & 63;
    uint64_t bits = levels_[word] & (~0ULL >> (63 - bit));
    while (bits == 0) {
      if (--word < 0) return nullptr;
      bits = levels_[word];
    }
    return &at(head_[word * 64 + 63 - __builtin_clzll(bits)]);
  }

  RequestSlab& slab_;
  int32_t size_ = 0;
  uint64_t levels_[(kLevels + 63) / 64] = {};
  int32_t head_[kLevels];
  int32_t tail_[kLevels];
};

}  // namespace beamline
