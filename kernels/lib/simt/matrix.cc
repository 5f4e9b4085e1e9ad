// The tensor-core instructions as warp collectives. Each lane spreads its fragments over the warp's
// tiles when it comes; the last one multiplies. Products are exact in fp32 and added to the
// accumulator in the order k = 0..15: close to the hardware, and not bit-equal to it.
#include <string.h>

#include "check.h"
#include "numbers.h"

namespace bl::simt {

namespace {

/** The address of row r of matrix m as lane 8·m + r gave it. */
void loadBody(Warp& warp, uint32_t, bool transposed) {
  for (int m = 0; m < warp.argument; ++m) {
    alignas(16) uint16_t rows[8][8];
    for (int r = 0; r < 8; ++r) memcpy(rows[r], warp.rows[m * 8 + r], 16);
    for (int lane = 0; lane < kWarpLanes; ++lane) {
      const int g = lane >> 2, q = (lane & 3) * 2;
      uint32_t word;
      if (transposed) {
        word = rows[q][g] | static_cast<uint32_t>(rows[q + 1][g]) << 16;
      } else {
        memcpy(&word, &rows[g][q], 4);
      }
      warp.registers[lane][m] = word;
    }
  }
}

void loadPlain(Warp& warp, uint32_t lanes) { loadBody(warp, lanes, false); }
void loadTransposed(Warp& warp, uint32_t lanes) { loadBody(warp, lanes, true); }

void multiply(Warp& warp, uint32_t) {
  for (int row = 0; row < 16; ++row) {
    alignas(32) float sum[8];
    memcpy(sum, warp.c[row], sizeof sum);
    for (int k = 0; k < 16; ++k) {
      const float a = warp.a[row][k];
      for (int n = 0; n < 8; ++n) sum[n] += a * warp.b[k][n];
    }
    memcpy(warp.c[row], sum, sizeof sum);
  }
}

template <float (*ToFloat)(uint16_t)>
inline void spread(float* to, uint32_t word) {
  to[0] = ToFloat(static_cast<uint16_t>(word));
  to[1] = ToFloat(static_cast<uint16_t>(word >> 16));
}

void mustBeWhole(const Warp& warp, const char* name, Site site) {
  if (warp.alive != ~0u) {
    fault("wrong mask", site, "%s in a warp of which only lanes %08x live", name, warp.alive);
  }
}

template <float (*ToFloat)(uint16_t)>
inline void mma(float* c, const uint32_t* a, uint32_t b0, uint32_t b1, Site site) {
  Fiber& self = *running();
  Warp& warp = *self.warp;
  mustBeWhole(warp, "mma", site);
  const int g = self.lane >> 2, q = (self.lane & 3) * 2;
  spread<ToFloat>(&warp.a[g][q], a[0]);
  spread<ToFloat>(&warp.a[g + 8][q], a[1]);
  spread<ToFloat>(&warp.a[g][q + 8], a[2]);
  spread<ToFloat>(&warp.a[g + 8][q + 8], a[3]);
  float pair[2];
  spread<ToFloat>(pair, b0);
  warp.b[q][g] = pair[0];
  warp.b[q + 1][g] = pair[1];
  spread<ToFloat>(pair, b1);
  warp.b[q + 8][g] = pair[0];
  warp.b[q + 9][g] = pair[1];
  memcpy(&warp.c[g][q], c, 8);
  memcpy(&warp.c[g + 8][q], c + 2, 8);
  collective(~0u, "mma", multiply, site);
  memcpy(c, &warp.c[g][q], 8);
  memcpy(c + 2, &warp.c[g + 8][q], 8);
}

}  // namespace

void loadMatrix(uint32_t* r, const void* row, int count, bool transposed, Site site) {
  Fiber& self = *running();
  Warp& warp = *self.warp;
  mustBeWhole(warp, "ldmatrix", site);
  if (self.lane < 8 * count) {
    if (reinterpret_cast<uintptr_t>(row) % 16 != 0) {
      fault("misaligned", site, "ldmatrix: the row of lane %d is not aligned to 16", self.lane);
    }
    mustBeShared(row, 16, "ldmatrix", site);
    check::access(row, 16, check::kRead, site);
  }
  warp.rows[self.lane] = static_cast<const char*>(row);
  warp.registers[self.lane] = r;
  warp.argument = count;
  collective(~0u, "ldmatrix", transposed ? loadTransposed : loadPlain, site);
}

void mmaBf16(float* c, const uint32_t* a, uint32_t b0, uint32_t b1, Site site) {
  mma<bf16ToFloat>(c, a, b0, b1, site);
}

void mmaF16(float* c, const uint32_t* a, uint32_t b0, uint32_t b1, Site site) {
  mma<halfToFloat>(c, a, b0, b1, site);
}

}  // namespace bl::simt
