// The C ABI over the C++ core; see core.h for what each function promises.
#include "core.h"

#include <new>

#include "scheduler.h"

using beamline::Array;
using beamline::Board;
using beamline::Scheduler;
using beamline::Status;

struct beamline_scheduler {
  Scheduler* scheduler;
  Array<uint8_t> bytes;
};

namespace {
template <typename T, typename... Arguments>
T* make(Arguments&&... arguments) {
  return new (beamline::allocateZeroed<T>(1)) T(static_cast<Arguments&&>(arguments)...);
}
template <typename T>
void destroy(T* object) {
  object->~T();
  std::free(object);
}
double* header(const beamline_scheduler* s) { return static_cast<double*>(s->scheduler->board()); }
void leave(const beamline_scheduler* s, Status status) { header(s)[beamline::kStatus] = status; }
}  // namespace

extern "C" {

size_t beamline_scheduler_board_bytes(int32_t max_batch_size, int32_t max_draft_tokens) {
  return Board::bytes(max_batch_size, max_draft_tokens);
}

beamline_scheduler* beamline_scheduler_create(const double* options, void* board) {
  auto* s = make<beamline_scheduler>();
  s->scheduler = make<Scheduler>(beamline::readOptions(options), board);
  return s;
}

void beamline_scheduler_free(beamline_scheduler* s) {
  destroy(s->scheduler);
  destroy(s);
}

int32_t beamline_scheduler_submit(beamline_scheduler* s, const double* hashes) {
  return s->scheduler->submit(hashes);
}

int32_t beamline_scheduler_cancel(beamline_scheduler* s) {
  return s->scheduler->cancel(static_cast<uint32_t>(header(s)[beamline::kId]));
}

void beamline_scheduler_next(beamline_scheduler* s) { leave(s, s->scheduler->next()); }
void beamline_scheduler_commit(beamline_scheduler* s) { leave(s, s->scheduler->commit()); }
void beamline_scheduler_commit_and_next(beamline_scheduler* s) {
  leave(s, s->scheduler->commitAndNext());
}

void beamline_scheduler_set_draft_budget(beamline_scheduler* s) {
  s->scheduler->setDraftBudget(static_cast<int32_t>(header(s)[beamline::kLimit]));
}
void beamline_scheduler_set_token_limit(beamline_scheduler* s) {
  s->scheduler->setTokenLimit(static_cast<int32_t>(header(s)[beamline::kLimit]));
}
int32_t beamline_scheduler_set_survival(beamline_scheduler* s) {
  return s->scheduler->setSurvival();
}
const uint32_t* beamline_scheduler_expired(const beamline_scheduler* s) {
  return s->scheduler->expired();
}

size_t beamline_scheduler_snapshot(beamline_scheduler* s) {
  s->scheduler->writeSnapshot(s->bytes);
  return s->bytes.size();
}
const uint8_t* beamline_scheduler_snapshot_bytes(const beamline_scheduler* s) {
  return s->bytes.data();
}

// Reads into a scheduler on a board of its own and changes over only when all of it holds.
int32_t beamline_scheduler_restore(beamline_scheduler* s, const uint8_t* bytes, size_t size) {
  const auto& options = s->scheduler->options();
  const size_t boardBytes = Board::bytes(options.maxBatchSize, options.maxDraftTokens);
  void* board = s->scheduler->board();
  auto* trial = static_cast<uint8_t*>(std::calloc(boardBytes, 1));
  BEAMLINE_ASSERT(trial != nullptr);
  auto* restored = make<Scheduler>(options, trial);
  const Status status = restored->readSnapshot(bytes, size);
  if (status == beamline::kOk) {
    std::memcpy(board, trial, boardBytes);
    restored->moveBoard(board);
    destroy(s->scheduler);
    s->scheduler = restored;
  } else {
    destroy(restored);
  }
  std::free(trial);
  return status;
}

int32_t beamline_scheduler_verify(beamline_scheduler* s) { return s->scheduler->verify(); }

void* beamline_scheduler_allocate(size_t size) { return std::calloc(size == 0 ? 1 : size, 1); }
void beamline_scheduler_release(void* memory) { std::free(memory); }

}  // extern "C"
