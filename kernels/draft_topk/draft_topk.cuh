// From a row of logits to its best continuations, in one read: the V-wide row of log-probabilities
// is never written, and no exponential is taken but of the K = max(k, keep) survivors.
//
//   onepass   a block per row
//   split     several blocks per row, each leaves up to 128 candidates; a second launch merges.
//             Selection is exact, so how a row was cut does not show.
//   select    any `keep`: bisects for the keep-th largest value, rereading the row. For keep > 64,
//             which no drafter uses.
//
// Workspace (`split`): candidates and a header of every part.
#pragma once

#include "candidates.cuh"

namespace bl::draft_topk {

constexpr int kPerThread = 32;
constexpr int kGroup = kThreads * kPerThread;
constexpr int kSlots = 128;  // candidates of a part
constexpr float kMasked = 50000.0f;

struct Entry {
  float value;
  uint32_t token;
};
struct Header {
  int count;
  int ties;
  uint32_t tiedKey;
};

template <class T>
struct Params {
  const T* logits;  // [rows, vocab]
  float* values;    // [rows, k]
  int32_t* tokens;  // [rows, k]
  float* lse;       // [rows]
  Entry* entries;   // [rows, parts, kSlots]
  Header* headers;  // [rows, parts]
  int64_t vocab;
  int64_t partSize;  // tokens per part, a multiple of kGroup
  unsigned parts;
  int k;
  int64_t keep;  // at most vocab
};

/** A group of 8192 logits of one row: 32 of each thread. */
template <class T, bool Whole>
struct LogitGroup {
  static constexpr int kSize = kVectorSize<T>;
  int64_t base;

