// The C ABI: the whole surface of the core. WebAssembly exports it as it stands; the Node addon
// wraps it. Arguments travel on the board (board.h); functions return a Status.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__wasm__)
#define BEAMLINE_EXPORT(name) __attribute__((export_name(#name)))
#else
#define BEAMLINE_EXPORT(name)
#endif

extern "C" {
// Opaque: one scheduler behind a handle that survives restore.
struct beamline_scheduler;

BEAMLINE_EXPORT(beamline_scheduler_board_bytes)
size_t beamline_scheduler_board_bytes(int32_t max_batch_size, int32_t max_draft_tokens);
// options: 10 doubles in the order of options.h; the board must outlive the scheduler.
BEAMLINE_EXPORT(beamline_scheduler_create)
beamline_scheduler* beamline_scheduler_create(const double* options, void* board);
BEAMLINE_EXPORT(beamline_scheduler_free)
void beamline_scheduler_free(beamline_scheduler* scheduler);

BEAMLINE_EXPORT(beamline_scheduler_submit)
int32_t beamline_scheduler_submit(beamline_scheduler* scheduler, const double* hashes);
BEAMLINE_EXPORT(beamline_scheduler_cancel)
int32_t beamline_scheduler_cancel(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_next)
void beamline_scheduler_next(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_commit)
void beamline_scheduler_commit(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_commit_and_next)
void beamline_scheduler_commit_and_next(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_set_draft_budget)
void beamline_scheduler_set_draft_budget(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_set_token_limit)
void beamline_scheduler_set_token_limit(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_set_survival)
int32_t beamline_scheduler_set_survival(beamline_scheduler* scheduler);
// Ids that the last plan expired; as many as the plan says.
BEAMLINE_EXPORT(beamline_scheduler_expired)
const uint32_t* beamline_scheduler_expired(const beamline_scheduler* scheduler);

// Writes a snapshot into memory of the scheduler's own and returns its size; read it at `bytes`.
BEAMLINE_EXPORT(beamline_scheduler_snapshot)
size_t beamline_scheduler_snapshot(beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_snapshot_bytes)
const uint8_t* beamline_scheduler_snapshot_bytes(const beamline_scheduler* scheduler);
BEAMLINE_EXPORT(beamline_scheduler_restore)
int32_t beamline_scheduler_restore(beamline_scheduler* scheduler, const uint8_t* bytes,
                                   size_t size);
// 1 when every structural law holds.
BEAMLINE_EXPORT(beamline_scheduler_verify)
int32_t beamline_scheduler_verify(beamline_scheduler* scheduler);

// Memory for a caller on the other side of WebAssembly.
BEAMLINE_EXPORT(beamline_scheduler_allocate)
void* beamline_scheduler_allocate(size_t size);
BEAMLINE_EXPORT(beamline_scheduler_release)
void beamline_scheduler_release(void* memory);
}
