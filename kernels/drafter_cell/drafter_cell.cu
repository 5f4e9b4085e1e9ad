// Registers drafter_cell: `vector` moves 16 bytes a thread, `scalar` takes any hidden size.
#include "drafter_cell.cuh"

BL_REGISTER_OPERATOR(drafter_cell, bl::drafter_cell::workspaceBytes, bl::drafter_cell::launch,
                     "vector", "scalar")
