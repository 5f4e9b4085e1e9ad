// tree_attention: attention of tree rows over paged KV, every past token and inside the tree what
// the mask words show. See README.md for the idea, the bound and the ladder of versions.
//
// Here: reading the call, the workspace, and the choice of a variant. The kernels:
//   schedule.cuh   how a request is cut into items, and the kernel that lays them out
//   simple.cuh     a warp per row; any head size
//   fma.cuh        fp32, shared tiles
//   mma.cuh        fp16 and bf16, tensor cores, keys also in fp8
//   tiles.cuh      keys and values into shared memory; combine.cuh: splits into one result
#pragma once

#include "fma.cuh"
#include "lay_out.cuh"
#include "simple.cuh"

namespace bl::tree_attention {

/** The tensor-core form, compiled in mma_*.cu: its kernels take a compiler longest. */
template <class T, class KV>
int32_t launchMma(const Params& p, dim3 grid, void* stream);

/** The Hopper form, compiled in wgmma.cu. */
template <class T>
int32_t launchWgmma(const Params& p, dim3 grid, void* stream);

/** The Hopper form with TMA, compiled in wgmma_tma.cu; `pages` of the pool, at least one. */
template <class T>
int32_t launchWgmmaTma(const Params& p, int64_t pages, dim3 grid, void* stream);

enum class Kernel { kSimple, kFma, kMma, kWgmma, kWgmmaTma };

/** What a variant's name asks for. */
struct Plan {
  Kernel kernel;
  int tile;    // rows; 0 = by each request's rows
  bool split;
};

struct NamedPlan {
  const char* name;
  Plan plan;
};

constexpr NamedPlan kPlans[] = {
    {"simple", {Kernel::kSimple, 0, false}},
    {"fma_split", {Kernel::kFma, 16, true}},
    {"fma_nosplit", {Kernel::kFma, 16, false}},
    {"mma16_split", {Kernel::kMma, 16, true}},
    {"mma16_nosplit", {Kernel::kMma, 16, false}},
    {"mma32_split", {Kernel::kMma, 32, true}},
    {"mma32_nosplit", {Kernel::kMma, 32, false}},
    {"mma64_split", {Kernel::kMma, 64, true}},
    {"mma64_nosplit", {Kernel::kMma, 64, false}},
    {"mma128_split", {Kernel::kMma, 128, true}},
    {"mma128_nosplit", {Kernel::kMma, 128, false}},
    {"wgmma_split", {Kernel::kWgmma, 64, true}},
    {"wgmma_nosplit", {Kernel::kWgmma, 64, false}},
    {"wgmma_tma_split", {Kernel::kWgmmaTma, 64, true}},
    {"wgmma_tma_nosplit", {Kernel::kWgmmaTma, 64, false}},
};

constexpr int kResidentBlocks = 3;  // per multiprocessor, at D = 128

/** Extents of a call. */
struct Extents {
  int64_t requests, tokens, queryHeads, kvHeads, headDim, tokensPerBlock, pages, maxPages, words;
  int32_t type, kvType;
};

inline Extents extentsOf(const bl_call* call) {
  const bl_tensor* in = call->inputs;
  return {extent(in[3], 0), extent(in[0], 0), extent(in[0], 1), extent(in[1], 3),
          extent(in[0], 2), extent(in[1], 2), extent(in[1], 0), extent(in[2], 1),
          extent(in[5], 1), in[0].dtype,      in[1].dtype};
}

inline bool isCompiled(int64_t headDim) {
  return headDim == 64 || headDim == 80 || headDim == 96 || headDim == 128 || headDim == 256;
}

inline bool takesFma(const Extents& e) {
  return e.type == BL_F32 && e.kvType == BL_F32 && isCompiled(e.headDim);
}

inline bool takesMma(const Extents& e) {
  return (e.type == BL_F16 || e.type == BL_BF16) && (e.kvType == e.type || e.kvType == BL_F8) &&
         isCompiled(e.headDim);
}

/** wgmma is an instruction of sm_90a, and of no later architecture. */
inline bool isHopper() {
#ifdef BEAMLINE_SIMT
  return false;
#else
  int device = 0, major = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return false;
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major == 9;
#endif
}

inline bool takesWgmma(const Extents& e) {
  return takesMma(e) && e.kvType == e.type && (e.headDim == 64 || e.headDim == 128) && isHopper();
}

inline bool takes(const Plan& plan, const Extents& e) {
  switch (plan.kernel) {
    case Kernel::kSimple: return e.headDim <= kSimpleHeadDim;
    case Kernel::kFma: return takesFma(e);
    case Kernel::kMma: return takesMma(e) && !(plan.tile == 128 && e.headDim > 128);
    default: return takesWgmma(e);
  }
}

/** Does no box of TMA reach out of its page? A box starts at a multiple of its rows, and of 8:
 * there the swizzle starts anew. */
inline bool takesBoxes(const Extents& e) {
  const int64_t tokens = e.tokensPerBlock;
  return tokens > 0 && tokens % 8 == 0 && (kSplitUnit % tokens == 0 || tokens % kSplitUnit == 0);
}

/** The plan that the call asks for, or the heuristic's; a bl_status. */
inline int32_t planOf(const bl_call* call, const Extents& e, Plan* plan) {
  if (isVariant(call, "")) {
    *plan = takesMma(e)   ? Plan{Kernel::kMma, 0, true}
            : takesFma(e) ? Plan{Kernel::kFma, 16, true}
                          : Plan{Kernel::kSimple, 0, false};
    return BL_OK;
  }
  for (const NamedPlan& named : kPlans) {
    if (!isVariant(call, named.name)) continue;
    *plan = named.plan;
    if (plan->kernel == Kernel::kWgmmaTma && !takesBoxes(e)) {
      return refuse(BL_UNSUPPORTED,
                    "tree_attention: %s takes pages of 8, 16, 32 or a multiple of 64 tokens, not "
                    "%lld",
                    named.name, static_cast<long long>(e.tokensPerBlock));
    }
    if (takes(*plan, e)) return BL_OK;
    return refuse(BL_UNSUPPORTED,
                  "tree_attention: %s does not take these types, head size %lld or this device",
                  named.name, static_cast<long long>(e.headDim));
  }
  return refuse(BL_UNKNOWN, "tree_attention: no variant '%s'", variantOf(call));
}

/** Parts of the workspace, in bytes from its start. */
struct Workspace {
  int64_t counters, state, partial, bytes;
};

constexpr int64_t kAlignment = 256;
inline int64_t aligned(int64_t bytes) { return ceilDiv(bytes, kAlignment) * kAlignment; }

/** Room for the most that the lengths may come to. A request of r rows has at most maxSplits(r)
 * splits, and r * maxSplits(r) <= 512 or, above 128 rows, 4 * r (times 2 or 4 for few heads). */
inline Workspace workspaceOf(const Extents& e, const Plan& plan) {
  const int64_t group = e.kvHeads > 0 ? e.queryHeads / e.kvHeads : 0;
  const int64_t rows = e.tokens * group;
  const int64_t tile = plan.tile > 0 ? plan.tile : 16;
  const int64_t tiles = ceilDiv(rows, tile) + e.requests;
  int64_t partials = 0;
  if (plan.split && e.maxPages * e.tokensPerBlock > 128) {
    const int heads = static_cast<int>(e.kvHeads);
    partials = min(rows * maxSplits(heads, 1),
                   e.requests * 16 * maxSplits(heads, 16) + rows * maxSplits(heads, 128));
  }
  Workspace w;
  w.counters = aligned((e.requests + 1) * static_cast<int64_t>(sizeof(Entry)));
  w.state = w.counters + aligned(tiles * e.kvHeads * 4);
  w.partial = w.state + aligned(partials * e.kvHeads * 8);
  w.bytes = w.partial + aligned(partials * e.kvHeads * e.headDim * 4);
  return w;
}

inline int64_t workspaceBytes(const bl_call* call) {
  const Extents e = extentsOf(call);
  Plan plan = {};
  if (planOf(call, e, &plan) != BL_OK || plan.kernel == Kernel::kSimple) return 0;
  return workspaceOf(e, plan).bytes;
}

inline int32_t check(const bl_call* call, const Extents& e) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  BL_TRY(expectTensor("q", in[0], e.type, {e.tokens, e.queryHeads, e.headDim}));
  BL_TRY(expectTensor("pages", in[1], e.kvType,
                      {e.pages, 2, e.tokensPerBlock, e.kvHeads, e.headDim}));
  BL_TRY(expectTensor("page_table", in[2], BL_I32, {e.requests, e.maxPages}));
  BL_TRY(expectTensor("kv_lengths", in[3], BL_I32, {e.requests}));
  BL_TRY(expectTensor("offsets", in[4], BL_I32, {e.requests + 1}));
  BL_TRY(expectTensor("words", in[5], BL_U32, {e.tokens, e.words}));
  BL_TRY(expectTensor("o", out[0], e.type, {e.tokens, e.queryHeads, e.headDim}));
  BL_TRY(expectTensor("lse", out[1], BL_F32, {e.tokens, e.queryHeads}));
  if (e.kvHeads == 0 ? e.queryHeads > 0 : e.queryHeads % e.kvHeads != 0) {
    return refuse(BL_INVALID, "q: %lld query heads on %lld KV heads",
                  static_cast<long long>(e.queryHeads), static_cast<long long>(e.kvHeads));
  }
  return BL_OK;
}

