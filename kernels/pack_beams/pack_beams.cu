// Registers pack_beams: `single` is one launch of one block, `split` two launches of many.
#include "pack_beams.cuh"

BL_REGISTER_OPERATOR(pack_beams, bl::pack_beams::workspaceBytes, bl::pack_beams::launch, "single",
                     "split")
