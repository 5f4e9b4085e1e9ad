// The Hopper kernels with TMA; in the simt library there are none.
#ifndef BEAMLINE_SIMT

#include "wgmma_tma.cuh"

namespace bl::tree_attention {

template int32_t launchWgmmaTma<bf16>(const Params& p, int64_t pages, dim3 grid, void* stream);
template int32_t launchWgmmaTma<f16>(const Params& p, int64_t pages, dim3 grid, void* stream);

}  // namespace bl::tree_attention

#endif
