// What is known of every byte that threads share: who wrote it last, who read it since, whether it
// holds anything yet. A cell stands for 4, 2 or 1 bytes of a region, as fine as its accesses need.
#ifdef BEAMLINE_SIMT_CHECKED
#include <string.h>
#include <sys/mman.h>

#include <algorithm>
#include <memory>

#include "locate.h"
#include "order.h"

namespace bl::simt::check {

namespace {

constexpr uint32_t kAtomicBit = 0x80000000u;
constexpr uint32_t kManyReaders = 0xffffffffu;

struct Mark {
  uint32_t thread;
  uint32_t time;  // kAtomicBit: by an atomic
  Location at;
};

struct Cell {
  Mark writer;
  Mark reader;  // thread kManyReaders: `at` is the number of a ReaderSet
};

/** Readers that no writer has been ordered after yet. Keeps two of a warp at most, and for global
 * memory kGlobalReaders in all: enough to name one of those that race. */
struct ReaderSet {
  std::vector<Mark> readers;
};
constexpr size_t kSharedReaders = 64;
constexpr size_t kGlobalReaders = 6;

std::vector<ReaderSet> readerSets;
size_t readerSetsUsed = 0;

enum State : uint8_t { kNothing, kHolds, kUnderWay };

/** The cells of one region, in memory that the system hands out as it is touched. */
class Shadow {
 public:
  Shadow(const char* data, size_t bytes) : data_(data), bytes_(bytes) {}
  ~Shadow() { unmap(cells_, mapped_); }
  Shadow(const Shadow&) = delete;

  Cell* cells(const char* at, size_t bytes, size_t& count) {
    const size_t offset = static_cast<size_t>(at - data_);
    int shift = shift_;
    while (shift > 0 && ((offset | bytes) & ((size_t{1} << shift) - 1)) != 0) --shift;
    if (cells_ == nullptr || shift < shift_) refine(shift);
    if (cells_ == nullptr) return nullptr;
    count = ((offset + bytes - 1) >> shift_) - (offset >> shift_) + 1;
    return cells_ + (offset >> shift_);
  }
  const char* addressOf(const Cell* cell) const {
    return data_ + (static_cast<size_t>(cell - cells_) << shift_);
  }
  void clear() {
    unmap(cells_, mapped_);
    cells_ = nullptr;
  }

 private:
  static void unmap(Cell* cells, size_t bytes) {
    if (cells != nullptr) munmap(cells, bytes);
  }
  void refine(int shift) {
    const size_t count = (bytes_ >> shift) + 2, size = count * sizeof(Cell);
    void* fresh = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    Cell* cells = fresh == MAP_FAILED ? nullptr : static_cast<Cell*>(fresh);
    const size_t old = cells_ == nullptr ? 0 : (bytes_ >> shift_) + 1;
    const size_t parts = size_t{1} << (shift_ - shift);
    for (size_t i = 0; cells != nullptr && i < old; ++i) {
      if (cells_[i].writer.time == 0 && cells_[i].reader.time == 0) continue;
      for (size_t k = 0; k < parts && i * parts + k < count; ++k) {
        cells[i * parts + k] = cells_[i];
        separate(cells[i * parts + k]);
      }
    }
    unmap(cells_, mapped_);
    cells_ = cells;
    mapped_ = size;
    shift_ = shift;
  }
  static void separate(Cell& cell);

