// uniform as the C ABI sees it.
#include "uniform.cuh"

namespace bl::uniform {
namespace {

int64_t workspaceBytes(const bl_call*) { return 0; }

int32_t launchCall(const bl_call* call) {
  BL_TRY(expect(call, 3, 1, 1));
  const bl_tensor& ids = call->inputs[1];
  BL_TRY(expectTensor("seed", call->inputs[0], BL_U32, {2}));
  BL_TRY(expectTensor("request_ids", ids, BL_I32, {-1}));
  BL_TRY(expectTensor("steps", call->inputs[2], BL_I32, {ids.shape[0]}));
  const bl_tensor& out = call->outputs[0];
  BL_TRY(expectTensor("uniforms", out, BL_F32, {ids.shape[0], -1}));
  return launch({data<const unsigned>(call->inputs[0]), data<const int>(ids),
                 data<const int>(call->inputs[2]), data<float>(out), out.shape[0], out.shape[1]},
                call->stream);
}

}  // namespace
}  // namespace bl::uniform

BL_REGISTER_OPERATOR(uniform, bl::uniform::workspaceBytes, bl::uniform::launchCall, "philox")
