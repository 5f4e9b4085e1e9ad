// The K largest of a long stream, K <= 64, by one block in one read, exactly, and how many elements
// equal the smallest of them: all that a masked log-softmax needs.
//
// A bound `tau` rises while the stream goes by; what lies below it is dropped, the rest waits in a
// buffer. The bound comes from the threads' maxima: they belong to different elements, so the K-th
// largest of them has K elements at or above it. After 32 elements a thread that leaves about K of
// 8192. Only when that is not enough (many equals, or values that rise along the row) is the buffer
// cut to its K largest, after which tau is the K-th itself, token included.
//
// Elements that equal tau and lose by their token are dropped too, but counted: `ties`.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/select.cuh"

namespace bl::draft_topk {

constexpr int kThreads = 256;
constexpr int kMost = 64;        // K at most
constexpr int kBuffer = 1024;    // candidates that wait
constexpr int kSlack = 8;        // a bound may leave K + 8 maxima

BL_DEVICE float notANumber() { return __uint_as_float(0x7fc00000u); }

/** Shared memory of one stream. */
struct Buffer {
  uint64_t keys[kBuffer];
  uint64_t reduce[kThreads / kWarp];
  int counts[2 * kThreads / kWarp];
  int bounds[2 * kThreads / kWarp];
  int listed;
};

/** One thread's side of the stream; n, tau and K are the same in all threads. */
class Candidates {
 public:
  BL_DEVICE Candidates(Buffer& buffer, int most) : buffer_(buffer), most_(most) {
    if (threadIdx.x == 0) buffer.listed = 0;
    __syncthreads();
  }

  /** Takes elements in: v[i] with token source.token(i); NaN = no element. Whole block. */
  template <int kCount, class Source>
  BL_DEVICE void take(const float (&v)[kCount], const Source& source) {
    static_assert(kCount <= 32, "one bit per element");
#pragma unroll
    for (int i = 0; i < kCount; ++i) largest_ = fmaxf(largest_, v[i]);
    unsigned pending = passing(v, source, ~0u);
    int total = count(pending);
    if (size_ + total > kBuffer) {
      raiseBound();
      pending = passing(v, source, pending);
      total = count(pending);
    }
    while (size_ + total > kBuffer) {
      push(v, source, pending);
      __syncthreads();
      cut(kBuffer);
      pending = passing(v, source, pending);
      total = count(pending);
    }
    push(v, source, pending);
    size_ += total;
  }

  /** Waits for all pushes and leaves at most `limit` >= K elements. */
  BL_DEVICE void finish(int limit) {
    __syncthreads();
    if (size_ > limit) cut(size_);
  }

  BL_DEVICE int size() const { return size_; }
  /** Ordered key of the values that `ties()` counts. */
  BL_DEVICE uint32_t tiedKey() const { return static_cast<uint32_t>(tau_ >> 32); }
  /** Dropped elements that equal the bound. Whole block. */
  BL_DEVICE int ties() { return count(ties_); }

 private:
  Buffer& buffer_;
  int most_;
  int size_ = 0;
  int parity_ = 0;
  int ties_ = 0;
  uint64_t tau_ = 0;  // (value, token): what is below is dropped
  float tauValue_ = -kInfinity;
  uint32_t tauToken_ = 0xffffffffu;
  float largest_ = -kInfinity;

  BL_DEVICE int count(unsigned pending) { return count(__popc(pending)); }
  BL_DEVICE int count(int own) {
    return blockCount<kThreads>(own, parity_++, buffer_.counts);
  }

  BL_DEVICE void setBound(uint64_t tau) {
    if (static_cast<uint32_t>(tau >> 32) != tiedKey()) ties_ = 0;
    tau_ = tau;
    tauValue_ = fromOrderedKey(tiedKey());
    tauToken_ = indexOfRanked(tau);
  }

  /** Which of the elements in `among` reach the bound; counts those that tie and lose. */
  template <int kCount, class Source>
  BL_DEVICE unsigned passing(const float (&v)[kCount], const Source& source, unsigned among) {
    unsigned pass = 0;
#pragma unroll
    for (int i = 0; i < kCount; ++i) pass |= v[i] >= tauValue_ ? 1u << i : 0u;
    pass &= among;
    if (pass == 0 || tauToken_ == 0xffffffffu) return pass;
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      if ((pass >> i & 1u) == 0 || v[i] != tauValue_ || source.token(i) <= tauToken_) continue;
      pass &= ~(1u << i);
      ++ties_;
    }
    return pass;
  }

  /** Puts pending elements into the buffer and clears their bits, as long as there is room. */
  template <int kCount, class Source>
  BL_DEVICE void push(const float (&v)[kCount], const Source& source, unsigned& pending) {
    if (pending == 0) return;
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      if ((pending >> i & 1u) == 0) continue;
      const int at = atomicAdd(&buffer_.listed, 1);
      if (at >= kBuffer) continue;
      buffer_.keys[at] = rankedKey(v[i], source.token(i));
      pending &= ~(1u << i);
    }
  }

  /** Raises the bound to about the K-th largest of the threads' maxima. */
  BL_DEVICE void raiseBound() {
    const uint32_t own = orderedKey(largest_);
    const uint32_t bound = blockThreshold<kThreads>(
        most_, kSlack, 0u, 0xffffffffu, [&](uint32_t least) { return own >= least ? 1 : 0; },
        buffer_.bounds);
    const uint64_t tau = static_cast<uint64_t>(bound) << 32;
    if (tau > tau_) setBound(tau);
  }

  /** Leaves the K largest of the first `filled` in the buffer, and the K-th as the bound. */
  BL_DEVICE void cut(int filled) {
    constexpr int kOwn = kBuffer / kThreads;
    uint64_t keys[kOwn];
#pragma unroll
    for (int i = 0; i < kOwn; ++i) {
      const int at = static_cast<int>(threadIdx.x) + i * kThreads;
      keys[i] = at < filled ? buffer_.keys[at] : 0;
    }
    const uint64_t least = blockThreshold<kThreads>(
        most_, 0, uint64_t{0}, ~uint64_t{0},
        [&](uint64_t bound) {
          int found = 0;
#pragma unroll
          for (int i = 0; i < kOwn; ++i) found += keys[i] >= bound ? 1 : 0;
          return found;
        },
        buffer_.bounds);
    uint64_t smallest = ~uint64_t{0};
#pragma unroll
    for (int i = 0; i < kOwn; ++i) {
      if (keys[i] >= least && keys[i] < smallest) smallest = keys[i];
    }
    smallest = blockReduce<kThreads>(smallest, Min(), buffer_.reduce);
    setBound(smallest);
    if (threadIdx.x == 0) buffer_.listed = 0;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kOwn; ++i) {
      if (keys[i] >= least) {
        buffer_.keys[atomicAdd(&buffer_.listed, 1)] = keys[i];
      } else if (keys[i] != 0 && static_cast<uint32_t>(keys[i] >> 32) == tiedKey()) {
        ++ties_;
      }
    }
    __syncthreads();
    size_ = most_;
  }
};

/** Sorts the first `count` <= 64 keys of the buffer into `sorted`, largest first. Whole block;
 * the buffer must be at rest. */
BL_DEVICE void sortKeys(const Buffer& buffer, int count, uint64_t* sorted) {
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < count) {
    const uint64_t key = buffer.keys[thread];
    int place = 0;
    for (int i = 0; i < count; ++i) place += buffer.keys[i] > key ? 1 : 0;
    sorted[place] = key;
  }
  __syncthreads();
}

}  // namespace bl::draft_topk
