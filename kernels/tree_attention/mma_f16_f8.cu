// The tensor-core kernels for fp16 queries and fp8 keys.
#include "mma.cuh"

namespace bl::tree_attention {

template int32_t launchMma<f16, f8>(const Params& p, dim3 grid, void* stream);

}  // namespace bl::tree_attention
