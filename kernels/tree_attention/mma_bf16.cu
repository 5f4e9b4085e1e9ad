// The tensor-core kernels for bf16 queries and keys.
#include "mma.cuh"

namespace bl::tree_attention {

template int32_t launchMma<bf16, bf16>(const Params& p, dim3 grid, void* stream);

}  // namespace bl::tree_attention
