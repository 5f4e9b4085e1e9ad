// Ancestor bits of every tree row. A group of Lanes threads takes one row: all of them walk from
// the row up to the root (the same address in every lane, one transaction), and each keeps the
// words that are its own, so that the stores are dense. A walk is as long as the row is deep.
#pragma once

#include "../lib/cuda/tensor.h"

namespace bl::tree_mask {

struct Params {
  const int* parent;   // [rows], inside its tree, -1 at the root
  const int* offsets;  // [requests + 1]
  unsigned* words;     // [rows, stride]
  int64_t rows;
  int requests, stride;
};

/** The request whose rows hold `row`: the last one that begins at or before it and is not empty. */
BL_DEVICE int requestOf(const int* offsets, int requests, int64_t row) {
  int low = 0, high = requests - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (offsets[middle] <= row) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

template <int Lanes, int Threads>
__global__ void __launch_bounds__(Threads) treeMask(Params p) {
  const int64_t thread = static_cast<int64_t>(blockIdx.x) * Threads + threadIdx.x;
  const int64_t row = thread / Lanes;
  const int lane = static_cast<int>(thread % Lanes);
  if (row >= p.rows) return;
  const int64_t start = p.offsets[requestOf(p.offsets, p.requests, row)];
  for (int first = 0; first < p.stride; first += Lanes) {
    const int word = first + lane;
    unsigned bits = 0;
    for (int seen = static_cast<int>(row - start); seen >= 0; seen = p.parent[start + seen]) {
      if (seen >> 5 == word) bits |= 1u << (seen & 31);
    }
    if (word < p.stride) p.words[row * p.stride + word] = bits;
  }
}

template <int Lanes>
int32_t launch(const Params& params, void* stream) {
  constexpr int kThreads = 128;
  if (params.stride == 0) return BL_OK;
  const int64_t blocks = ceilDiv(params.rows * Lanes, kThreads);
  return BEAMLINE_LAUNCH((treeMask<Lanes, kThreads>), dim3(static_cast<unsigned>(blocks)),
                         dim3(kThreads), 0, stream, params);
}

}  // namespace bl::tree_mask
