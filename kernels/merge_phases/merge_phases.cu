// Registers merge_phases: `index` copies nothing, `copy` moves the rows as well.
#include "merge_phases.cuh"

BL_REGISTER_OPERATOR(merge_phases, bl::merge_phases::workspaceBytes, bl::merge_phases::launch,
                     "index", "copy")
