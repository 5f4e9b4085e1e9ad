// What split_phases and merge_phases share: the place of each request when context requests come
// first, by one stable scan of one block; and the copy of a request's rows, which lie together on
// both sides, so that no row needs to look for its request.
#pragma once

#include "../lib/cuda/row.cuh"
#include "../lib/cuda/warp.cuh"

namespace bl::phases {

constexpr int kThreads = 256;
constexpr int kContext = 0;

/** Context requests before a point, and their rows. */
struct Context {
  int requests;
  int64_t rows;
};

/** Both counts in one 64-bit number, so that one scan does for both: rows < 2^40. */
BL_DEVICE int64_t packCounts(const int32_t* types, const int32_t* offsets, int64_t request,
                             int64_t requests) {
  if (request >= requests || types[request] != kContext) return 0;
  return int64_t{1} << 40 | static_cast<int64_t>(offsets[request + 1] - offsets[request]);
}
BL_DEVICE Context unpackCounts(int64_t packed) {
  return {static_cast<int>(packed >> 40), packed & ((int64_t{1} << 40) - 1)};
}

/** Calls visit(request, place, first row in the order of the phases) for every request, and gives
 * all context requests back. One block of kThreads; `scratch`: kThreads / 32 numbers. */
template <class Visit>
BL_DEVICE Context scanPhases(const int32_t* types, const int32_t* offsets, int64_t requests,
                             int64_t* scratch, Visit visit) {
  int64_t mine = 0;
  for (int64_t b = threadIdx.x; b < requests; b += kThreads) {
    mine += packCounts(types, offsets, b, requests);
  }
  const Context all = unpackCounts(blockReduce<kThreads>(mine, Add(), scratch));
  int64_t before = 0;
  for (int64_t first = 0; first < requests; first += kThreads) {
    const int64_t b = first + threadIdx.x;
    const int64_t own = packCounts(types, offsets, b, requests);
    int64_t tile = 0;
    const Context up = unpackCounts(
        before + blockInclusiveSum<kThreads>(own, scratch, tile) - own);
    before += tile;
    if (b >= requests) continue;
    const int64_t rowsUp = offsets[b] - offsets[0];
    if (types[b] == kContext) {
      visit(b, int64_t{up.requests}, up.rows);
    } else {
      visit(b, all.requests + b - up.requests, all.rows + rowsUp - up.rows);
    }
  }
  return all;
}

/** Copies the rows of a request between two orders, `slices` blocks per request. */
struct CopyParams {
  const unsigned char* from;
  unsigned char* to;
  int64_t rowBytes;
  int64_t capacity;  // rows on either side
  int64_t requests;
  unsigned slices;
};

template <class Unit>
BL_DEVICE void copyRows(const CopyParams& p, int64_t fromRow, int64_t toRow, int64_t rows) {
  const int64_t last = fromRow > toRow ? fromRow : toRow;
  if (last + rows > p.capacity) rows = p.capacity - last;
  if (rows <= 0) return;
  copySlice<Unit, kThreads>(p.from + fromRow * p.rowBytes, p.to + toRow * p.rowBytes,
                            rows * p.rowBytes, blockIdx.x % p.slices, p.slices);
}

inline CopyParams copyParams(const bl_tensor& from, const bl_tensor& to, int64_t requests) {
  CopyParams p;
  p.from = data<const unsigned char>(from);
  p.to = data<unsigned char>(to);
  p.rowBytes = extent(from, 1) * elementBytes(from.dtype);
  p.capacity = extent(from, 0);
  p.requests = requests;
  const int64_t perRequest = requests > 0 ? ceilDiv(p.capacity, requests) * p.rowBytes : 0;
  const int64_t most = ceilDiv(perRequest, kThreads * 16);
  const int64_t wanted = requests > 0 ? ceilDiv(4 * multiprocessorCount(), requests) : 1;
  const int64_t slices = most < wanted ? most : wanted;
  p.slices = static_cast<unsigned>(slices < 1 ? 1 : slices);
  return p;
}

/** Which of `index` and `copy` a call asks for; refuses `index` where rows are to be copied. */
inline int32_t chooseCopy(const char* name, const bl_call* call, const bl_tensor& rows,
                          bool& copies) {
  const bool any = elementCount(rows) > 0;
  copies = any;
  if (isVariant(call, "index") && any) {
    return refuse(BL_UNSUPPORTED, "%s: `index` copies no rows, and rows were given", name);
  }
  if (isVariant(call, "") || isVariant(call, "index") || isVariant(call, "copy")) return BL_OK;
  return refuse(BL_UNKNOWN, "%s: no variant '%s'", name, variantOf(call));
}

}  // namespace bl::phases
