// The tensor-core form for fp16 and bf16 queries, keys in the same type or in fp8 (e4m3).
//
// Four warps share a tile of (token, head) rows. Up to 16 rows, all four take the same rows and a
// quarter of the keys each; up to 32 rows, two by two; above that every warp has its own 16 rows
// and takes all keys (tile of 64). A tile of 128 gives every warp 32 rows: half the reads of keys
// and a quarter less of shared memory, for all the registers there are; it runs when asked for by
// name.
// In tiles of 64 and 128 a row's arithmetic is the same, to the bit.
//
// Online softmax in the log2 domain with the scale folded in, one multiply-add and one ex2 per
// score. The accumulators are rescaled only when a maximum moved. Mask and bounds are looked at
// only where a step of keys reaches into the tree; a step that no row of the warp sees is skipped.
#pragma once

#include "combine.cuh"
#include "tiles.cuh"

namespace bl::tree_attention {

template <int RowWarps, int KeyWarps, int RowTiles, int MostStepKeys = 32>
struct Shape {
  static_assert(RowWarps * KeyWarps == kWarps);
  static constexpr int kRowWarps = RowWarps;
  static constexpr int kKeyWarps = KeyWarps;
  static constexpr int kRowTiles = RowTiles;  // of 16 rows, per warp
  static constexpr int kRows = 16 * RowWarps * RowTiles;
  static constexpr int kWarpKeys = kSplitUnit / KeyWarps;
  static constexpr int kStepKeys = kWarpKeys < MostStepKeys ? kWarpKeys : MostStepKeys;
  static constexpr int kSteps = kWarpKeys / kStepKeys;
};

/** The state of one warp: its rows' running maximum, sum and output. Rows g and g + 8 of each
 * 16-row tile belong to the lanes 4g .. 4g + 3. */
template <class M, class S>
struct WarpTile {
  using T = typename M::T;
  static constexpr bool kNarrow = sizeof(typename M::KV) == 1;
  static constexpr int kBlocks = M::D / 16;  // 16 elements of D: one mma deep, or two mma wide
  static constexpr int kGroups = S::kStepKeys / 8;
  static constexpr bool kQueryInRegisters = !M::kKeepsQuery;
  static constexpr int kQueryBlocks = kQueryInRegisters ? kBlocks : 1;

  float o[S::kRowTiles][2 * kBlocks][4];
  float maximum[S::kRowTiles][2];
  float sum[S::kRowTiles][2];  // of this lane's columns
  uint32_t query[kQueryBlocks][S::kRowTiles][4];
  int firstRow;  // of the warp, in the tile
  int keyWarp;

