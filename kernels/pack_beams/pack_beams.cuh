// Packs the beams of all requests into token trees, with the trees' mask words when asked for.
//
//   single   one block does it all: a warp per request, 32 at a time. For the batches of decoding
//            this is one launch and a few hundred instructions deep.
//   split    a first launch measures the trees, a second one adds the lengths up and writes. For
//            many requests, or more than 32 beams.
#pragma once

#include "tree.cuh"

namespace bl::pack_beams {

constexpr int kMaxWarps = 32;
constexpr int kSplitWarps = 4;

BL_DEVICE int64_t beamOffset(const Params& p, int64_t request) {
  return request * p.width * p.positions;
}

static __global__ void __launch_bounds__(kMaxWarps * kWarp, 1) packSingle(Params p) {
  BEAMLINE_SHARED_ARRAY(int, totals, kMaxWarps);
  const int warps = static_cast<int>(blockDim.x) / kWarp;
  int64_t base = 0;
  for (int64_t first = 0; first < p.requests; first += warps) {
    const int64_t request = first + warpId();
    const int32_t* beams = p.beams + beamOffset(p, request);
    const bool inside = request < p.requests;
    Suffix suffix = {0, 0};
    const int total = inside ? measureWarp(p, beams, suffix) : 0;
    if (laneId() == 0) totals[warpId()] = total;
    __syncthreads();
    const int upTo = warpInclusiveSum(laneId() < warps ? totals[laneId()] : 0);
    const int64_t own = base + __shfl_sync(kFullMask, upTo, warpId()) - total;
    base += __shfl_sync(kFullMask, upTo, kWarp - 1);
    __syncthreads();
    if (!inside) continue;
    if (laneId() == 0) {
      p.lengths[request] = total;
      p.offsets[request] = static_cast<int32_t>(own);
    }
    fillWarp(p, beams, p.unpack + beamOffset(p, request), own, suffix);
  }
  if (threadIdx.x == 0) p.offsets[p.requests] = static_cast<int32_t>(base);
}

static __global__ void __launch_bounds__(kWideThreads, 4) packSingleWide(Params p) {
  BEAMLINE_SHARED_ARRAY(Wide, wide, 1);
  int64_t base = 0;
  for (int64_t request = 0; request < p.requests; ++request) {
    const int32_t* beams = p.beams + beamOffset(p, request);
    const int total = measureWide(p, beams, wide[0]);
    if (threadIdx.x == 0) {
      p.lengths[request] = total;
      p.offsets[request] = static_cast<int32_t>(base);
    }
    fillWide(p, beams, p.unpack + beamOffset(p, request), base, wide[0]);
    base += total;
  }
  if (threadIdx.x == 0) p.offsets[p.requests] = static_cast<int32_t>(base);
}

static __global__ void __launch_bounds__(kSplitWarps * kWarp) measureTrees(Params p) {
  const int64_t request = static_cast<int64_t>(blockIdx.x) * kSplitWarps + warpId();
  if (request >= p.requests) return;
  Suffix suffix;
  const int total = measureWarp(p, p.beams + beamOffset(p, request), suffix);
  if (laneId() == 0) p.lengths[request] = total;
}

static __global__ void __launch_bounds__(kWideThreads, 4) measureTreesWide(Params p) {
  BEAMLINE_SHARED_ARRAY(Wide, wide, 1);
  const int64_t request = blockIdx.x;
  const int total = measureWide(p, p.beams + beamOffset(p, request), wide[0]);
  if (threadIdx.x == 0) p.lengths[request] = total;
}

BL_DEVICE void writeOffsets(const Params& p, int64_t request, int base) {
  p.offsets[request] = base;
  if (request + 1 == p.requests) p.offsets[p.requests] = base + p.lengths[request];
}

static __global__ void __launch_bounds__(kSplitWarps * kWarp) fillTrees(Params p) {
  gridDependencyWait();
  const int64_t request = static_cast<int64_t>(blockIdx.x) * kSplitWarps + warpId();
  if (request >= p.requests) return;
  int before = 0;
  for (int64_t b = laneId(); b < request; b += kWarp) before += p.lengths[b];
  before = warpSum(before);
  if (laneId() == 0) writeOffsets(p, request, before);
  Suffix suffix;
  const int32_t* beams = p.beams + beamOffset(p, request);
  measureWarp(p, beams, suffix);
  fillWarp(p, beams, p.unpack + beamOffset(p, request), before, suffix);
}

static __global__ void __launch_bounds__(kWideThreads, 4) fillTreesWide(Params p) {
  BEAMLINE_SHARED_ARRAY(Wide, wide, 1);
  gridDependencyWait();
  const int64_t request = blockIdx.x;
  int before = 0;
  for (int64_t b = threadIdx.x; b < request; b += kWideThreads) before += p.lengths[b];
  before = blockReduce<kWideThreads>(before, Add(), wide[0].scratch);
  if (threadIdx.x == 0) writeOffsets(p, request, before);
  const int32_t* beams = p.beams + beamOffset(p, request);
  measureWide(p, beams, wide[0]);
  fillWide(p, beams, p.unpack + beamOffset(p, request), before, wide[0]);
}

inline int32_t launchSingle(const bl_call* call, const Params& p) {
  if (p.width > kWarp) {
    return BEAMLINE_LAUNCH(packSingleWide, dim3(1), dim3(kWideThreads), 0, call->stream, p);
  }
  const int64_t warps = p.requests < kMaxWarps ? p.requests : kMaxWarps;
  const dim3 block(static_cast<unsigned>(warps < 1 ? kWarp : warps * kWarp));
  return BEAMLINE_LAUNCH(packSingle, dim3(1), block, 0, call->stream, p);
}

inline int32_t launchSplit(const bl_call* call, const Params& p) {
  if (p.width > kWarp) {
    const dim3 grid(static_cast<unsigned>(p.requests));
    const dim3 block(kWideThreads);
    BL_TRY(BEAMLINE_LAUNCH(measureTreesWide, grid, block, 0, call->stream, p));
    return BEAMLINE_LAUNCH_DEPENDENT(fillTreesWide, grid, block, 0, call->stream, p);
  }
  const dim3 grid(static_cast<unsigned>(ceilDiv(p.requests, kSplitWarps)));
  const dim3 block(kSplitWarps * kWarp);
  BL_TRY(BEAMLINE_LAUNCH(measureTrees, grid, block, 0, call->stream, p));
  return BEAMLINE_LAUNCH_DEPENDENT(fillTrees, grid, block, 0, call->stream, p);
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 1, 7, 1));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[0], 0), width = extent(in[0], 1), positions = extent(in[0], 2);
  const int64_t rows = extent(out[0], 0);
  const int64_t stride = ceilDiv(static_cast<int64_t>(call->attributes[0]), 32);
  BL_TRY(expectTensor("beams", in[0], BL_I32, {requests, width, positions}));
  BL_TRY(expectTensor("packed", out[0], BL_I32, {rows}));
  BL_TRY(expectTensor("depth", out[1], BL_I32, {rows}));
  BL_TRY(expectTensor("parent", out[2], BL_I32, {rows}));
  BL_TRY(expectTensor("unpack", out[3], BL_I32, {requests, width, positions}));
  BL_TRY(expectTensor("lengths", out[4], BL_I32, {requests}));
  BL_TRY(expectTensor("offsets", out[5], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("words", out[6], BL_U32, {rows, stride}));
  if (width <= kMaxBeams) return BL_OK;
  return refuse(BL_UNSUPPORTED, "pack_beams: at most %d beams", kMaxBeams);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p;
  p.beams = data<const int32_t>(in[0]);
  p.packed = data<int32_t>(out[0]);
  p.depth = data<int32_t>(out[1]);
  p.parent = data<int32_t>(out[2]);
  p.unpack = data<int32_t>(out[3]);
  p.lengths = data<int32_t>(out[4]);
  p.offsets = data<int32_t>(out[5]);
  p.words = data<uint32_t>(out[6]);
  p.requests = extent(in[0], 0);
  p.width = static_cast<int>(extent(in[0], 1));
  p.positions = static_cast<int>(extent(in[0], 2));
  p.capacity = extent(out[0], 0);
  p.stride = static_cast<int>(extent(out[6], 1));
  if (isVariant(call, "single") || p.requests == 0) return launchSingle(call, p);
  if (isVariant(call, "split")) return launchSplit(call, p);
  if (!isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "pack_beams: no variant '%s'", variantOf(call));
  }
  const bool single = p.width <= kWarp ? p.requests <= 4 * kMaxWarps : p.requests == 1;
  return single ? launchSingle(call, p) : launchSplit(call, p);
}

}  // namespace bl::pack_beams