  BL_DEVICE void load(const T* row, int64_t end, float (&v)[kPerThread]) const {
    const float none = notANumber();
#pragma unroll
    for (int j = 0; j < kPerThread / kSize; ++j) {
      float part[kSize];
      loadVector<T, Whole>(row, base + (j * kThreads + threadIdx.x) * kSize, end, none, part);
#pragma unroll
      for (int i = 0; i < kSize; ++i) v[j * kSize + i] = part[i];
    }
  }
  BL_DEVICE uint32_t token(int i) const {
    return static_cast<uint32_t>(base) +
           ((i / kSize) * kThreads + threadIdx.x) * kSize + i % kSize;
  }
};

template <class T, bool Whole>
BL_DEVICE void takeRow(Candidates& candidates, const T* row, int64_t first, int64_t end) {
  for (int64_t base = first; base < end; base += kGroup) {
    const LogitGroup<T, Whole> group = {base};
    float v[kPerThread];
    group.load(row, end, v);
    candidates.take(v, group);
  }
}

/** What decides over a row's probabilities. */
struct Mask {
  float threshold;  // the keep-th largest value
  float sum;        // of exp(x - maximum) over all that reach it
};

/** Dropped elements that equal the keep-th value: this block's, and those of the parts that it
 * merged, each where its own bound is that value. Whole warp. */
BL_DEVICE int droppedTies(uint32_t bound, const Header& own, const Header* merged,
                          unsigned parts) {
  int ties = 0;
  for (unsigned part = laneId(); part < parts; part += kWarp) {
    if (merged[part].tiedKey == bound) ties += merged[part].ties;
  }
  return warpSum(ties) + (own.tiedKey == bound ? own.ties : 0);
}

/** The mask from the sorted candidates; see droppedTies. Whole warp. */
BL_DEVICE Mask maskOf(const uint64_t* sorted, int64_t keep, const Header& own,
                      const Header* merged, unsigned parts) {
  const uint32_t bound = static_cast<uint32_t>(sorted[keep - 1] >> 32);
  const float max = fromOrderedKey(static_cast<uint32_t>(sorted[0] >> 32));
  const float threshold = fromOrderedKey(bound);
  float above = 0.0f;
  int equal = 0;
  for (int i = laneId(); i < own.count; i += kWarp) {
    const uint32_t key = static_cast<uint32_t>(sorted[i] >> 32);
    if (key > bound) above += expf(fromOrderedKey(key) - max);
    if (key == bound) ++equal;
  }
  const int all = warpSum(equal) + droppedTies(bound, own, merged, parts);
  return {threshold, warpSum(above) + static_cast<float>(all) * expf(threshold - max)};
}

/** Writes a row from its sorted candidates and its mask. Whole warp. */
template <class T>
BL_DEVICE void writeRow(const Params<T>& p, int64_t row, const uint64_t* sorted, int count,
                        const Mask& mask) {
  const float max = fromOrderedKey(static_cast<uint32_t>(sorted[0] >> 32));
  const float logSum = logf(mask.sum);
  float* values = p.values + row * p.k;
  int32_t* tokens = p.tokens + row * p.k;
  if (laneId() == 0) p.lse[row] = max + logSum;
  int survivors = 0;
  for (int i = laneId(); i < count; i += kWarp) {
    const float x = fromOrderedKey(static_cast<uint32_t>(sorted[i] >> 32));
    if (x < mask.threshold) continue;
    ++survivors;
    if (i >= p.k) continue;
    values[i] = (x - max) - logSum;
    tokens[i] = static_cast<int32_t>(indexOfRanked(sorted[i]));
  }
  survivors = warpSum(survivors);
  // Places that the mask leaves: masked tokens are all equal, so the lowest come first; they are
  // among the first k of the row.
  int before = survivors;
  for (int first = 0; first < p.k && before < p.k; first += kWarp) {
    const int64_t token = first + laneId();
    const bool inside = token < p.vocab && token < p.k;
    const bool masked = inside && toFloat(p.logits[row * p.vocab + token]) < mask.threshold;
    const unsigned found = __ballot_sync(kFullMask, masked ? 1 : 0);
    const int place = before + __popc(found & ((1u << laneId()) - 1));
    if (masked && place < p.k) {
      values[place] = -kMasked - logSum;
      tokens[place] = static_cast<int32_t>(token);
    }
    before += __popc(found);
  }
  for (int64_t i = p.vocab + laneId(); i < p.k; i += kWarp) {
    values[i] = -kInfinity;
    tokens[i] = -1;
  }
}

/** A row without a vocabulary. */
template <class T>
BL_DEVICE void writeEmpty(const Params<T>& p, int64_t row) {
  for (int i = static_cast<int>(threadIdx.x); i < p.k; i += kThreads) {
    p.values[row * p.k + i] = -kInfinity;
    p.tokens[row * p.k + i] = -1;
  }
  if (threadIdx.x == 0) p.lse[row] = -kInfinity;
}

/** How many candidates a row keeps. */
template <class T>
BL_DEVICE int mostOf(const Params<T>& p) {
  return static_cast<int>(max(static_cast<int64_t>(p.k), p.keep));
}

/** Sorts what is left, decides and writes. `merged`: headers of the parts that this block merged.
 * Whole block. */
template <class T>
BL_DEVICE void finishRow(const Params<T>& p, int64_t row, Candidates& candidates, Buffer& buffer,
                         uint64_t* sorted, const Header* merged, unsigned parts) {
  candidates.finish(mostOf(p));
  const Header own = {candidates.size(), candidates.ties(), candidates.tiedKey()};
  sortKeys(buffer, own.count, sorted);
  if (warpId() != 0) return;
  writeRow(p, row, sorted, own.count, maskOf(sorted, p.keep, own, merged, parts));
}

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads, Whole ? 3 : 2) selectPart(Params<T> p) {
  BEAMLINE_SHARED_ARRAY(Buffer, buffer, 1);
  BEAMLINE_SHARED_ARRAY(uint64_t, sorted, kMost);
  const int64_t row = blockIdx.x / p.parts;
  const int64_t part = blockIdx.x % p.parts;
  if (p.vocab == 0) return writeEmpty(p, row);
  Candidates candidates(buffer[0], mostOf(p));
  const int64_t first = part * p.partSize;
  takeRow<T, Whole>(candidates, p.logits + row * p.vocab, first,
                    min(p.vocab, first + p.partSize));
  if (p.parts == 1) {
    finishRow(p, row, candidates, buffer[0], sorted, nullptr, 0);
    return;
  }
  candidates.finish(kSlots);
  const int64_t slot = row * p.parts + part;
  for (int i = static_cast<int>(threadIdx.x); i < candidates.size(); i += kThreads) {
    const uint64_t key = buffer[0].keys[i];
    p.entries[slot * kSlots + i] = {fromOrderedKey(static_cast<uint32_t>(key >> 32)),
                                    indexOfRanked(key)};
  }
  const int ties = candidates.ties();
  if (threadIdx.x == 0) p.headers[slot] = {candidates.size(), ties, candidates.tiedKey()};
}

