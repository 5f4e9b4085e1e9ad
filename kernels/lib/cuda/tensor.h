// What a launcher needs to read a call: typed data, extents, checks, and one switch over dtypes.
//
//   const bl_tensor& q = call->inputs[0];
//   if (int32_t status = bl::expect(call, 4, 2, 1)) return status;
//   return bl::dispatchFloat(q.dtype, [&]<class T>() { return launch<T>(call); });
#pragma once

#include <string.h>

#include "device.cuh"
#include "math.cuh"
#include "registry.h"

namespace bl {

template <class T>
T* data(const bl_tensor& tensor) {
  return static_cast<T*>(tensor.data);
}

/** Elements of a tensor; 1 for rank 0. */
inline int64_t elementCount(const bl_tensor& tensor) {
  int64_t count = 1;
  for (int32_t i = 0; i < tensor.rank; ++i) count *= tensor.shape[i];
  return count;
}

inline int64_t extent(const bl_tensor& tensor, int32_t axis) {
  return axis < tensor.rank ? tensor.shape[axis] : 1;
}

inline int32_t elementBytes(int32_t dtype) {
  switch (dtype) {
    case BL_F16:
    case BL_BF16: return 2;
    case BL_F8: return 1;
    default: return 4;
  }
}

/** The variant asked for, "" for the heuristic's choice. */
inline const char* variantOf(const bl_call* call) {
  return call->variant == nullptr ? "" : call->variant;
}

inline bool isVariant(const bl_call* call, const char* name) {
  return strcmp(variantOf(call), name) == 0;
}

/** Counts of tensors and attributes; 0 when right. */
inline int32_t expect(const bl_call* call, int32_t inputs, int32_t outputs, int32_t attributes) {
  if (call->input_count == inputs && call->output_count == outputs &&
      call->attribute_count == attributes) {
    return BL_OK;
  }
  return refuse(BL_INVALID, "%d inputs, %d outputs, %d attributes given; %d, %d, %d expected",
                call->input_count, call->output_count, call->attribute_count, inputs, outputs,
                attributes);
}

/** Dtype and shape of one tensor; a negative extent in `shape` accepts any. 0 when right. */
template <int Rank>
int32_t expectTensor(const char* name, const bl_tensor& tensor, int32_t dtype,
                     const int64_t (&shape)[Rank]) {
  if (tensor.dtype != dtype) {
    return refuse(BL_INVALID, "%s: dtype %d, expected %d", name, tensor.dtype, dtype);
  }
  if (tensor.rank != Rank) {
    return refuse(BL_INVALID, "%s: rank %d, expected %d", name, tensor.rank, Rank);
  }
  for (int i = 0; i < Rank; ++i) {
    if (shape[i] >= 0 && tensor.shape[i] != shape[i]) {
      return refuse(BL_INVALID, "%s: extent %lld on axis %d, expected %lld", name,
                    static_cast<long long>(tensor.shape[i]), i, static_cast<long long>(shape[i]));
    }
  }
  if (tensor.data == nullptr && elementCount(tensor) > 0) {
    return refuse(BL_INVALID, "%s: no data", name);
  }
  return BL_OK;
}

/** A tensor of rank 0: one value. */
inline int32_t expectScalar(const char* name, const bl_tensor& tensor, int32_t dtype) {
  if (tensor.dtype == dtype && elementCount(tensor) == 1 && tensor.data != nullptr) return BL_OK;
  return refuse(BL_INVALID, "%s: one value of dtype %d expected", name, dtype);
}

/** Runs `body<T>()` with T = float, f16 or bf16. */
template <class Body>
int32_t dispatchFloat(int32_t dtype, Body&& body) {
  switch (dtype) {
    case BL_F32: return body.template operator()<float>();
    case BL_F16: return body.template operator()<f16>();
    case BL_BF16: return body.template operator()<bf16>();
    default: return refuse(BL_UNSUPPORTED, "dtype %d: fp32, fp16 or bf16 expected", dtype);
  }
}

/** Runs `body<N>()` for the first N of the list that equals `value`. */
template <int... Choices, class Body>
int32_t dispatchInt(const char* name, int64_t value, Body&& body) {
  int32_t status = BL_UNSUPPORTED;
  const bool found =
      ((value == Choices && ((status = body.template operator()<Choices>()), true)) || ...);
  if (found) return status;
  return refuse(BL_UNSUPPORTED, "%s = %lld is not compiled", name, static_cast<long long>(value));
}

}  // namespace bl

/** Leaves with the status when it is not BL_OK. */
#define BL_TRY(expression)                                   \
  do {                                                       \
    const int32_t bl_status_value = (expression);            \
    if (bl_status_value != BL_OK) return bl_status_value;    \
  } while (0)
