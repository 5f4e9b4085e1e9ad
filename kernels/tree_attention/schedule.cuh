// Who does what in tree_attention: the call's parameters, how a request is cut into work items, and
// how a block finds its items.
//
// An item is (KV head, request, tile of rows, split of keys). A row is a (token, head of the group)
// pair: T tokens of a group of G heads are T*G rows that share every key. How a request is cut
// follows from the request itself and the model's heads, never from the batch around it, so that
// its bits do not either. All lengths are read on the device: a captured graph replays with others.
//
// Example: T = 5, G = 4, L = 1000, 8 KV heads: 20 rows in one tile of 32, splits of 128 keys,
// 8 items per head.
#pragma once

#include "../lib/cuda/atomics.cuh"
#include "../lib/cuda/matrix.cuh"
#include "../lib/cuda/ragged.cuh"
#include "../lib/cuda/tensor.h"
#include "../lib/cuda/warp.cuh"

namespace bl::tree_attention {

constexpr int kThreads = 128;      // of every block that attends
constexpr int kWarps = kThreads / kWarp;
constexpr int kSplitUnit = 64;     // splits are multiples of so many keys
constexpr int kMaxWeights = 2048;  // rows of a tile times splits: see maxSplits()
constexpr int kScheduleThreads = 256;

/** Where the work of a request starts; entry [requests] holds the totals. */
struct Entry {
  int64_t partial;  // partial rows of one KV head
  int32_t item;     // items of one KV head
  int32_t tile;     // tiles of one KV head: each has an arrival counter
};

struct Params {
  const void* q;
  const void* pages;
  const int32_t* pageTable;
  const int32_t* kvLengths;
  const int32_t* offsets;
  const uint32_t* words;
  void* o;
  float* lse;
  Entry* entries;       // [requests + 1]
  uint32_t* counters;   // [tiles * kvHeads]
  float* partial;       // [rows * splits * kvHeads, headDim]
  float2* state;        // [rows * splits * kvHeads]: maximum (log2 domain), sum
  int32_t requests, kvHeads, group, headDim;
  int32_t tokensPerBlock, maxPages, wordsPerRow;
  int32_t forcedTile;   // rows of a tile; 0 = by the request's rows
  int32_t split;        // 0 = one item takes all keys
  float scale;          // of q*k, times log2(e)
  float valueScale;
};

/** Rows of the tile that a request of `rows` rows is cut into. */
BL_HOST_DEVICE int tileRows(const Params& p, int rows) {
  if (p.forcedTile > 0) return p.forcedTile;
  if (rows <= 16) return 16;
  return rows <= 32 ? 32 : 64;
}

/** 16, 32, 64 or 128: what the size of a split follows from. */
BL_HOST_DEVICE int rowClass(int rows) {
  return rows <= 16 ? 16 : rows <= 32 ? 32 : rows <= 64 ? 64 : 128;
}

/** Most splits of a request: the last arriver reads rows * splits partial rows of D, which keeps to
 * 256 KiB at D = 128; with few KV heads more, or too few multiprocessors would have work. */
BL_HOST_DEVICE int maxSplits(int kvHeads, int rows) {
  const int fewHeads = kvHeads >= 8 ? 1 : kvHeads >= 4 ? 2 : 4;
  return 512 / rowClass(rows) * fewHeads;
}

BL_HOST_DEVICE int roundUp(int value, int unit) { return (value + unit - 1) / unit * unit; }

/** Keys per split of a request with `rows` rows and `length` keys; a multiple of kSplitUnit. */
BL_HOST_DEVICE int splitKeys(const Params& p, int rows, int length) {
  if (p.split == 0) return length > 0 ? roundUp(length, kSplitUnit) : kSplitUnit;
  const int fewest = rowClass(rows) <= 32 ? 128 : rowClass(rows) == 64 ? 256 : 512;
  const int most = maxSplits(p.kvHeads, rows);
  return max(roundUp((length + most - 1) / most, kSplitUnit), fewest);
}

/** How one request is cut. */
struct Cut {
  int32_t rows, length;
  int32_t tile, tiles;   // rows per tile, and how many tiles
  int32_t keys, splits;  // keys per split, and how many splits
};

BL_DEVICE Cut cutRequest(const Params& p, int request) {
  Cut cut;
  cut.rows = (p.offsets[request + 1] - p.offsets[request]) * p.group;
  cut.length = p.kvLengths[request];
  cut.tile = tileRows(p, cut.rows);
  cut.tiles = (cut.rows + cut.tile - 1) / cut.tile;
  cut.keys = splitKeys(p, cut.rows, cut.length);
  cut.splits = max((cut.length + cut.keys - 1) / cut.keys, 1);
  return cut;
}

/** Elements from a key to its value. */
BL_DEVICE int64_t valueOffset(const Params& p) {
  return static_cast<int64_t>(p.tokensPerBlock) * p.kvHeads * p.headDim;
}

/** One piece of work. Lies in shared memory: the loop over keys needs its registers itself. */
struct Item {
  Cut cut;
  int32_t request, head, split;
  int32_t token;         // first token of the request, in the batch
  int32_t firstRow;      // of the tile, in the request
  int32_t tileRowCount;  // rows of the tile that exist
  int32_t begin, end;    // keys
  int32_t prefix;        // keys before the tree
  int64_t partialRow;    // partial row of (head, split 0, firstRow); a split further is cut.rows on
  int64_t counter;
  int64_t table;         // where the request's row of the page table starts
  int64_t toValue;       // elements from a key to its value
};

/** Item `index` of all heads; consecutive items are the heads of one place, then its tiles. */
BL_DEVICE Item itemAt(const Params& p, int64_t index) {
  Item item;
  const int place = static_cast<int>(index / p.kvHeads);
  item.head = static_cast<int>(index % p.kvHeads);
  item.request = findRequest(p.requests, place, [&](int b) { return p.entries[b].item; });
  const Entry entry = p.entries[item.request];
  item.cut = cutRequest(p, item.request);
  const int tile = (place - entry.item) % item.cut.tiles;
  item.split = (place - entry.item) / item.cut.tiles;
  item.token = p.offsets[item.request];
  item.firstRow = tile * item.cut.tile;
  item.tileRowCount = min(item.cut.tile, item.cut.rows - item.firstRow);
  item.begin = item.split * item.cut.keys;
  item.end = min(item.cut.keys, item.cut.length - item.begin) + item.begin;
  item.prefix = item.cut.length - item.cut.rows / p.group;
  item.partialRow = entry.partial * p.kvHeads +
                    static_cast<int64_t>(item.head) * item.cut.splits * item.cut.rows +
                    item.firstRow;
  item.counter = (static_cast<int64_t>(entry.tile) + tile) * p.kvHeads + item.head;
  item.table = static_cast<int64_t>(item.request) * p.maxPages;
  item.toValue = valueOffset(p);
  return item;
}

/** Calls take(item) for the items of this block, gridDim.x apart. Whole blocks call; `shared`
 * points to room for one item. */
template <class Take>
BL_DEVICE void forItems(const Params& p, Item* shared, Take take) {
  const int64_t items = static_cast<int64_t>(p.entries[p.requests].item) * p.kvHeads;
  for (int64_t index = blockIdx.x; index < items; index += gridDim.x) {
    if (warpId() == 0) {
      const Item item = itemAt(p, index);
      if (laneId() == 0) *shared = item;
    }
    __syncthreads();
    take(*shared);
    __syncthreads();
  }
}

/** Row of q and o (tokens x query heads) that a row of the item's tile stands for. */
BL_DEVICE int64_t queryRow(const Params& p, const Item& item, int row) {
  const int r = item.firstRow + row;
  const int64_t token = item.token + r / p.group;
  return (token * p.kvHeads + item.head) * p.group + r % p.group;
}

/** Element of `pages` where the key of a position starts; the value is valueOffset() further. */
BL_DEVICE int64_t keyOffset(const Params& p, int page, int head, int position) {
  const int64_t slot =
      static_cast<int64_t>(page) * 2 * p.tokensPerBlock + position % p.tokensPerBlock;
  return (slot * p.kvHeads + head) * p.headDim;
}

/** Bit i: does a token see key first + i? All of the prefix, then what its mask words say.
 * `words` belongs to the token; `length` keys in all. */
BL_DEVICE uint32_t visibleKeys(const Params& p, const uint32_t* words, int prefix, int length,
                               int first) {
  const int in = first - prefix;  // first column of the window, in the tree
  if (in <= -kWarp) return kFullMask;
  const int left = length - first;
  const uint32_t inside = left >= kWarp ? kFullMask : left <= 0 ? 0 : (1u << left) - 1;
  uint32_t window;
  if (in < 0) {
    window = (1u << -in) - 1;
    if (p.wordsPerRow > 0) window |= words[0] << -in;
  } else {
    const int word = in / kWarp, shift = in % kWarp;
    window = word < p.wordsPerRow ? words[word] >> shift : 0;
    if (shift > 0 && word + 1 < p.wordsPerRow) window |= words[word + 1] << (kWarp - shift);
  }
  return window & inside;
}

/** Mask words of the token that a row of the item's tile stands for. */
BL_DEVICE const uint32_t* maskOf(const Params& p, const Item& item, int row) {
  const int64_t token = item.token + (item.firstRow + row) / p.group;
  return p.words + token * p.wordsPerRow;
}

}  // namespace bl::tree_attention
