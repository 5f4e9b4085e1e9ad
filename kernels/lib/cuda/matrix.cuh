// ldmatrix and mma.sync m16n8k16 with fp32 accumulation, the tensor-core path of sm_80 and newer.
//
// Fragments (PTX ISA, "Matrix fragments for mma.m16n8k16"), lane = 4·g + q:
//   a[0] = A[g][2q..], a[1] = A[g+8][2q..], a[2] = A[g][2q+8..], a[3] = A[g+8][2q+8..]
//   b[0] = B[2q..][g], b[1] = B[2q+8..][g];  c = C[g][2q], C[g][2q+1], C[g+8][2q], C[g+8][2q+1]
// All 32 lanes must call together. Rows of ldmatrix are 16 bytes, aligned to 16.
#pragma once

#include "async_copy.cuh"
#include "math.cuh"

namespace bl {

/** Loads Count 8x8 matrices of 16-bit values; lane 8·i + r gives the address of row r of matrix
 * i. Transposed: each matrix is read column by column. */
template <int Count, bool Transposed = false>
BL_DEVICE void loadMatrix(uint32_t (&r)[Count], const void* row BL_SITE) {
  static_assert(Count == 1 || Count == 2 || Count == 4, "ldmatrix loads 1, 2 or 4 matrices");
#ifdef BEAMLINE_SIMT
  simt::loadMatrix(r, row, Count, Transposed, site);
#else
  const uint32_t address = sharedAddress(row);
  if constexpr (Count == 1 && !Transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
                 : "=r"(r[0])
                 : "r"(address)
                 : "memory");
  } else if constexpr (Count == 1) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                 : "=r"(r[0])
                 : "r"(address)
                 : "memory");
  } else if constexpr (Count == 2 && !Transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(address)
                 : "memory");
  } else if constexpr (Count == 2) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(address)
                 : "memory");
  } else if constexpr (!Transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  }
#endif
}

/** c += A·B on 16x16 and 16x8 tiles of T (bf16 or f16). */
template <class T>
BL_DEVICE void mma(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1 BL_SITE);

template <>
BL_DEVICE void mma<bf16>(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1
                         BL_SITE_GIVEN) {
#ifdef BEAMLINE_SIMT
  simt::mmaBf16(c, a, b0, b1, site);
#else
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

template <>
BL_DEVICE void mma<f16>(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1
                        BL_SITE_GIVEN) {
#ifdef BEAMLINE_SIMT
  simt::mmaF16(c, a, b0, b1, site);
#else
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

}  // namespace bl
