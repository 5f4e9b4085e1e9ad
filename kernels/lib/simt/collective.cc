// Warp collectives: shuffles, votes, matches, reductions, __syncwarp. The lanes of a mask meet; the
// last to come computes what every lane gets. A lane that has ended no longer counts, as on the
// GPU; what it would have given is undefined there, so reading it is a fault here.
#include <string.h>

#include "check.h"

namespace bl::simt {

namespace {

void checkMask(const Fiber& fiber, uint32_t mask, const char* name, Site site) {
  if ((mask >> fiber.lane & 1u) == 0) {
    fault("wrong mask", site, "lane %d calls %s with mask %08x, which leaves it out", fiber.lane,
          name, mask);
  }
}

/** The group of this mask, new or begun. A lane may call a collective of other lanes while its own
 * group waits for it, but not one that needs a lane which waits for it. */
Group& joinGroup(const Fiber& self, uint32_t mask, const char* name, CollectiveBody body,
                 Site site) {
  Warp& warp = *self.warp;
  Group* found = nullptr;
  for (int i = 0; i < warp.groupCount; ++i) {
    Group& group = warp.groups[i];
    if (group.mask == mask) {
      found = &group;
    } else if ((group.mask >> self.lane & 1u) != 0 && (group.arrived & mask) != 0) {
      fault("wrong mask", site, "%s with mask %08x, while lanes %08x of it wait for lane %d in %s "
            "with mask %08x at %s:%d", name, mask, group.arrived & mask, self.lane, group.name,
            group.mask, group.site.file, group.site.line);
    }
  }
  if (found == nullptr) {
    found = &warp.groups[warp.groupCount++];
    *found = {mask, 0, name, body, site};
  } else if (found->body != body || found->site.line != site.line ||
             found->site.file != site.file) {
    fault("wrong mask", site, "lanes of mask %08x part: some call %s here, others %s at %s:%d",
          mask, name, found->name, found->site.file, found->site.line);
  }
  return *found;
}

void removeGroup(Warp& warp, Group& group) { group = warp.groups[--warp.groupCount]; }

}  // namespace

void collective(uint32_t mask, const char* name, CollectiveBody body, Site site) {
  Fiber& self = *running();
  Warp& warp = *self.warp;
  checkMask(self, mask, name, site);
  Group& group = joinGroup(self, mask, name, body, site);
  group.arrived |= 1u << self.lane;
  if (group.arrived != (mask & warp.alive)) {
    sleep(name, site);
    return;
  }
  const uint32_t lanes = group.arrived;
  removeGroup(warp, group);
  body(warp, lanes);
  runtime.polls = 0;
  wake(warp, lanes);
  maybePreempt();
}

/** The group that only waited for a lane that has now ended goes on without it. */
void finishGroups(Warp& warp) {
  for (int i = 0; i < warp.groupCount; ++i) {
    Group group = warp.groups[i];
    if (group.arrived != (group.mask & warp.alive)) continue;
    removeGroup(warp, warp.groups[i]);
    group.body(warp, group.arrived);
    wake(warp, group.arrived);
    --i;
  }
}

namespace {

void syncBody(Warp& warp, uint32_t lanes) { check::synchroniseWarp(warp, lanes); }

void shuffleBody(Warp& warp, uint32_t lanes) {
  for (uint32_t bits = lanes; bits != 0; bits &= bits - 1) {
    const int lane = __builtin_ctz(bits);
    const int from = warp.source[lane];
    if ((lanes >> from & 1u) == 0) {
      const bool ended = (warp.alive >> from & 1u) == 0;
      fault("wrong mask", running()->waitSite, "shuffle: lane %d reads lane %d, which %s", lane,
            from, ended ? "has ended or does not exist" : "takes no part");
    }
    warp.out[lane] = warp.in[from];
  }
}

void ballotBody(Warp& warp, uint32_t lanes) {
  uint32_t votes = 0;
  for (uint32_t bits = lanes; bits != 0; bits &= bits - 1) {
    const int lane = __builtin_ctz(bits);
    votes |= static_cast<uint32_t>(warp.in[lane]) << lane;
  }
  for (uint64_t& out : warp.out) out = votes;
}

void matchBody(Warp& warp, uint32_t lanes) {
  for (uint32_t bits = lanes; bits != 0; bits &= bits - 1) {
    const int lane = __builtin_ctz(bits);
    uint32_t same = 0;
    for (uint32_t others = lanes; others != 0; others &= others - 1) {
      const int other = __builtin_ctz(others);
      if (warp.in[other] == warp.in[lane]) same |= 1u << other;
    }
    warp.out[lane] = same;
  }
}

uint32_t combine(int kind, uint32_t a, uint32_t b) {
  const int32_t sa = static_cast<int32_t>(a), sb = static_cast<int32_t>(b);
  switch (kind) {
    case kReduceMin: return a < b ? a : b;
    case kReduceMax: return a < b ? b : a;
    case kReduceMinSigned: return sa < sb ? a : b;
    case kReduceMaxSigned: return sa < sb ? b : a;
    case kReduceAnd: return a & b;
    case kReduceOr: return a | b;
    case kReduceXor: return a ^ b;
    default: return a + b;
  }
}

void reduceBody(Warp& warp, uint32_t lanes) {
  uint32_t result = static_cast<uint32_t>(warp.in[__builtin_ctz(lanes)]);
  for (uint32_t bits = lanes & (lanes - 1); bits != 0; bits &= bits - 1) {
    result = combine(warp.argument, result, static_cast<uint32_t>(warp.in[__builtin_ctz(bits)]));
  }
  for (uint64_t& out : warp.out) out = result;
}

int sourceLane(int lane, int kind, int by, int width) {
  const int first = lane & ~(width - 1);
  switch (kind) {
    case kUp: return lane - by >= first ? lane - by : lane;
    case kDown: return lane + by < first + width ? lane + by : lane;
    case kXor: return (lane ^ by) < first + width ? lane ^ by : lane;
    default: return first | (by & (width - 1));
  }
}

}  // namespace

void warpSync(uint32_t mask, Site site) { collective(mask, "__syncwarp", syncBody, site); }

uint64_t shuffle(uint32_t mask, uint64_t value, int kind, int by, int width, Site site) {
  Fiber& self = *running();
  if (width < 1 || width > kWarpLanes || (width & (width - 1)) != 0) {
    fault("wrong mask", site, "shuffle of width %d, a power of two up to 32 expected", width);
  }
  Warp& warp = *self.warp;
  warp.in[self.lane] = value;
  warp.source[self.lane] = sourceLane(self.lane, kind, by, width);
  self.waitSite = site;
  collective(mask, "a shuffle", shuffleBody, site);
  return warp.out[self.lane];
}

uint32_t ballot(uint32_t mask, int predicate, Site site) {
  Fiber& self = *running();
  self.warp->in[self.lane] = predicate != 0 ? 1 : 0;
  collective(mask, "a vote", ballotBody, site);
  return static_cast<uint32_t>(self.warp->out[self.lane]);
}

uint32_t matchAny(uint32_t mask, uint64_t value, Site site) {
  Fiber& self = *running();
  self.warp->in[self.lane] = value;
  collective(mask, "a match", matchBody, site);
  return static_cast<uint32_t>(self.warp->out[self.lane]);
}

uint32_t reduce(uint32_t mask, uint32_t value, int kind, Site site) {
  Fiber& self = *running();
  self.warp->in[self.lane] = value;
  self.warp->argument = kind;
  collective(mask, "a warp reduction", reduceBody, site);
  return static_cast<uint32_t>(self.warp->out[self.lane]);
}

uint32_t activeMask() { return running()->warp->alive; }

}  // namespace bl::simt
