// Registers prune_tree: `block` is one launch, `split` re-packs in a second one.
#include "prune_tree.cuh"

BL_REGISTER_OPERATOR(prune_tree, bl::prune_tree::workspaceBytes, bl::prune_tree::launch, "block",
                     "split")
