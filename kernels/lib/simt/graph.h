// A captured graph of the simt device: the launches and fills between graph begin and end, kept
// with copies of their arguments and run again at each replay, exactly as a CUDA graph would.
#pragma once

#include <functional>
#include <vector>

#include "runtime.h"

namespace bl::simt {

struct Graph {
  std::vector<std::function<int32_t()>> steps;
};

/** The graph being captured, or null. */
Graph* recordingGraph();
void record(Graph& graph, const Launch& launch);
int32_t runNow(const Launch& launch);

}  // namespace bl::simt
