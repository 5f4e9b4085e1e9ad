// Keys and values on their way into shared memory: a ring of stages, each with 64 keys (32 in fp32)
// and their values, filled by cp.async from pages of any size. Rows stand so that neither the
// copies nor ldmatrix meet in a bank: 16-byte chunks are XOR-swizzled where a row has 4, 8, 16 or
// 32 of them, and rows are padded to an odd number of chunks elsewhere.
//
// Where a key lies is looked up once per key, two tiles ahead of its copy: a thread per key divides
// by the page size, reads the page table, and leaves the offset in shared memory.
#pragma once

#include "schedule.cuh"

namespace bl::tree_attention {

constexpr int kChunkBytes = 16;
constexpr int kOffsetSlots = 4;

template <int Chunks>
constexpr bool kSwizzled = Chunks >= 4 && (Chunks & (Chunks - 1)) == 0;

/** Chunks from one row to the next. */
template <int Chunks>
constexpr int kPitch = kSwizzled<Chunks> ? Chunks : Chunks | 1;

/** Place of a chunk of a row, in chunks. */
template <int Chunks>
BL_DEVICE int chunkAt(int row, int chunk) {
  const int swap = !kSwizzled<Chunks> ? 0 : Chunks == 4 ? row >> 1 & 3 : row & 7;
  return row * kPitch<Chunks> + (chunk ^ swap);
}

/** The place `by` chunks after one that chunkAt gave for chunk 0, or for chunk 1 with an even `by`.
 * One XOR with a constant, where chunkAt would keep a register per chunk. */
template <int Chunks>
BL_DEVICE int chunkAfter(int place, int by) {
  return kSwizzled<Chunks> ? place ^ by : place + by;
}

/** What this thread wrote to shared memory is there for wgmma once it has passed a barrier too. */
BL_DEVICE void fenceAsyncProxy() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#endif
}

/** Shared memory of a block whose tile has Rows query rows. KeepsQuery: the query has a place of
 * its own; else it lies where the last stage comes to, and is in registers before that is filled.
 * Panels: keys and values stand as wgmma reads them, 128 bytes of every row side by side. */
template <class T_, class KV_, int D_, int Rows, bool KeepsQuery, bool Panels = false>
struct Memory {
  using T = T_;
  using KV = KV_;
  static constexpr int D = D_;
  static constexpr bool kKeepsQuery = KeepsQuery;
  static constexpr bool kPanels = Panels;
  static constexpr int kQueryChunks = D * static_cast<int>(sizeof(T)) / kChunkBytes;
  static constexpr int kKeyChunks = D * static_cast<int>(sizeof(KV)) / kChunkBytes;
  static constexpr int kKeys = sizeof(KV) == 4 ? kSplitUnit / 2 : kSplitUnit;  // of a stage
  static constexpr int kTileBytes = kKeys * kPitch<kKeyChunks> * kChunkBytes;
  static constexpr int kStageBytes = 2 * kTileBytes;  // keys, then values
  static constexpr int kStages = kKeyChunks <= 8 ? 3 : 2;
  static constexpr int kQueryBytes = Rows * kPitch<kQueryChunks> * kChunkBytes;
  static constexpr int kQueryAt = (KeepsQuery ? kStages : kStages - 1) * kStageBytes;
  static constexpr int kOffsetsAt = kQueryAt + kQueryBytes > kStages * kStageBytes
                                        ? kQueryAt + kQueryBytes
                                        : kStages * kStageBytes;
  static constexpr int kFlagAt =
      kOffsetsAt + kOffsetSlots * kKeys * static_cast<int>(sizeof(int64_t));
  static constexpr int kItemAt = kFlagAt + kChunkBytes;
  // fp32: weights of the warps' rows
  static constexpr int kWeightsAt = kItemAt + static_cast<int>(sizeof(Item) + 15) / 16 * 16;
  static constexpr int kBytes = kWeightsAt + (sizeof(T) == 4 ? Rows * kKeys * 4 : 0);
  static_assert(kOffsetsAt >= kMaxWeights * static_cast<int>(sizeof(float)));

  unsigned char* base;

  /** Place of a chunk of a key's or value's row in its stage, in chunks. */
  static BL_DEVICE int keyPlace(int row, int chunk) {
    if constexpr (Panels) {
      return (chunk / 8 * kKeys + row) * 8 + ((chunk ^ row) & 7);
    } else {
      return chunkAt<kKeyChunks>(row, chunk);
    }
  }

  BL_DEVICE unsigned char* keys(int stage) const { return base + stage * kStageBytes; }
  BL_DEVICE unsigned char* values(int stage) const { return keys(stage) + kTileBytes; }
  BL_DEVICE unsigned char* query() const { return base + kQueryAt; }
  BL_DEVICE int64_t* offsets() const { return reinterpret_cast<int64_t*>(base + kOffsetsAt); }
  BL_DEVICE Item* item() const { return reinterpret_cast<Item*>(base + kItemAt); }
  BL_DEVICE float* weights() const { return reinterpret_cast<float*>(base + kWeightsAt); }
  BL_DEVICE int* flag() const { return reinterpret_cast<int*>(base + kFlagAt); }
  BL_DEVICE float* scratch() const { return reinterpret_cast<float*>(base); }
};

/** Starts the copy of the tile's query rows; rows that do not exist become zeros. For fp8 keys the
 * pairs 0..7 of 16 elements stand as 0 2 4 6 1 3 5 7 (see WarpTile::score). */
