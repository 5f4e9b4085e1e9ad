// CUDA's own function names for kernels that a host compiler compiles: synchronisation, shuffles,
// votes, atomics, bit tricks and fast math. Each ends with the place it was called from.
#pragma once

#define BL_HERE ::bl::Site site = ::bl::Site::here()

// ---- barriers and fences ------------------------------------------------------------------------

inline void __syncthreads(BL_HERE) { bl::simt::barrier(site); }
inline int __syncthreads_count(int predicate, BL_HERE) {
  return bl::simt::barrierVote(predicate, 0, site);
}
inline int __syncthreads_and(int predicate, BL_HERE) {
  return bl::simt::barrierVote(predicate, 1, site);
}
inline int __syncthreads_or(int predicate, BL_HERE) {
  return bl::simt::barrierVote(predicate, 2, site);
}
inline void __syncwarp(unsigned mask = 0xffffffffu, BL_HERE) { bl::simt::warpSync(mask, site); }
inline void __threadfence(BL_HERE) { bl::simt::fence(true, site); }
inline void __threadfence_block(BL_HERE) { bl::simt::fence(false, site); }
inline void __nanosleep(unsigned, BL_HERE) { bl::simt::poll(site); }
#define __trap() ::bl::simt::trap(::bl::Site::here())

// ---- shuffles and votes -------------------------------------------------------------------------

namespace bl::simt {
template <class T>
__forceinline__ T shuffleValue(uint32_t mask, T value, int kind, int by, int width, Site site) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
  if constexpr (sizeof(T) == 4) {
    const uint32_t word = __builtin_bit_cast(uint32_t, value);
    return __builtin_bit_cast(
        T, static_cast<uint32_t>(shuffle(mask, word, kind, by, width, site)));
  } else {
    const uint64_t word = __builtin_bit_cast(uint64_t, value);
    return __builtin_bit_cast(T, shuffle(mask, word, kind, by, width, site));
  }
}
}  // namespace bl::simt

template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32, BL_HERE) {
  return bl::simt::shuffleValue(mask, value, bl::simt::kIndex, lane, width, site);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32, BL_HERE) {
  return bl::simt::shuffleValue(mask, value, bl::simt::kUp, static_cast<int>(by), width, site);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32, BL_HERE) {
  return bl::simt::shuffleValue(mask, value, bl::simt::kDown, static_cast<int>(by), width, site);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int by, int width = 32, BL_HERE) {
  return bl::simt::shuffleValue(mask, value, bl::simt::kXor, by, width, site);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, BL_HERE) {
  return bl::simt::ballot(mask, predicate, site);
}
inline int __any_sync(unsigned mask, int predicate, BL_HERE) {
  return bl::simt::ballot(mask, predicate, site) != 0;
}
inline int __all_sync(unsigned mask, int predicate, BL_HERE) {
  return bl::simt::ballot(mask, !predicate, site) == 0;
}
template <class T>
unsigned __match_any_sync(unsigned mask, T value, BL_HERE) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  if constexpr (sizeof(T) == 4) {
    return bl::simt::matchAny(mask, __builtin_bit_cast(uint32_t, value), site);
  } else {
    return bl::simt::matchAny(mask, __builtin_bit_cast(uint64_t, value), site);
  }
}
inline unsigned __activemask() { return bl::simt::activeMask(); }

#define BL_REDUCE(name, type, kind)                                              \
  inline type name(unsigned mask, type value, BL_HERE) {                         \
    return static_cast<type>(                                                    \
        bl::simt::reduce(mask, static_cast<uint32_t>(value), bl::simt::kind, site)); \
  }
BL_REDUCE(__reduce_add_sync, int, kReduceAdd)
BL_REDUCE(__reduce_add_sync, unsigned, kReduceAdd)
BL_REDUCE(__reduce_min_sync, int, kReduceMinSigned)
BL_REDUCE(__reduce_min_sync, unsigned, kReduceMin)
BL_REDUCE(__reduce_max_sync, int, kReduceMaxSigned)
BL_REDUCE(__reduce_max_sync, unsigned, kReduceMax)
BL_REDUCE(__reduce_and_sync, unsigned, kReduceAnd)
BL_REDUCE(__reduce_or_sync, unsigned, kReduceOr)
BL_REDUCE(__reduce_xor_sync, unsigned, kReduceXor)
#undef BL_REDUCE

// ---- atomics (relaxed, as on the GPU) -----------------------------------------------------------

