// One step of beam search: the best W of W*k continuations of each request, and histories and
// states gathered by their parents, in one launch.
//
// A request has `slices` blocks. Each finds the same W winners by itself (bisection over the keys,
// see ../lib/cuda/select.cuh) and then gathers its slice of the states; the first writes the rest.
// That costs a few redundant reads of W*k numbers and saves a launch and a wait between blocks.
//
// Key of a continuation: (ordered score + log-probability, lower flat index first), so that all
// keys differ and ties need no code of their own.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/select.cuh"

namespace bl::beam_step {

constexpr int kThreads = 256;
constexpr int kMaxBeams = 1024;
constexpr float kDeadScore = -50000.0f;
constexpr int kFlatBits = 16;  // W * k <= 1024 * 64

struct Params {
  const float* scores;       // [requests, beams]
  const float* values;       // [requests, beams, k]
  const int32_t* tokens;     // [requests, beams, k]
  const int32_t* histories;  // [requests, beams, step]
  const unsigned char* states;
  float* scoresOut;
  int32_t* parents;
  int32_t* tokensOut;
  int32_t* historiesOut;  // [requests, beams, step + 1]
  unsigned char* statesOut;
  int beams;
  int candidates;  // k
  int64_t step;
  int64_t rowBytes;  // of a state
  unsigned slices;    // blocks per request
};

BL_DEVICE float sumOf(const Params& p, int64_t request, int flat) {
  const int beam = flat / p.candidates;
  const bool dead = p.step <= 1 && beam > 0;
  const float score = dead ? kDeadScore : p.scores[request * p.beams + beam];
  return __fadd_rn(score, p.values[request * p.beams * p.candidates + flat]);
}

BL_DEVICE uint64_t keyOf(const Params& p, int64_t request, int flat, int count) {
  return static_cast<uint64_t>(orderedKey(sumOf(p, request, flat))) << kFlatBits |
         static_cast<uint64_t>(count - 1 - flat);
}

/** Lists the W winners in any order: key >= threshold holds for exactly W of them. PerThread keys
 * stay in registers; 0 computes them anew in every round. */
template <int PerThread>
BL_DEVICE void findWinners(const Params& p, int64_t request, uint64_t* winners, int* listed,
                           int* scratch) {
  const int count = p.beams * p.candidates;
  const int thread = static_cast<int>(threadIdx.x);
  constexpr int kKept = PerThread > 0 ? PerThread : 1;
  uint64_t keys[kKept];
  if constexpr (PerThread > 0) {
#pragma unroll
    for (int i = 0; i < PerThread; ++i) {
      const int flat = thread + i * kThreads;
      keys[i] = flat < count ? keyOf(p, request, flat, count) : 0;
    }
  }
  const auto forEach = [&](auto&& visit) {
    if constexpr (PerThread > 0) {
#pragma unroll
      for (int i = 0; i < PerThread; ++i) visit(keys[i], thread + i * kThreads < count);
    } else {
      for (int flat = thread; flat < count; flat += kThreads) {
        visit(keyOf(p, request, flat, count), true);
      }
    }
  };
  const auto countFrom = [&](uint64_t bound) {
    int found = 0;
    forEach([&](uint64_t key, bool inside) { found += inside && key >= bound ? 1 : 0; });
    return found;
  };
  constexpr uint64_t kHighest = (1ull << (32 + kFlatBits)) - 1;
  const uint64_t threshold = blockThreshold<kThreads>(p.beams, 0, uint64_t{0}, kHighest, countFrom,
                                                      scratch);
  forEach([&](uint64_t key, bool inside) {
    if (inside && key >= threshold) winners[atomicAdd(listed, 1)] = key;
  });
  __syncthreads();
}

/** Writes place, parent and history of each winner; `parentOf[place]` serves the gather. */
BL_DEVICE void placeWinners(const Params& p, int64_t request, const uint64_t* winners,
                            int* parentOf, bool writes) {
  const int count = p.beams * p.candidates;
  for (int i = static_cast<int>(threadIdx.x); i < p.beams; i += kThreads) {
    int place = 0;
    for (int other = 0; other < p.beams; ++other) place += winners[other] > winners[i] ? 1 : 0;
    const int flat = count - 1 - static_cast<int>(winners[i] & ((1u << kFlatBits) - 1));
    const int parent = flat / p.candidates;
    parentOf[place] = parent;
    if (!writes) continue;
    const int64_t to = request * p.beams + place;
    const int32_t token = p.tokens[request * count + flat];
    p.scoresOut[to] = sumOf(p, request, flat);
    p.parents[to] = parent;
    p.tokensOut[to] = token;
    const int32_t* from = p.histories + (request * p.beams + parent) * p.step;
    for (int64_t j = 0; j < p.step; ++j) p.historiesOut[to * (p.step + 1) + j] = from[j];
    p.historiesOut[to * (p.step + 1) + p.step] = token;
  }
}

/** What a request without continuations comes to. */
BL_DEVICE void writeNone(const Params& p, int64_t request) {
  for (int i = static_cast<int>(threadIdx.x); i < p.beams; i += kThreads) {
    const int64_t to = request * p.beams + i;
    p.scoresOut[to] = -kInfinity;
    p.parents[to] = -1;
    p.tokensOut[to] = -1;
    for (int64_t j = 0; j <= p.step; ++j) p.historiesOut[to * (p.step + 1) + j] = -1;
  }
}

template <int PerThread, class Unit>
__global__ void __launch_bounds__(kThreads, 2) step(Params p) {
  BEAMLINE_SHARED_ARRAY(uint64_t, winners, kMaxBeams);
  BEAMLINE_SHARED_ARRAY(int, parentOf, kMaxBeams);
  BEAMLINE_SHARED_ARRAY(int, scratch, 2 * kThreads / kWarp);
  BEAMLINE_SHARED_ARRAY(int, listed, 1);
  const int64_t request = blockIdx.x / p.slices;
  const int64_t slice = blockIdx.x % p.slices;
  const bool any = p.candidates > 0;
  if (any) {
    if (threadIdx.x == 0) listed[0] = 0;
    __syncthreads();
    findWinners<PerThread>(p, request, winners, listed, scratch);
    placeWinners(p, request, winners, parentOf, slice == 0);
    __syncthreads();
  } else if (slice == 0) {
    writeNone(p, request);
  }
  const int64_t first = request * p.beams;
  for (int i = 0; i < p.beams; ++i) {
    const unsigned char* from = any ? p.states + (first + parentOf[i]) * p.rowBytes : nullptr;
    copySlice<Unit, kThreads>(from, p.statesOut + (first + i) * p.rowBytes, p.rowBytes, slice,
                              p.slices);
  }
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 5, 5, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[1], 0), beams = extent(in[1], 1), k = extent(in[1], 2);
  const int64_t step = extent(in[3], 2), hidden = extent(in[4], 2);
  BL_TRY(expectTensor("scores", in[0], BL_F32, {requests, beams}));
  BL_TRY(expectTensor("values", in[1], BL_F32, {requests, beams, k}));
  BL_TRY(expectTensor("tokens", in[2], BL_I32, {requests, beams, k}));
  BL_TRY(expectTensor("histories", in[3], BL_I32, {requests, beams, step}));
  BL_TRY(expectTensor("states", in[4], in[4].dtype, {requests, beams, hidden}));
  BL_TRY(expectTensor("scores", out[0], BL_F32, {requests, beams}));
  BL_TRY(expectTensor("parents", out[1], BL_I32, {requests, beams}));
  BL_TRY(expectTensor("tokens", out[2], BL_I32, {requests, beams}));
  BL_TRY(expectTensor("histories", out[3], BL_I32, {requests, beams, step + 1}));
  BL_TRY(expectTensor("states", out[4], in[4].dtype, {requests, beams, hidden}));
  if (beams > kMaxBeams || k > 64) {
    return refuse(BL_UNSUPPORTED, "beam_step: at most %d beams and 64 candidates", kMaxBeams);
  }
  return BL_OK;
}

