// Registers select_path: one variant; the width of its copies follows from the hidden size.
#include "select_path.cuh"

BL_REGISTER_OPERATOR(select_path, bl::select_path::workspaceBytes, bl::select_path::launch,
                     "slices")
