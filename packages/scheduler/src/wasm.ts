/**
 * The same core as WebAssembly: a thin wrapper over the C ABI of native/core.h. Every scheduler has
 * an instance, hence a memory, of its own, so that freeing one gives all of it back.
 */
import type { Core, CoreOnBoard } from './native.ts';

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  beamline_scheduler_board_bytes(batch: number, draft: number): number;
  beamline_scheduler_create(options: number, board: number): number;
  beamline_scheduler_free(s: number): void;
  beamline_scheduler_submit(s: number, hashes: number): number;
  beamline_scheduler_cancel(s: number): number;
  beamline_scheduler_next(s: number): void;
  beamline_scheduler_commit(s: number): void;
  beamline_scheduler_commit_and_next(s: number): void;
  beamline_scheduler_set_draft_budget(s: number): void;
  beamline_scheduler_set_token_limit(s: number): void;
  beamline_scheduler_set_survival(s: number): number;
  beamline_scheduler_expired(s: number): number;
  beamline_scheduler_snapshot(s: number): number;
  beamline_scheduler_snapshot_bytes(s: number): number;
  beamline_scheduler_restore(s: number, bytes: number, size: number): number;
  beamline_scheduler_verify(s: number): number;
  beamline_scheduler_allocate(size: number): number;
  beamline_scheduler_release(at: number): void;
}

/** The C library wants these for its standard streams; the core never prints. */
const noStreams = {
  fd_close: () => 8,
  fd_seek: () => 8,
  fd_write: () => 8,
};

class WasmCore implements Core {
  private readonly wasm: Exports;
  private readonly scheduler: number;

  constructor(wasm: Exports, scheduler: number) {
    this.wasm = wasm;
    this.scheduler = scheduler;
  }
  next(): void {
    this.wasm.beamline_scheduler_next(this.scheduler);
  }
  commit(): void {
    this.wasm.beamline_scheduler_commit(this.scheduler);
  }
  commitAndNext(): void {
    this.wasm.beamline_scheduler_commit_and_next(this.scheduler);
  }
  submit(hashes: Float64Array | null): number {
    if (hashes === null) return this.wasm.beamline_scheduler_submit(this.scheduler, 0);
    const at = this.wasm.beamline_scheduler_allocate(hashes.byteLength);
    new Float64Array(this.wasm.memory.buffer, at, hashes.length).set(hashes);
    const status = this.wasm.beamline_scheduler_submit(this.scheduler, at);
    this.wasm.beamline_scheduler_release(at);
    return status;
  }
  cancel(): number {
    return this.wasm.beamline_scheduler_cancel(this.scheduler);
  }
  setDraftBudget(): void {
    this.wasm.beamline_scheduler_set_draft_budget(this.scheduler);
  }
  setTokenLimit(): void {
    this.wasm.beamline_scheduler_set_token_limit(this.scheduler);
  }
  setSurvival(): number {
    return this.wasm.beamline_scheduler_set_survival(this.scheduler);
  }
  expired(ids: Uint32Array): void {
    const at = this.wasm.beamline_scheduler_expired(this.scheduler);
    ids.set(new Uint32Array(this.wasm.memory.buffer, at, ids.length));
  }
  snapshot(): Uint8Array {
    const size = this.wasm.beamline_scheduler_snapshot(this.scheduler);
    const at = this.wasm.beamline_scheduler_snapshot_bytes(this.scheduler);
    return new Uint8Array(this.wasm.memory.buffer, at, size).slice();
  }
  restore(bytes: Uint8Array): number {
    const at = this.wasm.beamline_scheduler_allocate(bytes.length);
    new Uint8Array(this.wasm.memory.buffer, at, bytes.length).set(bytes);
    const status = this.wasm.beamline_scheduler_restore(this.scheduler, at, bytes.length);
    this.wasm.beamline_scheduler_release(at);
    return status;
  }
  verify(): number {
    return this.wasm.beamline_scheduler_verify(this.scheduler);
  }
  free(): void {
    this.wasm.beamline_scheduler_free(this.scheduler);
  }
}

export function createWasmCore(
  module: WebAssembly.Module,
  options: Float64Array,
  maxBatchSize: number,
  maxDraftTokens: number,
): CoreOnBoard {
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: noStreams });
  const wasm = instance.exports as unknown as Exports;
  wasm._initialize();
  const boardBytes = wasm.beamline_scheduler_board_bytes(maxBatchSize, maxDraftTokens);
  const offset = wasm.beamline_scheduler_allocate(boardBytes);
  const at = wasm.beamline_scheduler_allocate(options.byteLength);
  new Float64Array(wasm.memory.buffer, at, options.length).set(options);
  const scheduler = wasm.beamline_scheduler_create(at, offset);
  wasm.beamline_scheduler_release(at);
  return {
    core: new WasmCore(wasm, scheduler),
    board: () => ({ buffer: wasm.memory.buffer as ArrayBuffer, offset }),
  };
}
