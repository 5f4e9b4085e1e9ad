// The inverse of split_phases: the place of each request among the phases, by one scan of one
// block; rows go back to the order of the batch by a second launch, only where there are rows.
// Workspace: first row of each request in the order of the phases, for the copy.
#pragma once

#include "../split_phases/phases.cuh"

namespace bl::merge_phases {

using phases::kThreads;

struct Params {
  const int32_t* types;
  const int32_t* offsets;
  int64_t requests;
  int32_t* indices;   // [requests]
  int32_t* firstRow;  // [requests], null when nothing is copied
};

static __global__ void __launch_bounds__(kThreads) mergeIndex(Params p) {
  BEAMLINE_SHARED_ARRAY(int64_t, scratch, kThreads / kWarp);
  phases::scanPhases(p.types, p.offsets, p.requests, scratch,
                     [&](int64_t request, int64_t place, int64_t row) {
                       p.indices[request] = static_cast<int32_t>(place);
                       if (p.firstRow != nullptr) {
                         p.firstRow[request] = static_cast<int32_t>(row);
                       }
                     });
}

template <class Unit>
__global__ void __launch_bounds__(kThreads) mergeCopy(Params p, phases::CopyParams copy) {
  gridDependencyWait();
  const int64_t request = blockIdx.x / copy.slices;
  const int64_t to = p.offsets[request];
  phases::copyRows<Unit>(copy, p.firstRow[request], to, p.offsets[request + 1] - to);
}

inline int64_t workspaceBytes(const bl_call* call) {
  return elementCount(call->inputs[2]) > 0 ? extent(call->inputs[0], 0) * 4 : 0;
}

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 3, 2, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[0], 0), rows = extent(in[2], 0), hidden = extent(in[2], 1);
  BL_TRY(expectTensor("types", in[0], BL_I32, {requests}));
  BL_TRY(expectTensor("offsets", in[1], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("phase_rows", in[2], in[2].dtype, {rows, hidden}));
  BL_TRY(expectTensor("indices", out[0], BL_I32, {requests}));
  BL_TRY(expectTensor("rows", out[1], in[2].dtype, {rows, hidden}));
  bool copies = false;
  BL_TRY(phases::chooseCopy("merge_phases", call, in[2], copies));
  if (call->workspace_bytes < workspaceBytes(call)) {
    return refuse(BL_NO_WORKSPACE, "merge_phases: %lld bytes of workspace expected",
                  static_cast<long long>(workspaceBytes(call)));
  }
  Params p;
  p.types = data<const int32_t>(in[0]);
  p.offsets = data<const int32_t>(in[1]);
  p.requests = requests;
  p.indices = data<int32_t>(out[0]);
  p.firstRow = copies ? static_cast<int32_t*>(call->workspace) : nullptr;
  const dim3 one(requests > 0 ? 1 : 0);
  BL_TRY(BEAMLINE_LAUNCH(mergeIndex, one, dim3(kThreads), 0, call->stream, p));
  if (!copies) return BL_OK;
  const phases::CopyParams copy = phases::copyParams(in[2], out[1], requests);
  const dim3 grid(static_cast<unsigned>(requests * copy.slices));
  return dispatchUnit(copy.from, copy.to, copy.rowBytes, [&]<class Unit>() {
    return BEAMLINE_LAUNCH_DEPENDENT((mergeCopy<Unit>), grid, dim3(kThreads), 0, call->stream, p,
                                     copy);
  });
}

}  // namespace bl::merge_phases
