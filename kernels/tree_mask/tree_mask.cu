// tree_mask as the C ABI sees it. Variants: one thread a row, or a warp a row for masks of several
// words.
#include "tree_mask.cuh"

namespace bl::tree_mask {
namespace {

int64_t workspaceBytes(const bl_call*) { return 0; }

int32_t launchCall(const bl_call* call) {
  BL_TRY(expect(call, 2, 1, 1));
  const bl_tensor& parent = call->inputs[0];
  const bl_tensor& offsets = call->inputs[1];
  const bl_tensor& words = call->outputs[0];
  BL_TRY(expectTensor("parent", parent, BL_I32, {-1}));
  BL_TRY(expectTensor("offsets", offsets, BL_I32, {-1}));
  BL_TRY(expectTensor("words", words, BL_U32, {parent.shape[0], -1}));
  const Params params{data<const int>(parent),
                      data<const int>(offsets),
                      data<unsigned>(words),
                      parent.shape[0],
                      static_cast<int>(offsets.shape[0] - 1),
                      static_cast<int>(words.shape[1])};
  const bool isWarp = isVariant(call, "warp") || (isVariant(call, "") && params.stride > 1);
  return isWarp ? launch<32>(params, call->stream) : launch<1>(params, call->stream);
}

}  // namespace
}  // namespace bl::tree_mask

BL_REGISTER_OPERATOR(tree_mask, bl::tree_mask::workspaceBytes, bl::tree_mask::launchCall, "thread",
                     "warp")
