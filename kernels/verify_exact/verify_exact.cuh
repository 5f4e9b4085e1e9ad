// Exact stochastic verification: from the root, draw from the target's own distribution; when the
// draw is a child go there, else stop and emit it.
//
//   walk   a block per request reads only the rows on its path, one after the other
//   rows   all rows at once, a warp per 1024 tokens; then the walk needs the chunk sums and one
//          chunk per step. For few requests, where `walk` would leave the device idle.
//
// Both see the same chunk sums (draw.cuh), hence the same tokens to the bit.
// Workspace (`rows`): sums and maxima of all chunks of all rows.
#pragma once

#include "draw.cuh"

namespace bl::verify_exact {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarp;
constexpr int kNone = 0x7fffffff;

template <class T>
struct Params {
  const T* logits;
  const int32_t* tokens;
  const int32_t* parent;
  const int32_t* offsets;
  const float* uniforms;  // [requests, positions]
  int32_t* path;          // [requests, positions]
  int32_t* accepted;
  int32_t* bonus;
  const float* max;    // [rows, chunks], `rows` only
  const double* sum;
  int64_t positions;
  int64_t vocab;
  int64_t chunks;
};

/** Stats of one row's chunks, wherever they lie. */
struct Stats {
  const float* max;
  const double* sum;
  BL_DEVICE draw::ChunkStat operator()(int64_t chunk) const { return {max[chunk], sum[chunk]}; }
};

/** Draws a token at a row; every thread gets it. `token`: shared. */
template <class T, bool Whole, bool Stored>
BL_DEVICE int64_t drawAt(const Params<T>& p, int64_t row, float uniform, double* sums,
                         float* maxima, int* token) {
  const draw::SoftmaxChunk<T, Whole> source = {p.logits + row * p.vocab, p.vocab};
  Stats stats = {maxima, sums};
  if constexpr (Stored) {
    stats = {p.max + row * p.chunks, p.sum + row * p.chunks};
  } else {
    for (int64_t c = warpId(); c < p.chunks; c += kWarps) {
      const draw::ChunkStat stat = draw::chunkStat(source, c);
      if (laneId() == 0) {
        maxima[c] = stat.max;
        sums[c] = stat.sum;
      }
    }
    __syncthreads();
  }
  if (warpId() == 0) {
    const int64_t drawn = draw::drawToken(source, p.chunks, uniform, stats);
    if (laneId() == 0) *token = static_cast<int>(drawn);
  }
  __syncthreads();
  return *token;
}

/** First child of `row` with this token inside its tree, kNone without one. `child`: shared, kNone
 * when this is called. */
template <class T>
BL_DEVICE int childWith(const Params<T>& p, int64_t first, int rows, int row, int64_t token,
                        int* child) {
  int mine = kNone;
  for (int t = row + 1 + static_cast<int>(threadIdx.x); t < rows; t += kThreads) {
    if (p.parent[first + t] != row || p.tokens[first + t] != token) continue;
    mine = t;
    break;
  }
  if (mine != kNone) atomicMin(child, mine);
  __syncthreads();
  return *child;
}

template <class T, bool Whole, bool Stored>
__global__ void __launch_bounds__(kThreads, 2) walk(Params<T> p) {
  BEAMLINE_SHARED(double, sums);
  BEAMLINE_SHARED_ARRAY(int, token, 1);
  BEAMLINE_SHARED_ARRAY(int, child, 2);
  float* maxima = reinterpret_cast<float*>(sums + p.chunks);
  if constexpr (Stored) gridDependencyWait();
  const int64_t request = blockIdx.x;
  const int64_t first = p.offsets[request];
  const int rows = static_cast<int>(p.offsets[request + 1] - first);
  int32_t* path = p.path + request * p.positions;
  int length = 0;  // rows of the path
  int64_t last = -1;
  for (int row = 0; rows > 0 && length < p.positions;) {
    if (threadIdx.x == 0) {
      path[length] = row;
      child[length & 1] = kNone;
    }
    const float uniform = p.uniforms[request * p.positions + length];
    last = drawAt<T, Whole, Stored>(p, first + row, uniform, sums, maxima, token);
    ++length;
    if (length == p.positions) break;
    row = childWith(p, first, rows, row, last, child + ((length - 1) & 1));
    if (row == kNone) break;
  }
  for (int64_t j = length + threadIdx.x; j < p.positions; j += kThreads) path[j] = -1;
  if (threadIdx.x != 0) return;
  p.accepted[request] = length > 0 ? length - 1 : 0;
  p.bonus[request] = static_cast<int32_t>(last);
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 5, 3, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0), vocab = extent(in[0], 1);
  const int64_t requests = extent(in[4], 0), positions = extent(in[4], 1);
  BL_TRY(expectTensor("logits", in[0], in[0].dtype, {rows, vocab}));
  BL_TRY(expectTensor("tokens", in[1], BL_I32, {rows}));
  BL_TRY(expectTensor("parent", in[2], BL_I32, {rows}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("uniforms", in[4], BL_F32, {requests, positions}));
  BL_TRY(expectTensor("path", out[0], BL_I32, {requests, positions}));
  BL_TRY(expectTensor("accepted", out[1], BL_I32, {requests}));
  return expectTensor("bonus", out[2], BL_I32, {requests});
}

/** Few rows: all of them at once take less than a walk of some rows by few blocks. */
inline bool usesStored(const bl_call* call) {
  if (!isVariant(call, "")) return isVariant(call, "rows");
  return extent(call->inputs[0], 0) <= 2 * multiprocessorCount();
}

inline int64_t workspaceBytes(const bl_call* call) {
  const bl_tensor& logits = call->inputs[0];
  if (!usesStored(call)) return 0;
  return extent(logits, 0) * draw::chunksOf(extent(logits, 1)) * (sizeof(double) + sizeof(float));
}

template <class T>
int32_t run(const bl_call* call) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0);
  Params<T> p = {};
  p.logits = data<const T>(in[0]);
  p.tokens = data<const int32_t>(in[1]);
  p.parent = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.uniforms = data<const float>(in[4]);
  p.path = data<int32_t>(out[0]);
  p.accepted = data<int32_t>(out[1]);
  p.bonus = data<int32_t>(out[2]);
  p.positions = extent(in[4], 1);
  p.vocab = extent(in[0], 1);
  p.chunks = draw::chunksOf(p.vocab);
  const bool whole = wholeVectors<T>(p.vocab, p.logits);
  const int64_t requests = extent(in[4], 0);
  const dim3 grid(static_cast<unsigned>(requests));
  if (usesStored(call)) {
    double* sum = static_cast<double*>(call->workspace);
    float* max = reinterpret_cast<float*>(sum + rows * p.chunks);
    p.sum = sum;
    p.max = max;
    BL_TRY(draw::launchStats<T>(
        call, {p.logits, p.offsets, max, sum, requests, p.vocab, p.chunks, 0}, rows, whole));
    return dispatchBool(whole, [&]<bool Whole>() {
      return BEAMLINE_LAUNCH_DEPENDENT((walk<T, Whole, true>), grid, dim3(kThreads), 0,
                                       call->stream, p);
    });
  }
  const size_t shared = static_cast<size_t>(p.chunks) * (sizeof(double) + sizeof(float));
  return dispatchBool(whole, [&]<bool Whole>() {
    return BEAMLINE_LAUNCH((walk<T, Whole, false>), grid, dim3(kThreads), shared, call->stream, p);
  });
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (!isVariant(call, "") && !isVariant(call, "walk") && !isVariant(call, "rows")) {
    return refuse(BL_UNKNOWN, "verify_exact: no variant '%s'", variantOf(call));
  }
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "verify_exact: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  return dispatchFloat(call->inputs[0].dtype, [&]<class T>() { return run<T>(call); });
}

}  // namespace bl::verify_exact
