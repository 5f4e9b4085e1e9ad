// The C ABI of the CUDA library. Loads where there is no driver: then the device count is 0.
#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "fault.h"

namespace {

using bl::refuse;

int32_t check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return BL_OK;
  cudaGetLastError();
  const int32_t status = error == cudaErrorMemoryAllocation ? BL_NO_MEMORY : BL_FAULTED;
  return refuse(status, "%s: %s", what, cudaGetErrorString(error));
}

cudaStream_t streamOf(void* stream) { return static_cast<cudaStream_t>(stream); }

const std::vector<cudaDeviceProp>& devices() {
  static const std::vector<cudaDeviceProp> all = [] {
    std::vector<cudaDeviceProp> list;
    int count = 0;
    if (cudaGetDeviceCount(&count) != cudaSuccess) count = 0;  // no driver, or no device
    cudaGetLastError();
    for (int i = 0; i < count; ++i) {
      cudaDeviceProp properties;
      if (cudaGetDeviceProperties(&properties, i) == cudaSuccess) list.push_back(properties);
    }
    return list;
  }();
  return all;
}

int attribute(int device, cudaDeviceAttr which) {
  int value = 0;
  return cudaDeviceGetAttribute(&value, which, device) == cudaSuccess ? value : 0;
}

}  // namespace

extern "C" {

const char* bl_library_kind(void) { return "cuda"; }

int32_t bl_device_count(void) { return static_cast<int32_t>(devices().size()); }

const char* bl_device_name(int32_t device) {
  return device >= 0 && device < bl_device_count() ? devices()[device].name : "";
}

int64_t bl_device_value(int32_t device, int32_t property) {
  if (device < 0 || device >= bl_device_count()) return 0;
  const cudaDeviceProp& properties = devices()[device];
  switch (property) {
    case BL_DEVICE_ARCH: return properties.major * 10 + properties.minor;
    case BL_DEVICE_SMS: return properties.multiProcessorCount;
    case BL_DEVICE_L2_BYTES: return properties.l2CacheSize;
    case BL_DEVICE_MEMORY_BYTES: return static_cast<int64_t>(properties.totalGlobalMem);
    case BL_DEVICE_CLOCK_KHZ: return attribute(device, cudaDevAttrClockRate);
    case BL_DEVICE_MEMORY_CLOCK_KHZ: return attribute(device, cudaDevAttrMemoryClockRate);
    case BL_DEVICE_MEMORY_BUS_BITS: return properties.memoryBusWidth;
    case BL_DEVICE_SHARED_BYTES: return static_cast<int64_t>(properties.sharedMemPerBlockOptin);
    default: return 0;
  }
}

void* bl_malloc(int64_t bytes) {
  void* data = nullptr;
  const size_t size = static_cast<size_t>(bytes > 0 ? bytes : 1);
  return check(cudaMalloc(&data, size), "cudaMalloc") == BL_OK ? data : nullptr;
}
void bl_free(void* data) { cudaFree(data); }

int32_t bl_upload(void* device, const void* host, int64_t bytes) {
  if (bytes <= 0) return BL_OK;
  return check(cudaMemcpy(device, host, static_cast<size_t>(bytes), cudaMemcpyHostToDevice),
               "upload");
}
int32_t bl_download(void* host, const void* device, int64_t bytes) {
  if (bytes <= 0) return BL_OK;
  return check(cudaMemcpy(host, device, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost),
               "download");
}
int32_t bl_copy(void* to, const void* from, int64_t bytes, void* stream) {
  if (bytes <= 0) return BL_OK;
  return check(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToDevice,
                               streamOf(stream)),
               "copy");
}
int32_t bl_fill(void* device, int32_t byte, int64_t bytes, void* stream) {
  if (bytes <= 0) return BL_OK;
  return check(cudaMemsetAsync(device, byte, static_cast<size_t>(bytes), streamOf(stream)), "fill");
}

void* bl_stream_create(void) {
  cudaStream_t stream = nullptr;
  const cudaError_t error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  return check(error, "stream") == BL_OK ? stream : nullptr;
}
void bl_stream_free(void* stream) {
  if (stream != nullptr) cudaStreamDestroy(streamOf(stream));
}
int32_t bl_synchronize(void* stream) {
  return check(cudaStreamSynchronize(streamOf(stream)), "synchronize");
}

void* bl_event_create(void) {
  cudaEvent_t event = nullptr;
  return check(cudaEventCreate(&event), "event") == BL_OK ? event : nullptr;
}
void bl_event_free(void* event) {
  if (event != nullptr) cudaEventDestroy(static_cast<cudaEvent_t>(event));
}
int32_t bl_event_record(void* event, void* stream) {
  return check(cudaEventRecord(static_cast<cudaEvent_t>(event), streamOf(stream)), "event");
}
double bl_event_ms(void* begin, void* end) {
  float ms = 0;
  if (check(cudaEventSynchronize(static_cast<cudaEvent_t>(end)), "event") != BL_OK) return -1;
  const cudaError_t error = cudaEventElapsedTime(&ms, static_cast<cudaEvent_t>(begin),
                                                 static_cast<cudaEvent_t>(end));
  return check(error, "event") == BL_OK ? ms : -1;
}

int32_t bl_graph_begin(void* stream) {
  return check(cudaStreamBeginCapture(streamOf(stream), cudaStreamCaptureModeThreadLocal),
               "graph begin");
}
void* bl_graph_end(void* stream) {
  cudaGraph_t graph = nullptr;
  if (check(cudaStreamEndCapture(streamOf(stream), &graph), "graph end") != BL_OK) return nullptr;
  cudaGraphExec_t executable = nullptr;
  const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  return check(error, "graph instantiate") == BL_OK ? executable : nullptr;
}
int32_t bl_graph_replay(void* graph, void* stream) {
  return check(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), streamOf(stream)), "replay");
}
void bl_graph_free(void* graph) {
  if (graph != nullptr) cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph));
}

int32_t bl_simt_schedule(int32_t, uint64_t) {
  return refuse(BL_UNSUPPORTED, "schedules are chosen in the simt library; this is the CUDA one");
}
int32_t bl_simt_resident_blocks(int32_t) {
  return refuse(BL_UNSUPPORTED, "residency is chosen in the simt library; this is the CUDA one");
}

}  // extern "C"
