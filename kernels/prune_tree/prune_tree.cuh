// Cuts all trees of a batch to one budget of nodes: the most probable ones, roots always.
//
//   block   one block selects, counts and re-packs, in one launch
//   split   one block selects and counts; a second launch re-packs, a warp per request
//
// Key of a node: (survival, lower row first), roots above all; all keys differ, so that bisection
// (../lib/cuda/select.cuh) ends with exactly as many nodes as are kept. Workspace: for every row
// how many rows before it are kept, which says where a row goes, and where its parent went.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/select.cuh"

namespace bl::prune_tree {

constexpr int kThreads = 512;
constexpr int kPerThread = 8;  // keys that stay in registers, for up to 4096 nodes
constexpr int kScatterThreads = 128;
constexpr int kRowBits = 24;
constexpr int64_t kMaxRows = int64_t{1} << kRowBits;

struct Params {
  const float* survival;
  const int32_t* parent;
  const int32_t* tokens;
  const int32_t* offsets;
  const int32_t* budget;
  int32_t* nodes;
  int32_t* parentOut;
  int32_t* depthOut;
  int32_t* tokensOut;
  int32_t* lengths;
  int32_t* offsetsOut;
  int32_t* keptBefore;  // [rows + 1], workspace
  int64_t requests;
  int64_t room;      // tree rows that the inputs have room for
  int64_t capacity;  // rows that the outputs have room for
};

BL_DEVICE uint64_t keyOf(const Params& p, int row, int rows) {
  const uint32_t value = p.parent[row] < 0 ? 0xffffffffu : orderedKey(p.survival[row]);
  return static_cast<uint64_t>(value) << kRowBits | static_cast<uint64_t>(rows - 1 - row);
}

/** The least key that is kept. Whole block of kThreads. */
template <bool InRegisters>
BL_DEVICE uint64_t leastKept(const Params& p, int rows, int* scratch) {
  const int thread = static_cast<int>(threadIdx.x);
  uint64_t keys[InRegisters ? kPerThread : 1];
  int roots = 0;
  for (int row = thread; row < rows; row += kThreads) roots += p.parent[row] < 0 ? 1 : 0;
  roots = blockReduce<kThreads>(roots, Add(), scratch);
  const int wanted = max(p.budget[0], roots);
  if (wanted >= rows) return 0;
  if (wanted == 0) return ~uint64_t{0};
  if constexpr (InRegisters) {
#pragma unroll
    for (int i = 0; i < kPerThread; ++i) {
      const int row = thread + i * kThreads;
      keys[i] = row < rows ? keyOf(p, row, rows) : 0;
    }
  }
  const auto countFrom = [&](uint64_t bound) {
    int found = 0;
    if constexpr (InRegisters) {
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) {
        found += thread + i * kThreads < rows && keys[i] >= bound ? 1 : 0;
      }
    } else {
      for (int row = thread; row < rows; row += kThreads) {
        found += keyOf(p, row, rows) >= bound ? 1 : 0;
      }
    }
    return found;
  };
  constexpr uint64_t kHighest = (uint64_t{1} << (32 + kRowBits)) - 1;
  return blockThreshold<kThreads>(wanted, 0, uint64_t{0}, kHighest, countFrom, scratch);
}

/** Counts the kept rows before every row, then lengths and offsets. Ends behind a barrier. */
BL_DEVICE void countKept(const Params& p, int rows, uint64_t least, int* scratch) {
  int before = 0;
  for (int first = 0; first < rows; first += kThreads) {
    const int row = first + static_cast<int>(threadIdx.x);
    const int kept = row < rows && keyOf(p, row, rows) >= least ? 1 : 0;
    int tile = 0;
    const int own = blockExclusiveSum<kThreads>(kept, scratch, tile);
    if (row < rows) p.keptBefore[row] = before + own;
    before += tile;
  }
  if (threadIdx.x == 0) p.keptBefore[rows] = before;
  __syncthreads();
  for (int64_t b = threadIdx.x; b <= p.requests; b += kThreads) {
    const int start = p.keptBefore[min(p.offsets[b], rows)];
    p.offsetsOut[b] = start;
    if (b < p.requests) p.lengths[b] = p.keptBefore[min(p.offsets[b + 1], rows)] - start;
  }
}

