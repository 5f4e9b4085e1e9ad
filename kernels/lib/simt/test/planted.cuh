// Planted bugs, each beside a clean twin: what the checks must name, and what they must let pass.
// An operator here is one pair; its variants are `clean` and `planted`. Input and output are one
// row of floats each, of which a pair uses what it needs.
#pragma once

#include "../../cuda/atomics.cuh"
#include "../../cuda/matrix.cuh"
#include "../../cuda/tensor.h"
#include "../../cuda/warp.cuh"

namespace bl::planted {

struct Params {
  const float* in;
  float* out;
  unsigned* counters;  // zeros, the first words of `out`'s second half
  int count;           // floats in each
};

using Kernel = void (*)(Params);

/** Both variants of a pair, run with the same shape. */
template <Kernel Clean, Kernel Planted>
struct Pair {
  static int64_t workspaceBytes(const bl_call*) { return 0; }
  template <unsigned Blocks, unsigned Threads, size_t Shared>
  static int32_t launch(const bl_call* call) {
    BL_TRY(expect(call, 1, 2, 0));
    const bl_tensor& in = call->inputs[0];
    const Params params{data<const float>(in), data<float>(call->outputs[0]),
                        data<unsigned>(call->outputs[1]), static_cast<int>(in.shape[0])};
    const Kernel kernel = isVariant(call, "planted") ? Planted : Clean;
    return BEAMLINE_LAUNCH(kernel, dim3(Blocks), dim3(Threads), Shared, call->stream, params);
  }
};

}  // namespace bl::planted

/** A pair from a kernel template with one bool: whether the bug is in. */
#define BL_PLANTED(name, kernel, blocks, threads, shared)                                          \
  using Pair_##name = bl::planted::Pair<kernel<false>, kernel<true>>;                              \
  BL_REGISTER_OPERATOR(name, Pair_##name::workspaceBytes,                                          \
                       (Pair_##name::launch<blocks, threads, shared>),                             \
                       "clean", "planted")
