// One request's token tree, found by a warp (up to 32 beams) or by a block (up to 1024).
//
// Once a beam differs from all earlier ones it stays different, so its new nodes are a suffix:
// `first` is the position where it starts, `start` the row of that node. The node of (beam,
// position) is then start[k] + position - first[k] with k the first beam of the same prefix.
//
// Worked example, 91 92 93 95 / 91 92 94 96 / 91 92 93 97: first = 0 2 3, start = 0 4 6; the node
// of beam 2 at position 2 is beam 0's: 0 + 2 - 0 = 2.
#pragma once

#include "../lib/cuda/select.cuh"
#include "../lib/cuda/tensor.h"

namespace bl::pack_beams {

constexpr int kMaxBeams = 1024;
constexpr int kWideThreads = 256;

struct Params {
  const int32_t* beams;  // [requests, width, positions]
  int32_t* packed;
  int32_t* depth;
  int32_t* parent;
  int32_t* unpack;  // [requests, width, positions]
  int32_t* lengths;
  int32_t* offsets;
  uint32_t* words;  // [capacity, stride]
  int64_t requests;
  int width;
  int positions;
  int64_t capacity;  // rows that the outputs have room for
  int stride;        // mask words per row, 0 for no mask
};

/** Bits of the rows in `path`, which rise: mask words of the row at its end. */
BL_DEVICE void writeWords(const Params& p, int64_t row, const int32_t* path, int length) {
  int at = 0;
  for (int w = 0; w < p.stride; ++w) {
    uint32_t word = 0;
    while (at < length && path[at] / 32 == w) word |= 1u << (path[at++] % 32);
    p.words[row * p.stride + w] = word;
  }
}

/** A beam's node at a position; `unpack` holds the beam's nodes before it. */
BL_DEVICE void writeNode(const Params& p, int64_t base, int32_t* unpack, int position, int node,
                         bool isNew, int32_t token) {
  unpack[position] = node;
  const int64_t row = base + node;
  if (!isNew || row >= p.capacity) return;
  p.packed[row] = token;
  p.depth[row] = position;
  p.parent[row] = position == 0 ? -1 : unpack[position - 1];
  writeWords(p, row, unpack, position + 1);
}

/** A lane's beam: where its new nodes start. A lane past the width has none. */
struct Suffix {
  int first;
  int start;
};

/** First beam with this lane's prefix, from the one of a token less. Whole warp; lanes past the
 * width are alone. */
BL_DEVICE int sharedPrefix(const Params& p, int before, int32_t token) {
  const int lane = laneId();
  const uint64_t key = static_cast<uint64_t>(lane < p.width ? before : 64 + lane) << 32 |
                       static_cast<uint32_t>(token);
  return __ffs(static_cast<int>(__match_any_sync(kFullMask, key))) - 1;
}

BL_DEVICE int32_t tokenAt(const Params& p, const int32_t* beams, int position) {
  return laneId() < p.width ? beams[laneId() * p.positions + position] : 0;
}

/** Finds each lane's suffix; gives the nodes of the tree back. Whole warp. */
BL_DEVICE int measureWarp(const Params& p, const int32_t* beams, Suffix& suffix) {
  suffix.first = p.positions;
  int prefix = 0;
#pragma unroll 4
  for (int j = 0; j < p.positions; ++j) {
    prefix = sharedPrefix(p, prefix, tokenAt(p, beams, j));
    if (prefix == laneId() && suffix.first == p.positions) suffix.first = j;
  }
  const int count = laneId() < p.width ? p.positions - suffix.first : 0;
  const int upTo = warpInclusiveSum(count);
  suffix.start = upTo - count;
  return __shfl_sync(kFullMask, upTo, kWarp - 1);
}

BL_DEVICE void fillWarp(const Params& p, const int32_t* beams, int32_t* unpack, int64_t base,
                        const Suffix& suffix) {
  int prefix = 0;
  for (int j = 0; j < p.positions; ++j) {
    const int32_t token = tokenAt(p, beams, j);
    prefix = sharedPrefix(p, prefix, token);
    const int start = __shfl_sync(kFullMask, suffix.start, prefix);
    const int first = __shfl_sync(kFullMask, suffix.first, prefix);
    if (laneId() >= p.width) continue;
    writeNode(p, base, unpack + laneId() * p.positions, j, start + j - first, prefix == laneId(),
              token);
  }
}

/** Tokens that two beams share at their start, at most `positions`. */
BL_DEVICE int commonPrefix(const int32_t* a, const int32_t* b, int positions) {
  int j = 0;
  while (j < positions && a[j] == b[j]) ++j;
  return j;
}

/** Shared memory of a block that holds one tree. */
struct Wide {
  int first[kMaxBeams];
  int start[kMaxBeams];
  int scratch[kWideThreads / kWarp];
};

/** As measureWarp, by a block of kWideThreads and for any width; ends behind a barrier. */
BL_DEVICE int measureWide(const Params& p, const int32_t* beams, Wide& wide) {
  int total = 0;
  for (int i0 = 0; i0 < p.width; i0 += kWideThreads) {
    const int i = i0 + static_cast<int>(threadIdx.x);
    int first = 0;
    for (int k = 0; k < i && i < p.width && first < p.positions; ++k) {
      const int common = commonPrefix(beams + k * p.positions, beams + i * p.positions,
                                      p.positions);
      first = common > first ? common : first;
    }
    int tile = 0;
    const int start = blockExclusiveSum<kWideThreads>(i < p.width ? p.positions - first : 0,
                                                      wide.scratch, tile);
    if (i < p.width) {
      wide.first[i] = first;
      wide.start[i] = total + start;
    }
    total += tile;
  }
  __syncthreads();
  return total;
}

/** As fillWarp, by a block; ends behind a barrier. */
BL_DEVICE void fillWide(const Params& p, const int32_t* beams, int32_t* unpack, int64_t base,
                        const Wide& wide) {
  for (int i = static_cast<int>(threadIdx.x); i < p.width; i += kWideThreads) {
    const int32_t* own = beams + i * p.positions;
    int32_t* nodes = unpack + i * p.positions;
    int j = 0;
    for (int k = 0; k < i && j < p.positions; ++k) {
      const int common = commonPrefix(beams + k * p.positions, own, p.positions);
      for (; j < common; ++j) {
        writeNode(p, base, nodes, j, wide.start[k] + j - wide.first[k], false, own[j]);
      }
    }
    for (; j < p.positions; ++j) {
      writeNode(p, base, nodes, j, wide.start[i] + j - wide.first[i], true, own[j]);
    }
  }
  __syncthreads();
}

}  // namespace bl::pack_beams
