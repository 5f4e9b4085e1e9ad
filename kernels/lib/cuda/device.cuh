// The ground that every kernel stands on: qualifiers, thread ids, shared memory, launches. One
// source is compiled twice: by nvcc to the GPU's instructions, and by a host compiler with
// BEAMLINE_SIMT defined, where the same names lead to the runtime of ../simt.
//
//   template <class T>
//   __global__ void __launch_bounds__(128) scale(Params p) {
//     BEAMLINE_SHARED(float, tile);                 // dynamic, sized at the launch
//     BEAMLINE_SHARED_ARRAY(int, flags, 4);         // static
//     ... threadIdx, __syncthreads(), __shfl_xor_sync(...) as usual ...
//   }
//   BL_TRY(BEAMLINE_LAUNCH(scale<bf16>, dim3(blocks), dim3(128), bytes, call->stream, params));
//
// A wrapper of ours ends its parameters with BL_SITE and hands BL_AT on, so that a fault found by
// the simt runtime names the line of the kernel and not of the wrapper.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "registry.h"

#ifdef BEAMLINE_SIMT

#include "../simt/device.h"

#define BL_SITE , ::bl::Site site = ::bl::Site::here()
#define BL_SITE_ONLY ::bl::Site site = ::bl::Site::here()
#define BL_SITE_GIVEN , ::bl::Site site
#define BL_AT , site
#define BL_AT_ONLY site

#else

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include <cuda_runtime.h>

#define BL_SITE
#define BL_SITE_ONLY
#define BL_SITE_GIVEN
#define BL_AT
#define BL_AT_ONLY

#define BEAMLINE_SHARED(type, name)                                                   \
  extern __shared__ __align__(1024) unsigned char beamline_dynamic_shared[];          \
  type* name = reinterpret_cast<type*>(beamline_dynamic_shared)

#define BEAMLINE_SHARED_ARRAY(type, name, count) __shared__ __align__(16) type name[count]

#define BEAMLINE_LAUNCH(kernel, grid, block, shared, stream, ...) \
  ::bl::launch(false, kernel, grid, block, shared, stream __VA_OPT__(, ) __VA_ARGS__)
// May start before its predecessor in the stream ends: read nothing before gridDependencyWait().
#define BEAMLINE_LAUNCH_DEPENDENT(kernel, grid, block, shared, stream, ...) \
  ::bl::launch(true, kernel, grid, block, shared, stream __VA_OPT__(, ) __VA_ARGS__)

namespace bl {

/** Launches unless an extent of the grid is 0. Shared memory past 48 KiB is asked for here. */
template <class... Parameters, class... Arguments>
int32_t launch(bool dependent, void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared,
               void* stream, Arguments&&... arguments) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) return BL_OK;
  cudaError_t error = cudaSuccess;
  if (shared > 48 * 1024) {
    error = cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                 cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 static_cast<int>(shared));
  }
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared;
  config.stream = static_cast<cudaStream_t>(stream);
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  config.attrs = &attribute;
  config.numAttrs = dependent ? 1 : 0;
  if (error == cudaSuccess) {
    error = cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
  }
  if (error == cudaSuccess) return BL_OK;
  return refuse(BL_LAUNCH_FAILED, "launch: %s", cudaGetErrorString(error));
}

/** Streaming multiprocessors of the current device, for heuristics on the host. */
inline int multiprocessorCount() {
  int device = 0, count = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return 1;
  cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return count > 0 ? count : 1;
}

}  // namespace bl

#endif

#define BL_DEVICE __device__ __forceinline__
#define BL_HOST_DEVICE __host__ __device__ __forceinline__

namespace bl {

constexpr unsigned kFullMask = 0xffffffffu;
constexpr int kWarp = 32;

BL_HOST_DEVICE constexpr int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

BL_DEVICE int laneId() { return static_cast<int>(threadIdx.x & 31u); }
BL_DEVICE int warpId() { return static_cast<int>(threadIdx.x >> 5); }

/** Waits until `threads` threads (a multiple of 32) came to barrier `id` (1..15; 0 is
 * __syncthreads). */
BL_DEVICE void namedBarrierSync(int id, int threads BL_SITE) {
#ifdef BEAMLINE_SIMT
  simt::namedBarrier(id, threads, true, site);
#else
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
#endif
}

/** Counts at barrier `id` without waiting: the producer's half. */
BL_DEVICE void namedBarrierArrive(int id, int threads BL_SITE) {
#ifdef BEAMLINE_SIMT
  simt::namedBarrier(id, threads, false, site);
#else
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
#endif
}

/** Programmatic dependent launch (sm_90): everything read must come after the wait. */
BL_DEVICE void gridDependencyWait() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** Lets the next kernel in the stream begin. */
BL_DEVICE void gridDependencyTrigger() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/** A read through the non-coherent path: only for what no thread writes during the launch. T of 4,
 * 8 or 16 bytes. */
template <class T>
BL_DEVICE T loadReadOnly(const T* address BL_SITE) {
#ifdef BEAMLINE_SIMT
  if (reinterpret_cast<uintptr_t>(address) % sizeof(T) != 0) simt::crooked(address, site);
  return *address;
#else
  static_assert(sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16);
  union {
    T value;
    uint32_t word[sizeof(T) / 4];
  } out;
  if constexpr (sizeof(T) == 4) {
    asm("ld.global.nc.u32 %0, [%1];" : "=r"(out.word[0]) : "l"(address));
  } else if constexpr (sizeof(T) == 8) {
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];"
        : "=r"(out.word[0]), "=r"(out.word[1])
        : "l"(address));
  } else {
    asm("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(out.word[0]), "=r"(out.word[1]), "=r"(out.word[2]), "=r"(out.word[3])
        : "l"(address));
  }
  return out.value;
#endif
}

}  // namespace bl
