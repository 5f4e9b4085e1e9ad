// Registers verify_exact: `walk` reads the rows of the path only, `rows` all rows at once.
#include "verify_exact.cuh"

BL_REGISTER_OPERATOR(verify_exact, bl::verify_exact::workspaceBytes, bl::verify_exact::launch,
                     "walk", "rows")
