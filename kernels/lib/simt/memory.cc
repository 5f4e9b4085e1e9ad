// Device memory with red zones, shared memory with poison, and cp.async that lands late.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

#include "check.h"
#include "memory.h"

namespace bl::simt {

namespace {

constexpr size_t kZone = 256;         // before and after each allocation
constexpr size_t kSharedZone = 64;    // after each shared range
constexpr int kZoneByte = 0xa5;

std::map<uintptr_t, Allocation> allocations;  // by the address of their first red zone
std::mutex allocationsMutex;
const Allocation* lastFound = nullptr;

uintptr_t addressOf(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

size_t roundUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

/** Whether `bytes` (at most two zones) from here are as they were laid. */
bool isZone(const char* from, size_t bytes) {
  static const std::array<char, 2 * kZone> laid = [] {
    std::array<char, 2 * kZone> all;
    all.fill(static_cast<char>(kZoneByte));
    return all;
  }();
  return memcmp(from, laid.data(), bytes) == 0;
}

/** Bytes after the data up to the end of the zone: the data's end need not be aligned. */
size_t tailBytes(const Allocation& allocation) {
  return roundUp(allocation.bytes, kZone) - allocation.bytes + kZone;
}

}  // namespace

void* allocate(int64_t bytes) {
  if (bytes < 0) return nullptr;
  const size_t size = static_cast<size_t>(bytes);
  const size_t total = roundUp(size, kZone) + 2 * kZone;
  char* base = static_cast<char*>(aligned_alloc(kZone, total));
  if (base == nullptr) return nullptr;
  const Allocation allocation{base + kZone, size, nullptr};
  memset(base, kZoneByte, kZone);
  memset(allocation.data, kPoison, size);
  memset(allocation.data + size, kZoneByte, tailBytes(allocation));
  const std::lock_guard<std::mutex> guard(allocationsMutex);
  allocations[addressOf(base)] = allocation;
  return allocation.data;
}

void release(void* data) {
  if (data == nullptr) return;
  const std::lock_guard<std::mutex> guard(allocationsMutex);
  const auto found = allocations.find(addressOf(data) - kZone);
  if (found == allocations.end()) return;
  check::forget(found->second);
  lastFound = nullptr;
  free(reinterpret_cast<void*>(found->first));
  allocations.erase(found);
}

const Allocation* findAllocation(const void* address) {
  const uintptr_t at = addressOf(address);
  const auto holds = [at](const Allocation& allocation) {
    const uintptr_t data = addressOf(allocation.data);
    return at >= data - kZone && at < data + allocation.bytes + tailBytes(allocation);
  };
  if (lastFound != nullptr && holds(*lastFound)) return lastFound;
  auto next = allocations.upper_bound(at);
  if (next == allocations.begin()) return nullptr;
  const Allocation& allocation = std::prev(next)->second;
  if (!holds(allocation)) return nullptr;
  lastFound = &allocation;
  return &allocation;
}

const char* damagedRedZone() {
  static char text[200];
  const std::lock_guard<std::mutex> guard(allocationsMutex);
  for (auto& [address, allocation] : allocations) {
    char* before = allocation.data - kZone;
    char* after = allocation.data + allocation.bytes;
    const bool low = !isZone(before, kZone), high = !isZone(after, tailBytes(allocation));
    if (!low && !high) continue;
    snprintf(text, sizeof text, "a write just %s an allocation of %zu bytes, during this launch",
             low ? "before" : "past the end of", allocation.bytes);
    memset(before, kZoneByte, kZone);
    memset(after, kZoneByte, tailBytes(allocation));
    return text;
  }
  return nullptr;
}

void mustBeGlobal(const void* address, size_t bytes, const char* what, Site site) {
  const Allocation* found = findAllocation(address);
  if (found == nullptr) {
    fault("out of bounds", site, "%s: %zu bytes at %p, in no allocation", what, bytes, address);
  }
  const int64_t offset = static_cast<const char*>(address) - found->data;
  if (offset >= 0 && offset + bytes <= found->bytes) return;
  fault("out of bounds", site, "%s: %zu bytes at offset %lld of an allocation of %zu bytes", what,
        bytes, static_cast<long long>(offset), found->bytes);
}

// ---- shared memory ------------------------------------------------------------------------------

void beginShared(Block& block) {
  const size_t bytes = runtime.launch->shared;
  block.ranges.clear();
  block.ranges.push_back({nullptr, block.shared, bytes, "dynamic shared memory"});
  memset(block.shared, kPoison, bytes);
  memset(block.shared + bytes, kZoneByte, kSharedZone);
  block.sharedUsed = bytes + kSharedZone;
}

void* sharedDynamic(const char*, Site) { return running()->owner->shared; }

void* sharedStatic(const void* key, size_t bytes, size_t alignment, const char* name, Site site) {
  Block& block = *running()->owner;
  for (const SharedRange& range : block.ranges) {
    if (range.key == key) return range.data;
  }
  const size_t start = roundUp(block.sharedUsed, std::max<size_t>(alignment, 16));
  size_t data = bytes;
  for (const SharedRange& range : block.ranges) data += range.bytes;
  if (data > kSharedMax || start + bytes + kSharedZone > kSharedArena) {
    fault("out of bounds", site, "%zu bytes of shared memory in all, at most %zu", data,
          kSharedMax);
  }
  SharedRange range{key, block.shared + start, bytes, name};
  memset(block.shared + block.sharedUsed, kZoneByte, start - block.sharedUsed);
  memset(range.data, kPoison, bytes);
  memset(range.data + bytes, kZoneByte, kSharedZone);
  block.sharedUsed = start + bytes + kSharedZone;
  block.ranges.push_back(range);
  return range.data;
}

const char* damagedShared(const Block& block) {
  static char text[200];
  for (const SharedRange& range : block.ranges) {
    if (isZone(range.data + range.bytes, kSharedZone)) continue;
    snprintf(text, sizeof text, "a write past the end of shared %.60s (%zu bytes), block %u,%u,%u",
             range.name, range.bytes, block.index.x, block.index.y, block.index.z);
    return text;
  }
  return nullptr;
}

const SharedRange* findShared(const Block& block, const void* address, size_t bytes) {
  const char* at = static_cast<const char*>(address);
  for (const SharedRange& range : block.ranges) {
    if (at >= range.data && at + bytes <= range.data + range.bytes) return &range;
  }
  return nullptr;
}

void mustBeShared(const void* address, size_t bytes, const char* what, Site site) {
  const Block& block = *running()->owner;
  if (findShared(block, address, bytes) != nullptr) return;
  const char* at = static_cast<const char*>(address);
  if (at < block.shared || at >= block.shared + block.sharedUsed) {
    fault("out of bounds", site, "%s: %p is not in shared memory", what, address);
  }
  for (const SharedRange& range : block.ranges) {
    if (at >= range.data + range.bytes + kSharedZone) continue;
    fault("out of bounds", site, "%s: %zu bytes at offset %lld of shared %s (%zu bytes)", what,
          bytes, static_cast<long long>(at - range.data), range.name, range.bytes);
  }
  fault("out of bounds", site, "%s: past all of shared memory", what);
}

// ---- cp.async -----------------------------------------------------------------------------------

void copyAsync(void* shared, const void* global, int bytes, int valid, Site site) {
  Fiber& self = *running();
  if (addressOf(shared) % bytes != 0 || (valid > 0 && addressOf(global) % bytes != 0)) {
    fault("misaligned", site, "cp.async of %d bytes from %p to %p", bytes, global, shared);
  }
  if (valid < 0 || valid > bytes) {
    fault("out of bounds", site, "cp.async of %d bytes, %d of them valid", bytes, valid);
  }
  mustBeShared(shared, bytes, "cp.async to", site);
  if (valid > 0) {
    mustBeGlobal(global, valid, "cp.async from", site);
    check::access(global, valid, check::kRead, site);
  }
  check::access(shared, bytes, check::kReserve, site);
  memset(shared, kPoison, bytes);
  self.copies.push_back({static_cast<char*>(shared), static_cast<const char*>(global), bytes, valid,
                         site});
}

void copyAsyncCommit(Site) {
  Fiber& self = *running();
  self.copyGroups.push_back(self.copies.size());
}

void copyAsyncWait(int pending, Site) {
  Fiber& self = *running();
  size_t done = self.copies.size(), groups = self.copyGroups.size();
  if (pending >= 0) {
    if (groups <= static_cast<size_t>(pending)) return;
    groups -= pending;
    done = self.copyGroups[groups - 1];
  }
  for (size_t i = 0; i < done; ++i) {
    const PendingCopy& copy = self.copies[i];
    memcpy(copy.to, copy.from, copy.valid);
    memset(copy.to + copy.valid, 0, copy.bytes - copy.valid);
    check::access(copy.to, copy.bytes, check::kLand, copy.site);
  }
  self.copies.erase(self.copies.begin(), self.copies.begin() + static_cast<ptrdiff_t>(done));
  self.copyGroups.erase(self.copyGroups.begin(),
                        self.copyGroups.begin() + static_cast<ptrdiff_t>(groups));
  for (size_t& end : self.copyGroups) end -= done;
}

}  // namespace bl::simt
