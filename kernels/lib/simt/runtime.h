// Inside the simt runtime: threads, warps and blocks, and who runs next.
//
// A launch keeps a few blocks resident. Each of their threads is a fiber. A fiber runs until it has
// to wait (a barrier, a warp collective) or ends; then the schedule picks the next. The lane that
// arrives last at a warp collective does the work for all lanes and runs on. State is global: one
// launch at a time in a process, guarded in launch().
#pragma once

#include <stdarg.h>

#include <vector>

#include "../cuda/call.h"
#include "device.h"

namespace bl::simt {

constexpr int kWarpLanes = 32;
constexpr int kMaxThreads = 1024;
constexpr int kMaxWarps = 32;
constexpr int kMaxResident = 64;
constexpr int kBarriers = 16;
constexpr size_t kSharedMax = 232448;  // 227 KiB, an sm_90 block's most
constexpr size_t kSharedArena = kSharedMax + 32 * 1024;  // with the zones between ranges
constexpr size_t kStackBytes = 128 * 1024;
constexpr int kPoison = 0xff;  // NaN in every float type, -1 as an index
#ifdef BEAMLINE_SIMT_CHECKED
constexpr bool kChecked = true;
#else
constexpr bool kChecked = false;
#endif

struct Warp;
struct Block;

struct PendingCopy {
  char* to;
  const char* from;
  int bytes, valid;
  Site site;
};

struct Fiber : Place {
  void* stackPointer;
  Warp* warp;
  Block* owner;
  int index;  // in the block
  int lane;
  const char* waitsFor;  // null while it can run
  Site waitSite;
  int voteResult;
  std::vector<PendingCopy> copies;   // cp.async under way
  std::vector<size_t> copyGroups;    // ends of committed groups in `copies`
  char* stackLow;
  char* stackHigh;
};

using CollectiveBody = void (*)(Warp& warp, uint32_t lanes);

/** Lanes of a warp that wait for each other. */
struct Group {
  uint32_t mask, arrived;
  const char* name;
  CollectiveBody body;
  Site site;
};

struct Warp {
  uint32_t ready;  // lanes that can run, the running one included
  uint32_t alive;  // lanes that have not ended
  int index;
  int groupCount;
  Fiber* lanes;
  Block* block;
  Group groups[kWarpLanes];
  // What the lanes of a collective put in and take out.
  int argument;
  uint64_t in[kWarpLanes];
  uint64_t out[kWarpLanes];
  int source[kWarpLanes];
  uint32_t* registers[kWarpLanes];
  const char* rows[kWarpLanes];
  alignas(64) float a[16][16];
  alignas(64) float b[16][8];
  alignas(64) float c[16][8];
};

struct Barrier {
  int arrived;
  int expected;
  Site site;
  uint32_t waiting[kMaxWarps];  // lanes that go on when it opens
  int sum;                      // of the predicates of a vote
};

struct SharedRange {
  const void* key;  // null: the dynamic range
  char* data;
  size_t bytes;
  const char* name;
};

struct Block {
  dim3 index;
  uint32_t linear;
  int slot;
  bool running;
  int alive;
  uint32_t readyWarps;
  Warp* warps;
  Fiber* fibers;
  Barrier barriers[kBarriers];
  char* shared;  // aligned to 1024; the dynamic range comes first
  size_t sharedUsed;
  std::vector<SharedRange> ranges;
};

struct Runtime {
  // of the running launch
  const Launch* launch = nullptr;
  int threads = 0, warps = 0;  // of a block
  int residents = 0;
  Block* blocks = nullptr;
  void* mainStack = nullptr;
  bool faulted = false;
  uint64_t polls = 0;  // since anything moved
  // settings
  int schedule = BL_ROUND_ROBIN;
  uint64_t random = 1;
  int residentLimit = 8;
};
extern BL_HIDDEN Runtime runtime;

inline Fiber* running() { return static_cast<Fiber*>(place); }

/** Puts the running fiber to sleep; it wakes when its lane is ready again and the schedule picks
 * it. */
void sleep(const char* waitsFor, Site site);
/** Lets others run; the running fiber stays ready. */
void yieldTo(Fiber* next);
/** Under the random schedule, now and then lets others run. */
void maybePreempt();
void wake(Warp& warp, uint32_t lanes);
/** Runs `body` once all lanes of `mask` that are alive have come. */
void collective(uint32_t mask, const char* name, CollectiveBody body, Site site);
/** A thread has ended: groups and barriers that wait for it must know. */
void threadEnded(Fiber& fiber);

/** The next fiber to run after `from`, or null when none can. `leave`: not in the same warp while
 * another one can run. */
Fiber* pick(Fiber* from, bool leave);
uint32_t nextRandom();
/** Whether the address lies in the runtime's own tables, which kernels read for their ids and
 * parameters. */
bool isInRuntime(const void* address);

/** Where threads wait, for the text of a deadlock. */
const char* describeWaiting();

// ---- faults -------------------------------------------------------------------------------------

/** Keeps the text "kind: ... at file:line (block x,y,z thread x,y,z)" of the launch's first fault.
 * For the main stack; a fiber calls fault(). */
void reportFault(const char* kind, Site site, const char* format, ...)
    __attribute__((format(printf, 3, 4)));
/** The same for the running fiber, and ends the launch. */
[[noreturn]] void fault(const char* kind, Site site, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

// ---- memory -------------------------------------------------------------------------------------

/** One allocation of bl_malloc. `shadow` belongs to the checks. */
struct Allocation {
  char* data;
  size_t bytes;
  mutable void* shadow = nullptr;
};
/** The allocation that holds `address` or whose red zone does; null when none. */
const Allocation* findAllocation(const void* address);
/** Text of the first red zone that was written to, or null. */
const char* damagedRedZone();
/** Faults unless [address, address + bytes) lies in one allocation. */
void mustBeGlobal(const void* address, size_t bytes, const char* what, Site site);
/** Faults unless it lies in one range of the block's shared memory. */
void mustBeShared(const void* address, size_t bytes, const char* what, Site site);
/** The range of the block's shared memory that holds all of it, or null. */
const SharedRange* findShared(const Block& block, const void* address, size_t bytes);
void beginShared(Block& block);
/** Text of a red zone between shared ranges that was written to, or null. */
const char* damagedShared(const Block& block);

}  // namespace bl::simt
