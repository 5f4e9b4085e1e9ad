// What every part of the core stands on: the assertion, a growable array, little integer helpers.
// The core uses no exceptions and no containers of the standard library, so that the very same text
// compiles to a Node addon and to a WebAssembly module with nothing but a C allocator below it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace beamline {

// A broken invariant stops the process at once (in WebAssembly: traps): a wrong plan is worse.
#define BEAMLINE_ASSERT(condition)             \
  do {                                         \
    if (!(condition)) [[unlikely]] {           \
      __builtin_trap();                        \
    }                                          \
  } while (false)

inline constexpr int32_t kNone = -1;

inline int32_t min(int32_t a, int32_t b) { return a < b ? a : b; }
inline int32_t max(int32_t a, int32_t b) { return a > b ? a : b; }

// Blocks that hold `tokens` tokens: blocksFor(17, 16) is 2.
inline int32_t blocksFor(int64_t tokens, int32_t tokensPerBlock) {
  return static_cast<int32_t>((tokens + tokensPerBlock - 1) / tokensPerBlock);
}

// A bijective 64-bit finalizer (SplitMix64): different inputs stay different.
inline uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Zeroed memory; running out of it cannot be mended here, so it stops the process.
template <typename T>
T* allocateZeroed(size_t count) {
  void* memory = std::calloc(count == 0 ? 1 : count, sizeof(T));
  BEAMLINE_ASSERT(memory != nullptr);
  return static_cast<T*>(memory);
}

// A growable array of plain values. It never shrinks, so a steady state allocates nothing.
template <typename T>
class Array {
 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { std::free(data_); }

  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    void* grown = std::realloc(static_cast<void*>(data_), capacity * sizeof(T));
    BEAMLINE_ASSERT(grown != nullptr);
    data_ = static_cast<T*>(grown);
    capacity_ = capacity;
  }
  void push(T value) {
    if (size_ == capacity_) reserve(capacity_ == 0 ? 16 : capacity_ * 2);
    data_[size_++] = value;
  }
  void pop() { --size_; }
  void clear() { size_ = 0; }
  void resize(size_t size) {
    if (size > capacity_) reserve(size > capacity_ * 2 ? size : capacity_ * 2);
    size_ = size;
  }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t index) { return data_[index]; }
  const T& operator[](size_t index) const { return data_[index]; }
  T& back() { return data_[size_ - 1]; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace beamline
