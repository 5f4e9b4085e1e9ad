// Context requests first, generation requests after them, by index: one block, one scan. Rows are
// copied by a second launch, and only where the caller brings rows.
#pragma once

#include "phases.cuh"

namespace bl::split_phases {

using phases::kThreads;

struct Params {
  const int32_t* types;
  const int32_t* offsets;
  int64_t requests;
  int32_t* indices;       // [requests]
  int32_t* counts;        // [2]
  int32_t* phaseOffsets;  // [requests + 1]
};

static __global__ void __launch_bounds__(kThreads) splitIndex(Params p) {
  BEAMLINE_SHARED_ARRAY(int64_t, scratch, kThreads / kWarp);
  const phases::Context context = phases::scanPhases(
      p.types, p.offsets, p.requests, scratch, [&](int64_t request, int64_t place, int64_t row) {
        p.indices[place] = static_cast<int32_t>(request);
        p.phaseOffsets[place] = static_cast<int32_t>(row);
      });
  if (threadIdx.x != 0) return;
  p.counts[0] = context.requests;
  p.counts[1] = static_cast<int32_t>(p.requests) - context.requests;
  p.phaseOffsets[p.requests] = p.offsets[p.requests] - p.offsets[0];
}

template <class Unit>
__global__ void __launch_bounds__(kThreads) splitCopy(Params p, phases::CopyParams copy) {
  gridDependencyWait();
  const int64_t place = blockIdx.x / copy.slices;
  const int64_t request = p.indices[place];
  const int64_t from = p.offsets[request];
  const int64_t to = p.phaseOffsets[place];
  phases::copyRows<Unit>(copy, from, to, p.offsets[request + 1] - from);
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(expect(call, 3, 4, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[0], 0), rows = extent(in[2], 0), hidden = extent(in[2], 1);
  BL_TRY(expectTensor("types", in[0], BL_I32, {requests}));
  BL_TRY(expectTensor("offsets", in[1], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("rows", in[2], in[2].dtype, {rows, hidden}));
  BL_TRY(expectTensor("indices", out[0], BL_I32, {requests}));
  BL_TRY(expectTensor("counts", out[1], BL_I32, {2}));
  BL_TRY(expectTensor("phase_offsets", out[2], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("phase_rows", out[3], in[2].dtype, {rows, hidden}));
  bool copies = false;
  BL_TRY(phases::chooseCopy("split_phases", call, in[2], copies));
  Params p;
  p.types = data<const int32_t>(in[0]);
  p.offsets = data<const int32_t>(in[1]);
  p.requests = requests;
  p.indices = data<int32_t>(out[0]);
  p.counts = data<int32_t>(out[1]);
  p.phaseOffsets = data<int32_t>(out[2]);
  BL_TRY(BEAMLINE_LAUNCH(splitIndex, dim3(1), dim3(kThreads), 0, call->stream, p));
  if (!copies) return BL_OK;
  const phases::CopyParams copy = phases::copyParams(in[2], out[3], requests);
  const dim3 grid(static_cast<unsigned>(requests * copy.slices));
  return dispatchUnit(copy.from, copy.to, copy.rowBytes, [&]<class Unit>() {
    return BEAMLINE_LAUNCH_DEPENDENT((splitCopy<Unit>), grid, dim3(kThreads), 0, call->stream, p,
                                     copy);
  });
}

}  // namespace bl::split_phases
