// The Hopper form with TMA: wgmma.cuh's arithmetic to the bit, and its shared memory, but a full
// tile of keys comes as boxes of a tensor map instead of 16-byte pieces that all threads ask for.
//
// The map sees the pool as [pages * 2, tokensPerBlock, heads * panels, 64 elements]: a box is 64
// elements of up to 64 tokens of one page, for one head. With tokensPerBlock = 16 and D = 128 a
// tile of 64 keys is 4 pieces, each 2 panels of keys and 2 of values. Page tables and lengths stay
// on the device; the map holds the pool's address and extents alone.
//
// Only full tiles: they lie before the request's end, where every row is a key. The tail goes by
// cp.async as in tiles.cuh, with zeros behind the end, since rows of a page past the length may
// hold NaN, and 0 * NaN is NaN.
#pragma once

#include "../lib/cuda/bulk_copy.cuh"
#include "wgmma.cuh"

namespace bl::tree_attention {

/** And an mbarrier a stage: it ends a phase when the stage's bytes are there. */
template <class T, int D>
struct WgmmaTmaMemory : WgmmaMemory<T, D> {
  using Base = WgmmaMemory<T, D>;
  static constexpr int kBarriersAt = Base::kBytes;
  static constexpr int kBytes = kBarriersAt + Base::kStages * static_cast<int>(sizeof(uint64_t));
  static constexpr int kPanelCount = D / 64;
  static constexpr int kPanelBytes = Base::kKeys * 128;
  static_assert(kBarriersAt % sizeof(uint64_t) == 0 && Base::kStageBytes % 1024 == 0);

  BL_DEVICE uint64_t* barrier(int stage) const {
    return reinterpret_cast<uint64_t*>(this->base + kBarriersAt) + stage;
  }
};

#ifdef __CUDA_ARCH_FEAT_SM90_ALL

/** Walks over the tiles of an item's keys as KeyTiles does. Warp 0 is the producer too: its lanes
 * read the page table, a lane a piece, and its first lane asks for the boxes. */
template <class M>
struct BoxTiles : KeyTiles<M> {
  using Base = KeyTiles<M>;
  const TensorMap* map;
  uint32_t& parities;  // bit s: of the phase that stage s waits for; outlives the item
  int boxRows, pieces;
  int full;            // tiles that come by TMA: all, or all but the last

  BL_DEVICE BoxTiles(const Params& params, const Item& it, const M& mem, const TensorMap* tensor,
                     uint32_t& phases)
      : Base(params, it, mem), map(tensor), parities(phases) {
    boxRows = min(params.tokensPerBlock, M::kKeys);
    pieces = M::kKeys / boxRows;
    full = it.end > it.begin ? (it.end - it.begin) / M::kKeys : 0;
  }

  /** This lane's piece of a full tile: the page of it; every lane of warp 0 calls. */
  BL_DEVICE int pageOf(int tile) const {
    if (tile >= full || laneId() >= pieces) return 0;
    const int at = this->item.begin + tile * M::kKeys + laneId() * boxRows;
    return this->p.pageTable[this->item.table + at / this->p.tokensPerBlock];
  }

  /** Starts the copy of a full tile into its stage: warp 0, which knows the pages. */
  BL_DEVICE void fetch(int tile, int page) const {
    const int stage = tile % M::kStages;
    uint64_t* barrier = this->memory.barrier(stage);
    const bool leader = laneId() == 0;
    if (leader) arriveExpecting(barrier, M::kStageBytes);
    const int begin = this->item.begin + tile * M::kKeys;
    const int panel = this->item.head * M::kPanelCount;
#pragma unroll 1
    for (int piece = 0; piece < pieces; ++piece) {
      const int plane = __shfl_sync(kFullMask, page, piece) * 2;
      if (!leader) continue;
      const int token = (begin + piece * boxRows) % this->p.tokensPerBlock;
      unsigned char* keys = this->memory.keys(stage) + piece * boxRows * 128;
#pragma unroll
      for (int n = 0; n < M::kPanelCount; ++n) {
        unsigned char* to = keys + n * M::kPanelBytes;
        copyBox(to, map, barrier, 0, panel + n, token, plane);
        copyBox(to + M::kTileBytes, map, barrier, 0, panel + n, token, plane + 1);
      }
    }
    __syncwarp();  // wgmma wants the warp whole
  }

