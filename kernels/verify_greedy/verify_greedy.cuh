// Greedy verification in two launches: the argmax of every tree row, then the longest beam of every
// request.
//
// The first launch cuts a row into `splits` parts, one block each, so that few rows still fill the
// device; an argmax is exact, so the parts may be any. The second needs all parts of the rows that
// beams point at: a block per request takes the best of each row's parts, and its threads walk one
// beam each.
//
// Workspace: one ranked key (value, then lower token) per row and part.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/warp.cuh"

namespace bl::verify_greedy {

constexpr int kThreads = 256;
constexpr int kVectorsAtOnce = 4;
constexpr int kPathThreads = 128;

struct Shape {
  int64_t requests;
  int64_t beams;
  int64_t positions;  // draftLength + 1
  int64_t rows;       // room for tree rows; offsets[requests] of them are real
  int64_t vocab;
  int64_t partSize;  // tokens per part, a multiple of a block's stride
  unsigned splits;
};

template <class T>
struct ArgmaxParams {
  const T* logits;
  const int32_t* offsets;
  uint64_t* best;  // [rows, splits]
  Shape shape;
};

/** The best so far of a thread that walks its tokens upwards: later equals do not win. */
struct Best {
  float value;
  uint32_t token;
};

template <class T>
BL_DEVICE void take(Best& best, const float (&v)[kVectorSize<T>], int64_t at) {
  float most = v[0];
#pragma unroll
  for (int i = 1; i < kVectorSize<T>; ++i) most = fmaxf(most, v[i]);
  if (!(most > best.value)) return;
  best.value = most;
#pragma unroll
  for (int i = kVectorSize<T> - 1; i >= 0; --i) {
    if (v[i] == most) best.token = static_cast<uint32_t>(at + i);
  }
}

template <class T, bool Whole>
__global__ void __launch_bounds__(kThreads) argmax(ArgmaxParams<T> p) {
  BEAMLINE_SHARED_ARRAY(uint64_t, scratch, kThreads / kWarp);
  constexpr int kSize = kVectorSize<T>;
  const int64_t row = blockIdx.x / p.shape.splits;
  const int64_t part = blockIdx.x % p.shape.splits;
  if (row >= p.offsets[p.shape.requests]) return;
  const T* logits = p.logits + row * p.shape.vocab;
  const int64_t first = part * p.shape.partSize;
  const int64_t end = min(p.shape.vocab, first + p.shape.partSize);
  // Nothing seen yet: loses to every number, and wins token 0 among rows of -infinity.
  Best best = {-kInfinity, 0};
  constexpr int64_t kStride = static_cast<int64_t>(kThreads) * kSize;
  for (int64_t at = first + threadIdx.x * kSize; at < end; at += kStride * kVectorsAtOnce) {
    float v[kVectorsAtOnce][kSize];
#pragma unroll
    for (int i = 0; i < kVectorsAtOnce; ++i) {
      loadVector<T, Whole>(logits, at + i * kStride, end, -kInfinity, v[i]);
    }
#pragma unroll
    for (int i = 0; i < kVectorsAtOnce; ++i) take<T>(best, v[i], at + i * kStride);
  }
  const uint64_t key = blockReduce<kThreads>(rankedKey(best.value, best.token), Max(), scratch);
  if (threadIdx.x == 0) p.best[row * p.shape.splits + part] = key;
}

struct PathParams {
  const int32_t* tokens;
  const int32_t* unpack;
  const int32_t* offsets;
  const uint64_t* best;
  int32_t* beam;
  int32_t* accepted;
  int32_t* bonus;
  Shape shape;
};

BL_DEVICE int32_t targetOf(const PathParams& p, int64_t row) {
  if (p.shape.vocab == 0) return -1;
  uint64_t key = 0;
  for (unsigned part = 0; part < p.shape.splits; ++part) {
    const uint64_t other = p.best[row * p.shape.splits + part];
    key = other > key ? other : key;
  }
  return static_cast<int32_t>(indexOfRanked(key));
}

__global__ static void __launch_bounds__(kPathThreads) longestPath(PathParams p) {
  BEAMLINE_SHARED_ARRAY(int64_t, scratch, kPathThreads / kWarp);
  gridDependencyWait();
  const int64_t request = blockIdx.x;
  const int64_t first = p.offsets[request];
  const bool empty = p.offsets[request + 1] <= first;
  const int64_t beams = empty ? 0 : p.shape.beams;
  const int32_t* unpack = p.unpack + request * p.shape.beams * p.shape.positions;
  // Most tokens first, then the lowest beam.
  int64_t mine = p.shape.beams;
  for (int64_t beam = threadIdx.x; beam < beams; beam += kPathThreads) {
    const int32_t* rows = unpack + beam * p.shape.positions;
    int64_t length = 0;
    while (length + 1 < p.shape.positions &&
           p.tokens[first + rows[length + 1]] == targetOf(p, first + rows[length])) {
      ++length;
    }
    const int64_t key = length << 32 | (p.shape.beams - beam);
    mine = key > mine ? key : mine;
  }
  const int64_t key = blockReduce<kPathThreads>(mine, Max(), scratch);
  if (threadIdx.x != 0) return;
  const int64_t length = key >> 32;
  const int64_t beam = p.shape.beams - (key & 0xffffffff);
  const int64_t last = length > 0 ? unpack[beam * p.shape.positions + length] : 0;
  p.beam[request] = static_cast<int32_t>(beam);
  p.accepted[request] = static_cast<int32_t>(length);
  p.bonus[request] = empty ? -1 : targetOf(p, first + last);
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 4, 3, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0), vocab = extent(in[0], 1);
  const int64_t requests = extent(in[2], 0), beams = extent(in[2], 1);
  BL_TRY(expectTensor("logits", in[0], in[0].dtype, {rows, vocab}));
  BL_TRY(expectTensor("tokens", in[1], BL_I32, {rows}));
  BL_TRY(expectTensor("unpack", in[2], BL_I32, {requests, beams, extent(in[2], 2)}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("beam", out[0], BL_I32, {requests}));
  BL_TRY(expectTensor("accepted", out[1], BL_I32, {requests}));
  return expectTensor("bonus", out[2], BL_I32, {requests});
}

/** `row`: a block per row; `split`: parts of at least 4 strides until twice the device is busy. */
inline Shape shapeOf(const bl_call* call) {
  const bl_tensor* in = call->inputs;
  Shape s;
  s.requests = extent(in[2], 0);
  s.beams = extent(in[2], 1);
  s.positions = extent(in[2], 2);
  s.rows = extent(in[0], 0);
  s.vocab = extent(in[0], 1);
  const int64_t stride = int64_t{kThreads} * 16 / elementBytes(in[0].dtype);
  const int64_t most = ceilDiv(s.vocab, stride * kVectorsAtOnce);
  int64_t parts = 1;
  if (isVariant(call, "split")) {
    parts = ceilDiv(s.vocab, stride);
    if (parts > 8) parts = 8;
  } else if (isVariant(call, "") && s.rows > 0) {
    parts = 2 * multiprocessorCount() / s.rows;
    if (parts > most) parts = most;
  }
  if (parts < 1) parts = 1;
  s.partSize = ceilDiv(ceilDiv(s.vocab, parts), stride) * stride;
  s.splits = static_cast<unsigned>(s.vocab == 0 ? 1 : ceilDiv(s.vocab, s.partSize));
  return s;
}

inline int64_t workspaceBytes(const bl_call* call) {
  const Shape s = shapeOf(call);
  return s.rows * s.splits * static_cast<int64_t>(sizeof(uint64_t));
}

template <class T>
int32_t launchArgmax(const bl_call* call, const Shape& shape) {
  ArgmaxParams<T> p;
  p.logits = data<const T>(call->inputs[0]);
  p.offsets = data<const int32_t>(call->inputs[3]);
  p.best = static_cast<uint64_t*>(call->workspace);
  p.shape = shape;
  const dim3 grid(static_cast<unsigned>(shape.vocab == 0 ? 0 : shape.rows * shape.splits));
  return dispatchBool(wholeVectors<T>(shape.vocab, p.logits), [&]<bool Whole>() {
    return BEAMLINE_LAUNCH((argmax<T, Whole>), grid, dim3(kThreads), 0, call->stream, p);
  });
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (!isVariant(call, "") && !isVariant(call, "row") && !isVariant(call, "split")) {
    return refuse(BL_UNKNOWN, "verify_greedy: no variant '%s'", variantOf(call));
  }
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "verify_greedy: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const Shape shape = shapeOf(call);
  if (shape.requests == 0) return BL_OK;
  BL_TRY(dispatchFloat(in[0].dtype, [&]<class T>() { return launchArgmax<T>(call, shape); }));
  PathParams p;
  p.tokens = data<const int32_t>(in[1]);
  p.unpack = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.best = static_cast<const uint64_t*>(call->workspace);
  p.beam = data<int32_t>(out[0]);
  p.accepted = data<int32_t>(out[1]);
  p.bonus = data<int32_t>(out[2]);
  p.shape = shape;
  const dim3 grid(static_cast<unsigned>(shape.requests));
  return BEAMLINE_LAUNCH_DEPENDENT(longestPath, grid, dim3(kPathThreads), 0, call->stream, p);
}

}  // namespace bl::verify_greedy
