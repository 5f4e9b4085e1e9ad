// What the next step starts from: tokens, rows and positions of the accepted path, and the hidden
// state of its last token. One launch: a request's hidden row is cut into slices, one block each,
// and the block of the first slice writes the few integers as well.
#pragma once

#include "../lib/cuda/row.cuh"

namespace bl::select_path {

constexpr int kThreads = 128;

struct Params {
  const int32_t* unpack;     // [requests, beams, depth]
  const int32_t* offsets;    // [requests + 1]
  const int32_t* beam;       // [requests]
  const int32_t* accepted;   // [requests]
  const int32_t* bonus;      // [requests]
  const int32_t* packed;     // [treeTokens]
  const int32_t* kvLengths;  // [requests]
  const unsigned char* hidden;
  int32_t* tokens;  // [requests, depth]
  int32_t* path;    // [requests, depth]
  unsigned char* hiddenOut;
  int32_t* positions;  // [requests]
  int32_t* lengths;    // [requests]
  int64_t beams;
  int64_t depth;      // draftLength + 1
  int64_t rowBytes;   // of a hidden state
  unsigned slices;     // blocks per request
};

template <class Unit>
__global__ void __launch_bounds__(kThreads) select(Params p) {
  const int64_t request = blockIdx.x / p.slices;
  const int64_t slice = blockIdx.x % p.slices;
  const int64_t first = p.offsets[request];
  const int64_t rows = p.offsets[request + 1] - first;
  const bool empty = rows <= 0 || p.beams == 0;
  const int64_t accepted = empty ? -1 : p.accepted[request];
  const int32_t* beam = empty ? p.unpack
                              : p.unpack + (request * p.beams + p.beam[request]) * p.depth;
  const int64_t row = empty ? 0 : first + beam[accepted];
  copySlice<Unit, kThreads>(empty ? nullptr : p.hidden + row * p.rowBytes,
                            p.hiddenOut + request * p.rowBytes, p.rowBytes, slice, p.slices);
  if (slice != 0) return;
  for (int64_t j = threadIdx.x; j < p.depth; j += kThreads) {
    const bool inside = j <= accepted;
    p.path[request * p.depth + j] = inside ? beam[j] : -1;
    int32_t token = -1;
    if (j < accepted) token = p.packed[first + beam[j + 1]];
    if (j == accepted) token = p.bonus[request];
    p.tokens[request * p.depth + j] = token;
  }
  if (threadIdx.x == 0) {
    const int64_t kv = p.kvLengths[request];
    const int32_t length = static_cast<int32_t>(empty ? kv : kv - rows + accepted + 1);
    p.lengths[request] = length;
    p.positions[request] = length;
  }
}

inline int32_t check(const bl_call* call) {
  BL_TRY(expect(call, 8, 5, 0));
  const bl_tensor *in = call->inputs, *out = call->outputs;
  const int64_t requests = extent(in[0], 0), beams = extent(in[0], 1), depth = extent(in[0], 2);
  const int64_t rows = extent(in[7], 0), hidden = extent(in[7], 1);
  BL_TRY(expectTensor("unpack", in[0], BL_I32, {requests, beams, depth}));
  BL_TRY(expectTensor("offsets", in[1], BL_I32, {requests + 1}));
  BL_TRY(expectTensor("beam", in[2], BL_I32, {requests}));
  BL_TRY(expectTensor("accepted", in[3], BL_I32, {requests}));
  BL_TRY(expectTensor("bonus", in[4], BL_I32, {requests}));
  BL_TRY(expectTensor("packed", in[5], BL_I32, {rows}));
  BL_TRY(expectTensor("kv_lengths", in[6], BL_I32, {requests}));
  BL_TRY(expectTensor("hidden", in[7], in[7].dtype, {rows, hidden}));
  BL_TRY(expectTensor("tokens", out[0], BL_I32, {requests, depth}));
  BL_TRY(expectTensor("path", out[1], BL_I32, {requests, depth}));
  BL_TRY(expectTensor("hidden", out[2], in[7].dtype, {requests, hidden}));
  BL_TRY(expectTensor("positions", out[3], BL_I32, {requests}));
  return expectTensor("lengths", out[4], BL_I32, {requests});
}

inline Params paramsOf(const bl_call* call) {
  const bl_tensor *in = call->inputs, *out = call->outputs;
  Params p;
  p.unpack = data<const int32_t>(in[0]);
  p.offsets = data<const int32_t>(in[1]);
  p.beam = data<const int32_t>(in[2]);
  p.accepted = data<const int32_t>(in[3]);
  p.bonus = data<const int32_t>(in[4]);
  p.packed = data<const int32_t>(in[5]);
  p.kvLengths = data<const int32_t>(in[6]);
  p.hidden = data<const unsigned char>(in[7]);
  p.tokens = data<int32_t>(out[0]);
  p.path = data<int32_t>(out[1]);
  p.hiddenOut = data<unsigned char>(out[2]);
  p.positions = data<int32_t>(out[3]);
  p.lengths = data<int32_t>(out[4]);
  p.beams = extent(in[0], 1);
  p.depth = extent(in[0], 2);
  p.rowBytes = extent(in[7], 1) * elementBytes(in[7].dtype);
  return p;
}

inline int64_t workspaceBytes(const bl_call*) { return 0; }

inline int32_t launch(const bl_call* call) {
  BL_TRY(check(call));
  if (!isVariant(call, "") && !isVariant(call, "slices")) {
    return refuse(BL_UNKNOWN, "select_path: no variant '%s'", variantOf(call));
  }
  Params p = paramsOf(call);
  const int64_t requests = extent(call->inputs[0], 0);
  if (requests == 0) return BL_OK;
  const int64_t most = ceilDiv(p.rowBytes, kThreads * 16);
  const int64_t wanted = ceilDiv(2 * multiprocessorCount(), requests);
  p.slices = static_cast<unsigned>(most < 1 || wanted < 1 ? 1 : most < wanted ? most : wanted);
  const dim3 grid(static_cast<unsigned>(requests * p.slices));
  return dispatchUnit(p.hidden, p.hiddenOut, p.rowBytes, [&]<class Unit>() {
    return BEAMLINE_LAUNCH((select<Unit>), grid, dim3(kThreads), 0, call->stream, p);
  });
}

}  // namespace bl::select_path
