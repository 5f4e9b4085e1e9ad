// The Hopper kernels; in the simt library there are none.
#ifndef BEAMLINE_SIMT

#include "wgmma.cuh"

namespace bl::tree_attention {

template int32_t launchWgmma<bf16>(const Params& p, dim3 grid, void* stream);
template int32_t launchWgmma<f16>(const Params& p, dim3 grid, void* stream);

}  // namespace bl::tree_attention

#endif
