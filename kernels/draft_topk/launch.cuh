// How draft_topk is launched: variants, parts of a row, workspace.
#pragma once

#include "draft_topk.cuh"

namespace bl::draft_topk {

/** What of a call does not depend on its type. */
struct Plan {
  int64_t rows;
  int64_t vocab;
  int64_t keep;      // at most vocab
  int64_t partSize;
  int64_t parts;     // 0: the variant `select`
};

inline Plan planOf(const bl_call* call) {
  Plan plan;
  plan.rows = extent(call->inputs[0], 0);
  plan.vocab = extent(call->inputs[0], 1);
  plan.keep = static_cast<int64_t>(call->attributes[1]);
  if (plan.keep > plan.vocab) plan.keep = plan.vocab;
  const int64_t groups = ceilDiv(plan.vocab, kGroup);
  int64_t parts = 1;
  if (plan.vocab == 0) {
    parts = 1;
  } else if (isVariant(call, "split")) {
    parts = groups < 2 ? 2 : groups;
  } else if (isVariant(call, "") && plan.rows > 0) {
    parts = 2 * multiprocessorCount() / plan.rows;
    if (parts > groups) parts = groups;
  }
  if (parts < 1) parts = 1;
  plan.partSize = ceilDiv(ceilDiv(plan.vocab, parts), kGroup) * kGroup;
  plan.parts = parts;  // the last ones may be empty
  if (isVariant(call, "select") || (isVariant(call, "") && plan.keep > kMost)) plan.parts = 0;
  return plan;
}

inline int64_t workspaceBytes(const bl_call* call) {
  const Plan plan = planOf(call);
  if (plan.parts < 2) return 0;
  return plan.rows * plan.parts *
         static_cast<int64_t>(kSlots * sizeof(Entry) + sizeof(Header));
}

template <class T>
int32_t run(const bl_call* call, const Plan& plan) {
  const bl_tensor* out = call->outputs;
  Params<T> p;
  p.logits = data<const T>(call->inputs[0]);
  p.values = data<float>(out[0]);
  p.tokens = data<int32_t>(out[1]);
  p.lse = data<float>(out[2]);
  p.entries = static_cast<Entry*>(call->workspace);
  p.headers = reinterpret_cast<Header*>(p.entries + plan.rows * plan.parts * kSlots);
  p.vocab = plan.vocab;
  p.partSize = plan.partSize;
  p.parts = static_cast<unsigned>(plan.parts);
  p.k = static_cast<int>(extent(out[0], 1));
  p.keep = plan.keep;
  const dim3 rows(static_cast<unsigned>(plan.rows)), block(kThreads);
  const dim3 grid(static_cast<unsigned>(plan.rows * plan.parts));
  BL_TRY(dispatchBool(wholeVectors<T>(plan.vocab, p.logits), [&]<bool Whole>() {
    if (plan.parts == 0) {
      return BEAMLINE_LAUNCH((selectAny<T, Whole>), rows, block, 0, call->stream, p);
    }
    return BEAMLINE_LAUNCH((selectPart<T, Whole>), grid, block, 0, call->stream, p);
  }));
  if (plan.parts < 2 || plan.vocab == 0) return BL_OK;
  return BEAMLINE_LAUNCH_DEPENDENT((mergeParts<T>), rows, block, 0, call->stream, p);
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 1, 3, 2));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t rows = extent(in[0], 0), k = static_cast<int64_t>(call->attributes[0]);
  BL_TRY(expectTensor("logits", in[0], in[0].dtype, {rows, extent(in[0], 1)}));
  BL_TRY(expectTensor("values", out[0], BL_F32, {rows, k}));
  BL_TRY(expectTensor("tokens", out[1], BL_I32, {rows, k}));
  BL_TRY(expectTensor("lse", out[2], BL_F32, {rows}));
  if (k < 0 || k > kMost) {
    return refuse(BL_UNSUPPORTED, "draft_topk: k at most %d", kMost);
  }
  if (call->attributes[1] < 1) return refuse(BL_INVALID, "draft_topk: keep at least 1");
  const bool forced = isVariant(call, "onepass") || isVariant(call, "split");
  if (!forced && !isVariant(call, "select") && !isVariant(call, "")) {
    return refuse(BL_UNKNOWN, "draft_topk: no variant '%s'", variantOf(call));
  }
  const Plan plan = planOf(call);
  if (forced && plan.keep > kMost) {
    return refuse(BL_UNSUPPORTED, "draft_topk: keep at most %d in this variant", kMost);
  }
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "draft_topk: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  return dispatchFloat(in[0].dtype, [&]<class T>() { return run<T>(call, plan); });
}

}  // namespace bl::draft_topk