  BL_DEVICE WarpTile() {
    firstRow = warpId() / S::kKeyWarps * 16 * S::kRowTiles;
    keyWarp = warpId() % S::kKeyWarps;
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) {
        maximum[r][h] = -kInfinity;
        sum[r][h] = 0;
      }
#pragma unroll
      for (int n = 0; n < 2 * kBlocks; ++n) {
#pragma unroll
        for (int j = 0; j < 4; ++j) o[r][n][j] = 0;
      }
    }
  }

  /** Row of the tile that half `h` of this lane's 16-row tile r is. */
  BL_DEVICE int rowOf(int r, int h) const { return firstRow + r * 16 + laneId() / 4 + h * 8; }

  /** The A fragments of 16 elements of D. */
  BL_DEVICE void loadQuery(const M& memory, int block, uint32_t (&a)[S::kRowTiles][4]) const {
    const int lane = laneId();
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
      const int chunk =
          chunkAt<M::kQueryChunks>(firstRow + r * 16 + (lane & 15), 2 * block + lane / 16);
      loadMatrix<4>(a[r], memory.query() + chunk * kChunkBytes);
    }
  }

  BL_DEVICE void keepQuery(const M& memory) {
    if constexpr (kQueryInRegisters) {
#pragma unroll
      for (int block = 0; block < kBlocks; ++block) loadQuery(memory, block, query[block]);
    }
  }

  /** s = q*k for the keys first .. first + kStepKeys of the stage. A lane finds four fp8 elements
   * of a key in a register, 4q .. 4q + 3, where two of 16 bits would be: copyQuery() has put the
   * query's elements in that order. */
  BL_DEVICE void score(const M& memory, const unsigned char* keys, int first,
                       float (&s)[S::kRowTiles][kGroups][4]) const {
    const int lane = laneId();
#pragma unroll
    for (int block = 0; block < kBlocks; ++block) {
      uint32_t loaded[S::kRowTiles][4];
      if constexpr (!kQueryInRegisters) loadQuery(memory, block, loaded);
      const auto& a = kQueryInRegisters ? query[block % kQueryBlocks] : loaded;
      if constexpr (kNarrow) {
        uint32_t b[kGroups];
        const int row = first + lane % S::kStepKeys;
        loadMatrix<kGroups>(b, keys + chunkAt<M::kKeyChunks>(row, block) * kChunkBytes);
#pragma unroll
        for (int n = 0; n < kGroups; ++n) {
          const uint32_t b0 = unpackF8<T>(static_cast<uint16_t>(b[n] & 0xffff));
          const uint32_t b1 = unpackF8<T>(static_cast<uint16_t>(b[n] >> 16));
#pragma unroll
          for (int r = 0; r < S::kRowTiles; ++r) mma<T>(s[r][n], a[r], b0, b1);
        }
      } else {
#pragma unroll
        for (int n = 0; n < kGroups; n += 2) {
          uint32_t b[4];
          const int row = first + n * 8 + (lane & 7) + lane / 16 * 8;
          const int chunk = chunkAt<M::kKeyChunks>(row, 2 * block + (lane >> 3 & 1));
          loadMatrix<4>(b, keys + chunk * kChunkBytes);
#pragma unroll
          for (int r = 0; r < S::kRowTiles; ++r) {
            mma<T>(s[r][n], a[r], b[0], b[1]);
            mma<T>(s[r][n + 1], a[r], b[2], b[3]);
          }
        }
      }
    }
  }

  /** o += p*v; `weights` are the A fragments of p, 16 keys each. */
  BL_DEVICE void addValues(const unsigned char* values, int first,
                           const uint32_t (&weights)[S::kStepKeys / 16][S::kRowTiles][4]) {
    const int lane = laneId();
#pragma unroll
    for (int block = 0; block < kBlocks; ++block) {
      uint32_t narrow[kGroups];
      if constexpr (kNarrow) {
        const int start = chunkAt<M::kKeyChunks>(first + lane % S::kStepKeys, 0);
        loadMatrix<kGroups, true>(
            narrow, values + chunkAfter<M::kKeyChunks>(start, block) * kChunkBytes);
      }
#pragma unroll
      for (int k = 0; k < S::kStepKeys / 16; ++k) {
        uint32_t b[4];
        if constexpr (kNarrow) {
          b[0] = evenBytes(narrow[2 * k]);
          b[1] = evenBytes(narrow[2 * k + 1]);
          b[2] = evenBytes(narrow[2 * k] >> 8);
          b[3] = evenBytes(narrow[2 * k + 1] >> 8);
        } else {
          const int row = first + k * 16 + (lane & 15);
          const int start = chunkAt<M::kKeyChunks>(row, lane / 16);
          loadMatrix<4, true>(
              b, values + chunkAfter<M::kKeyChunks>(start, 2 * block) * kChunkBytes);
        }
#pragma unroll
        for (int r = 0; r < S::kRowTiles; ++r) {
          mma<T>(o[r][2 * block], weights[k][r], b[0], b[1]);
          mma<T>(o[r][2 * block + 1], weights[k][r], b[2], b[3]);
        }
      }
    }
  }

  /** Bytes 0 and 2, two keys of one element of D, as a pair of T. */
  static BL_DEVICE uint32_t evenBytes(uint32_t word) {
    return unpackF8<T>(static_cast<uint16_t>((word & 0xff) | (word >> 8 & 0xff00)));
  }

  /** The new maxima; o and sum are rescaled where a maximum of the warp moved. */
  BL_DEVICE void raise(const Params& p, const float (&s)[S::kRowTiles][kGroups][4]) {
    float highest[S::kRowTiles][2];
    bool moved = false;
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) {
        float most = maximum[r][h];
#pragma unroll
        for (int n = 0; n < kGroups; ++n) most = max(most, max(s[r][n][2 * h], s[r][n][2 * h + 1]));
        most = max(most, __shfl_xor_sync(kFullMask, most, 1));
        most = max(most, __shfl_xor_sync(kFullMask, most, 2));
        highest[r][h] = most;
        moved = moved || most > maximum[r][h];
      }
    }
    if (!__any_sync(kFullMask, moved)) return;
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) {
        // Nothing seen yet: any factor does, all it meets is 0. And -inf - -inf would be NaN.
        const float reference = highest[r][h] == -kInfinity ? 0.0f : highest[r][h];
        const float keep = exp2Fast((maximum[r][h] - reference) * p.scale);
        maximum[r][h] = highest[r][h];
        sum[r][h] *= keep;
#pragma unroll
        for (int n = 0; n < 2 * kBlocks; ++n) {
          o[r][n][2 * h] *= keep;
          o[r][n][2 * h + 1] *= keep;
        }
      }
    }
  }

  /** Scores become weights: p = 2^(scale*s - scale*maximum), rounded to T for the next mma. */
  BL_DEVICE void weigh(const Params& p, const float (&s)[S::kRowTiles][kGroups][4],
                       uint32_t (&weights)[S::kStepKeys / 16][S::kRowTiles][4]) {
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) {
        const float reference = maximum[r][h] == -kInfinity ? 0.0f : maximum[r][h] * p.scale;
#pragma unroll
        for (int n = 0; n < kGroups; ++n) {
          const float low = exp2Fast(fmaf(s[r][n][2 * h], p.scale, -reference));
          const float high = exp2Fast(fmaf(s[r][n][2 * h + 1], p.scale, -reference));
          sum[r][h] += low + high;
          weights[n / 2][r][n % 2 * 2 + h] = pack2<T>(low, high);
        }
      }
    }
  }

  /** What each row sees of the step's keys; false when no row of the warp sees any. */
  BL_DEVICE bool lookAtMask(const Params& p, const Item& item, int first,
                            uint32_t (&window)[S::kRowTiles][2]) const {
    uint32_t any = 0;
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) {
        const int row = rowOf(r, h);
        uint32_t seen = 0;
        if (row < item.tileRowCount) {
          seen = visibleKeys(p, maskOf(p, item, row), item.prefix, item.end, first);
        }
        if constexpr (S::kStepKeys < 32) seen &= (1u << S::kStepKeys) - 1;
        window[r][h] = seen;
        any |= seen;
      }
    }
    return __any_sync(kFullMask, any != 0);
  }

  BL_DEVICE void hide(const uint32_t (&window)[S::kRowTiles][2],
                      float (&s)[S::kRowTiles][kGroups][4]) const {
    const int column = (laneId() & 3) * 2;
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int n = 0; n < kGroups; ++n) {
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const bool seen = (window[r][j / 2] >> (n * 8 + column + (j & 1)) & 1) != 0;
          if (!seen) s[r][n][j] = -kInfinity;
        }
      }
    }
  }

  /** One step of keys: the stage's rows `row` .. `row` + kStepKeys, of which the first is the
   * request's key `first`. */
  BL_DEVICE void step(const Params& p, const Item& item, const M& memory, int stage, int row,
                      int first) {
    const bool inTree = first + S::kStepKeys > item.prefix;
    uint32_t window[S::kRowTiles][2];
    if (inTree && !lookAtMask(p, item, first, window)) return;
    float s[S::kRowTiles][kGroups][4] = {};
    score(memory, memory.keys(stage), row, s);
    if (inTree) {
      // Where accumulators fill the registers, what was seen is not kept: the warp looks again.
      if constexpr (!kQueryInRegisters) lookAtMask(p, item, first, window);
      hide(window, s);
    }
    raise(p, s);
    uint32_t weights[S::kStepKeys / 16][S::kRowTiles][4];
    weigh(p, s, weights);
    addValues(memory.values(stage), row, weights);
  }

  BL_DEVICE void sumLanes() {
#pragma unroll
    for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
      for (int h = 0; h < 2; ++h) sum[r][h] = warpSum<4>(sum[r][h]);
    }
  }

  /** Calls put(d, x, y) for this lane's pairs of elements d, d + 1 of a row. */
  template <class Put>
  BL_DEVICE void forPairs(int r, int h, float factor, Put put) const {
    const int quad = laneId() & 3;
#pragma unroll
    for (int block = 0; block < kBlocks; ++block) {
      const float *left = o[r][2 * block] + 2 * h, *right = o[r][2 * block + 1] + 2 * h;
      if constexpr (kNarrow) {  // the mma of even elements, then that of odd ones
        put(block * 16 + quad * 4, left[0] * factor, right[0] * factor);
        put(block * 16 + quad * 4 + 2, left[1] * factor, right[1] * factor);
      } else {
        put(block * 16 + quad * 2, left[0] * factor, left[1] * factor);
        put(block * 16 + 8 + quad * 2, right[0] * factor, right[1] * factor);
      }
    }
  }
};

