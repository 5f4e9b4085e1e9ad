// Registers split_phases: `index` copies nothing, `copy` moves the rows as well.
#include "split_phases.cuh"

BL_REGISTER_OPERATOR(split_phases, bl::split_phases::workspaceBytes, bl::split_phases::launch,
                     "index", "copy")
