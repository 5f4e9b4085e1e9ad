// Registers draft_topk: `onepass` has a block per row, `split` several, `select` takes any `keep`.
#include "launch.cuh"

BL_REGISTER_OPERATOR(draft_topk, bl::draft_topk::workspaceBytes, bl::draft_topk::launch, "onepass",
                     "split", "select")
