// Reads and writes where none may be: past an allocation, past a shared array, before a value was
// written, before a cp.async landed, at a crooked address.
#include "planted.cuh"

namespace bl::planted {

template <bool Planted>
__global__ void readPastEnd(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  p.out[i] = p.in[Planted ? p.count - 63 + i : i];
}

template <bool Planted>
__global__ void writePastEnd(Params p) {
  const int i = static_cast<int>(threadIdx.x);
  p.out[Planted && i == 63 ? p.count : i] = p.in[i];
}

template <bool Planted>
__global__ void nullPointer(Params p) {
  const float* from = Planted && threadIdx.x == 5 ? nullptr : p.in;
  p.out[threadIdx.x] = from[1];
}

template <bool Planted>
__global__ void sharedPastEnd(Params p) {
  BEAMLINE_SHARED_ARRAY(float, tile, 32);
  BEAMLINE_SHARED_ARRAY(float, other, 32);
  const int i = static_cast<int>(threadIdx.x);
  other[i] = 0;
  tile[Planted && i == 31 ? 32 : i] = p.in[i];
  __syncthreads();
  p.out[i] = tile[i] + other[i];
}

/** Asks for less dynamic shared memory than it writes. */
template <bool Planted>
__global__ void dynamicPastEnd(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  tile[Planted ? i + 1 : i] = p.in[i];
  __syncthreads();
  p.out[i] = tile[Planted ? i + 1 : i];
}

template <bool Planted>
__global__ void copyPastEnd(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x) * 4;
  const float* from = Planted ? p.in + p.count - 124 + i : p.in + i;
  copyAsync<16>(tile + i, from);
  copyAsyncWaitAll();
  p.out[i] = tile[i];
}

template <bool Planted>
__global__ void uninitialised(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  if (!Planted || i != 7) tile[i] = p.in[i];
  __syncthreads();
  p.out[i] = tile[i ^ 1];
}

/** The last rows of a tile are loaded by ldmatrix and never filled. */
template <bool Planted>
__global__ void uninitialisedMatrix(Params p) {
  BEAMLINE_SHARED(bf16, tile);
  const int lane = laneId();
  for (int i = lane; i < (Planted ? 56 : 64); i += 32) tile[i] = fromFloat<bf16>(p.in[i]);
  __syncwarp();
  uint32_t r[1];
  loadMatrix<1>(r, tile + (lane % 8) * 8);
  p.out[lane] = unpack2<bf16>(r[0]).x;
}

template <bool Planted>
__global__ void missingWait(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  copyAsync<16>(tile + i * 4, p.in + i * 4);
  copyAsyncCommit();
  copyAsync<16>(tile + 128 + i * 4, p.in + 128 + i * 4);
  copyAsyncCommit();
  if (Planted) {
    copyAsyncWait<1>();
  } else {
    copyAsyncWait<0>();
  }
  __syncthreads();
  p.out[i] = tile[i] + tile[128 + i];
}

/** Waits, but only for what was committed: the last group was not. */
template <bool Planted>
__global__ void missingCommit(Params p) {
  BEAMLINE_SHARED(float, tile);
  const int i = static_cast<int>(threadIdx.x);
  copyAsync<4>(tile + i, p.in + i);
  if (!Planted) copyAsyncCommit();
  copyAsyncWait<0>();
  __syncthreads();
  p.out[i] = tile[i];
}

template <bool Planted>
__global__ void crooked(Params p) {
  const int i = static_cast<int>(threadIdx.x) * 4 + (Planted ? 1 : 0);
  BEAMLINE_SHARED(float, tile);
  copyAsync<16>(tile + threadIdx.x * 4, p.in + i);
  copyAsyncWaitAll();
  p.out[threadIdx.x] = tile[threadIdx.x * 4];
}

/** A float4 read from an address that is no multiple of 16. */
template <bool Planted>
__global__ void crookedVector(Params p) {
  const int i = static_cast<int>(threadIdx.x) * 4 + (Planted ? 1 : 0);
  const uint4 four = loadReadOnly(reinterpret_cast<const uint4*>(p.in + i));
  p.out[threadIdx.x] = __uint_as_float(four.y);
}

/** The GPU gives some number; a CPU stops. Neither is meant. */
template <bool Planted>
__global__ void division(Params p) {
  const int divisor = static_cast<int>(p.in[threadIdx.x]) + (Planted ? 0 : 1);
  p.out[threadIdx.x] = static_cast<float>(100 / divisor);
}

/** 160 KB of local memory a thread. */
template <bool Planted>
__global__ void localArrays(Params p) {
  volatile float local[Planted ? 40000 : 400];
  for (int i = 0; i < 400; ++i) local[i] = p.in[i % 32];
  p.out[threadIdx.x] = local[static_cast<int>(p.in[threadIdx.x]) + 100];
}

}  // namespace bl::planted

BL_PLANTED(bounds_read, bl::planted::readPastEnd, 1, 64, 0)
BL_PLANTED(bounds_write, bl::planted::writePastEnd, 1, 64, 0)
BL_PLANTED(bounds_null, bl::planted::nullPointer, 1, 64, 0)
BL_PLANTED(bounds_shared, bl::planted::sharedPastEnd, 1, 32, 0)
BL_PLANTED(bounds_dynamic, bl::planted::dynamicPastEnd, 1, 64, 256)
BL_PLANTED(bounds_copy, bl::planted::copyPastEnd, 1, 32, 512)
BL_PLANTED(uninitialised_shared, bl::planted::uninitialised, 1, 64, 256)
BL_PLANTED(uninitialised_matrix, bl::planted::uninitialisedMatrix, 1, 32, 128)
BL_PLANTED(wait_missing, bl::planted::missingWait, 1, 32, 1024)
BL_PLANTED(wait_uncommitted, bl::planted::missingCommit, 1, 64, 256)
BL_PLANTED(misaligned_copy, bl::planted::crooked, 1, 32, 512)
BL_PLANTED(misaligned_vector, bl::planted::crookedVector, 1, 32, 0)
BL_PLANTED(stack_overflow, bl::planted::localArrays, 1, 32, 0)
BL_PLANTED(arithmetic_division, bl::planted::division, 1, 32, 0)