/** Every warp has all keys of its rows: they go out as they are. */
template <class M, class W, class S>
BL_DEVICE void storeRows(const Params& p, const Item& item, const W& warp) {
  using T = typename M::T;
#pragma unroll
  for (int r = 0; r < S::kRowTiles; ++r) {
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      const int row = warp.rowOf(r, h);
      if (row >= item.tileRowCount) continue;
      const float sum = warp.sum[r][h];
      if ((laneId() & 3) == 0) storeState(p, item, row, warp.maximum[r][h] * p.scale, sum);
      if (item.cut.splits == 1) {
        T* to = static_cast<T*>(p.o) + queryRow(p, item, row) * M::D;
        warp.forPairs(r, h, sum > 0 ? p.valueScale / sum : 0.0f, [&](int d, float x, float y) {
          *reinterpret_cast<uint32_t*>(to + d) = pack2<T>(x, y);
        });
      } else {
        float* to = partialOf(p, item, item.split, row);
        warp.forPairs(r, h, 1.0f, [&](int d, float x, float y) {
          *reinterpret_cast<float2*>(to + d) = make_float2(x, y);
        });
      }
    }
  }
}

/** The warps that share rows put their parts side by side in shared memory, and the block adds them
 * up in the order of the warps. Stages and query are free by now. */
