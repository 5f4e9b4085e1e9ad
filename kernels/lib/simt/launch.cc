// Runs a grid: fills the resident slots with blocks, switches to their fibers, and ends when all
// blocks have run or the first fault was found.
#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "../cuda/fault.h"
#include "check.h"
#include "fiber.h"
#include "graph.h"
#include "signals.h"

namespace bl::simt {

Place* place = nullptr;
dim3 gridSize, blockSize;
Runtime runtime;

namespace {

std::mutex oneLaunch;

// Stacks, kept between launches. Their tops are shifted against each other: at the same offset in
// every page they would share a few cache sets.
char* stacks = nullptr;
size_t stackCount = 0;
constexpr size_t kGuard = 16384;  // what a fiber has left when the checks find it too deep

/** Two more lie before the first: there a kernel that needs too much is found, and not killed. */
bool needStacks(size_t count) {
  constexpr size_t kSpare = 2;
  if (count <= stackCount) return true;
  if (stacks != nullptr) munmap(stacks - kSpare * kStackBytes, (stackCount + kSpare) * kStackBytes);
  stackCount = 0;
  stacks = nullptr;
  void* mapped = mmap(nullptr, (count + kSpare) * kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return false;
  stacks = static_cast<char*>(mapped) + kSpare * kStackBytes;
  stackCount = count;
  return true;
}

/** The memory of the resident blocks, kept between launches of the same shape. */
struct Residents {
  std::vector<Block> blocks;
  std::vector<Warp> warps;
  std::vector<Fiber> fibers;
  std::vector<char*> shared;
};
Residents memory;

bool needResidents(int residents, int threads, int warps) {
  const size_t fibers = static_cast<size_t>(residents) * threads;
  if (!needStacks(fibers)) return false;
  if (memory.blocks.size() < static_cast<size_t>(residents)) memory.blocks.resize(residents);
  if (memory.warps.size() < static_cast<size_t>(residents) * warps) {
    memory.warps.resize(static_cast<size_t>(residents) * warps);
  }
  if (memory.fibers.size() < fibers) memory.fibers.resize(fibers);
  while (memory.shared.size() < static_cast<size_t>(residents)) {
    memory.shared.push_back(static_cast<char*>(aligned_alloc(1024, kSharedArena)));
  }
  for (int slot = 0; slot < residents; ++slot) {
    Block& block = memory.blocks[slot];
    block.slot = slot;
    block.running = false;
    block.readyWarps = 0;
    block.fibers = &memory.fibers[static_cast<size_t>(slot) * threads];
    block.warps = &memory.warps[static_cast<size_t>(slot) * warps];
    block.shared = memory.shared[slot];
  }
  runtime.blocks = memory.blocks.data();
  return true;
}

void enter();

void beginWarps(Block& block) {
  for (int w = 0; w < runtime.warps; ++w) {
    Warp& warp = block.warps[w];
    const int lanes = std::min(kWarpLanes, runtime.threads - w * kWarpLanes);
    warp.alive = warp.ready = lanes == kWarpLanes ? ~0u : (1u << lanes) - 1;
    warp.index = w;
    warp.groupCount = 0;
    warp.lanes = block.fibers + w * kWarpLanes;
    warp.block = &block;
  }
}

void beginBlock(Block& block, uint32_t linear) {
  const dim3 grid = gridSize, size = blockSize;
  block.linear = linear;
  block.index = dim3(linear % grid.x, linear / grid.x % grid.y, linear / grid.x / grid.y);
  block.running = true;
  block.alive = runtime.threads;
  block.readyWarps = runtime.warps == kMaxWarps ? ~0u : (1u << runtime.warps) - 1;
  for (Barrier& barrier : block.barriers) barrier = {};
  beginWarps(block);
  const size_t first = static_cast<size_t>(block.slot) * runtime.threads;
  for (int i = 0; i < runtime.threads; ++i) {
    Fiber& fiber = block.fibers[i];
    const unsigned u = static_cast<unsigned>(i);
    fiber.thread = dim3(u % size.x, u / size.x % size.y, u / size.x / size.y);
    fiber.block = block.index;
    fiber.owner = &block;
    fiber.warp = &block.warps[i / kWarpLanes];
    fiber.index = i;
    fiber.lane = i % kWarpLanes;
    fiber.waitsFor = nullptr;
    fiber.copies.clear();
    fiber.copyGroups.clear();
    fiber.stackLow = stacks + (first + i) * kStackBytes + kGuard;
    fiber.stackHigh = stacks + (first + i + 1) * kStackBytes;
    const size_t shift = (first + i) * 9 % 61 * 64;
    fiber.stackPointer = makeFiber(fiber.stackHigh - shift, enter);
  }
  beginShared(block);
  check::blockBegins(block);
}

/** The bottom of every fiber. */
void enter() {
  runtime.launch->run(runtime.launch->closure);
  Fiber& fiber = *running();
  runtime.polls = 0;
  threadEnded(fiber);
  Block& block = *fiber.owner;
  Fiber* next = block.alive > 0 ? pick(&fiber, false) : nullptr;
  void* ended = nullptr;
  place = next;
  bl_fiber_switch(&ended, next == nullptr ? runtime.mainStack : next->stackPointer);
  __builtin_unreachable();
}

void endBlock(Block& block) {
  block.running = false;
  if (const char* text = damagedShared(block)) {
    reportFault("out of bounds", runtime.launch->site, "%s", text);
  }
}

/** The order in which blocks come to the resident slots. */
class BlockOrder {
 public:
  explicit BlockOrder(uint32_t count) : count_(count), shuffled_(0) {
    if (runtime.schedule != BL_RANDOM) return;
    shuffled_.resize(count);
    std::iota(shuffled_.begin(), shuffled_.end(), 0u);
    for (uint32_t i = count; i > 1; --i) std::swap(shuffled_[i - 1], shuffled_[nextRandom() % i]);
  }
  bool empty() const { return taken_ == count_; }
  uint32_t take() {
    const uint32_t at = taken_++;
    if (!shuffled_.empty()) return shuffled_[at];
    return runtime.schedule == BL_REVERSED ? count_ - 1 - at : at;
  }

 private:
  uint32_t count_;
  uint32_t taken_ = 0;
  std::vector<uint32_t> shuffled_;
};

void runGrid(uint32_t count) {
  BlockOrder order(count);
  for (;;) {
    bool any = false;
    for (int slot = 0; slot < runtime.residents; ++slot) {
      Block& block = runtime.blocks[slot];
      if (block.running && block.alive == 0) endBlock(block);
      if (runtime.faulted) return;
      if (!block.running && !order.empty()) beginBlock(block, order.take());
      any = any || block.running;
    }
    if (!any) return;
    Fiber* next = pick(nullptr, false);
    if (next == nullptr) {
      reportFault("deadlock", runtime.launch->site, "%s", describeWaiting());
      return;
    }
    place = next;
    bl_fiber_switch(&runtime.mainStack, next->stackPointer);
    place = nullptr;
    if (runtime.faulted) return;
  }
}

int32_t refuseShape(const Launch& launch) {
  const dim3 block = launch.block, grid = launch.grid;
  const uint64_t threads = uint64_t{block.x} * block.y * block.z;
  if (threads == 0 || threads > kMaxThreads || block.z > 64) {
    return refuse(BL_LAUNCH_FAILED, "launch: block %ux%ux%u at %s:%d, at most 1024 threads",
                  block.x, block.y, block.z, launch.site.file, launch.site.line);
  }
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535 ||
      uint64_t{grid.x} * grid.y * grid.z > 0x7fffffffu) {
    return refuse(BL_LAUNCH_FAILED, "launch: grid %ux%ux%u at %s:%d is too large", grid.x, grid.y,
                  grid.z, launch.site.file, launch.site.line);
  }
  if (launch.shared > kSharedMax) {
    return refuse(BL_LAUNCH_FAILED, "launch: %zu bytes of shared memory at %s:%d, at most %zu",
                  launch.shared, launch.site.file, launch.site.line, kSharedMax);
  }
  return BL_OK;
}

}  // namespace

bool isInRuntime(const void* address) {
  const char* at = static_cast<const char*>(address);
  const auto holds = [at](const void* from, size_t bytes) {
    return at >= static_cast<const char*>(from) && at < static_cast<const char*>(from) + bytes;
  };
  return holds(memory.fibers.data(), memory.fibers.size() * sizeof(Fiber)) ||
         holds(runtime.launch->closure, runtime.launch->closureBytes);
}

int32_t runNow(const Launch& launch) {
  const std::lock_guard<std::mutex> guard(oneLaunch);
  const uint32_t blocks = launch.grid.x * launch.grid.y * launch.grid.z;
  runtime.launch = &launch;
  runtime.faulted = false;
  runtime.polls = 0;
  runtime.threads = static_cast<int>(launch.block.x * launch.block.y * launch.block.z);
  runtime.warps = (runtime.threads + kWarpLanes - 1) / kWarpLanes;
  runtime.residents = static_cast<int>(
      std::min<uint32_t>(blocks, static_cast<uint32_t>(runtime.residentLimit)));
  gridSize = launch.grid;
  blockSize = launch.block;
  if (!needResidents(runtime.residents, runtime.threads, runtime.warps)) {
    return refuse(BL_NO_MEMORY, "launch: no memory for %d threads",
                  runtime.residents * runtime.threads);
  }
  check::launchBegins();
  {
    const Signals signals;
    runGrid(blocks);
  }
  check::launchEnds();
  place = nullptr;
  if (const char* text = damagedRedZone()) {
    if (!runtime.faulted) reportFault("out of bounds", launch.site, "%s", text);
  }
  runtime.launch = nullptr;
  return runtime.faulted ? BL_FAULTED : BL_OK;
}

int32_t launch(const Launch& launch) {
  if (launch.grid.x == 0 || launch.grid.y == 0 || launch.grid.z == 0) return BL_OK;
  if (const int32_t status = refuseShape(launch)) return status;
  if (Graph* graph = recordingGraph()) {
    record(*graph, launch);
    return BL_OK;
  }
  return runNow(launch);
}

}  // namespace bl::simt