  /** Starts a tile's copy; `page` as pageOf() gave it. A tile behind the last is none. */
  BL_DEVICE void start(int tile, int page) const {
    if (tile < full) {
      if (warpId() == 0) fetch(tile, page);
    } else {
      this->copy(tile);
    }
    copyAsyncCommit();
  }

  /** The tile has landed, for this thread. */
  BL_DEVICE void land(int tile) const {
    if (tile < full) {
      const int stage = tile % M::kStages;
      waitBarrier(this->memory.barrier(stage), parities >> stage & 1);
      parities ^= 1u << stage;
    } else {
      copyAsyncWaitAll();
      fenceAsyncProxy();
    }
  }

  /** As KeyTiles::begin. The fence: this block's plain accesses of the stages, by the item before,
   * end before TMA writes there. */
  BL_DEVICE void begin(int queryRows) const {
    copyQuery(this->p, this->item, this->memory, queryRows);
    copyAsyncCommit();
    if (full < this->count) this->keep(full, this->lookUp(full));
    fenceAsyncProxy();
    __syncthreads();
#pragma unroll
    for (int tile = 0; tile < M::kStages - 1; ++tile) {
      start(tile, warpId() == 0 ? pageOf(tile) : 0);
    }
    copyAsyncWait<M::kStages - 1>();
    __syncthreads();
  }

  /** As KeyTiles::forEach. The first fence: the query lies where the last stage comes to, and has
   * been read by now. */
  template <class Compute>
  BL_DEVICE void forEach(Compute compute) const {
    constexpr int kAhead = M::kStages - 1;
    int page = warpId() == 0 ? pageOf(kAhead) : 0;
    fenceAsyncProxy();
    for (int tile = 0; tile < this->count; ++tile) {
      land(tile);
      __syncthreads();
      start(tile + kAhead, page);
      if (warpId() == 0) page = pageOf(tile + kAhead + 1);
      compute(tile, tile % M::kStages);
    }
    copyAsyncWaitAll();
    __syncthreads();
  }
};

/** One thread, before a barrier of the block. */
template <class M>
BL_DEVICE void initBarriers(const M& memory, const TensorMap* map) {
#pragma unroll
  for (int stage = 0; stage < M::kStages; ++stage) initBarrier(memory.barrier(stage), 1);
  prefetchTensorMap(map);
  fenceAsyncProxy();
}

#endif

template <class T, int D>
__global__ void __launch_bounds__(kThreads, 3)
    attendWgmmaTma(Params p, const __grid_constant__ TensorMap map) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  using M = WgmmaTmaMemory<T, D>;
  BEAMLINE_SHARED(unsigned char, shared);
  const M memory = {{shared}};
  if (threadIdx.x == 0) initBarriers(memory, &map);
  __syncthreads();
  gridDependencyWait();
  uint32_t parities = 0;
  forItems(p, memory.item(), [&](const Item& item) {
    const BoxTiles<M> tiles(p, item, memory, &map, parities);
    attendWgmmaTile(p, item, memory, tiles);
  });
#endif
}

/** The map of the pool; a bl_status. */
template <class T, int D>
int32_t poolMap(const Params& p, int64_t pages, TensorMap* map) {
  const uint64_t token = static_cast<uint64_t>(p.kvHeads) * D * sizeof(T);
  const uint64_t tokens = static_cast<uint64_t>(p.tokensPerBlock);
  const BoxedTensor pool = {
      p.pages,
      __is_same(T, bf16) ? CU_TENSOR_MAP_DATA_TYPE_BFLOAT16 : CU_TENSOR_MAP_DATA_TYPE_FLOAT16,
      {64, static_cast<uint64_t>(p.kvHeads) * (D / 64), tokens, static_cast<uint64_t>(pages) * 2},
      {128, token, token * tokens},
      {64, 1, static_cast<uint32_t>(min(p.tokensPerBlock, kSplitUnit)), 1}};
  return encodeTensorMap(pool, map);
}

/** Instantiated in wgmma_tma.cu. `pages` of the pool, at least one. */
template <class T>
int32_t launchWgmmaTma(const Params& p, int64_t pages, dim3 grid, void* stream) {
  return dispatchInt<64, 128>("headDim", p.headDim, [&]<int D>() -> int32_t {
    TensorMap map;
    BL_TRY((poolMap<T, D>(p, pages, &map)));
    return BEAMLINE_LAUNCH_DEPENDENT((attendWgmmaTma<T, D>), grid, dim3(kThreads),
                                     (WgmmaTmaMemory<T, D>::kBytes), stream, p, map);
  });
}

}  // namespace bl::tree_attention