#define BL_ATOMIC32(name, type, kind)                                                      \
  inline type name(type* address, type value, BL_HERE) {                                   \
    return __builtin_bit_cast(                                                             \
        type, bl::simt::atomic32(address, bl::simt::kind, __builtin_bit_cast(uint32_t, value), \
                                 0, bl::simt::kRelaxed, site));                            \
  }
#define BL_ATOMIC64(name, kind)                                                            \
  inline unsigned long long name(unsigned long long* address, unsigned long long value, BL_HERE) { \
    return bl::simt::atomic64(address, bl::simt::kind, value, 0, bl::simt::kRelaxed, site); \
  }
BL_ATOMIC32(atomicAdd, int, kAdd)
BL_ATOMIC32(atomicAdd, unsigned, kAdd)
BL_ATOMIC32(atomicAdd, float, kAddFloat)
BL_ATOMIC32(atomicMin, int, kMinSigned)
BL_ATOMIC32(atomicMin, unsigned, kMin)
BL_ATOMIC32(atomicMax, int, kMaxSigned)
BL_ATOMIC32(atomicMax, unsigned, kMax)
BL_ATOMIC32(atomicExch, int, kExchange)
BL_ATOMIC32(atomicExch, unsigned, kExchange)
BL_ATOMIC32(atomicExch, float, kExchange)
BL_ATOMIC32(atomicAnd, int, kAnd)
BL_ATOMIC32(atomicAnd, unsigned, kAnd)
BL_ATOMIC32(atomicOr, int, kOr)
BL_ATOMIC32(atomicOr, unsigned, kOr)
BL_ATOMIC64(atomicAdd, kAdd)
BL_ATOMIC64(atomicMin, kMin)
BL_ATOMIC64(atomicMax, kMax)
BL_ATOMIC64(atomicExch, kExchange)
#undef BL_ATOMIC32
#undef BL_ATOMIC64
inline int atomicCAS(int* address, int compare, int value, BL_HERE) {
  return static_cast<int>(bl::simt::atomic32(address, bl::simt::kCompareExchange,
                                             static_cast<uint32_t>(value),
                                             static_cast<uint32_t>(compare), 0, site));
}
inline unsigned atomicCAS(unsigned* address, unsigned compare, unsigned value, BL_HERE) {
  return bl::simt::atomic32(address, bl::simt::kCompareExchange, value, compare, 0, site);
}
inline unsigned long long atomicCAS(unsigned long long* address, unsigned long long compare,
                                    unsigned long long value, BL_HERE) {
  return bl::simt::atomic64(address, bl::simt::kCompareExchange, value, compare, 0, site);
}

// ---- bits and math ------------------------------------------------------------------------------

__forceinline__ int __popc(unsigned x) { return __builtin_popcount(x); }
__forceinline__ int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
__forceinline__ int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
__forceinline__ int __ffs(int x) { return __builtin_ffs(x); }
__forceinline__ unsigned __brev(unsigned x) {
  unsigned out = 0;
  for (int i = 0; i < 32; ++i) out |= ((x >> i) & 1u) << (31 - i);
  return out;
}
__forceinline__ unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<uint64_t>(a) * b) >> 32);
}
__forceinline__ unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
__forceinline__ float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
__forceinline__ int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
__forceinline__ float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
__forceinline__ float __expf(float x) { return expf(x); }
__forceinline__ float __logf(float x) { return logf(x); }
__forceinline__ float __fdividef(float a, float b) { return a / b; }
__forceinline__ float rsqrtf(float x) { return 1.0f / sqrtf(x); }
__forceinline__ float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
__forceinline__ float __fmul_rn(float a, float b) { return a * b; }
__forceinline__ float __fadd_rn(float a, float b) { return a + b; }
__forceinline__ void __sincosf(float x, float* sine, float* cosine) {
  *sine = sinf(x);
  *cosine = cosf(x);
}
template <class T>
__forceinline__ T __ldg(const T* address) {
  return *address;
}
#define BL_MIN_MAX(type)                                                  \
  __forceinline__ constexpr type min(type a, type b) { return b < a ? b : a; } \
  __forceinline__ constexpr type max(type a, type b) { return a < b ? b : a; }
BL_MIN_MAX(int)
BL_MIN_MAX(unsigned)
BL_MIN_MAX(long)
BL_MIN_MAX(unsigned long)
BL_MIN_MAX(long long)
#undef BL_MIN_MAX
__forceinline__ float min(float a, float b) { return fminf(a, b); }
__forceinline__ float max(float a, float b) { return fmaxf(a, b); }

#undef BL_HERE
