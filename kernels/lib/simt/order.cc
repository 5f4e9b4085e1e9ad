// Happens-before of the checked build: see order.h.
#ifdef BEAMLINE_SIMT_CHECKED
#include "order.h"

#include <algorithm>
#include <unordered_map>

namespace bl::simt::check {

void beginShadow(Block& block);
void beginLaunchShadow();

namespace {

/** What came together at a barrier so far. */
struct Gathered {
  std::vector<std::shared_ptr<const Knowledge>> known;  // distinct
  std::vector<std::shared_ptr<const Foreign>> pending;  // distinct
  std::vector<std::pair<int, uint32_t>> times;          // thread of the block, its clock
};

std::vector<ThreadState> states;
std::vector<Gathered> gathered;  // by slot and barrier
std::unordered_map<uintptr_t, std::shared_ptr<const Foreign>> messages;  // by address
uint32_t start = 1;
uint32_t latest = 1;

constexpr uint32_t kClockMax = 0x70000000u;

template <class T>
void addDistinct(std::vector<std::shared_ptr<const T>>& list,
                 const std::shared_ptr<const T>& item) {
  if (item == nullptr) return;
  for (const auto& other : list) {
    if (other == item) return;
  }
  list.push_back(item);
}

void raise(Clocks& into, const Clocks& from) {
  for (size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], from[i]);
}

void join(Foreign& into, const Foreign& from) {
  for (const auto& [block, clocks] : from) {
    std::shared_ptr<const Clocks>& mine = into[block];
    if (mine == clocks) continue;
    if (mine == nullptr) {
      mine = clocks;
      continue;
    }
    auto both = std::make_shared<Clocks>(*mine);
    raise(*both, *clocks);
    mine = both;
  }
}

void join(Knowledge& into, const Foreign& from, uint32_t ownBlock) {
  for (const auto& [block, clocks] : from) {
    if (block == ownBlock) {
      raise(into.local, *clocks);
    } else {
      join(into.foreign, Foreign{{block, clocks}});
    }
  }
}

void advance(ThreadState& state) { latest = std::max(latest, ++state.time); }

void gather(Gathered& to, const Fiber& fiber) {
  ThreadState& state = stateOf(fiber);
  addDistinct(to.known, state.known);
  addDistinct(to.pending, state.pending);
  to.times.emplace_back(fiber.index, state.time);
  advance(state);
}

std::shared_ptr<const Knowledge> combined(const Gathered& from) {
  auto all = std::make_shared<Knowledge>(*from.known.front());
  for (size_t i = 1; i < from.known.size(); ++i) {
    raise(all->local, from.known[i]->local);
    join(all->foreign, from.known[i]->foreign);
  }
  for (const auto& [index, time] : from.times) {
    all->local[static_cast<size_t>(index)] = std::max(all->local[static_cast<size_t>(index)], time);
  }
  return all;
}

std::shared_ptr<const Foreign> combinedPending(const Gathered& from) {
  if (from.pending.size() <= 1) return from.pending.empty() ? nullptr : from.pending.front();
  auto all = std::make_shared<Foreign>(*from.pending.front());
  for (size_t i = 1; i < from.pending.size(); ++i) join(*all, *from.pending[i]);
  return all;
}

/** Gives what was gathered to `fiber`, on top of what it knows already. */
void give(const Fiber& fiber, const std::shared_ptr<const Knowledge>& all,
          const std::shared_ptr<const Foreign>& pending, const Gathered& from) {
  ThreadState& state = stateOf(fiber);
  const auto& mine = state.known;
  const bool isCovered =
      std::find(from.known.begin(), from.known.end(), mine) != from.known.end();
  if (isCovered) {
    state.known = all;
  } else {
    auto both = std::make_shared<Knowledge>(*mine);
    raise(both->local, all->local);
    join(both->foreign, all->foreign);
    state.known = both;
  }
  if (pending != nullptr) state.pending = pending;
}

/** All that a thread knows and did, as a message. */
std::shared_ptr<const Foreign> snapshot(const Fiber& fiber) {
  ThreadState& state = stateOf(fiber);
  auto own = std::make_shared<Clocks>(state.known->local);
  (*own)[static_cast<size_t>(fiber.index)] = state.time;
  auto all = std::make_shared<Foreign>(state.known->foreign);
  (*all)[fiber.owner->linear] = own;
  advance(state);
  return all;
}

void learn(const Fiber& fiber, const std::shared_ptr<const Foreign>& message) {
  if (message == nullptr) return;
  ThreadState& state = stateOf(fiber);
  auto more = std::make_shared<Knowledge>(*state.known);
  join(*more, *message, fiber.owner->linear);
  state.known = more;
}

std::shared_ptr<const Foreign> both(const std::shared_ptr<const Foreign>& a,
                                    const std::shared_ptr<const Foreign>& b) {
  if (a == nullptr || b == nullptr || a == b) return a == nullptr ? b : a;
  auto all = std::make_shared<Foreign>(*a);
  join(*all, *b);
  return all;
}

Gathered& gatheredAt(const Block& block, int id) {
  return gathered[static_cast<size_t>(block.slot * kBarriers + id)];
}

}  // namespace