template <class M>
BL_DEVICE void copyQuery(const Params& p, const Item& item, const M& memory, int rows) {
  using T = typename M::T;
  constexpr bool kReorder = sizeof(typename M::KV) == 1;
  constexpr int kStep = kReorder ? 2 : 1;
  constexpr int kPieces = M::kQueryChunks / kStep;
  const T* q = static_cast<const T*>(p.q);
  for (int i = static_cast<int>(threadIdx.x); i < rows * kPieces; i += kThreads) {
    const int row = i / kPieces, chunk = i % kPieces * kStep;
    const bool inside = row < item.tileRowCount;
    const T* from = inside ? q + queryRow(p, item, row) * M::D : q;
    from += chunk * (kChunkBytes / static_cast<int>(sizeof(T)));
    unsigned char* to = memory.query() + chunkAt<M::kQueryChunks>(row, chunk) * kChunkBytes;
    if constexpr (kReorder) {
      uint4 low = make_uint4(0, 0, 0, 0), high = low;
      if (inside) {
        low = loadReadOnly(reinterpret_cast<const uint4*>(from));
        high = loadReadOnly(reinterpret_cast<const uint4*>(from) + 1);
      }
      unsigned char* next = memory.query() + chunkAt<M::kQueryChunks>(row, chunk + 1) * kChunkBytes;
      *reinterpret_cast<uint4*>(to) = make_uint4(low.x, low.z, high.x, high.z);
      *reinterpret_cast<uint4*>(next) = make_uint4(low.y, low.w, high.y, high.w);
    } else {
      copyAsync<16>(to, from, inside);
    }
  }
}

/** Walks over the tiles of an item's keys. */
template <class M>
struct KeyTiles {
  const Params& p;
  const Item& item;
  const M& memory;
  int count;

  BL_DEVICE KeyTiles(const Params& params, const Item& it, const M& mem)
      : p(params), item(it), memory(mem) {
    count = it.end > it.begin ? (it.end - it.begin + M::kKeys - 1) / M::kKeys : 0;
  }

  /** Position of this thread's key of a tile; -1 where there is none. */
  BL_DEVICE int position(int tile) const {
    const int thread = static_cast<int>(threadIdx.x);
    const int at = item.begin + tile * M::kKeys + thread;
    return thread < M::kKeys && at < item.end ? at : -1;
  }

  /** This thread reads the page of its key; the page table may be far away. */
  BL_DEVICE int lookUp(int tile) const {
    const int at = position(tile);
    return at < 0 ? 0 : p.pageTable[item.table + at / p.tokensPerBlock];
  }

  /** And leaves the key's offset for all, -1 where there is none. */
  BL_DEVICE void keep(int tile, int page) const {
    const int thread = static_cast<int>(threadIdx.x);
    if (thread >= M::kKeys) return;
    const int at = position(tile);
    memory.offsets()[tile % kOffsetSlots * M::kKeys + thread] =
        at < 0 ? -1 : keyOffset(p, page, item.head, at);
  }

  /** Starts the copy of a tile into its stage; keys behind the end become zeros, so that a weight
   * of 0 meets no NaN. */
  BL_DEVICE void copy(int tile) const {
    using KV = typename M::KV;
    constexpr int kChunks = M::kKeyChunks;
    constexpr int kElements = kChunkBytes / static_cast<int>(sizeof(KV));
    if (tile >= count) return;
    const int stage = tile % M::kStages;
    const int64_t* offsets = memory.offsets() + tile % kOffsetSlots * M::kKeys;
    const KV* pages = static_cast<const KV*>(p.pages);
    const int64_t toValue = item.toValue;
#pragma unroll 2
    for (int i = static_cast<int>(threadIdx.x); i < M::kKeys * kChunks; i += kThreads) {
      const int row = i / kChunks, chunk = i % kChunks;
      const int64_t offset = offsets[row];
      const bool inside = offset >= 0;
      const KV* from = inside ? pages + offset + chunk * kElements : pages;
      const int at = M::keyPlace(row, chunk) * kChunkBytes;
      copyAsync<16>(memory.keys(stage) + at, from, inside);
      copyAsync<16>(memory.values(stage) + at, inside ? from + toValue : pages, inside);
    }
  }

  /** Query and first tiles on their way; the query has landed when this returns. */
  BL_DEVICE void begin(int queryRows) const {
    copyQuery(p, item, memory, queryRows);
    copyAsyncCommit();
#pragma unroll
    for (int tile = 0; tile < M::kStages; ++tile) keep(tile, lookUp(tile));
    __syncthreads();
#pragma unroll
    for (int tile = 0; tile < M::kStages - 1; ++tile) {
      copy(tile);
      copyAsyncCommit();
    }
    copyAsyncWait<M::kStages - 1>();
    __syncthreads();
  }

  /** Calls compute(tile, stage) for each tile; in between, copies run kStages - 1 tiles ahead. A
   * stage is filled again only behind a barrier that all its readers have passed. */
  template <class Compute>
  BL_DEVICE void forEach(Compute compute) const {
    for (int tile = 0; tile < count; ++tile) {
      copyAsyncWait<M::kStages - 2>();
      if constexpr (M::kPanels) fenceAsyncProxy();
      __syncthreads();
      copy(tile + M::kStages - 1);
      copyAsyncCommit();
      const int upcoming = lookUp(tile + M::kStages);
      compute(tile, tile % M::kStages);
      keep(tile + M::kStages, upcoming);
    }
    copyAsyncWaitAll();
    __syncthreads();
  }
};

}  // namespace bl::tree_attention
