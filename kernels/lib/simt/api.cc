// The C ABI of the simt library: one device, this machine's CPU; memory is the host's.
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>

#include "../cuda/fault.h"
#include "graph.h"
#include "memory.h"

namespace bl::simt {

namespace {

Graph* recording = nullptr;

double nowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

struct Event {
  double ms = 0;
};

char streamToken;  // every stream is the same: calls run at once, in order

}  // namespace

Graph* recordingGraph() { return recording; }

void record(Graph& graph, const Launch& launch) {
  auto bytes = std::make_shared<std::vector<std::max_align_t>>(
      launch.closureBytes / sizeof(std::max_align_t) + 1);
  memcpy(bytes->data(), launch.closure, launch.closureBytes);
  Launch copy = launch;
  copy.closure = bytes->data();
  graph.steps.push_back([bytes, copy] { return runNow(copy); });
}

}  // namespace bl::simt

using bl::clearFault;
using bl::refuse;
using bl::simt::Event;
using bl::simt::Graph;
using bl::simt::recording;
using bl::simt::runtime;

extern "C" {

const char* bl_library_kind(void) { return bl::simt::kChecked ? "simt-checked" : "simt"; }

int32_t bl_device_count(void) { return 1; }
const char* bl_device_name(int32_t) { return "simt (CPU)"; }
int64_t bl_device_value(int32_t, int32_t property) {
  switch (property) {
    case BL_DEVICE_SMS: return bl::multiprocessorCount();
    case BL_DEVICE_SHARED_BYTES: return bl::simt::kSharedMax;
    default: return 0;
  }
}

void* bl_malloc(int64_t bytes) { return bl::simt::allocate(bytes); }
void bl_free(void* data) { bl::simt::release(data); }

int32_t bl_upload(void* device, const void* host, int64_t bytes) {
  return bl_copy(device, host, bytes, nullptr);
}
int32_t bl_download(void* host, const void* device, int64_t bytes) {
  return bl_copy(host, device, bytes, nullptr);
}

int32_t bl_copy(void* to, const void* from, int64_t bytes, void*) {
  if (bytes <= 0) return BL_OK;
  const auto run = [to, from, bytes] {
    memmove(to, from, static_cast<size_t>(bytes));
    return int32_t{BL_OK};
  };
  if (recording == nullptr) return run();
  recording->steps.push_back(run);
  return BL_OK;
}

int32_t bl_fill(void* device, int32_t byte, int64_t bytes, void*) {
  if (bytes <= 0) return BL_OK;
  const auto run = [device, byte, bytes] {
    memset(device, byte, static_cast<size_t>(bytes));
    return int32_t{BL_OK};
  };
  if (recording == nullptr) return run();
  recording->steps.push_back(run);
  return BL_OK;
}

void* bl_stream_create(void) { return &bl::simt::streamToken; }
void bl_stream_free(void*) {}
int32_t bl_synchronize(void*) { return BL_OK; }

void* bl_event_create(void) { return new Event; }
void bl_event_free(void* event) { delete static_cast<Event*>(event); }
int32_t bl_event_record(void* event, void*) {
  static_cast<Event*>(event)->ms = bl::simt::nowMs();
  return BL_OK;
}
double bl_event_ms(void* begin, void* end) {
  return static_cast<Event*>(end)->ms - static_cast<Event*>(begin)->ms;
}

int32_t bl_graph_begin(void*) {
  if (recording != nullptr) return refuse(BL_INVALID, "a graph is being captured already");
  recording = new Graph;
  return BL_OK;
}
void* bl_graph_end(void*) {
  Graph* graph = recording;
  recording = nullptr;
  return graph;
}
int32_t bl_graph_replay(void* graph, void*) {
  for (const auto& step : static_cast<Graph*>(graph)->steps) {
    if (const int32_t status = step()) return status;
  }
  return BL_OK;
}
void bl_graph_free(void* graph) { delete static_cast<Graph*>(graph); }

int32_t bl_simt_schedule(int32_t schedule, uint64_t seed) {
  if (schedule < BL_ROUND_ROBIN || schedule > BL_ONE_AHEAD) {
    return refuse(BL_INVALID, "schedule %d, 0..3 expected", schedule);
  }
  runtime.schedule = schedule;
  runtime.random = seed * 0x9e3779b97f4a7c15ull + 0x1234567;
  return BL_OK;
}

int32_t bl_simt_resident_blocks(int32_t blocks) {
  if (blocks < 1 || blocks > bl::simt::kMaxResident) {
    return refuse(BL_INVALID, "%d resident blocks, 1..64 expected", blocks);
  }
  runtime.residentLimit = blocks;
  return BL_OK;
}

}  // extern "C"