ThreadState& stateOf(const Fiber& fiber) {
  return states[static_cast<size_t>(fiber.owner->slot * runtime.threads + fiber.index)];
}

uint32_t launchStart() { return start; }

bool knows(const Fiber& fiber, uint32_t number, uint32_t time) {
  if (time < start) return true;
  const uint32_t threads = static_cast<uint32_t>(runtime.threads);
  const Knowledge& known = *stateOf(fiber).known;
  const uint32_t index = number - fiber.owner->linear * threads;
  if (index < threads) {
    return index == static_cast<uint32_t>(fiber.index) || known.local[index] >= time;
  }
  const auto found = known.foreign.find(number / threads);
  return found != known.foreign.end() && (*found->second)[number % threads] >= time;
}

void launchBegins() {
  if (latest > kClockMax) latest = 1;  // shadows are emptied with it
  beginLaunchShadow();
  start = latest + 1;
  messages.clear();
  states.assign(static_cast<size_t>(runtime.residents * runtime.threads), {});
  gathered.assign(static_cast<size_t>(runtime.residents * kBarriers), {});
}

void launchEnds() {
  states.clear();
  messages.clear();
}

void blockBegins(Block& block) {
  auto nothing = std::make_shared<Knowledge>();
  nothing->local.assign(static_cast<size_t>(runtime.threads), start - 1);
  for (int i = 0; i < runtime.threads; ++i) {
    ThreadState& state = stateOf(block.fibers[i]);
    state = {};
    state.known = nothing;
    state.time = start;
  }
  latest = std::max(latest, start);
  for (int id = 0; id < kBarriers; ++id) gatheredAt(block, id) = {};
  beginShadow(block);
}

void synchroniseWarp(Warp& warp, uint32_t lanes) {
  Gathered all;
  for (uint32_t bits = lanes; bits != 0; bits &= bits - 1) {
    gather(all, warp.lanes[__builtin_ctz(bits)]);
  }
  const auto known = combined(all);
  const auto pending = combinedPending(all);
  for (uint32_t bits = lanes; bits != 0; bits &= bits - 1) {
    give(warp.lanes[__builtin_ctz(bits)], known, pending, all);
  }
}

void arriveBarrier(Block& block, int id) { gather(gatheredAt(block, id), *running()); }

void openBarrier(Block& block, int id, const uint32_t (&waiting)[kMaxWarps]) {
  Gathered& all = gatheredAt(block, id);
  const auto known = combined(all);
  const auto pending = combinedPending(all);
  for (int w = 0; w < runtime.warps; ++w) {
    for (uint32_t bits = waiting[w]; bits != 0; bits &= bits - 1) {
      give(block.warps[w].lanes[__builtin_ctz(bits)], known, pending, all);
    }
  }
  all = {};
}

void fence() {
  const Fiber& fiber = *running();
  ThreadState& state = stateOf(fiber);
  learn(fiber, state.pending);
  state.pending = nullptr;
  state.fenced = snapshot(fiber);
}

void ordered(const void* address, bool reads, bool writes, int order) {
  const Fiber& fiber = *running();
  ThreadState& state = stateOf(fiber);
  std::shared_ptr<const Foreign>& message = messages[reinterpret_cast<uintptr_t>(address)];
  if (reads) {
    if ((order & kAcquire) != 0) {
      learn(fiber, message);
    } else {
      state.pending = both(state.pending, message);
    }
  }
  if (!writes) return;
  const auto given = (order & kRelease) != 0 ? snapshot(fiber) : state.fenced;
  // A read-modify-write continues what others released here; a plain store replaces it.
  message = reads ? both(message, given) : given;
}

}  // namespace bl::simt::check
#endif
