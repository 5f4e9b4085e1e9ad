// The Hopper form, for sm_90a only: a warpgroup takes 64 (token, head) rows, and wgmma multiplies
// them with keys and values straight from shared memory. Queries and weights are A fragments in
// registers, so that shared memory is read for keys and values alone: 128 bytes a cycle, what the
// tensor cores take at their full rate. All but the two products is mma.cuh's, the order of the
// steps of 32 keys included. Three blocks share a multiprocessor; while one takes exponentials, the
// others multiply.
//
// Keys come by cp.async: a page of any size from 1 token. wgmma_tma.cuh has the same with TMA, for
// pages whose size goes with the tile's 64 keys.
#pragma once

#include "mma.cuh"

namespace bl::tree_attention {

template <class T, int D>
using WgmmaMemory = Memory<T, T, D, 64, false, true>;

#ifdef __CUDA_ARCH_FEAT_SM90_ALL

/** A matrix in shared memory, 128-byte swizzle (PTX ISA, "Matrix descriptor"): `leading` bytes from
 * one panel of 64 elements to the next where elements lie along the rows, 1024 bytes from 8 rows to
 * the next 8. */
BL_DEVICE uint64_t describe(const void* start, int leading) {
  const uint64_t address = (sharedAddress(start) & 0x3ffff) >> 4;
  return address | static_cast<uint64_t>(leading >> 4) << 16 |
         static_cast<uint64_t>(1024 >> 4) << 32 | static_cast<uint64_t>(1) << 62;
}

BL_DEVICE void wgmmaFence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
BL_DEVICE void wgmmaCommit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
BL_DEVICE void wgmmaWait() { asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"); }

/** No use of these registers moves over this place: wgmma writes them after its instruction. */
template <int Columns>
BL_DEVICE void fenceRegisters(float (&c)[Columns][4]) {
#pragma unroll
  for (int n = 0; n < Columns; ++n) {
#pragma unroll
    for (int j = 0; j < 4; ++j) asm volatile("" : "+f"(c[n][j])::"memory");
  }
}

// The lane's fragments of 8 columns, and of 32.
#define BL_C1(n) "+f"(c[n][0]), "+f"(c[n][1]), "+f"(c[n][2]), "+f"(c[n][3])
#define BL_C4(n) BL_C1(n), BL_C1(n + 1), BL_C1(n + 2), BL_C1(n + 3)

/** c += A*B with 32 columns. Transposed: elements of B lie along its columns, not along k. */
template <class T, int Transposed>
BL_DEVICE void wgmma(float (&c)[4][4], const uint32_t (&a)[4], uint64_t b) {
#define BL_WGMMA(type)                                                                           \
  asm volatile("wgmma.mma_async.sync.aligned.m64n32k16.f32." type "." type " "                   \
               "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15}, "        \
               "{%16, %17, %18, %19}, %20, 1, 1, 1, %21;"                                        \
               : BL_C4(0)                                                                        \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(Transposed))
  if constexpr (__is_same(T, bf16)) {
    BL_WGMMA("bf16");
  } else {
    BL_WGMMA("f16");
  }
#undef BL_WGMMA
}

/** c += A*B with 64 columns. Transposed: elements of B lie along its columns, not along k. */
template <class T, int Transposed>
BL_DEVICE void wgmma(float (&c)[8][4], const uint32_t (&a)[4], uint64_t b) {
#define BL_WGMMA(type)                                                                           \
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32." type "." type " "                   \
               "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "         \
               "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "\
               "{%32, %33, %34, %35}, %36, 1, 1, 1, %37;"                                        \
               : BL_C4(0), BL_C4(4)                                                              \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(Transposed))
  if constexpr (__is_same(T, bf16)) {
    BL_WGMMA("bf16");
  } else {
    BL_WGMMA("f16");
  }
#undef BL_WGMMA
}

/** c += A*B with 128 columns. Transposed: elements of B lie along its columns, not along k. */
template <class T, int Transposed>
BL_DEVICE void wgmma(float (&c)[16][4], const uint32_t (&a)[4], uint64_t b) {
#define BL_WGMMA(type)                                                                           \
  asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32." type "." type " "                  \
               "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "         \
               "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "\
               "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "\
               "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "\
               "{%64, %65, %66, %67}, %68, 1, 1, 1, %69;"                                        \
               : BL_C4(0), BL_C4(4), BL_C4(8), BL_C4(12)                                         \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(Transposed))
  if constexpr (__is_same(T, bf16)) {
    BL_WGMMA("bf16");
  } else {
    BL_WGMMA("f16");
  }
#undef BL_WGMMA
}

#undef BL_C4
#undef BL_C1

/** One step of 32 keys: the stage's rows `row` .. `row` + 32. All four warps come along: no warp
 * may skip a product of the warpgroup. */
template <class M, class W>
BL_DEVICE void stepWgmma(W& warp, const Params& p, const Item& item, const M& memory, int stage,
                         int row, int first) {
  using T = typename M::T;
  constexpr int kPanelBytes = M::kKeys * 128;
  float s[1][4][4] = {};
  const unsigned char* keys = memory.keys(stage) + row * 128;
  fenceRegisters(s[0]);
  wgmmaFence();
#pragma unroll
  for (int block = 0; block < W::kBlocks; ++block) {
    const unsigned char* at = keys + block / 4 * kPanelBytes + block % 4 * 32;
    wgmma<T, 0>(s[0], warp.query[block][0], describe(at, 16));
  }
  wgmmaCommit();
  wgmmaWait();
  fenceRegisters(s[0]);
  if (first + 32 > item.prefix) {
    uint32_t window[1][2];
    warp.lookAtMask(p, item, first, window);
    warp.hide(window, s);
  }
  warp.raise(p, s);
  uint32_t weights[2][1][4];
  warp.weigh(p, s, weights);
  const unsigned char* values = memory.values(stage) + row * 128;
  fenceRegisters(warp.o[0]);
  wgmmaFence();
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    wgmma<T, 1>(warp.o[0], weights[k][0], describe(values + k * 16 * 128, kPanelBytes));
  }
  wgmmaCommit();
  wgmmaWait();
  fenceRegisters(warp.o[0]);
}

/** Tiles: how keys come, KeyTiles or what has its begin() and forEach(). */
template <class M, class Tiles>
BL_DEVICE void attendWgmmaTile(const Params& p, const Item& item, const M& memory,
                               const Tiles& tiles) {
  using W = WarpTile<M, Shape<4, 1, 1>>;
  tiles.begin(64);
  W warp;
  warp.keepQuery(memory);
  tiles.forEach([&](int tile, int stage) {
#pragma unroll 1
    for (int row = 0; row < M::kKeys; row += 32) {
      stepWgmma(warp, p, item, memory, stage, row, item.begin + tile * M::kKeys + row);
    }
  });
  warp.sumLanes();
  storeRows<M, W, Shape<4, 1, 1>>(p, item, warp);
  if (item.cut.splits > 1) {
    combineSplits<typename M::T, M::D>(p, item, memory.scratch(), memory.flag());
  }
}

#endif

template <class T, int D>
__global__ void __launch_bounds__(kThreads, 3) attendWgmma(Params p) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  BEAMLINE_SHARED(unsigned char, shared);
  const WgmmaMemory<T, D> memory = {shared};
  gridDependencyWait();
  forItems(p, memory.item(), [&](const Item& item) {
    const KeyTiles<WgmmaMemory<T, D>> tiles(p, item, memory);
    attendWgmmaTile(p, item, memory, tiles);
  });
#endif
}

/** Instantiated in wgmma.cu. */
template <class T>
int32_t launchWgmma(const Params& p, dim3 grid, void* stream) {
  return dispatchInt<64, 128>("headDim", p.headDim, [&]<int D>() {
    return BEAMLINE_LAUNCH_DEPENDENT((attendWgmma<T, D>), grid, dim3(kThreads),
                                     (WgmmaMemory<T, D>::kBytes), stream, p);
  });
}

}  // namespace bl::tree_attention
