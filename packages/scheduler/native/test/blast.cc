// A random blast of the bare core, for the sanitizers: many configurations, random calls in any
// order, every structural law verified after each step, snapshots restored and forged on the way.
//   blast SEED ROUNDS   prints one line and exits 0, or traps
#include "../unity.cc"

#include <cstdio>

namespace {

using namespace beamline;

struct Random {
  uint64_t state;
  uint32_t below(uint32_t bound) {
    state += 0x9e3779b97f4a7c15ULL;
    return static_cast<uint32_t>(mix(state) % bound);
  }
};

Options randomOptions(Random& random) {
  Options o{};
  o.maxBatchSize = 1 + static_cast<int32_t>(random.below(8));
  o.tokensPerBlock = 1 + static_cast<int32_t>(random.below(8));
  o.kvBlocks = 2 + static_cast<int32_t>(random.below(40));
  o.maxDraftTokens = static_cast<int32_t>(random.below(3) * 3);
  o.chunkUnitTokens = 1 + static_cast<int32_t>(random.below(12));
  o.maxNumTokens = max(o.chunkUnitTokens, 1 + o.maxDraftTokens);
  o.maxNumTokens += static_cast<int32_t>(random.below(40));
  o.maxQueuedRequests = 1 + static_cast<int32_t>(random.below(30));
  o.capacityPolicy = static_cast<CapacityPolicy>(random.below(3));
  o.contextChunking = static_cast<Chunking>(random.below(3));
  o.blockReuse = static_cast<int32_t>(random.below(2));
  return o;
}

class Blast {
 public:
  Blast(uint64_t seed) : random_{seed}, options_(randomOptions(random_)) {
    const auto* fields = reinterpret_cast<const int32_t*>(&options_);
    double values[kOptionCount];
    for (int i = 0; i < kOptionCount; ++i) values[i] = fields[i];
    board_ = std::calloc(
        beamline_scheduler_board_bytes(options_.maxBatchSize, options_.maxDraftTokens), 1);
    view_ = Board::at(board_, options_.maxBatchSize);
    scheduler_ = beamline_scheduler_create(values, board_);
  }
  ~Blast() {
    beamline_scheduler_free(scheduler_);
    std::free(board_);
  }
  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      const uint32_t choice = random_.below(20);
      if (choice < 7) submit();
      if (choice == 7) cancel();
      if (choice == 8) budgets();
      if (choice == 9) survival();
      if (choice == 10) snapshot();
      step();
    }
    for (int i = 0; i < 20000 && live() > 0; ++i) step();
    BEAMLINE_ASSERT(live() == 0);
  }
  int steps() const { return steps_; }

 private:
  int32_t below(int32_t bound) {
    return static_cast<int32_t>(random_.below(static_cast<uint32_t>(bound)));
  }
  double live() const {
    return view_.header[kQueuedRequests] + view_.header[kActiveRequests];
  }
  void submit() {
    double* h = view_.header;
    const int32_t space = options_.tokensPerBlock * options_.kvBlocks;
    const int32_t output = min(1 + static_cast<int32_t>(random_.below(30)), space - 1);
    int32_t prompt = min(1 + static_cast<int32_t>(random_.below(50)), space - output);
    const int32_t draft = below(options_.maxDraftTokens + 1);
    if (options_.contextChunking == Chunking::kOff) {
      prompt = min(prompt, options_.maxNumTokens - draft);
    }
    if (prompt < 1) return;
    const uint32_t runs = static_cast<uint32_t>(prompt + 2) / 3;
    double hashes[32];
    for (uint32_t i = 0; i < runs; ++i) hashes[i] = i < 4 ? random_.below(2) : nextId_ + i;
    h[kId] = nextId_++;
    h[kPromptTokens] = prompt;
    h[kMaxNewTokens] = output;
    h[kPriorityLevel] = random_.below(4) * 250;
    h[kDeadline] = random_.below(8) == 0 ? now_ + random_.below(40) : __builtin_inf();
    h[kRetention] = random_.below(101);
    h[kTokensPerHash] = 3;
    h[kHashCount] = random_.below(3) == 0 ? 0 : runs;
    h[kFirstDraft] = draft;
    beamline_scheduler_submit(scheduler_, hashes);
  }
  void cancel() {
    view_.header[kId] = random_.below(nextId_ + 1);
    beamline_scheduler_cancel(scheduler_);
  }
  void budgets() {
    view_.header[kLimit] = static_cast<double>(random_.below(12)) - 1;
    beamline_scheduler_set_draft_budget(scheduler_);
    const int32_t least = max(options_.chunkUnitTokens, 1 + options_.maxDraftTokens);
    const auto range = static_cast<uint32_t>(options_.maxNumTokens - least) + 1;
    view_.header[kLimit] = least + static_cast<int32_t>(random_.below(range));
    beamline_scheduler_set_token_limit(scheduler_);
  }
  void survival() {
    uint16_t value = 65535;
    for (int32_t i = 0; i < options_.maxDraftTokens; ++i) {
      value = static_cast<uint16_t>(value - random_.below(value / 2 + 1u));
      view_.survivals[i] = value;
    }
    view_.header[kId] = random_.below(nextId_ + 1);
    view_.header[kSurvivalCount] = options_.maxDraftTokens;
    beamline_scheduler_set_survival(scheduler_);
  }
  void snapshot() {
    const size_t size = beamline_scheduler_snapshot(scheduler_);
    auto* bytes = static_cast<uint8_t*>(std::malloc(size));
    std::memcpy(bytes, beamline_scheduler_snapshot_bytes(scheduler_), size);
    const size_t at = random_.below(static_cast<uint32_t>(size));
    bytes[at] ^= 1;
    BEAMLINE_ASSERT(beamline_scheduler_restore(scheduler_, bytes, size) != kOk);
    bytes[at] ^= 1;
    const size_t cut = random_.below(static_cast<uint32_t>(size));
    BEAMLINE_ASSERT(beamline_scheduler_restore(scheduler_, bytes, cut) != kOk);
    BEAMLINE_ASSERT(beamline_scheduler_restore(scheduler_, bytes, size) == kOk);
    BEAMLINE_ASSERT(beamline_scheduler_snapshot(scheduler_) == size);
    BEAMLINE_ASSERT(std::memcmp(bytes, beamline_scheduler_snapshot_bytes(scheduler_), size) == 0);
    std::free(bytes);
  }
  void step() {
    double* h = view_.header;
    h[kNow] = now_++;
    if (!pending_) {
      beamline_scheduler_next(scheduler_);
      pending_ = true;
    } else {
      answer();
      if (random_.below(4) == 0) {
        beamline_scheduler_commit(scheduler_);
        pending_ = false;
      } else {
        beamline_scheduler_commit_and_next(scheduler_);
      }
    }
    BEAMLINE_ASSERT(static_cast<int>(h[kStatus]) == kOk);
    BEAMLINE_ASSERT(beamline_scheduler_verify(scheduler_) == 1);
    if (pending_) {
      const bool empty = h[kContextCount] + h[kGenerationCount] == 0;
      BEAMLINE_ASSERT(!empty || live() == 0);
    }
    ++steps_;
  }
  void answer() {
    const auto drafts = static_cast<uint32_t>(options_.maxDraftTokens) + 1;
    for (int i = 0; i < view_.header[kContextCount]; ++i) {
      view_.contextNextDraft[i] = static_cast<int32_t>(random_.below(drafts));
      view_.contextEmitted[i] = 1 + below(view_.contextDraft[i] + 1);
      view_.contextFinished[i] = random_.below(16) == 0;
    }
    for (int i = 0; i < view_.header[kGenerationCount]; ++i) {
      view_.generationEmitted[i] = 1 + below(view_.generationTokens[i]);
      view_.generationNextDraft[i] = static_cast<int32_t>(random_.below(drafts));
      view_.generationFinished[i] = random_.below(16) == 0;
    }
  }

  Random random_;
  Options options_;
  void* board_ = nullptr;
  Board view_{};
  beamline_scheduler* scheduler_ = nullptr;
  uint32_t nextId_ = 0;
  double now_ = 0;
  bool pending_ = false;
  int steps_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const auto seed = static_cast<uint64_t>(argc > 1 ? std::atoll(argv[1]) : 1);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 100;
  long steps = 0;
  for (int i = 0; i < rounds; ++i) {
    Blast blast(seed * 1000003 + static_cast<uint64_t>(i));
    blast.run(150);
    steps += blast.steps();
  }
  std::printf("blast: %d configurations, %ld steps, all laws hold\n", rounds, steps);
  return 0;
}
