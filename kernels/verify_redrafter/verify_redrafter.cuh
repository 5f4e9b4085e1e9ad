// The published stochastic rule (approximate, see the record): accept a drafted token x while
// u < p(x) / q(x), keep the longest beam, draw the bonus from max(p - q, 0).
//
// First launch: sums of all chunks of all tree rows (../verify_exact/draw.cuh). Second launch, a
// block per request: warps add the chunk sums up to p's normaliser of each row, threads walk one
// beam each, warps sum the residual's chunks, one warp draws.
// Workspace: sums and maxima of all chunks of all rows, then total and maximum of every row.
#pragma once

#include "../verify_exact/draw.cuh"

namespace bl::verify_redrafter {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarp;

template <class T>
struct Params {
  const T* logits;
  const int32_t* tokens;
  const int32_t* unpack;  // [requests, beams, positions]
  const int32_t* offsets;
  const T* draft;              // [requests, beams, positions - 1, vocab]: log q
  const float* uniforms;       // [requests, beams, positions - 1]
  const float* bonusUniforms;  // [requests]
  int32_t* path;
  int32_t* accepted;
  int32_t* bonus;
  const float* max;   // [rows, chunks]
  const double* sum;  // [rows, chunks]
  float* rowMax;      // [rows]
  double* rowTotal;   // [rows]
  int64_t beams;
  int64_t positions;
  int64_t vocab;
  int64_t chunks;
};

template <class T>
struct Stats {
  const Params<T>& p;
  int64_t row;
  BL_DEVICE draw::ChunkStat operator()(int64_t chunk) const {
    return {p.max[row * p.chunks + chunk], p.sum[row * p.chunks + chunk]};
  }
};

/** Maximum and total weight of each row of the request, a warp per row. */
template <class T>
BL_DEVICE void normalise(const Params<T>& p, int64_t first, int64_t rows) {
  for (int64_t row = first + warpId(); row < first + rows; row += kWarps) {
    const Stats<T> stats = {p, row};
    const float max = draw::rowMax(p.chunks, stats);
    double total = 0.0;
    for (int64_t c = laneId(); c < p.chunks; c += kWarp) {
      total += draw::chunkWeight(stats(c), max);
    }
    total = warpSum(total);
    if (laneId() != 0) continue;
    p.rowMax[row] = max;
    p.rowTotal[row] = total;
  }
}

/** Whether the token after position j of a beam stands. */
template <class T>
BL_DEVICE bool stands(const Params<T>& p, int64_t request, int64_t first, int64_t beam,
                      int64_t j) {
  if (p.vocab == 0) return false;
  const int64_t draftLength = p.positions - 1;
  const int64_t at = request * p.beams + beam;
  const int32_t* rows = p.unpack + at * p.positions;
  const int64_t row = first + rows[j];
  const int64_t token = p.tokens[first + rows[j + 1]];
  const double x = static_cast<double>(toFloat(p.logits[row * p.vocab + token]));
  const double logQ =
      static_cast<double>(toFloat(p.draft[(at * draftLength + j) * p.vocab + token]));
  const double target = exp(x - static_cast<double>(p.rowMax[row])) / p.rowTotal[row];
  const double uniform = static_cast<double>(p.uniforms[at * draftLength + j]);
  return uniform < target / exp(logQ);
}

/** Weights of the residual max(p - q, 0) for kSize tokens from `at`. */
template <class T, bool Whole>
struct Residual {
  static constexpr int kSize = kVectorSize<T>;
  const T* logits;
  const T* draft;
  int64_t vocab;
  float max;
  float scale;  // 1 / total
  BL_DEVICE void load(int64_t at, float (&w)[kSize]) const {
    float q[kSize];
    loadVector<T, Whole>(logits, at, vocab, -kInfinity, w);
    loadVector<T, Whole>(draft, at, vocab, -kInfinity, q);
#pragma unroll
    for (int i = 0; i < kSize; ++i) {
      const float p = draw::weightOf(w[i], max) * scale;
      w[i] = fmaxf(p - exp2Fast(q[i] * kLog2E), 0.0f);
    }
  }
};

/** Sums of the residual's chunks; no chunk has any weight when it is empty. Whole block. */
template <class T, bool Whole>
BL_DEVICE void sumResidual(const Residual<T, Whole>& residual, int64_t chunks, double* sums) {
  constexpr int kSize = kVectorSize<T>;
  for (int64_t c = warpId(); c < chunks; c += kWarps) {
    double sum = 0.0;
#pragma unroll 2
    for (int j = 0; j < draw::kPerLane / kSize; ++j) {
      float w[kSize];
      residual.load(c * draw::kChunk + (j * kWarp + laneId()) * kSize, w);
      float part = 0.0f;
#pragma unroll
      for (int i = 0; i < kSize; ++i) part += w[i];
      sum += static_cast<double>(part);
    }
    sum = warpSum(sum);
    if (laneId() == 0) sums[c] = sum;
  }
  __syncthreads();
}

/** The bonus, from the residual when `draft` is given and leaves one, else from p. Thread 0 gets
 * it. Whole block. */
template <class T, bool Whole>
BL_DEVICE int64_t drawBonus(const Params<T>& p, int64_t row, const T* draft, float uniform,
                            double* sums) {
  if (draft != nullptr && p.vocab > 0) {
    const Residual<T, Whole> residual = {p.logits + row * p.vocab, draft, p.vocab, p.rowMax[row],
                                         static_cast<float>(1.0 / p.rowTotal[row])};
    sumResidual(residual, p.chunks, sums);
    if (warpId() != 0) return -1;
    const draw::Place place =
        draw::findChunk(p.chunks, uniform, [&](int64_t c) { return sums[c]; });
    if (place.chunk >= 0) {
      constexpr int kSize = kVectorSize<T>;
      return draw::findToken<kSize>(place.chunk, place.rest, [&](int j, float (&w)[kSize]) {
        residual.load(place.chunk * draw::kChunk + (j * kWarp + laneId()) * kSize, w);
      });
    }
  }
  if (warpId() != 0) return -1;
  const draw::SoftmaxChunk<T, Whole> source = {p.logits + row * p.vocab, p.vocab};
  return draw::drawToken(source, p.chunks, uniform, Stats<T>{p, row});
}

/** Length and beam of the longest accepted prefix, the lowest beam on ties; 0, 0 without beams. */
template <class T>
BL_DEVICE void longestBeam(const Params<T>& p, int64_t request, int64_t first, int64_t* scratch,
                           int64_t& length, int64_t& beam) {
  int64_t mine = p.beams;
  for (int64_t b = threadIdx.x; b < p.beams; b += kThreads) {
    int64_t a = 0;
    while (a + 1 < p.positions && stands(p, request, first, b, a)) ++a;
    const int64_t key = a << 32 | (p.beams - b);
    mine = key > mine ? key : mine;
  }
  const int64_t key = blockReduce<kThreads>(mine, Max(), scratch);
  length = key >> 32;
  beam = p.beams - (key & 0xffffffff);
}

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads, 2) accept(Params<T> p) {
  BEAMLINE_SHARED(double, sums);
  BEAMLINE_SHARED_ARRAY(int64_t, scratch, kWarps);
  gridDependencyWait();
  const int64_t request = blockIdx.x;
  const int64_t first = p.offsets[request];
  const int64_t rows = p.offsets[request + 1] - first;
  int32_t* path = p.path + request * p.positions;
  int64_t length = 0, beam = 0, bonus = -1;
  if (rows > 0) {
    normalise(p, first, rows);
    __syncthreads();
    longestBeam(p, request, first, scratch, length, beam);
    const int64_t at = request * p.beams + beam;
    const int64_t last = p.beams > 0 ? p.unpack[at * p.positions + length] : 0;
    const bool all = p.beams == 0 || length + 1 >= p.positions;
    const T* draft = all ? nullptr : p.draft + (at * (p.positions - 1) + length) * p.vocab;
    bonus = drawBonus<T, Whole>(p, first + last, draft, p.bonusUniforms[request], sums);
    for (int64_t j = threadIdx.x; j <= length; j += kThreads) {
      path[j] = p.beams > 0 ? p.unpack[at * p.positions + j] : 0;
    }
  }
  const int64_t end = rows > 0 ? length + 1 : 0;
  for (int64_t j = end + threadIdx.x; j < p.positions; j += kThreads) path[j] = -1;
  if (threadIdx.x != 0) return;
  p.accepted[request] = static_cast<int32_t>(length);
  p.bonus[request] = static_cast<int32_t>(bonus);
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 7, 3, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0), vocab = extent(in[0], 1);
  const int64_t requests = extent(in[2], 0), beams = extent(in[2], 1);
  const int64_t positions = extent(in[2], 2), draftLength = extent(in[5], 2);
  BL_TRY(expectTensor("logits", in[0], in[0].dtype, {rows, vocab}));
  BL_TRY(expectTensor("tokens", in[1], BL_I32, {rows}));
  BL_TRY(expectTensor("unpack", in[2], BL_I32, {requests, beams, draftLength + 1}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("draft_log_probs", in[4], in[0].dtype,
                      {requests, beams, draftLength, vocab}));
  BL_TRY(expectTensor("uniforms", in[5], BL_F32, {requests, beams, draftLength}));
  BL_TRY(expectTensor("bonus_uniforms", in[6], BL_F32, {requests}));
  BL_TRY(expectTensor("path", out[0], BL_I32, {requests, positions}));
  BL_TRY(expectTensor("accepted", out[1], BL_I32, {requests}));
  return expectTensor("bonus", out[2], BL_I32, {requests});
}

