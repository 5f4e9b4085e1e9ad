// Registers beam_step: `single` has one block per request, `sliced` several that share its states.
#include "beam_step.cuh"

BL_REGISTER_OPERATOR(beam_step, bl::beam_step::workspaceBytes, bl::beam_step::launch, "single",
                     "sliced")