  const char* data_;
  size_t bytes_;
  int shift_ = 2;
  Cell* cells_ = nullptr;
  size_t mapped_ = 0;
};

uint32_t newReaderSet() {
  if (readerSetsUsed == readerSets.size()) readerSets.emplace_back();
  readerSets[readerSetsUsed].readers.clear();
  return static_cast<uint32_t>(readerSetsUsed++);
}

/** A copied cell gets readers of its own. */
void Shadow::separate(Cell& cell) {
  if (cell.reader.thread != kManyReaders || cell.reader.at >= readerSetsUsed) return;
  const uint32_t copy = newReaderSet();
  readerSets[copy].readers = readerSets[cell.reader.at].readers;
  cell.reader.at = copy;
}

/** Of a resident block: its shared memory. */
struct SharedShadow {
  std::unique_ptr<Shadow> shadow;
  std::vector<uint8_t> state;  // by byte
  const char* data = nullptr;
};
std::vector<SharedShadow> sharedShadows;

struct Region {
  Shadow* shadow;
  bool isShared;
  const char* name;
  const char* data;  // offsets in a fault's text count from here
};

const char* verb(bool writes) { return writes ? "write" : "read"; }

[[noreturn]] void race(const Region& region, const char* address, bool writes, const Mark& earlier,
                       bool earlierWrote, Location at) {
  const uint32_t threads = static_cast<uint32_t>(runtime.threads);
  const Site other = siteOf(earlier.at);
  const long long offset = address - region.data;
  const uint32_t block = earlier.thread / threads, thread = earlier.thread % threads;
  fault("data race", siteOf(at),
        "%s of %s at byte %lld, not ordered after the %s by thread %u of block %u at %s:%d",
        verb(writes), region.name, offset, verb(earlierWrote), thread, block, other.file,
        other.line);
}

bool isOld(const Mark& mark) { return (mark.time & ~kAtomicBit) < launchStart(); }

/** In shared memory a block that had the slot before has left its marks. */
bool isOfOtherBlock(const Fiber& self, const Region& region, const Mark& mark) {
  if (!region.isShared || mark.thread == kManyReaders) return false;
  return mark.thread / static_cast<uint32_t>(runtime.threads) != self.owner->linear;
}

bool isOrdered(const Fiber& self, const Region& region, const Mark& mark, bool atomic) {
  if (isOld(mark) || isOfOtherBlock(self, region, mark)) return true;
  if (atomic && (mark.time & kAtomicBit) != 0) return true;
  return knows(self, mark.thread, mark.time & ~kAtomicBit);
}

void addReader(const Fiber& self, const Region& region, Cell& cell, const Mark& mark) {
  Mark& reader = cell.reader;
  if (reader.thread != kManyReaders) {
    if (reader.thread == mark.thread || isOrdered(self, region, reader, false)) {
      reader = mark;
      return;
    }
    const uint32_t set = newReaderSet();
    readerSets[set].readers = {reader, mark};
    reader = {kManyReaders, mark.time & ~kAtomicBit, set};
    return;
  }
  if (isOld(reader)) {
    reader = mark;
    return;
  }
  std::vector<Mark>& readers = readerSets[reader.at].readers;
  std::erase_if(readers, [&](const Mark& other) {
    return other.thread == mark.thread || isOrdered(self, region, other, false);
  });
  const size_t most = region.isShared ? kSharedReaders : kGlobalReaders;
  const auto sameWarp = std::count_if(readers.begin(), readers.end(), [&](const Mark& other) {
    return other.thread / kWarpLanes == mark.thread / kWarpLanes;
  });
  if (readers.size() < most && sameWarp < 2) readers.push_back(mark);
}

void checkWrite(const Fiber& self, const Region& region, Cell& cell, const Mark& mark,
                bool atomic) {
  const char* address = region.shadow->addressOf(&cell);
  if (!isOrdered(self, region, cell.writer, atomic)) {
    race(region, address, true, cell.writer, true, mark.at);
  }
  if (cell.reader.thread == kManyReaders && !isOld(cell.reader)) {
    for (const Mark& reader : readerSets[cell.reader.at].readers) {
      if (reader.thread == mark.thread || isOrdered(self, region, reader, atomic)) continue;
      race(region, address, true, reader, false, mark.at);
    }
  } else if (cell.reader.thread != kManyReaders && cell.reader.thread != mark.thread &&
             !isOrdered(self, region, cell.reader, atomic)) {
    race(region, address, true, cell.reader, false, mark.at);
  }
  cell.writer = mark;
  cell.reader = {};
}

void mark(const Region& region, const char* address, size_t bytes, Access kind, Location at) {
  const Fiber& self = *running();
  const bool atomic = kind == kAtomicRead || kind == kAtomicWrite;
  const uint32_t time = stateOf(self).time | (atomic ? kAtomicBit : 0);
  const Mark mine{threadNumber(self), time, at};
  size_t count = 0;
  Cell* cells = region.shadow->cells(address, bytes, count);
  if (cells == nullptr) return;
  for (Cell* cell = cells; cell != cells + count; ++cell) {
    if (kind == kLand) {
      cell->writer = mine;
      cell->reader = {};
    } else if (kind == kRead || kind == kAtomicRead) {
      if (cell->reader.thread == mine.thread && cell->reader.time == time) continue;
      if (!isOrdered(self, region, cell->writer, atomic)) {
        race(region, region.shadow->addressOf(cell), false, cell->writer, true, at);
      }
      addReader(self, region, *cell, mine);
    } else if (cell->writer.thread != mine.thread || cell->writer.time != time ||
               cell->reader.time != 0) {
      checkWrite(self, region, *cell, mine, atomic);
    }
  }
}

/** Whether the bytes hold something, and what they hold after. */
void checkState(SharedShadow& shared, const SharedRange& range, const char* address, size_t bytes,
                Access kind, Location at) {
  uint8_t* state = shared.state.data() + (address - shared.data);
  const long long offset = address - range.data;
  const bool reads = kind == kRead || kind == kAtomicRead || kind == kAtomicWrite;
  for (size_t i = 0; i < bytes && kind != kLand; ++i) {
    if (state[i] == kUnderWay) {
      fault("missing wait", siteOf(at), "%s of %s at byte %lld, where a cp.async has not landed",
            verb(!reads), range.name, offset + static_cast<long long>(i));
    }
    if (reads && state[i] == kNothing) {
      fault("uninitialised read", siteOf(at), "read of %s at byte %lld, which no thread wrote",
            range.name, offset + static_cast<long long>(i));
    }
  }
  if (kind == kRead || kind == kAtomicRead) return;
  memset(state, kind == kReserve ? kUnderWay : kHolds, bytes);
}

void sharedAccess(const Fiber& self, const char* address, size_t bytes, Access kind, Location at) {
  const SharedRange* range = findShared(*self.owner, address, bytes);
  if (range == nullptr) mustBeShared(address, bytes, "shared access", siteOf(at));
  SharedShadow& shared = sharedShadows[static_cast<size_t>(self.owner->slot)];
  checkState(shared, *range, address, bytes, kind, at);
  mark({shared.shadow.get(), true, range->name, range->data}, address, bytes, kind, at);
}

void globalAccess(const Allocation& allocation, const char* address, size_t bytes, Access kind,
                  Location at) {
  const int64_t offset = address - allocation.data;
  if (offset < 0 || static_cast<size_t>(offset) + bytes > allocation.bytes) {
    mustBeGlobal(address, bytes, kind == kRead || kind == kAtomicRead ? "read" : "write",
                 siteOf(at));
  }
  if (allocation.shadow == nullptr) {
    allocation.shadow = new Shadow(allocation.data, allocation.bytes);
  }
  mark({static_cast<Shadow*>(allocation.shadow), false, "global memory", allocation.data}, address,
       bytes, kind, at);
}

bool isInside(const char* address, const void* from, size_t bytes) {
  const char* first = static_cast<const char*>(from);
  return address >= first && address < first + bytes;
}

}  // namespace

void beginLaunchShadow() {
  readerSetsUsed = 0;
  if (sharedShadows.size() < static_cast<size_t>(runtime.residents)) {
    sharedShadows.resize(static_cast<size_t>(runtime.residents));
  }
}

void beginShadow(Block& block) {
  SharedShadow& shared = sharedShadows[static_cast<size_t>(block.slot)];
  if (shared.data != block.shared) {
    shared.data = block.shared;
    shared.shadow = std::make_unique<Shadow>(block.shared, kSharedArena);
    shared.state.assign(kSharedArena, kNothing);
  }
  std::fill(shared.state.begin(), shared.state.end(), kNothing);
}

void forget(const Allocation& allocation) {
  delete static_cast<Shadow*>(allocation.shadow);
  allocation.shadow = nullptr;
}

void access(const void* address, size_t bytes, Access kind, Location at);

void access(const void* address, size_t bytes, Access kind, Location at) {
  const Fiber* self = running();
  if (self == nullptr) return;
  const char* to = static_cast<const char*>(address);
  if (isInside(to, self->stackLow, static_cast<size_t>(self->stackHigh - self->stackLow))) return;
  if (isInside(to, self->owner->shared, kSharedArena)) {
    sharedAccess(*self, to, bytes, kind, at);
    return;
  }
  if (isInLibrary(to) || isInRuntime(to)) return;
  if (const Allocation* allocation = findAllocation(to)) {
    globalAccess(*allocation, to, bytes, kind, at);
    return;
  }
  fault("out of bounds", siteOf(at), "%s of %zu bytes at %p, in no allocation",
        verb(kind == kWrite || kind == kAtomicWrite), bytes, address);
}

void access(const void* address, size_t bytes, Access kind, Site site) {
  access(address, bytes, kind, locationOf(site));
}

}  // namespace bl::simt::check
#endif
