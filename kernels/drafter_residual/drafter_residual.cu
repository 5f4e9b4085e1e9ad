// Registers drafter_residual: `vector` moves 16 bytes a thread, `scalar` takes any extent.
#include "drafter_residual.cuh"

BL_REGISTER_OPERATOR(drafter_residual, bl::drafter_residual::workspaceBytes,
                     bl::drafter_residual::launch, "vector", "scalar")