inline Params paramsOf(const bl_call* call) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p;
  p.scores = data<const float>(in[0]);
  p.values = data<const float>(in[1]);
  p.tokens = data<const int32_t>(in[2]);
  p.histories = data<const int32_t>(in[3]);
  p.states = data<const unsigned char>(in[4]);
  p.scoresOut = data<float>(out[0]);
  p.parents = data<int32_t>(out[1]);
  p.tokensOut = data<int32_t>(out[2]);
  p.historiesOut = data<int32_t>(out[3]);
  p.statesOut = data<unsigned char>(out[4]);
  p.beams = static_cast<int>(extent(in[1], 1));
  p.candidates = static_cast<int>(extent(in[1], 2));
  p.step = extent(in[3], 2);
  p.rowBytes = extent(in[4], 2) * elementBytes(in[4].dtype);
  return p;
}

template <class Unit>
int32_t run(const bl_call* call, const Params& p) {
  const dim3 grid(static_cast<unsigned>(extent(call->inputs[1], 0) * p.slices));
  const int64_t count = static_cast<int64_t>(p.beams) * p.candidates;
  if (count <= kThreads) {
    return BEAMLINE_LAUNCH((step<1, Unit>), grid, dim3(kThreads), 0, call->stream, p);
  }
  if (count <= 4 * kThreads) {
    return BEAMLINE_LAUNCH((step<4, Unit>), grid, dim3(kThreads), 0, call->stream, p);
  }
  if (count <= 16 * kThreads) {
    return BEAMLINE_LAUNCH((step<16, Unit>), grid, dim3(kThreads), 0, call->stream, p);
  }
  return BEAMLINE_LAUNCH((step<0, Unit>), grid, dim3(kThreads), 0, call->stream, p);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  Params p = paramsOf(call);
  const int64_t requests = extent(call->inputs[1], 0);
  if (requests == 0 || p.beams == 0) return BL_OK;
  // A block should gather 16 KiB at least, and twice the device's blocks are enough.
  const int64_t most = ceilDiv(p.rowBytes * p.beams, 16 * 1024);
  const int64_t wanted = ceilDiv(2 * multiprocessorCount(), requests);
  p.slices = static_cast<unsigned>(most < 1 || wanted < 1 ? 1 : most < wanted ? most : wanted);
  if (isVariant(call, "single")) {
    p.slices = 1;
  } else if (isVariant(call, "sliced")) {
    if (p.slices < 2) p.slices = 2;
  } else if (!isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "beam_step: no variant '%s'", variantOf(call));
  }
  return dispatchUnit(p.states, p.statesOut, p.rowBytes,
                      [&]<class Unit>() { return run<Unit>(call, p); });
}

}  // namespace bl::beam_step
