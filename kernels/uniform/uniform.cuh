// Philox4x32-10 (Salmon et al., SC 2011): ten rounds of two 32x32 multiplications over a counter of
// four words, with a key that moves by a constant each round. Draw i of a request and step is the
// top 24 bits of word i mod 4 of counter (request, step, i div 4, 0), divided by 2^24.
#pragma once

#include "../lib/cuda/tensor.h"

namespace bl::uniform {

struct Params {
  const unsigned* seed;   // [2], the key
  const int* requestIds;  // [requests]
  const int* steps;       // [requests]
  float* uniforms;        // [requests, draws]
  int64_t requests, draws;
};

BL_DEVICE uint4 philox4x32(uint4 counter, uint2 key) {
  constexpr unsigned kMultiplier0 = 0xD2511F53u, kMultiplier1 = 0xCD9E8D57u;
  constexpr unsigned kWeyl0 = 0x9E3779B9u, kWeyl1 = 0xBB67AE85u;
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const unsigned high0 = __umulhi(kMultiplier0, counter.x);
    const unsigned high1 = __umulhi(kMultiplier1, counter.z);
    counter = make_uint4(high1 ^ counter.y ^ key.x, kMultiplier1 * counter.z,
                         high0 ^ counter.w ^ key.y, kMultiplier0 * counter.x);
    key = make_uint2(key.x + kWeyl0, key.y + kWeyl1);
  }
  return counter;
}

/** In [0, 1), a multiple of 2^-24. */
BL_DEVICE float unitInterval(unsigned word) {
  return static_cast<float>(word >> 8) * 5.9604644775390625e-8f;
}

/** A thread makes the four draws of one counter. */
template <int Threads>
__global__ void __launch_bounds__(Threads) uniforms(Params p) {
  const int64_t quads = ceilDiv(p.draws, 4);
  const int64_t index = static_cast<int64_t>(blockIdx.x) * Threads + threadIdx.x;
  if (index >= p.requests * quads) return;
  const int64_t request = index / quads;
  const unsigned quad = static_cast<unsigned>(index % quads);
  const uint4 word = philox4x32(make_uint4(static_cast<unsigned>(p.requestIds[request]),
                                           static_cast<unsigned>(p.steps[request]), quad, 0u),
                                make_uint2(p.seed[0], p.seed[1]));
  const unsigned words[4] = {word.x, word.y, word.z, word.w};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int64_t draw = static_cast<int64_t>(quad) * 4 + i;
    if (draw < p.draws) p.uniforms[request * p.draws + draw] = unitInterval(words[i]);
  }
}

inline int32_t launch(const Params& params, void* stream) {
  constexpr int kThreads = 128;
  const int64_t blocks = ceilDiv(params.requests * ceilDiv(params.draws, 4), kThreads);
  return BEAMLINE_LAUNCH(uniforms<kThreads>, dim3(static_cast<unsigned>(blocks)), dim3(kThreads), 0,
                         stream, params);
}

}  // namespace bl::uniform
