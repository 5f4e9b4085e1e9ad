// A scheduler as bytes, the same from native code and from WebAssembly: little-endian, requests in
// list order (started, then waiting), so equal states give equal bytes. src/snapshot.ts reads the
// same layout to show the state to the law checkers.
//   magic 'BLSN' u32 · version u32 · size u32 · checksum u32 (FNV-1a of everything behind it)
//   options 10 x f64 · state (StateRecord) · requests · blocks · pending plan
// Reading trusts nothing: sizes, indices and ranges are checked, then all laws at once (verify),
// and the caller keeps its old state unless everything holds.
#include "scheduler.h"

namespace beamline {

namespace {
constexpr uint32_t kMagic = 0x4e534c42;
constexpr uint32_t kVersion = 1;
constexpr size_t kPreamble = 16;

uint32_t checksum(const uint8_t* bytes, size_t size) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}
}  // namespace

class Writer {
 public:
  explicit Writer(Array<uint8_t>& bytes) : bytes_(bytes) {}
  template <typename T>
  void put(T value) {
    const size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &value, sizeof(T));
  }

 private:
  Array<uint8_t>& bytes_;
};

class Reader {
 public:
  Reader(const uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {}
  template <typename T>
  T get() {
    T value{};
    if (size_ - at_ < sizeof(T)) {
      ok_ = false;
    } else {
      std::memcpy(&value, bytes_ + at_, sizeof(T));
      at_ += sizeof(T);
    }
    return value;
  }
  // A value that must lie in [low, high]; out of range spoils the whole reading.
  int32_t within(int64_t low, int64_t high) {
    const auto value = get<int32_t>();
    if (value < low || value > high) ok_ = false;
    return ok_ ? value : static_cast<int32_t>(low);
  }
  bool ok() const { return ok_; }
  bool atEnd() const { return ok_ && at_ == size_; }
  size_t left() const { return size_ - at_; }

 private:
  const uint8_t* bytes_;
  size_t size_;
  size_t at_ = 0;
  bool ok_ = true;
};

static void writeRequest(Writer& out, const Request& r, const uint64_t* ids,
                         const uint16_t* survivals) {
  out.put<uint32_t>(r.id);
  out.put<uint32_t>(static_cast<uint32_t>(r.state) | r.planned << 8 | r.cancelled << 16 |
                    static_cast<uint32_t>(r.retention) << 24);
  out.put<uint64_t>(r.sequence);
  out.put<double>(r.deadlineNs);
  const int32_t fields[] = {r.promptTokens, r.maxNewTokens, r.emitted, r.folded, r.computed, r.tail,
                          r.blockCount, r.wantedDraft, r.planned ? r.plannedTokens : 0,
                          r.storedBlocks, r.prefixTail, static_cast<int32_t>(r.level),
                          r.tokensPerHash, r.prefixCount, static_cast<int32_t>(r.survivalCount)};
  for (const int32_t v : fields) out.put<int32_t>(v);
  for (int32_t i = 0; i < r.prefixCount; ++i) out.put<uint64_t>(ids[i]);
  for (int32_t i = 0; i < r.survivalCount; ++i) out.put<uint16_t>(survivals[i]);
}

void Scheduler::writeSnapshot(Array<uint8_t>& bytes) const {
  auto& self = const_cast<Scheduler&>(*this);  // list walks hand out plain pointers
  bytes.clear();
  Writer out(bytes);
  for (int i = 0; i < 4; ++i) out.put<uint32_t>(0);
  const auto* fields = reinterpret_cast<const int32_t*>(&options_);
  for (int i = 0; i < kOptionCount; ++i) out.put<double>(fields[i]);
  out.put<uint64_t>(nextSequence_);
  out.put<uint64_t>(pool_.clock());
  out.put<int32_t>(tokenLimit_);
  out.put<int32_t>(draftBudget_);
  out.put<int32_t>(pending_);
  out.put<uint32_t>(static_cast<uint32_t>(active_.size()));
  out.put<int32_t>(waiting_.size());
  const auto write = [&](Request& r) {
    writeRequest(out, r, r.prefixCount > 0 ? prefixes_.at(r.prefixOffset) : nullptr,
                 r.survivalCount > 0 ? self.survivals_.at(r.survival) : nullptr);
  };
  for (Request* r : self.active_) write(*r);
  for (Request* r = self.waiting_.first(); r != nullptr; r = self.waiting_.after(*r)) write(*r);
  out.put<int32_t>(pool_.fresh());
  out.put<int32_t>(pool_.freeHead());
  for (int32_t i = 0; i < pool_.fresh(); ++i) {
    const Block& block = pool_[i];
    const bool live = block.refs > 0 || block.inTree;
    out.put<int32_t>(block.parent);
    out.put<int32_t>(block.refs);
    out.put<int32_t>(live ? block.kids : 0);
    out.put<int32_t>(block.inTree ? block.retention | 1 << 8 : 0);
    out.put<uint64_t>(block.inTree ? block.key : 0);
    out.put<uint64_t>(block.inTree && block.refs == 0 ? block.evictKey : 0);
  }
  // The last plan, so that a driver that restores sees it again and can commit it.
  for (int i = kContextCount; i < kPlanEnd; ++i) out.put<double>(board_.header[i]);
  const auto contexts = static_cast<size_t>(board_.header[kContextCount]);
  const auto generations = static_cast<size_t>(board_.header[kGenerationCount]);
  for (size_t i = 0; i < contexts; ++i) {
    out.put<uint32_t>(board_.contextId[i]);
    out.put<int32_t>(board_.contextStart[i]);
    out.put<int32_t>(board_.contextTokens[i]);
    out.put<int32_t>(board_.contextReused[i]);
    out.put<int32_t>(board_.contextDraft[i]);
    out.put<int32_t>(board_.contextIsLast[i]);
  }
  for (size_t i = 0; i < generations; ++i) {
    out.put<uint32_t>(board_.generationId[i]);
    out.put<int32_t>(board_.generationTokens[i]);
    out.put<int32_t>(board_.generationKv[i]);
  }
  for (int32_t i = 0; i < pausedCount_; ++i) out.put<uint32_t>(board_.pausedId[i]);
  for (const uint32_t id : self.expired_) out.put<uint32_t>(id);
  const auto size = static_cast<uint32_t>(bytes.size());
  const uint32_t head[4] = {kMagic, kVersion, size,
                            checksum(bytes.data() + kPreamble, size - kPreamble)};
  std::memcpy(bytes.data(), head, kPreamble);
}

bool Scheduler::readRequest(Reader& in, Request& r) {
  const int32_t most = 0x7fffffff;
  const int32_t blocks = options_.kvBlocks;
  r.id = in.get<uint32_t>();
  const auto flags = in.get<uint32_t>();
  r.state = static_cast<State>(flags & 0xff);
  r.planned = flags >> 8 & 1;
  r.cancelled = flags >> 16 & 1;
  r.retention = static_cast<uint8_t>(flags >> 24);
  r.sequence = in.get<uint64_t>();
  r.deadlineNs = in.get<double>();
  r.promptTokens = in.within(1, most);
  r.maxNewTokens = in.within(1, most - r.promptTokens);
  r.emitted = in.within(0, r.maxNewTokens - 1);
  r.folded = in.within(0, r.emitted);
  r.computed = in.within(0, r.contextTarget());
  r.tail = in.within(kNone, blocks - 1);
  r.blockCount = in.within(0, blocks);
  r.wantedDraft = in.within(0, options_.maxDraftTokens);
  r.plannedTokens = in.within(0, options_.maxNumTokens);
  r.storedBlocks = in.within(0, r.blockCount);
  r.prefixTail = in.within(kNone, blocks - 1);
  r.level = static_cast<uint16_t>(in.within(0, WaitingQueue::kLevels - 1));
  r.tokensPerHash = in.within(0, most);
  r.prefixCount = in.within(0, most);
  r.survivalCount = static_cast<uint16_t>(in.within(0, options_.maxDraftTokens));
  r.totalBlocks =
      blocksFor(static_cast<int64_t>(r.promptTokens) + r.maxNewTokens, options_.tokensPerBlock);
  r.prefixOffset = 0;
  r.survival = r.heapPosition = kNone;
  const bool sane = in.ok() && r.retention <= 100 && r.sequence < nextSequence_ &&
                    r.totalBlocks <= blocks && r.deadlineNs == r.deadlineNs &&
                    (r.prefixCount == 0 || (options_.blockReuse && r.tokensPerHash > 0)) &&
                    static_cast<size_t>(r.prefixCount) <= in.left() / 8;
  if (!sane) return false;
  if (r.prefixCount > 0) {
    r.prefixOffset = prefixes_.take(r.prefixCount);
    for (int32_t i = 0; i < r.prefixCount; ++i) {
      prefixes_.at(r.prefixOffset)[i] = in.get<uint64_t>();
    }
  }
  if (r.survivalCount > 0) {
    r.survival = survivals_.take();
    for (int32_t i = 0; i < r.survivalCount; ++i) {
      survivals_.at(r.survival)[i] = in.get<uint16_t>();
    }
  }
  return in.ok();
}

bool Scheduler::readRequests(Reader& in, uint32_t started, uint32_t waiting) {
  const Request* last = nullptr;
  for (uint32_t i = 0; i < started + waiting; ++i) {
    if (in.left() < 84) return false;
    Request& r = slab_.take();
    const uint32_t slot = r.slot;
    r = Request{};
    r.slot = slot;
    if (!readRequest(in, r) || ids_.find(slab_, r.id) != nullptr) return false;
    const bool isStarted = r.state == State::kContext || r.state == State::kGeneration;
    if (i < started ? !isStarted : r.state != State::kWaiting) return false;
    if (i == started) last = nullptr;
    if (last != nullptr && !before(*last, r)) return false;
    last = &r;
    ids_.insert(r.id, slot);
    if (isStarted) {
      active_.push(&r);
      generating_ += r.state == State::kGeneration;
    } else {
      waiting_.insert(r);
    }
    if (r.deadlineNs < __builtin_inf()) deadlines_.push(slot, DeadlineOrder{&slab_});
  }
  return true;
}

bool Scheduler::readBlocks(Reader& in) {
  const int32_t fresh = in.within(0, options_.kvBlocks);
  const int32_t freeHead = in.within(kNone, fresh - 1);
  if (!in.ok() || in.left() < static_cast<size_t>(fresh) * 32) return false;
  for (int32_t i = 0; i < fresh; ++i) {
    Block& block = pool_.raw(i);
    block.parent = in.within(kNone, fresh - 1);
    block.refs = in.within(0, 0x7fffffff);
    block.kids = in.within(0, fresh);
    const auto flags = in.get<uint32_t>();
    block.retention = static_cast<uint8_t>(flags & 0xff);
    block.inTree = flags >> 8 & 1;
    block.key = in.get<uint64_t>();
    block.evictKey = in.get<uint64_t>();
    if (block.inTree && !options_.blockReuse) return false;
  }
  return in.ok() && pool_.rebuild(fresh, freeHead);
}

bool Scheduler::readPlan(Reader& in) {
  for (int i = kContextCount; i < kPlanEnd; ++i) board_.header[i] = in.get<double>();
  const auto countIn = [&](Slot slot, double most) {
    const double v = board_.header[slot];
    return v >= 0 && v <= most && v == static_cast<double>(static_cast<uint32_t>(v));
  };
  const double batch = options_.maxBatchSize;
  if (!in.ok() || !countIn(kContextCount, batch) || !countIn(kGenerationCount, batch) ||
      !countIn(kPausedCount, batch) || !countIn(kExpiredCount, 4294967295.0)) {
    return false;
  }
  const auto contexts = static_cast<size_t>(board_.header[kContextCount]);
  const auto generations = static_cast<size_t>(board_.header[kGenerationCount]);
  const auto find = [&](uint32_t id, State state) -> Request* {
    Request* r = ids_.find(slab_, id);
    return r != nullptr && r->planned && r->state == state ? r : nullptr;
  };
  for (size_t i = 0; i < contexts; ++i) {
    board_.contextId[i] = in.get<uint32_t>();
    board_.contextStart[i] = in.get<int32_t>();
    board_.contextTokens[i] = in.get<int32_t>();
    board_.contextReused[i] = in.get<int32_t>();
    board_.contextDraft[i] = in.within(0, options_.maxDraftTokens);
    board_.contextIsLast[i] = static_cast<uint8_t>(in.within(0, 1));
    board_.contextFinished[i] = 0;
    board_.contextNextDraft[i] = 0;
    board_.contextEmitted[i] = 1;
    if (!pending_) continue;
    Request* r = find(board_.contextId[i], State::kContext);
    const int32_t end = r == nullptr ? 0 : r->contextTarget();
    if (r == nullptr || board_.contextStart[i] != r->computed ||
        board_.contextTokens[i] != r->plannedTokens || r->plannedTokens < 1 ||
        r->plannedTokens > end - r->computed ||
        (board_.contextIsLast[i] != 0) != (r->computed + r->plannedTokens == end)) {
      return false;
    }
    plannedContexts_.push(r);
  }
  for (size_t i = 0; i < generations; ++i) {
    board_.generationId[i] = in.get<uint32_t>();
    board_.generationTokens[i] = in.within(1, options_.maxDraftTokens + 1);
    board_.generationKv[i] = in.get<int32_t>();
    if (!pending_) continue;
    Request* r = find(board_.generationId[i], State::kGeneration);
    if (r == nullptr || r->plannedTokens != board_.generationTokens[i]) return false;
    plannedGenerations_.push(r);
  }
  pausedCount_ = static_cast<int32_t>(board_.header[kPausedCount]);
  for (int32_t i = 0; i < pausedCount_; ++i) board_.pausedId[i] = in.get<uint32_t>();
  const auto expired = static_cast<size_t>(board_.header[kExpiredCount]);
  if (expired > in.left() / 4) return false;
  for (size_t i = 0; i < expired; ++i) expired_.push(in.get<uint32_t>());
  return in.atEnd();
}

Status Scheduler::readSnapshot(const uint8_t* bytes, size_t size) {
  if (size < kPreamble + kOptionCount * 8) return kForeignSnapshot;
  uint32_t head[4];
  std::memcpy(head, bytes, kPreamble);
  if (head[0] != kMagic || head[1] != kVersion) return kForeignSnapshot;
  if (head[2] != size || head[3] != checksum(bytes + kPreamble, size - kPreamble)) {
    return kCorruptSnapshot;
  }
  Reader in(bytes + kPreamble, size - kPreamble);
  const auto* fields = reinterpret_cast<const int32_t*>(&options_);
  for (int i = 0; i < kOptionCount; ++i) {
    if (in.get<double>() != fields[i]) return kOtherOptions;
  }
  nextSequence_ = in.get<uint64_t>();
  const auto clock = in.get<uint64_t>();
  tokenLimit_ = in.within(1, options_.maxNumTokens);
  draftBudget_ = in.within(kNone, 0x7fffffff);
  pending_ = in.within(0, 1) != 0;
  const auto started = in.get<uint32_t>();
  const auto waiting = in.get<uint32_t>();
  const bool read = in.ok() && started <= in.left() / 84 && waiting <= in.left() / 84 &&
                    readRequests(in, started, waiting) && readBlocks(in) && readPlan(in);
  pool_.setClock(clock);
  return read && verify() ? kOk : kCorruptSnapshot;
}

}  // namespace beamline
