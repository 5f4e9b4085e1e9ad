// Who runs next. Each schedule is a different but legal order, so that a kernel that only works in
// one of them is found out:
//   round robin   lanes, warps, blocks ascending      reversed    the same, descending
//   random        any of those that can run, seeded    one ahead   one warp of each block first
#include <stdio.h>

#include <map>
#include <string>
#include <utility>

#include "fiber.h"
#include "runtime.h"

namespace bl::simt {

namespace {

int lowest(uint32_t bits) { return __builtin_ctz(bits); }
int highest(uint32_t bits) { return 31 - __builtin_clz(bits); }

/** Bits above `at`; below for the reversed order. */
uint32_t beyond(uint32_t bits, int at, bool reversed) {
  if (reversed) return bits & ((1u << at) - 1);
  return at == 31 ? 0 : bits & (~0u << (at + 1));
}

int firstOf(uint32_t bits, bool reversed) { return reversed ? highest(bits) : lowest(bits); }

Fiber* firstLane(Warp& warp, bool reversed) {
  return &warp.lanes[firstOf(warp.ready, reversed)];
}

Fiber* firstInBlock(Block& block, bool reversed) {
  return firstLane(block.warps[firstOf(block.readyWarps, reversed)], reversed);
}

/** The first block that can run, beginning after slot `from`. */
Block* nextBlock(int from, bool reversed) {
  const int count = runtime.residents;
  for (int i = 1; i <= count; ++i) {
    const int slot = ((reversed ? from - i : from + i) + 2 * count) % count;
    if (runtime.blocks[slot].running && runtime.blocks[slot].readyWarps != 0) {
      return &runtime.blocks[slot];
    }
  }
  return nullptr;
}

Fiber* pickOrdered(Fiber* from, bool leave, bool reversed) {
  if (from != nullptr) {
    Warp& warp = *from->warp;
    Block& block = *from->owner;
    uint32_t lanes = beyond(warp.ready, from->lane, reversed);
    if (lanes == 0 && !leave) lanes = warp.ready;
    if (lanes != 0) return &warp.lanes[firstOf(lanes, reversed)];
    uint32_t warps = beyond(block.readyWarps, warp.index, reversed);
    if (warps == 0 && !leave) warps = block.readyWarps;
    if (warps != 0) return firstLane(block.warps[firstOf(warps, reversed)], reversed);
  }
  const int slot = from != nullptr ? from->owner->slot : (reversed ? 0 : runtime.residents - 1);
  Block* block = nextBlock(slot, reversed);
  return block == nullptr ? nullptr : firstInBlock(*block, reversed);
}

int randomBit(uint32_t bits) {
  int skip = static_cast<int>(nextRandom() % static_cast<unsigned>(__builtin_popcount(bits)));
  for (; skip > 0; --skip) bits &= bits - 1;
  return lowest(bits);
}

Fiber* pickRandom() {
  const int start = static_cast<int>(nextRandom() % static_cast<unsigned>(runtime.residents));
  Block* block = nextBlock(start, false);
  if (block == nullptr) return nullptr;
  Warp& warp = block->warps[randomBit(block->readyWarps)];
  return &warp.lanes[randomBit(warp.ready)];
}

Fiber* pickOneAhead(Fiber* from, bool leave) {
  if (from != nullptr && !leave) {
    Block& block = *from->owner;
    const unsigned ahead = (static_cast<unsigned>(runtime.random) + block.linear) %
                           static_cast<unsigned>(runtime.warps);
    if ((block.readyWarps >> ahead & 1u) != 0) return firstLane(block.warps[ahead], false);
  }
  return pickOrdered(from, leave, false);
}

}  // namespace

uint32_t nextRandom() {
  // xorshift64*, Vigna 2016
  uint64_t x = runtime.random | 1;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  runtime.random = x;
  return static_cast<uint32_t>((x * 2685821657736338717ull) >> 32);
}

Fiber* pick(Fiber* from, bool leave) {
  switch (runtime.schedule) {
    case BL_REVERSED: return pickOrdered(from, leave, true);
    case BL_RANDOM: return pickRandom();
    case BL_ONE_AHEAD: return pickOneAhead(from, leave);
    default: return pickOrdered(from, leave, false);
  }
}

void yieldTo(Fiber* next) {
  Fiber* self = running();
  if (next == nullptr || next == self) return;
  place = next;
  bl_fiber_switch(&self->stackPointer, next->stackPointer);
}

void maybePreempt() {
  if (runtime.schedule == BL_RANDOM && (nextRandom() & 3u) == 0) yieldTo(pickRandom());
}

void sleep(const char* waitsFor, Site site) {
  Fiber* self = running();
  Warp& warp = *self->warp;
  self->waitsFor = waitsFor;
  self->waitSite = site;
  warp.ready &= ~(1u << self->lane);
  if (warp.ready == 0) self->owner->readyWarps &= ~(1u << warp.index);
  Fiber* next = pick(self, false);
  place = next;
  bl_fiber_switch(&self->stackPointer, next == nullptr ? runtime.mainStack : next->stackPointer);
}

void wake(Warp& warp, uint32_t lanes) {
  if (lanes == 0) return;
  warp.ready |= lanes;
  warp.block->readyWarps |= 1u << warp.index;
}

void poll(Site site) {
  Fiber* next = pick(running(), true);
  const uint64_t limit = 1000 + 400ull * runtime.threads * runtime.residents;
  if (++runtime.polls > limit) {
    fault("deadlock", site, "polls, and no thread of the resident blocks moves; %s",
          describeWaiting());
  }
  yieldTo(next);
}

const char* describeWaiting() {
  static char text[1024];
  std::map<std::pair<std::string, std::string>, int> places;
  for (int slot = 0; slot < runtime.residents; ++slot) {
    const Block& block = runtime.blocks[slot];
    if (!block.running) continue;
    for (int i = 0; i < runtime.threads; ++i) {
      const Fiber& fiber = block.fibers[i];
      const bool waits = fiber.waitsFor != nullptr && (fiber.warp->alive >> fiber.lane & 1u) != 0 &&
                         (fiber.warp->ready >> fiber.lane & 1u) == 0;
      if (!waits) continue;
      const std::string where =
          std::string(fiber.waitSite.file) + ":" + std::to_string(fiber.waitSite.line);
      ++places[{fiber.waitsFor, where}];
    }
  }
  size_t used = 0;
  text[0] = '\0';
  for (const auto& [at, count] : places) {
    if (used + 200 > sizeof text) break;
    used += static_cast<size_t>(snprintf(text + used, sizeof text - used,
                                         "%s%d threads wait for %s at %.100s", used > 0 ? ", " : "",
                                         count, at.first.c_str(), at.second.c_str()));
  }
  return text;
}

}  // namespace bl::simt
