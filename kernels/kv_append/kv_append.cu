// Registers kv_append: 16 bytes at a time where the extents allow it, else element by element.
#include "kv_append.cuh"

BL_REGISTER_OPERATOR(kv_append, bl::kv_append::workspaceBytes, bl::kv_append::launch, "vector",
                     "scalar")
