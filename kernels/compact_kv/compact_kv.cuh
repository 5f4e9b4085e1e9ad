// Moves the accepted path's K and V behind the prefix, in all layers, in one launch.
//
// A thread owns a column of a KV row (16 bytes of heads x head size) and moves it for j = 1..a in
// order: sources never stand before their targets, so nothing that is still to be read is written
// over, and no thread needs another. Loads of several j are under way at once; within such a batch
// all are read before the first is written. A position that is in place already (beam 0, or the
// part of a path that it shares with beam 0) costs nothing.
#pragma once

#include "../lib/cuda/row.cuh"

namespace bl::compact_kv {

constexpr int kThreads = 128;
constexpr int kAtOnce = 4;       // positions under way per thread
constexpr int kMaxDepth = 1024;  // positions of a path that fit in shared memory

struct Params {
  unsigned char* pages;  // [layers, pages, 2, tokensPerBlock, row]
  const int32_t* pageTable;
  const int32_t* kvLengths;
  const int32_t* offsets;
  const int32_t* path;
  const int32_t* accepted;
  unsigned layers;
  int64_t pageCount;
  int tokensPerBlock;
  int64_t rowBytes;
  int64_t maxPages;
  int depth;            // draftLength + 1
  unsigned columnBlocks;  // blocks of columns per row
};

/** Where the row of a position starts inside a layer's K, in rows. */
BL_DEVICE int64_t rowOf(const Params& p, int64_t request, int position) {
  const int64_t page = p.pageTable[request * p.maxPages + position / p.tokensPerBlock];
  return page * 2 * p.tokensPerBlock + position % p.tokensPerBlock;
}

/** Lists the moves of a request in order; returns how many. */
BL_DEVICE int listMoves(const Params& p, int64_t request, int64_t* from, int64_t* to) {
  const int rows = p.offsets[request + 1] - p.offsets[request];
  const int prefix = p.kvLengths[request] - rows;
  const int accepted = rows > 0 ? min(p.accepted[request], p.depth - 1) : 0;
  const int32_t* path = p.path + request * p.depth;
  // The rows of a path rise, so that once one is out of place all that follow are.
  int inPlace = 1;
  for (int j = 1; j <= accepted && path[j] == j; ++j) inPlace = j + 1;
  const int moves = accepted - inPlace + 1;
  for (int i = static_cast<int>(threadIdx.x); i < moves; i += kThreads) {
    from[i] = rowOf(p, request, prefix + path[inPlace + i]);
    to[i] = rowOf(p, request, prefix + inPlace + i);
  }
  return moves > 0 ? moves : 0;
}

template <class Unit>
__global__ void __launch_bounds__(kThreads) compact(Params p) {
  BEAMLINE_SHARED_ARRAY(int64_t, from, kMaxDepth);
  BEAMLINE_SHARED_ARRAY(int64_t, to, kMaxDepth);
  unsigned block = blockIdx.x;
  const int64_t columnBlock = block % p.columnBlocks;
  block /= p.columnBlocks;
  const int64_t half = block % 2;  // 0: K, 1: V
  block /= 2;
  const int64_t layer = block % p.layers;
  const int64_t request = block / p.layers;
  const int moves = listMoves(p, request, from, to);
  if (moves == 0) return;
  __syncthreads();
  const int64_t units = p.rowBytes / static_cast<int64_t>(sizeof(Unit));
  const int64_t column = columnBlock * kThreads + threadIdx.x;
  if (column >= units) return;
  Unit* base = reinterpret_cast<Unit*>(p.pages) + column +
               (layer * p.pageCount * 2 + half) * p.tokensPerBlock * units;
  for (int j = 0; j < moves; j += kAtOnce) {
    Unit value[kAtOnce];
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      if (j + i < moves) value[i] = base[from[j + i] * units];
    }
#pragma unroll
    for (int i = 0; i < kAtOnce; ++i) {
      if (j + i < moves) base[to[j + i] * units] = value[i];
    }
  }
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 6, 1, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[2], 0);
  const int64_t shape[6] = {extent(in[0], 0), extent(in[0], 1), 2,
                            extent(in[0], 3), extent(in[0], 4), extent(in[0], 5)};
  BL_TRY(expectTensor("pages", in[0], in[0].dtype, shape));
  BL_TRY(expectTensor("page_table", in[1], BL_I32, {requests, extent(in[1], 1)}));
  BL_TRY(expectTensor("kv_lengths", in[2], BL_I32, {requests}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("path", in[4], BL_I32, {requests, extent(in[4], 1)}));
  BL_TRY(expectTensor("accepted", in[5], BL_I32, {requests}));
  BL_TRY(expectTensor("pages", out[0], in[0].dtype, shape));
  if (extent(in[4], 1) > kMaxDepth) {
    return refuse(BL_UNSUPPORTED, "path: at most %d positions", kMaxDepth);
  }
  return BL_OK;
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

template <class Unit>
int32_t run(const bl_call* call, Params p) {
  const int64_t units = p.rowBytes / static_cast<int64_t>(sizeof(Unit));
  const int64_t columnBlocks = ceilDiv(units, kThreads);
  p.columnBlocks = static_cast<unsigned>(columnBlocks);
  const int64_t blocks = columnBlocks * 2 * p.layers * extent(call->inputs[2], 0);
  if (blocks > 0x7fffffff) {
    return refuse(BL_UNSUPPORTED, "compact_kv: %lld blocks", static_cast<long long>(blocks));
  }
  const dim3 grid(static_cast<unsigned>(blocks));
  return BEAMLINE_LAUNCH((compact<Unit>), grid, dim3(kThreads), 0, call->stream, p);
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (!isVariant(call, "") && !isVariant(call, "columns")) {
    return refuse(BL_UNKNOWN, "compact_kv: no variant '%s'", variantOf(call));
  }
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p;
  p.pages = data<unsigned char>(out[0]);
  p.pageTable = data<const int32_t>(in[1]);
  p.kvLengths = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.path = data<const int32_t>(in[4]);
  p.accepted = data<const int32_t>(in[5]);
  p.layers = static_cast<unsigned>(extent(in[0], 0));
  p.pageCount = extent(in[0], 1);
  p.tokensPerBlock = static_cast<int>(extent(in[0], 3));
  p.rowBytes = extent(in[0], 4) * extent(in[0], 5) * elementBytes(in[0].dtype);
  p.maxPages = extent(in[1], 1);
  p.depth = static_cast<int>(extent(in[4], 1));
  if (elementCount(in[0]) == 0 || extent(in[2], 0) == 0 || p.maxPages == 0 || p.depth == 0) {
    return BL_OK;
  }
  return dispatchUnit(p.pages, p.pages, p.rowBytes,
                      [&]<class Unit>() { return run<Unit>(call, p); });
}

}  // namespace bl::compact_kv
