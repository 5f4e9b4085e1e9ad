// Atomics and fences. Only one fiber runs at a time, so that an operation is atomic by itself; what
// counts here is the order that it gives, which the checks keep, and that others may run between.
#include <string.h>

#include "check.h"

namespace bl::simt {

namespace {

template <class Word, class Signed>
Word combined(int kind, Word old, Word a, Word b) {
  switch (kind) {
    case kStore:
    case kExchange: return a;
    case kAdd: return old + a;
    case kMin: return a < old ? a : old;
    case kMax: return old < a ? a : old;
    case kMinSigned: return static_cast<Signed>(a) < static_cast<Signed>(old) ? a : old;
    case kMaxSigned: return static_cast<Signed>(old) < static_cast<Signed>(a) ? a : old;
    case kCompareExchange: return old == b ? a : old;
    case kAnd: return old & a;
    case kOr: return old | a;
    default: return old;
  }
}

uint32_t addFloat(uint32_t old, uint32_t a) {
  const float sum = __builtin_bit_cast(float, old) + __builtin_bit_cast(float, a);
  return __builtin_bit_cast(uint32_t, sum);
}

bool isInShared(const void* address) {
  const Block& block = *running()->owner;
  const char* at = static_cast<const char*>(address);
  return at >= block.shared && at < block.shared + block.sharedUsed;
}

void enter(const void* address, size_t bytes, int kind, int order, Site site) {
  maybePreempt();
  if (reinterpret_cast<uintptr_t>(address) % bytes != 0) {
    fault("misaligned", site, "atomic of %zu bytes at %p", bytes, address);
  }
  if (isInShared(address)) {
    mustBeShared(address, bytes, "atomic", site);
  } else {
    mustBeGlobal(address, bytes, "atomic", site);
  }
  const bool writes = kind != kLoad;
  check::access(address, bytes, writes ? check::kAtomicWrite : check::kAtomicRead, site);
  check::ordered(address, kind != kStore, writes, order);
  if (writes) runtime.polls = 0;
}

}  // namespace

uint32_t atomic32(void* address, int kind, uint32_t a, uint32_t b, int order, Site site) {
  enter(address, 4, kind, order, site);
  uint32_t old;
  memcpy(&old, address, 4);
  const uint32_t now =
      kind == kAddFloat ? addFloat(old, a) : combined<uint32_t, int32_t>(kind, old, a, b);
  if (kind != kLoad) memcpy(address, &now, 4);
  return old;
}

uint64_t atomic64(void* address, int kind, uint64_t a, uint64_t b, int order, Site site) {
  enter(address, 8, kind, order, site);
  uint64_t old;
  memcpy(&old, address, 8);
  const uint64_t now = combined<uint64_t, int64_t>(kind, old, a, b);
  if (kind != kLoad) memcpy(address, &now, 8);
  return old;
}

void fence(bool device, Site) {
  if (device) check::fence();
}

void trap(Site site) { fault("trap", site, "the kernel called __trap()"); }

void crooked(const void* address, Site site) {
  fault("misaligned", site, "a vector load from %p", address);
}

}  // namespace bl::simt
