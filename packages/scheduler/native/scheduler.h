// The scheduler: what runs in the next engine step, in the manner of TensorRT-LLM's in-flight
// batching. One step is plan() then commit(): plan picks requests (capacity.cc), shares the token
// and draft budgets (batching.cc, drafts.cc) and takes KV blocks; commit (commit.cc) applies what
// the driver saw and gives back the blocks of rejected draft tokens.
//
// Determinism: decisions use integers only. Priorities come in steps of 1/1000, survivals in steps
// of 1/65535, times are compared but never computed with. So native code and WebAssembly agree to
// the byte.
#pragma once

#include "arena.h"
#include "blocks.h"
#include "board.h"
#include "options.h"
#include "waiting.h"

namespace beamline {

// A context request in the step under construction.
struct ContextWork {
  Request* request;
  int32_t remainder;  // context tokens still to compute
  int32_t chunk;
  int32_t draft;      // draft tokens verified behind the last chunk
  int32_t reused;     // tokens the reuse cache gives at admission
  int32_t node;       // deepest reused node, kNone when none or already started
};

class Scheduler {
 public:
  Scheduler(const Options& options, void* board);
  ~Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Each reads its arguments from the board and leaves a Status there.
  Status submit(const double* hashes);
  Status cancel(uint32_t id);
  Status setSurvival();
  void setDraftBudget(int32_t tokens) { draftBudget_ = tokens; }
  void setTokenLimit(int32_t tokens) { tokenLimit_ = tokens; }

  Status next();
  Status commit();
  Status commitAndNext();

  const uint32_t* expired() const { return expired_.data(); }

  // snapshot.cc
  void writeSnapshot(Array<uint8_t>& bytes) const;
  // Fills a scheduler that was just made. On any other status than kOk it is to be thrown away.
  Status readSnapshot(const uint8_t* bytes, size_t size);
  // verify.cc: true when every structural law holds.
  bool verify();

  const Options& options() const { return options_; }
  void* board() const { return board_.header; }
  void moveBoard(void* board) { board_ = Board::at(board, options_.maxBatchSize); }

 private:
  struct DeadlineOrder {
    RequestSlab* slab;
    bool before(uint32_t a, uint32_t b) const {
      const Request& x = (*slab)[a];
      const Request& y = (*slab)[b];
      return x.deadlineNs != y.deadlineNs ? x.deadlineNs < y.deadlineNs : x.sequence < y.sequence;
    }
    int32_t& place(uint32_t slot) const { return (*slab)[slot].heapPosition; }
  };
  // What an earlier request of this step will put into the reuse tree.
  struct Contribution {
    uint64_t key;
    int32_t parent;
  };
  // Walks started and waiting requests together in list order.
  struct Cursor {
    size_t active = 0;
    Request* waiting = nullptr;
  };

  // plan.cc
  void plan();
  void expireDue();
  void apply();
  void startContext(ContextWork& work);
  void writeContext(const ContextWork& work);
  void writeGeneration();
  void writeSums();
  void growTo(Request& r, int32_t tokens) {
    while (static_cast<int64_t>(r.blockCount) * options_.tokensPerBlock < tokens) {
      r.tail = pool_.push(r.tail);
      ++r.blockCount;
    }
  }

  // capacity.cc
  void selectNoEvict();
  void selectPending(int32_t avail, bool closed);
  void selectMaxUtilization();
  bool tryMaxUtilization(const Request& r, int32_t& needed);
  int32_t blocksForOneStep(const Request& r) const;
  Request* peek(Cursor& cursor, bool skipGenerating);
  void advance(Cursor& cursor, const Request& r);
  bool anythingContributed() const;
  bool beneficialToSkip(Request& r);
  void noteContextsInProgress();
  void pause(Request& r);

  // drafts.cc
  void grantDrafts();
  void grantByOrder(int32_t budget);
  void grantBySurvival(int32_t budget);
  int32_t survivalsOf(const Request& r, const uint16_t*& values);

  // batching.cc
  void fillBatch();
  int32_t addContext(Request& r);
  void shareContextTokens(int32_t capacity, Chunking policy);
  void equalProgress(int32_t capacity);
  void firstComeFirstServed(int32_t capacity);
  void fitDrafts(int32_t capacity);

  // commit.cc
  Status validateOutcome();
  void commitContexts();
  void commitGenerations();
  void storePrompt(Request& r);
  void rewind(Request& r);
  void retire(Request& r);
  void leave(Request& r);
  void release(Request& r);
  void forget(Request& r);
  void removeFromActive(Request& r);

  // prefix.cc
  int32_t storableBlocks(const Request& r) const;
  uint64_t blockKey(const Request& r, int32_t block) const;
  int32_t longestPrefix(const Request& r, int32_t& node) const;

  // snapshot.cc
  bool readRequests(class Reader& in, uint32_t started, uint32_t waiting);
  bool readRequest(class Reader& in, Request& r);
  bool readBlocks(class Reader& in);
  bool readPlan(class Reader& in);
  // verify.cc
  bool chainHolds(const Request& r) const;

  Options options_;
  Board board_;
  int32_t tokenLimit_;
  int32_t draftBudget_ = kNone;
  bool pending_ = false;
  uint64_t nextSequence_ = 0;
  RequestSlab slab_;
  IdMap ids_;
  WaitingQueue waiting_;
  Heap<uint32_t, DeadlineOrder> deadlines_;
  PrefixArena prefixes_;
  SurvivalSlab survivals_;
  BlockPool pool_;
  Array<Request*> active_;  // started requests, in list order
  size_t generating_ = 0;   // how many of them are in their generation phase

  // Scratch of one step, kept to allocate nothing.
  Array<Request*> fitting_;
  Array<ContextWork> contexts_;
  Array<Request*> generations_;
  Array<uint32_t> expired_;
  Array<Contribution> contributed_;
  Array<int32_t> chain_;
  bool contributionsNoted_ = false;
  int32_t skipped_ = 0;
  int32_t doneCount_ = 0;

  // The pending step, in plan order.
  Array<Request*> plannedContexts_;
  Array<Request*> plannedGenerations_;
  int32_t pausedCount_ = 0;
};

}  // namespace beamline