/** Re-packs one request's kept rows. Whole warp. */
BL_DEVICE void repack(const Params& p, int64_t request) {
  const int64_t first = p.offsets[request];
  const int64_t end = min(static_cast<int64_t>(p.offsets[request + 1]), p.room);
  if (first >= end) return;
  const int32_t start = p.keptBefore[first];
  for (int64_t row = first + laneId(); row < end; row += kWarp) {
    const int32_t to = p.keptBefore[row];
    if (p.keptBefore[row + 1] == to || to >= p.capacity) continue;
    const int32_t parent = p.parent[row];
    int depth = 0;
    for (int32_t above = parent; above >= 0; above = p.parent[first + above]) ++depth;
    p.nodes[to] = static_cast<int32_t>(row);
    p.parentOut[to] = parent < 0 ? -1 : p.keptBefore[first + parent] - start;
    p.depthOut[to] = depth;
    p.tokensOut[to] = p.tokens[row];
  }
}

template <bool InRegisters, bool Repacks>
__global__ void __launch_bounds__(kThreads, 1) select(Params p) {
  BEAMLINE_SHARED_ARRAY(int, scratch, 2 * kThreads / kWarp);
  const int rows = static_cast<int>(min(static_cast<int64_t>(p.offsets[p.requests]), p.room));
  const uint64_t least = leastKept<InRegisters>(p, rows, scratch);
  countKept(p, rows, least, scratch);
  if constexpr (Repacks) {
    for (int64_t b = warpId(); b < p.requests; b += kThreads / kWarp) repack(p, b);
  }
}

static __global__ void __launch_bounds__(kScatterThreads) scatter(Params p) {
  gridDependencyWait();
  const int64_t request =
      static_cast<int64_t>(blockIdx.x) * (kScatterThreads / kWarp) + warpId();
  if (request < p.requests) repack(p, request);
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 5, 6, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0), kept = extent(out[0], 0);
  const int64_t requests = extent(out[4], 0);
  BL_TRY(expectTensor("survival", in[0], BL_F32, {rows}));
  BL_TRY(expectTensor("parent", in[1], BL_I32, {rows}));
  BL_TRY(expectTensor("packed", in[2], BL_I32, {rows}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectScalar("budget", in[4], BL_I32));
  BL_TRY(expectTensor("nodes", out[0], BL_I32, {kept}));
  BL_TRY(expectTensor("parent", out[1], BL_I32, {kept}));
  BL_TRY(expectTensor("depth", out[2], BL_I32, {kept}));
  BL_TRY(expectTensor("packed", out[3], BL_I32, {kept}));
  BL_TRY(expectTensor("lengths", out[4], BL_I32, {requests}));
  BL_TRY(expectTensor("offsets", out[5], BL_I32, {requests + 1}));
  if (rows < kMaxRows) return BL_OK;
  return refuse(BL_UNSUPPORTED, "prune_tree: at most %lld rows", static_cast<long long>(kMaxRows));
}

inline int64_t workspaceBytes(const bl_call* call) {
  return (extent(call->inputs[0], 0) + 1) * static_cast<int64_t>(sizeof(int32_t));
}

inline Params paramsOf(const bl_call* call) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p;
  p.survival = data<const float>(in[0]);
  p.parent = data<const int32_t>(in[1]);
  p.tokens = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.budget = data<const int32_t>(in[4]);
  p.nodes = data<int32_t>(out[0]);
  p.parentOut = data<int32_t>(out[1]);
  p.depthOut = data<int32_t>(out[2]);
  p.tokensOut = data<int32_t>(out[3]);
  p.lengths = data<int32_t>(out[4]);
  p.offsetsOut = data<int32_t>(out[5]);
  p.keptBefore = static_cast<int32_t*>(call->workspace);
  p.requests = extent(out[4], 0);
  p.room = extent(in[0], 0);
  p.capacity = extent(out[0], 0);
  return p;
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "prune_tree: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  const Params p = paramsOf(call);
  const bool inRegisters = p.room <= kThreads * kPerThread;
  bool splits = !inRegisters;
  if (isVariant(call, "block")) {
    splits = false;
  } else if (isVariant(call, "split")) {
    splits = true;
  } else if (!isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "prune_tree: no variant '%s'", variantOf(call));
  }
  BL_TRY(dispatchBool(inRegisters, [&]<bool InRegisters>() {
    return dispatchBool(!splits, [&]<bool Repacks>() {
      return BEAMLINE_LAUNCH((select<InRegisters, Repacks>), dim3(1), dim3(kThreads), 0,
                             call->stream, p);
    });
  }));
  if (!splits) return BL_OK;
  const dim3 grid(static_cast<unsigned>(ceilDiv(p.requests, kScatterThreads / kWarp)));
  return BEAMLINE_LAUNCH_DEPENDENT(scatter, grid, dim3(kScatterThreads), 0, call->stream, p);
}

}  // namespace bl::prune_tree
