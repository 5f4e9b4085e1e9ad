// Registers compact_kv: one variant; the width of its moves follows from heads x head size.
#include "compact_kv.cuh"

BL_REGISTER_OPERATOR(compact_kv, bl::compact_kv::workspaceBytes, bl::compact_kv::launch, "columns")
