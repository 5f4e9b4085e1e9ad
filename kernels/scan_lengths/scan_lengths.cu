// scan_lengths as the C ABI sees it. Variants: a block of 128 threads, or 1024 for large batches.
#include "scan_lengths.cuh"

namespace bl::scan_lengths {
namespace {

int64_t workspaceBytes(const bl_call*) { return 0; }

int32_t launchCall(const bl_call* call) {
  BL_TRY(expect(call, 1, 3, 0));
  const bl_tensor& lengths = call->inputs[0];
  BL_TRY(expectTensor("lengths", lengths, BL_I32, {-1}));
  const int64_t requests = lengths.shape[0];
  BL_TRY(expectTensor("offsets", call->outputs[0], BL_I32, {requests + 1}));
  BL_TRY(expectScalar("total", call->outputs[1], BL_I32));
  BL_TRY(expectScalar("max", call->outputs[2], BL_I32));
  const Params params{data<const int>(lengths), data<int>(call->outputs[0]),
                      data<int>(call->outputs[1]), data<int>(call->outputs[2]),
                      static_cast<int>(requests)};
  const bool isWide = isVariant(call, "wide") || (isVariant(call, "") && requests > 512);
  return isWide ? launch<1024>(params, call->stream) : launch<128>(params, call->stream);
}

}  // namespace
}  // namespace bl::scan_lengths

BL_REGISTER_OPERATOR(scan_lengths, bl::scan_lengths::workspaceBytes, bl::scan_lengths::launchCall,
                     "narrow", "wide")