inline Params paramsOf(const bl_call* call, const Extents& e, const Plan& plan) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p = {};
  p.q = in[0].data;
  p.pages = in[1].data;
  p.pageTable = data<const int32_t>(in[2]);
  p.kvLengths = data<const int32_t>(in[3]);
  p.offsets = data<const int32_t>(in[4]);
  p.words = data<const uint32_t>(in[5]);
  p.o = out[0].data;
  p.lse = data<float>(out[1]);
  const Workspace w = workspaceOf(e, plan);
  unsigned char* base = static_cast<unsigned char*>(call->workspace);
  p.entries = reinterpret_cast<Entry*>(base);
  p.counters = reinterpret_cast<uint32_t*>(base + w.counters);
  p.state = reinterpret_cast<float2*>(base + w.state);
  p.partial = reinterpret_cast<float*>(base + w.partial);
  p.requests = static_cast<int32_t>(e.requests);
  p.kvHeads = static_cast<int32_t>(e.kvHeads);
  p.group = static_cast<int32_t>(e.queryHeads / e.kvHeads);
  p.headDim = static_cast<int32_t>(e.headDim);
  p.tokensPerBlock = static_cast<int32_t>(e.tokensPerBlock);
  p.maxPages = static_cast<int32_t>(e.maxPages);
  p.wordsPerRow = static_cast<int32_t>(e.words);
  p.forcedTile = plan.tile;
  p.split = plan.split ? 1 : 0;
  const double scale = call->attributes[0];
  const double factor = scale > 0 ? scale : 1 / sqrt(e.headDim > 0 ? e.headDim : 1.0);
  p.scale = static_cast<float>(factor * call->attributes[1] * 1.4426950408889634);
  p.valueScale = static_cast<float>(call->attributes[2]);
  return p;
}

