// Registers verify_greedy: `row` takes the argmax of a row with one block, `split` with several.
#include "verify_greedy.cuh"

BL_REGISTER_OPERATOR(verify_greedy, bl::verify_greedy::workspaceBytes, bl::verify_greedy::launch,
                     "row", "split")