/** Candidates of 16 parts: 8 of each thread. */
struct EntryGroup {
  static constexpr int kCount = 8;
  uint32_t tokens[kCount];

  template <class T>
  BL_DEVICE void load(const Params<T>& p, int64_t row, int64_t base, float (&v)[kCount]) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      const int64_t at = base + i * kThreads + threadIdx.x;
      const int64_t part = at / kSlots;
      v[i] = notANumber();
      tokens[i] = 0;
      if (part >= p.parts || at % kSlots >= p.headers[row * p.parts + part].count) continue;
      const Entry entry = p.entries[row * p.parts * kSlots + at];
      v[i] = entry.value;
      tokens[i] = entry.token;
    }
  }
  BL_DEVICE uint32_t token(int i) const { return tokens[i]; }
};

template <class T>
__global__ void __launch_bounds__(kThreads, 2) mergeParts(Params<T> p) {
  BEAMLINE_SHARED_ARRAY(Buffer, buffer, 1);
  BEAMLINE_SHARED_ARRAY(uint64_t, sorted, kMost);
  gridDependencyWait();
  const int64_t row = blockIdx.x;
  Candidates candidates(buffer[0], mostOf(p));
  const int64_t all = static_cast<int64_t>(p.parts) * kSlots;
  for (int64_t base = 0; base < all; base += kThreads * EntryGroup::kCount) {
    EntryGroup group;
    float v[EntryGroup::kCount];
    group.load(p, row, base, v);
    candidates.take(v, group);
  }
  finishRow(p, row, candidates, buffer[0], sorted, p.headers + row * p.parts, p.parts);
}

/** Visits a thread's elements of a row, 16 bytes at a time. */
template <class T, bool Whole, class Visit>
BL_DEVICE void forEachLogit(const T* row, int64_t vocab, Visit visit) {
  constexpr int kSize = kVectorSize<T>;
  for (int64_t at = threadIdx.x * kSize; at < vocab; at += kThreads * kSize) {
    float v[kSize];
    loadVector<T, Whole>(row, at, vocab, notANumber(), v);
#pragma unroll
    for (int i = 0; i < kSize; ++i) visit(v[i]);
  }
}

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads, 2) selectAny(Params<T> p) {
  BEAMLINE_SHARED_ARRAY(Buffer, buffer, 1);
  BEAMLINE_SHARED_ARRAY(uint64_t, sorted, kMost);
  BEAMLINE_SHARED_ARRAY(double, sums, kThreads / kWarp);
  const int64_t row = blockIdx.x;
  if (p.vocab == 0) return writeEmpty(p, row);
  const T* logits = p.logits + row * p.vocab;
  const uint32_t bound = blockThreshold<kThreads>(
      static_cast<int>(p.keep), 0, 0u, 0xffffffffu,
      [&](uint32_t least) {
        int found = 0;
        forEachLogit<T, Whole>(logits, p.vocab, [&](float x) {
          found += x >= -kInfinity && orderedKey(x) >= least ? 1 : 0;
        });
        return found;
      },
      buffer[0].bounds);
  Candidates candidates(buffer[0], max(p.k, 1));
  takeRow<T, Whole>(candidates, logits, 0, p.vocab);
  candidates.finish(max(p.k, 1));
  sortKeys(buffer[0], candidates.size(), sorted);
  const float max = fromOrderedKey(static_cast<uint32_t>(sorted[0] >> 32));
  double sum = 0.0;
  uint32_t lowest = 0xffffffffu;  // of those that reach the bound: the keep-th value itself
  forEachLogit<T, Whole>(logits, p.vocab, [&](float x) {
    if (!(x >= -kInfinity) || orderedKey(x) < bound) return;
    sum += static_cast<double>(expf(x - max));
    lowest = min(lowest, orderedKey(x));
  });
  sum = blockReduce<kThreads>(sum, Add(), sums);
  lowest = static_cast<uint32_t>(
      blockReduce<kThreads>(static_cast<uint64_t>(lowest), Min(), buffer[0].reduce));
  if (warpId() != 0) return;
  writeRow(p, row, sorted, candidates.size(), {fromOrderedKey(lowest), static_cast<float>(sum)});
}

}  // namespace bl::draft_topk