inline int64_t workspaceBytes(const bl_call* call) {
  const bl_tensor& logits = call->inputs[0];
  const int64_t perRow = draw::chunksOf(extent(logits, 1)) + 1;
  return extent(logits, 0) * perRow * static_cast<int64_t>(sizeof(double) + sizeof(float));
}

template <class T>
Params<T> paramsOf(const bl_call* call) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0);
  Params<T> p;
  p.logits = data<const T>(in[0]);
  p.tokens = data<const int32_t>(in[1]);
  p.unpack = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.draft = data<const T>(in[4]);
  p.uniforms = data<const float>(in[5]);
  p.bonusUniforms = data<const float>(in[6]);
  p.path = data<int32_t>(out[0]);
  p.accepted = data<int32_t>(out[1]);
  p.bonus = data<int32_t>(out[2]);
  p.beams = extent(in[2], 1);
  p.positions = extent(in[2], 2);
  p.vocab = extent(in[0], 1);
  p.chunks = draw::chunksOf(p.vocab);
  double* sum = static_cast<double*>(call->workspace);
  p.sum = sum;
  p.rowTotal = sum + rows * p.chunks;
  float* max = reinterpret_cast<float*>(p.rowTotal + rows);
  p.max = max;
  p.rowMax = max + rows * p.chunks;
  return p;
}