template <class M, class W, class S>
BL_DEVICE void mergeRows(const Params& p, const Item& item, const M& memory, const W& warp) {
  using T = typename M::T;
  constexpr int kRowPitch = M::D + 8;  // floats: neighbouring rows start in other banks
  constexpr int kFours = M::D / 4;
  static_assert(S::kKeyWarps * S::kRows * kRowPitch * 4 <= M::kOffsetsAt);
  static_assert(S::kKeyWarps * S::kRows * 8 <= M::kFlagAt - M::kOffsetsAt);
  float* parts = memory.scratch();
  float2* states = reinterpret_cast<float2*>(memory.offsets());  // [row][key warp]
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    const int row = warp.rowOf(0, h);
    const float maximum = warp.maximum[0][h] * p.scale;
    if ((laneId() & 3) == 0) {
      states[row * S::kKeyWarps + warp.keyWarp] = make_float2(maximum, warp.sum[0][h]);
    }
    float* to = parts + (warp.keyWarp * S::kRows + row) * kRowPitch;
    warp.forPairs(0, h, 1.0f, [&](int d, float x, float y) {
      *reinterpret_cast<float2*>(to + d) = make_float2(x, y);
    });
  }
  __syncthreads();
  for (int at = static_cast<int>(threadIdx.x); at < item.tileRowCount * kFours; at += kThreads) {
    const int row = at / kFours, d = at % kFours * 4;
    const float2* state = states + row * S::kKeyWarps;
    float maximum = -kInfinity;
#pragma unroll
    for (int w = 0; w < S::kKeyWarps; ++w) maximum = max(maximum, state[w].x);
    const float reference = maximum == -kInfinity ? 0.0f : maximum;
    float sum = 0;
    float4 total = make_float4(0, 0, 0, 0);
#pragma unroll
    for (int w = 0; w < S::kKeyWarps; ++w) {
      const float weight = exp2Fast(state[w].x - reference);
      const float4 part = *reinterpret_cast<const float4*>(
          parts + (w * S::kRows + row) * kRowPitch + d);
      sum += weight * state[w].y;
      total.x += weight * part.x;
      total.y += weight * part.y;
      total.z += weight * part.z;
      total.w += weight * part.w;
    }
    if (d == 0) storeState(p, item, row, maximum, sum);
    if (item.cut.splits == 1) {
      const float factor = sum > 0 ? p.valueScale / sum : 0.0f;
      storeFour(static_cast<T*>(p.o) + queryRow(p, item, row) * M::D + d,
                make_float4(total.x * factor, total.y * factor, total.z * factor,
                            total.w * factor));
    } else {
      *reinterpret_cast<float4*>(partialOf(p, item, item.split, row) + d) = total;
    }
  }
  __syncthreads();
}

