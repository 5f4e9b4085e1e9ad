// TMA, the bulk copies of sm_90 and newer: one thread asks for a box of a tensor, the hardware
// fetches it, swizzles it into shared memory and tells an mbarrier how many bytes came. nvcc only:
// the simt library has no such kernels, and this header is not for it.
//
//   initBarrier(barrier, 1);                        // one thread, once
//   (fence.proxy.async); __syncthreads();           // TMA and the other threads see it
//   arriveExpecting(barrier, bytes);                // the producer, before its copies
//   copyBox(to, &map, barrier, x, y, z, w);
//   waitBarrier(barrier, parity);                   // all readers; parity 0 first, then 1, 0, ...
//
// A stage that threads wrote or read by plain loads and stores may be filled again only behind
// their fence.proxy.async and a barrier (PTX ISA, "Async proxy"); what TMA wrote needs no fence
// once the wait has returned. Sections named below are of the PTX ISA, 8.x.
#pragma once

#include <cuda.h>
#include <cudaTypedefs.h>

#include "async_copy.cuh"

namespace bl {

/** Parameter of a kernel that copies boxes: `const __grid_constant__ TensorMap map`, so that a
 * captured graph keeps the bytes. */
using TensorMap = CUtensorMap;

/** A dense array in four extents, innermost first. Strides in bytes belong to the extents 1 to 3:
 * multiples of 16 below 2^40, each at least stride times extent of the one before. The base is
 * aligned to 16 bytes. */
struct BoxedTensor {
  const void* base;
  CUtensorMapDataType type;
  uint64_t extents[4];
  uint64_t strides[3];
  uint32_t box[4];  // box[0] is 128 bytes wide: the swizzle's row
};

/** The driver's encoder, found while running: the library links no libcuda and loads without. */
inline PFN_cuTensorMapEncodeTiled_v12000 tensorMapEncoder() {
  static const PFN_cuTensorMapEncodeTiled_v12000 encoder = [] {
    void* found = nullptr;
    cudaDriverEntryPointQueryResult result = cudaDriverEntryPointSymbolNotFound;
    const cudaError_t error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found,
                                                               12000, cudaEnableDefault, &result);
    if (error != cudaSuccess) cudaGetLastError();
    const bool good = error == cudaSuccess && result == cudaDriverEntryPointSuccess;
    return good ? reinterpret_cast<PFN_cuTensorMapEncodeTiled_v12000>(found) : nullptr;
  }();
  return encoder;
}

/** Encodes on the host, without touching the device; a bl_status. 128-byte swizzle: 16-byte chunk
 * c of row r stands at c XOR r mod 8, where r counts from a multiple of 1024 bytes. */
inline int32_t encodeTensorMap(const BoxedTensor& tensor, TensorMap* map) {
  const auto encode = tensorMapEncoder();
  if (encode == nullptr) {
    return refuse(BL_UNSUPPORTED, "TMA: this driver has no cuTensorMapEncodeTiled");
  }
  const uint32_t dense[4] = {1, 1, 1, 1};
  const CUresult result =
      encode(map, tensor.type, 4, const_cast<void*>(tensor.base), tensor.extents, tensor.strides,
             tensor.box, dense, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
             CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result == CUDA_SUCCESS) return BL_OK;
  return refuse(BL_UNSUPPORTED, "TMA: cuTensorMapEncodeTiled gave %d", static_cast<int>(result));
}

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900

/** "mbarrier.init": a phase ends when `count` threads arrived and all expected bytes came. */
BL_DEVICE void initBarrier(uint64_t* barrier, int count) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(sharedAddress(barrier)), "r"(count)
               : "memory");
}

/** "mbarrier.arrive" with expect_tx: arrives, and the phase now waits for `bytes` more. */
BL_DEVICE void arriveExpecting(uint64_t* barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(
                   sharedAddress(barrier)),
               "r"(bytes)
               : "memory");
}

/** "mbarrier.test_wait / try_wait": returns when the phase of this parity has ended. What the
 * copies wrote is then visible to this thread. */
BL_DEVICE void waitBarrier(uint64_t* barrier, uint32_t parity) {
  uint32_t done = 0;
  while (done == 0) {
    asm volatile(
        "{\n.reg .pred p;\n"
        "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n"
        "selp.u32 %0, 1, 0, p;\n}"
        : "=r"(done)
        : "r"(sharedAddress(barrier)), "r"(parity)
        : "memory");
  }
}

/** "cp.async.bulk.tensor": starts the copy of the box at these coordinates, innermost first; its
 * bytes count at the barrier. `to` is aligned to 128 bytes. One thread calls. */
BL_DEVICE void copyBox(void* to, const TensorMap* map, uint64_t* barrier, int x, int y, int z,
                       int w) {
  asm volatile(
      "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%3, %4, %5, %6}], [%2];" ::"r"(sharedAddress(to)),
      "l"(map), "r"(sharedAddress(barrier)), "r"(x), "r"(y), "r"(z), "r"(w)
      : "memory");
}

/** "prefetch.tensormap": the descriptor on its way, long before the first copy. */
BL_DEVICE void prefetchTensorMap(const TensorMap* map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

#endif

}  // namespace bl