template <class T>
int32_t run(const bl_call* call) {
  const Params<T> p = paramsOf<T>(call);
  const int64_t rows = extent(call->inputs[0], 0), requests = extent(call->inputs[2], 0);
  const bool whole = wholeVectors<T>(p.vocab, p.logits, p.draft);
  const draw::StatParams<T> stats = {p.logits,
                                     p.offsets,
                                     const_cast<float*>(p.max),
                                     const_cast<double*>(p.sum),
                                     requests,
                                     p.vocab,
                                     p.chunks,
                                     0};
  BL_TRY(draw::launchStats<T>(call, stats, rows, whole));
  const dim3 grid(static_cast<unsigned>(requests));
  const size_t shared = static_cast<size_t>(p.chunks) * sizeof(double);
  return dispatchBool(whole, [&]<bool Whole>() {
    return BEAMLINE_LAUNCH_DEPENDENT((accept<T, Whole>), grid, dim3(kThreads), shared,
                                     call->stream, p);
  });
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (!isVariant(call, "") && !isVariant(call, "rows")) {
    return refuse(BL_UNKNOWN, "verify_redrafter: no variant '%s'", variantOf(call));
  }
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "verify_redrafter: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  return dispatchFloat(call->inputs[0].dtype, [&]<class T>() { return run<T>(call); });
}

}  // namespace bl::verify_redrafter
