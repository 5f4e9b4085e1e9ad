// Registers tree_attention; the names of its variants are those of kPlans. What the simt library
// has no instructions for is not in its list.
#include "tree_attention.cuh"

#ifdef BEAMLINE_SIMT
#define BL_HOPPER
#else
#define BL_HOPPER , "wgmma_split", "wgmma_nosplit", "wgmma_tma_split", "wgmma_tma_nosplit"
#endif

BL_REGISTER_OPERATOR(tree_attention, bl::tree_attention::workspaceBytes,
                     bl::tree_attention::launch, "simple", "fma_split", "fma_nosplit",
                     "mma16_split", "mma16_nosplit", "mma32_split", "mma32_nosplit", "mma64_split",
                     "mma64_nosplit", "mma128_split", "mma128_nosplit" BL_HOPPER)