template <class M, class S>
BL_DEVICE void attendTile(const Params& p, const Item& item, const M& memory) {
  const KeyTiles<M> tiles(p, item, memory);
  tiles.begin(S::kRows);
  WarpTile<M, S> warp;
  warp.keepQuery(memory);
  [[maybe_unused]] constexpr int kUnroll = M::kKeepsQuery ? 2 : 1;
  tiles.forEach([&](int tile, int stage) {
#pragma unroll kUnroll
    for (int i = 0; i < S::kSteps; ++i) {
      const int row = warp.keyWarp * S::kWarpKeys + i * S::kStepKeys;
      warp.step(p, item, memory, stage, row, item.begin + tile * M::kKeys + row);
    }
  });
  warp.sumLanes();
  if constexpr (S::kKeyWarps == 1) {
    storeRows<M, WarpTile<M, S>, S>(p, item, warp);
  } else {
    mergeRows<M, WarpTile<M, S>, S>(p, item, memory, warp);
  }
  if (item.cut.splits > 1) {
    combineSplits<typename M::T, M::D>(p, item, memory.scratch(), memory.flag());
  }
}

/** fp8 keys with D = 256 leave no registers for steps of 32 where sm_100 has its own scheduling. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
template <class KV, int D>
constexpr int kMostStepKeys = D > 128 && sizeof(KV) == 1 ? 16 : 32;
#else
template <class KV, int D>
constexpr int kMostStepKeys = 32;
#endif

template <class T, class KV, int D>
using MmaMemory = Memory<T, KV, D, 64, (D > 128)>;

/** Three blocks per multiprocessor where shared memory has room; else the compiler decides. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
template <class KV, int D>
constexpr int kLeastBlocks = D == 128 && sizeof(KV) == 2 ? 3 : 1;
#else
template <class KV, int D>
constexpr int kLeastBlocks = 1;
#endif

template <class T, class KV, int D>
__global__ void __launch_bounds__(kThreads, (kLeastBlocks<KV, D>)) attendMma(Params p) {
  BEAMLINE_SHARED(unsigned char, shared);
  using M = MmaMemory<T, KV, D>;
  const M memory = {shared};
  gridDependencyWait();
  forItems(p, memory.item(), [&](const Item& item) {
    switch (item.cut.tile) {
      case 16: attendTile<M, Shape<1, 4, 1>>(p, item, memory); break;
      case 32: attendTile<M, Shape<2, 2, 1>>(p, item, memory); break;
      default: attendTile<M, Shape<4, 1, 1, kMostStepKeys<KV, D>>>(p, item, memory);
    }
  });
}

template <class T, class KV, int D>
using WideMemory = Memory<T, KV, D, 128, true>;

template <class T, class KV, int D>
__global__ void __launch_bounds__(kThreads, 1) attendWide(Params p) {
  BEAMLINE_SHARED(unsigned char, shared);
  const WideMemory<T, KV, D> memory = {shared};
  gridDependencyWait();
  forItems(p, memory.item(), [&](const Item& item) {
    attendTile<WideMemory<T, KV, D>, Shape<4, 1, 2>>(p, item, memory);
  });
}

/** Instantiated in a file of its own for each pair of types: see tree_attention.cuh. */
template <class T, class KV>
int32_t launchMma(const Params& p, dim3 grid, void* stream) {
  if (p.forcedTile == 128) {
    return dispatchInt<64, 80, 96, 128>("headDim", p.headDim, [&]<int D>() {
      return BEAMLINE_LAUNCH_DEPENDENT((attendWide<T, KV, D>), grid, dim3(kThreads),
                                       (WideMemory<T, KV, D>::kBytes), stream, p);
    });
  }
  return dispatchInt<64, 80, 96, 128, 256>("headDim", p.headDim, [&]<int D>() {
    return BEAMLINE_LAUNCH_DEPENDENT((attendMma<T, KV, D>), grid, dim3(kThreads),
                                     (MmaMemory<T, KV, D>::kBytes), stream, p);
  });
}

}  // namespace bl::tree_attention
