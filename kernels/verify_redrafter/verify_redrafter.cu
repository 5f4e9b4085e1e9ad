// Registers verify_redrafter: one variant, all rows at once and then a block per request.
#include "verify_redrafter.cuh"

BL_REGISTER_OPERATOR(verify_redrafter, bl::verify_redrafter::workspaceBytes,
                     bl::verify_redrafter::launch, "rows")
