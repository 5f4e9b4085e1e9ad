// Two little allocators for what only some requests carry, indexed so that nothing moves a pointer:
// the content ids of a prompt (any length, in power-of-two classes) and node survivals (one size).
#pragma once

#include "base.h"

namespace beamline {

class PrefixArena {
 public:
  PrefixArena() {
    for (uint32_t& head : free_) head = kNoOffset;
  }
  uint32_t take(int32_t count) {
    const int size = sizeClass(count);
    const uint32_t head = free_[size];
    if (head != kNoOffset) {
      free_[size] = static_cast<uint32_t>(words_[head]);
      return head;
    }
    const size_t offset = words_.size();
    words_.resize(offset + (size_t{1} << size));
    return static_cast<uint32_t>(offset);
  }
  void release(uint32_t offset, int32_t count) {
    const int size = sizeClass(count);
    words_[offset] = free_[size];
    free_[size] = offset;
  }
  uint64_t* at(uint32_t offset) { return words_.data() + offset; }
  const uint64_t* at(uint32_t offset) const { return words_.data() + offset; }

 private:
  static constexpr uint32_t kNoOffset = ~0u;
  static int sizeClass(int32_t count) {
    int size = 0;
    while ((int64_t{1} << size) < count) ++size;
    return size;
  }
  Array<uint64_t> words_;
  uint32_t free_[32];
};

class SurvivalSlab {
 public:
  explicit SurvivalSlab(int32_t stride) : stride_(stride < 1 ? 1 : static_cast<size_t>(stride)) {}
  int32_t take() {
    if (!free_.empty()) {
      const int32_t index = free_.back();
      free_.pop();
      return index;
    }
    values_.resize(values_.size() + stride_);
    return static_cast<int32_t>(values_.size() / stride_) - 1;
  }
  void release(int32_t index) { free_.push(index); }
  uint16_t* at(int32_t index) { return values_.data() + static_cast<size_t>(index) * stride_; }

 private:
  size_t stride_;
  Array<uint16_t> values_;
  Array<int32_t> free_;
};

}  // namespace beamline
