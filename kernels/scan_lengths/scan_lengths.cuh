// Exclusive sums of a batch's lengths by one block, any batch size: a tile of Threads lengths at a
// time, each tile on top of the sum of those before. One block, because the batch is small and a
// second launch would cost more than the whole scan.
#pragma once

#include "../lib/cuda/tensor.h"
#include "../lib/cuda/warp.cuh"

namespace bl::scan_lengths {

struct Params {
  const int* lengths;  // [requests]
  int* offsets;        // [requests + 1]
  int* total;          // one value
  int* max;            // one value
  int requests;
};

template <int Threads>
__global__ void __launch_bounds__(Threads) scanLengths(Params p) {
  BEAMLINE_SHARED_ARRAY(int, scratch, Threads / kWarp);
  const int thread = static_cast<int>(threadIdx.x);
  int before = 0;
  int largest = 0;
  for (int tile = 0; tile < p.requests; tile += Threads) {
    const int b = tile + thread;
    const int length = b < p.requests ? p.lengths[b] : 0;
    int tileTotal;
    const int through = blockInclusiveSum<Threads>(length, scratch, tileTotal);
    if (b < p.requests) p.offsets[b + 1] = before + through;
    before += tileTotal;
    largest = largest < length ? length : largest;
  }
  largest = blockReduce<Threads>(largest, Max(), scratch);
  if (thread == 0) {
    p.offsets[0] = 0;
    *p.total = before;
    *p.max = largest;
  }
}

template <int Threads>
int32_t launch(const Params& params, void* stream) {
  return BEAMLINE_LAUNCH(scanLengths<Threads>, dim3(1), dim3(Threads), 0, stream, params);
}

}  // namespace bl::scan_lengths