/** Blocks that stay: as many as a multiprocessor holds, and no more than items there may be. */
inline dim3 gridOf(const Extents& e, const Plan& plan) {
  const int64_t rows = e.tokens * (e.queryHeads / e.kvHeads);
  const int64_t tiles = ceilDiv(rows, plan.tile > 0 ? plan.tile : 16) + e.requests;
  const int64_t splits =
      plan.split ? min(static_cast<int64_t>(maxSplits(static_cast<int>(e.kvHeads), 1)),
                       ceilDiv(e.maxPages * e.tokensPerBlock, 128) + 1)
                 : 1;
  const int64_t resident = kResidentBlocks * static_cast<int64_t>(multiprocessorCount());
  return dim3(static_cast<unsigned>(min(tiles * splits * e.kvHeads, resident)));
}

template <class T>
int32_t runSimple(const bl_call* call, const Extents& e, const Params& p) {
  const int64_t rows = e.tokens * e.queryHeads;
  const dim3 grid(static_cast<unsigned>(min(rows, static_cast<int64_t>(65536))));
  const auto run = [&]<class KV>() {
    return BEAMLINE_LAUNCH((attendSimple<T, KV>), grid, dim3(kWarp), 0, call->stream, p);
  };
  if (e.kvType == BL_F8) return run.template operator()<f8>();
  return dispatchFloat(e.kvType, run);
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 6, 2, 5));
  const Extents e = extentsOf(call);
  BL_TRY(check(call, e));
  Plan plan;
  BL_TRY(planOf(call, e, &plan));
  if (e.requests * e.tokens * e.queryHeads == 0) return BL_OK;
  const Params p = paramsOf(call, e, plan);
  if (plan.kernel == Kernel::kSimple) {
    return dispatchFloat(e.type, [&]<class T>() { return runSimple<T>(call, e, p); });
  }
  const int64_t needed = workspaceOf(e, plan).bytes;
  if (call->workspace_bytes < needed) {
    return refuse(BL_NO_WORKSPACE, "tree_attention: %lld bytes of workspace, %lld needed",
                  static_cast<long long>(call->workspace_bytes), static_cast<long long>(needed));
  }
  BL_TRY(BEAMLINE_LAUNCH(layOut, dim3(1), dim3(kScheduleThreads), 0, call->stream, p));
  if (plan.kernel == Kernel::kFma) {
    return dispatchInt<64, 80, 96, 128, 256>("headDim", e.headDim, [&]<int D>() {
      return BEAMLINE_LAUNCH_DEPENDENT((attendFma<D>), gridOf(e, plan), dim3(kThreads),
                                       (FmaMemory<D>::kBytes), call->stream, p);
    });
  }
#ifndef BEAMLINE_SIMT
  // A pool without a page has no tensor map, and no key to load.
  if (plan.kernel == Kernel::kWgmmaTma && e.pages > 0) {
    return e.type == BL_BF16 ? launchWgmmaTma<bf16>(p, e.pages, gridOf(e, plan), call->stream)
                             : launchWgmmaTma<f16>(p, e.pages, gridOf(e, plan), call->stream);
  }
  if (plan.kernel == Kernel::kWgmma || plan.kernel == Kernel::kWgmmaTma) {
    return e.type == BL_BF16 ? launchWgmma<bf16>(p, gridOf(e, plan), call->stream)
                             : launchWgmma<f16>(p, gridOf(e, plan), call->stream);
  }
#endif
  const bool narrow = e.kvType == BL_F8;
  if (e.type == BL_BF16) {
    return narrow ? launchMma<bf16, f8>(p, gridOf(e, plan), call->stream)
                  : launchMma<bf16, bf16>(p, gridOf(e, plan), call->stream);
  }
  return narrow ? launchMma<f16, f8>(p, gridOf(e, plan), call->stream)
                : launchMma<f16, f16>(p, gridOf(e, plan), call->stream);
}

}  // namespace bl::tree_attention
