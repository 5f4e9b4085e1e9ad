// What a kernel sees when a host compiler compiles it: CUDA's names, leading to the simt runtime.
// Included by ../cuda/device.cuh only. A thread is a fiber; all fibers of a launch run on one OS
// thread, so that between two calls into the runtime nothing else runs.
//
// This header keeps to plain structs and functions: what it inlines into a kernel is instrumented
// in the checked build.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <type_traits>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)
#define __restrict__ __restrict

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

// clang-format off
#define BL_VECTOR(name, element)                                                            \
  struct alignas(2 * sizeof(element)) name##2 { element x, y; };                            \
  struct name##3 { element x, y, z; };                                                      \
  struct alignas(4 * sizeof(element)) name##4 { element x, y, z, w; };                      \
  __forceinline__ name##2 make_##name##2(element x, element y) { return {x, y}; }           \
  __forceinline__ name##3 make_##name##3(element x, element y, element z) { return {x, y, z}; } \
  __forceinline__ name##4 make_##name##4(element x, element y, element z, element w) {      \
    return {x, y, z, w};                                                                    \
  }
// clang-format on
BL_VECTOR(int, int)
BL_VECTOR(uint, unsigned)
BL_VECTOR(float, float)
#undef BL_VECTOR

namespace bl {

/** A place in a source file: where a fault was. */
struct Site {
  const char* file;
  int line;
  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

namespace simt {

// ---- ids ----------------------------------------------------------------------------------------

/** Which thread of which block runs now. */
struct Place {
  dim3 thread;
  dim3 block;
};
#define BL_HIDDEN __attribute__((visibility("hidden")))
extern BL_HIDDEN Place* place;
extern BL_HIDDEN dim3 gridSize;
extern BL_HIDDEN dim3 blockSize;

// ---- number types -------------------------------------------------------------------------------

struct Bf16 {
  uint16_t bits;
};
struct F16 {
  uint16_t bits;
};
struct F8 {
  uint8_t bits;
};

inline float bf16ToFloat(uint16_t bits) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16);
}
inline uint16_t floatToBf16(float x) {
  const uint32_t u = __builtin_bit_cast(uint32_t, x);
  if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return static_cast<uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
}
float f16ToFloat(uint16_t bits);
uint16_t floatToF16(float x);
float f8ToFloat(uint8_t bits);
uint8_t floatToF8(float x);
float exp2(float x);
float log2(float x);

// ---- collectives (see collective.cc) ------------------------------------------------------------

void barrier(Site site);
int barrierVote(int predicate, int kind, Site site); /* kind: 0 count, 1 and, 2 or */
void namedBarrier(int id, int threads, bool waits, Site site);
void warpSync(uint32_t mask, Site site);
enum ShuffleKind { kIndex, kUp, kDown, kXor };
uint64_t shuffle(uint32_t mask, uint64_t value, int kind, int by, int width, Site site);
uint32_t ballot(uint32_t mask, int predicate, Site site);
uint32_t matchAny(uint32_t mask, uint64_t value, Site site);
enum ReduceKind { kReduceAdd, kReduceMin, kReduceMax, kReduceMinSigned, kReduceMaxSigned,
                  kReduceAnd, kReduceOr, kReduceXor };
uint32_t reduce(uint32_t mask, uint32_t value, int kind, Site site);
uint32_t activeMask();

void loadMatrix(uint32_t* r, const void* row, int count, bool transposed, Site site);
void mmaBf16(float* c, const uint32_t* a, uint32_t b0, uint32_t b1, Site site);
void mmaF16(float* c, const uint32_t* a, uint32_t b0, uint32_t b1, Site site);

// ---- memory (see memory.cc) ---------------------------------------------------------------------

void* sharedDynamic(const char* name, Site site);
void* sharedStatic(const void* key, size_t bytes, size_t alignment, const char* name, Site site);
void copyAsync(void* shared, const void* global, int bytes, int valid, Site site);
void copyAsyncCommit(Site site);
void copyAsyncWait(int pending, Site site);

enum AtomicKind { kLoad, kStore, kAdd, kAddFloat, kMin, kMax, kMinSigned, kMaxSigned, kExchange,
                  kCompareExchange, kAnd, kOr };
enum Order { kRelaxed = 0, kAcquire = 1, kRelease = 2, kAcquireRelease = 3 };
uint32_t atomic32(void* address, int kind, uint32_t a, uint32_t b, int order, Site site);
uint64_t atomic64(void* address, int kind, uint64_t a, uint64_t b, int order, Site site);
void fence(bool device, Site site);
void poll(Site site);
[[noreturn]] void trap(Site site);
[[noreturn]] void crooked(const void* address, Site site); /* a load that is not aligned */

// ---- launch (see launch.cc) ---------------------------------------------------------------------

struct Launch {
  dim3 grid, block;
  size_t shared;
  void* stream;
  Site site;
  void (*run)(const void* closure); /* what each thread runs */
  const void* closure;
  size_t closureBytes;
};
int32_t launch(const Launch& launch);

}  // namespace simt

/** Copies the arguments, as a GPU launch does, and runs the grid. A bl_status. */
template <class... Parameters, class... Arguments>
int32_t launch(Site site, void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared,
               void* stream, Arguments&&... arguments) {
  static_assert((std::is_trivially_copyable_v<Parameters> && ...),
                "a kernel's parameters are copied as bytes");
  auto closure = [kernel, ... copies = static_cast<Parameters>(arguments)] { kernel(copies...); };
  using Closure = decltype(closure);
  simt::Launch launch{grid, block, shared, stream, site, nullptr, &closure, sizeof closure};
  launch.run = [](const void* at) { (*static_cast<const Closure*>(at))(); };
  return simt::launch(launch);
}

inline int multiprocessorCount() { return 4; }

}  // namespace bl

#define threadIdx (::bl::simt::place->thread)
#define blockIdx (::bl::simt::place->block)
#define blockDim (::bl::simt::blockSize)
#define gridDim (::bl::simt::gridSize)
#define warpSize 32

#define BEAMLINE_LAUNCH(kernel, grid, block, shared, stream, ...)                       \
  ::bl::launch(::bl::Site::here(), kernel, grid, block, shared, stream __VA_OPT__(, ) __VA_ARGS__)
#define BEAMLINE_LAUNCH_DEPENDENT BEAMLINE_LAUNCH

#define BEAMLINE_SHARED(type, name) \
  type* name = static_cast<type*>(::bl::simt::sharedDynamic(#name, ::bl::Site::here()))
#define BEAMLINE_SHARED_ARRAY(type, name, count)                                              \
  static const char beamline_shared_key_##name = 0;                                           \
  type(&name)[count] = *static_cast<type(*)[count]>(::bl::simt::sharedStatic(                 \
      &beamline_shared_key_##name, sizeof(type) * (count), alignof(type), #name,              \
      ::bl::Site::here()))

#include "intrinsics.h"
