// kv_append: turns new keys by their position and writes keys and values into their pages, in one
// pass. A block takes one token: its threads first work out the turns of the token's position, once
// for all heads, and then move 16 bytes at a time.
//
// A turn is the cosine and sine of position * theta^(-2i/r). The angle needs more than fp32 has (a
// position of 131072 would be off by 0.004), so it is reduced in double and the two functions are
// polynomials there: the same bits on every device, and no slow path with a stack.
#pragma once

#include "../lib/cuda/ragged.cuh"
#include "../lib/cuda/tensor.h"

namespace bl::kv_append {

constexpr int kThreads = 128;
constexpr int kMaxHeadDim = 512;

struct Params {
  const void* k;
  const void* v;
  void* pages;
  const int32_t* positions;
  const int32_t* offsets;
  const int32_t* kvLengths;
  const int32_t* pageTable;
  int32_t requests, kvHeads, headDim;
  int32_t half;  // pairs that are turned
  int32_t tokensPerBlock, maxPages;
  double logTheta;  // log2
  float keyScale, valueScale;
};

/** Cosine and sine, right to fp32's last bit or one off. */
BL_DEVICE float2 turnOf(double angle) {
  const double quarters = rint(angle * 0.63661977236758134);  // 2 / pi
  double r = fma(-quarters, 1.5707963267948966, angle);
  r = fma(-quarters, 6.123233995736766e-17, r);
  const double z = r * r;
  double sine = fma(z, 1.6059043836821613e-10, -2.505210838544172e-08);  // 1/13!, -1/11!
  sine = fma(z, sine, 2.7557319223985893e-06);
  sine = fma(z, sine, -1.9841269841269841e-04);
  sine = fma(z, sine, 8.3333333333333333e-03);
  sine = fma(z, sine, -1.6666666666666667e-01);
  sine = fma(z * r, sine, r);
  double cosine = fma(z, -1.1470745597729725e-11, 2.08767569878681e-09);  // -1/14!, 1/12!
  cosine = fma(z, cosine, -2.755731922398589e-07);
  cosine = fma(z, cosine, 2.48015873015873e-05);
  cosine = fma(z, cosine, -1.3888888888888889e-03);
  cosine = fma(z, cosine, 4.1666666666666667e-02);
  cosine = fma(z, cosine, -0.5);
  cosine = fma(z, cosine, 1.0);
  const int quadrant = static_cast<int>(static_cast<int64_t>(quarters) & 3);
  const double c = (quadrant & 1) != 0 ? sine : cosine;
  const double s = (quadrant & 1) != 0 ? cosine : sine;
  return make_float2(static_cast<float>(quadrant == 1 || quadrant == 2 ? -c : c),
                     static_cast<float>(quadrant >= 2 ? -s : s));
}

/** Width values of T in one load or store. */
template <class T, int Width>
struct alignas(sizeof(T) * Width) Pack {
  T at[Width];
};

template <class T, int Width>
BL_DEVICE void load(const T* from, float (&to)[Width]) {
  const Pack<T, Width> pack = *reinterpret_cast<const Pack<T, Width>*>(from);
#pragma unroll
  for (int i = 0; i < Width; ++i) to[i] = toFloat(pack.at[i]);
}

/** Stores the values divided by `scale`, rounded to KV. */
template <class KV, int Width>
BL_DEVICE void store(KV* to, const float (&from)[Width], float scale) {
  Pack<KV, Width> pack;
#pragma unroll
  for (int i = 0; i < Width; ++i) pack.at[i] = fromFloat<KV>(from[i] / scale);
  *reinterpret_cast<Pack<KV, Width>*>(to) = pack;
}

/** The values, and what is not turned of the keys: `from` and `to` are the token's. */
template <class T, class KV, int Width>
BL_DEVICE void copyRows(const Params& p, const T* from, KV* to, int first, float scale) {
  const int width = (p.headDim - first) / Width;
  for (int i = static_cast<int>(threadIdx.x); i < p.kvHeads * width; i += kThreads) {
    const int at = i / width * p.headDim + first + i % width * Width;
    float value[Width];
    load<T, Width>(from + at, value);
    store<KV, Width>(to + at, value, scale);
  }
}

template <class T, class KV, int Width>
BL_DEVICE void turnRows(const Params& p, const T* from, KV* to, const float2* turns) {
  const int width = p.half / Width;
  for (int i = static_cast<int>(threadIdx.x); i < p.kvHeads * width; i += kThreads) {
    const int element = i % width * Width;
    const int at = i / width * p.headDim + element;
    float x[Width], y[Width];
    load<T, Width>(from + at, x);
    load<T, Width>(from + at + p.half, y);
#pragma unroll
    for (int j = 0; j < Width; ++j) {
      const float2 turn = turns[element + j];
      const float a = fmaf(x[j], turn.x, -(y[j] * turn.y));
      y[j] = fmaf(x[j], turn.y, y[j] * turn.x);
      x[j] = a;
    }
    store<KV, Width>(to + at, x, p.keyScale);
    store<KV, Width>(to + at + p.half, y, p.keyScale);
  }
}

template <class T, class KV, int Width>
__global__ void __launch_bounds__(kThreads) append(Params p) {
  BEAMLINE_SHARED_ARRAY(float2, turns, kMaxHeadDim / 2);
  const int token = static_cast<int>(blockIdx.x);
  if (token >= p.offsets[p.requests]) return;
  const int request = findRequest(p.requests, token, [&](int b) { return p.offsets[b]; });
  const int position = p.kvLengths[request] - p.offsets[request + 1] + token;
  const int64_t entry = static_cast<int64_t>(request) * p.maxPages + position / p.tokensPerBlock;
  const int64_t page = p.pageTable[entry];
  const int64_t row = static_cast<int64_t>(p.kvHeads) * p.headDim;
  KV* keys = static_cast<KV*>(p.pages) +
             (page * 2 * p.tokensPerBlock + position % p.tokensPerBlock) * row;
  const T* k = static_cast<const T*>(p.k) + token * row;
  const double angle = p.positions[token];
  for (int i = static_cast<int>(threadIdx.x); i < p.half; i += kThreads) {
    turns[i] = turnOf(angle * exp2(-p.logTheta * i / p.half));
  }
  copyRows<T, KV, Width>(p, static_cast<const T*>(p.v) + token * row,
                         keys + p.tokensPerBlock * row, 0, p.valueScale);
  copyRows<T, KV, Width>(p, k, keys, 2 * p.half, p.keyScale);
  __syncthreads();
  turnRows<T, KV, Width>(p, k, keys, turns);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t check(const bl_call* call, int64_t rotary) {
  const bl_tensor* in = call->inputs;
  const int64_t tokens = extent(in[0], 0), heads = extent(in[0], 1), size = extent(in[0], 2);
  const int64_t requests = extent(in[4], 0);
  const int64_t pool[5] = {extent(in[6], 0), 2, extent(in[6], 2), heads, size};
  BL_TRY(expectTensor("k", in[0], in[0].dtype, {tokens, heads, size}));
  BL_TRY(expectTensor("v", in[1], in[0].dtype, {tokens, heads, size}));
  BL_TRY(expectTensor("positions", in[2], BL_I32, {tokens}));
  BL_TRY(expectTensor("offsets", in[3], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("kv_lengths", in[4], BL_I32, {requests}));
  BL_TRY(expectTensor("page_table", in[5], BL_I32, {requests, extent(in[5], 1)}));
  BL_TRY(expectTensor("pages", in[6], in[6].dtype, pool));
  BL_TRY(expectTensor("pages", call->outputs[0], in[6].dtype, pool));
  if (rotary % 2 != 0 || rotary > size) {
    return refuse(BL_INVALID, "rotaryDim: %lld of %lld elements", static_cast<long long>(rotary),
                  static_cast<long long>(size));
  }
  if (size > kMaxHeadDim) return refuse(BL_UNSUPPORTED, "headDim: at most %d", kMaxHeadDim);
  return BL_OK;
}

template <class T, class KV>
int32_t run(const bl_call* call, const Params& p, dim3 grid, bool scalar) {
  constexpr int kWidth = 16 / static_cast<int>(sizeof(T));
  const uintptr_t bits = reinterpret_cast<uintptr_t>(p.k) | reinterpret_cast<uintptr_t>(p.v) |
                         reinterpret_cast<uintptr_t>(p.pages);
  if (!scalar && p.half % kWidth == 0 && p.headDim % kWidth == 0 && bits % 16 == 0) {
    return BEAMLINE_LAUNCH((append<T, KV, kWidth>), grid, dim3(kThreads), 0, call->stream, p);
  }
  if (isVariant(call, "vector")) {
    return refuse(BL_UNSUPPORTED, "kv_append: %d of %d elements do not fit vectors of %d",
                  2 * p.half, p.headDim, kWidth);
  }
  return BEAMLINE_LAUNCH((append<T, KV, 1>), grid, dim3(kThreads), 0, call->stream, p);
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 7, 1, 4));
  const bl_tensor* in = call->inputs;
  const int64_t size = extent(in[0], 2);
  const int64_t rotary = call->attributes[1] > 0 ? static_cast<int64_t>(call->attributes[1]) : size;
  BL_TRY(check(call, rotary));
  const bool scalar = isVariant(call, "scalar");
  if (!scalar && !isVariant(call, "") && !isVariant(call, "vector")) {
    return refuse(BL_UNKNOWN, "kv_append: no variant '%s'", variantOf(call));
  }
  Params p;
  p.k = in[0].data;
  p.v = in[1].data;
  p.pages = call->outputs[0].data;
  p.positions = data<const int32_t>(in[2]);
  p.offsets = data<const int32_t>(in[3]);
  p.kvLengths = data<const int32_t>(in[4]);
  p.pageTable = data<const int32_t>(in[5]);
  p.requests = static_cast<int32_t>(extent(in[4], 0));
  p.kvHeads = static_cast<int32_t>(extent(in[0], 1));
  p.headDim = static_cast<int32_t>(size);
  p.half = static_cast<int32_t>(rotary / 2);
  p.tokensPerBlock = static_cast<int32_t>(extent(in[6], 2));
  p.maxPages = static_cast<int32_t>(extent(in[5], 1));
  p.logTheta = log2(call->attributes[0]);
  p.keyScale = static_cast<float>(call->attributes[2]);
  p.valueScale = static_cast<float>(call->attributes[3]);
  if (elementCount(in[0]) == 0 || p.requests == 0) return BL_OK;
  const dim3 grid(static_cast<unsigned>(extent(in[0], 0)));
  return dispatchFloat(in[0].dtype, [&]<class T>() {
    const auto withCache = [&]<class KV>() { return run<T, KV>(call, p, grid, scalar); };
    if (in[6].dtype == BL_F8) return withCache.template operator()<f8>();
    return dispatchFloat(in[6].dtype, withCache);
  });
}

}  // namespace bl::kv_append
