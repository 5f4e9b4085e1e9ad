/**
 * The boundary to native code: the only file that knows the addon, and the whole of its surface.
 *
 * The addon holds the C++ core of native/. `create` makes one scheduler over a board (see board.ts)
 * and returns functions bound to it. Functions of the step take and return nothing: time goes in
 * through the board's header, the status and the plan come back the same way. The others return a
 * status number (native/board.h), 0 when all is well. The core trusts its arguments: checking is
 * the business of options.ts and core-scheduler.ts. A freed core ignores calls and returns -1.
 *
 * The WebAssembly back end (wasm.ts) offers the same functions over the same core.
 */
import { SchedulerError } from './errors.ts';

export interface Core {
  /** Reads `now`; writes the plan and `status`. */
  next(): void;
  /** Reads the outcome; writes `status` and, on a bad outcome, its index in `detail`. */
  commit(): void;
  commitAndNext(): void;
  /** Reads the request from the header; hashes are its content ids, `hashCount` of them. */
  submit(hashes: Float64Array | null): number;
  /** Reads `id`. */
  cancel(): number;
  /** Reads `limit`: draft tokens per step, -1 for no limit. */
  setDraftBudget(): void;
  /** Reads `limit`: tokens per step. */
  setTokenLimit(): void;
  /** Reads `id`, `survivalCount` and the survival scratch. */
  setSurvival(): number;
  /** Copies the ids that the last plan expired. */
  expired(ids: Uint32Array): void;
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): number;
  /** 1 when every structural law of the core holds; for tests. */
  verify(): number;
  free(): void;
}

/** A core and where its board lies. The board moves when WebAssembly memory grows. */
export interface CoreOnBoard {
  readonly core: Core;
  board(): { buffer: ArrayBuffer; offset: number };
}

interface Addon {
  create(options: Float64Array, board: ArrayBuffer): Core;
  boardBytes(maxBatchSize: number, maxDraftTokens: number): number;
  /** Schedulers alive in this environment (thread). */
  liveSchedulers(): number;
}

let loaded: Addon | null = null;

/**
 * Loads the prebuilt or locally built addon. Goes through `process.getBuiltinModule`, so that this
 * file also bundles for a browser, where the native back end is simply absent.
 */
function addon(): Addon {
  if (loaded !== null) return loaded;
  const modules = globalThis.process?.getBuiltinModule?.('node:module');
  const url = globalThis.process?.getBuiltinModule?.('node:url');
  if (modules === undefined || url === undefined) {
    throw new SchedulerError(
      'The native scheduler needs Node; elsewhere use the WebAssembly one (loadWasmScheduler).',
    );
  }
  const require = modules.createRequire(import.meta.url);
  // An address of its own: a bundler copies a file that `new URL(…, import.meta.url)` names.
  const here = import.meta.url;
  try {
    const root = url.fileURLToPath(new URL('..', here));
    loaded = require('node-gyp-build')(root) as Addon;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new SchedulerError(
      `The native scheduler is not built (${why}). ` +
        'Build it with "npm run native -w @beamline/scheduler", or use the WebAssembly one.',
    );
  }
  return loaded;
}

/** True when the addon is there, so that a caller can choose without catching. */
export function nativeAvailable(): boolean {
  try {
    addon();
    return true;
  } catch {
    return false;
  }
}

export function liveNativeSchedulers(): number {
  return addon().liveSchedulers();
}

export function createNativeCore(
  options: Float64Array,
  maxBatchSize: number,
  maxDraftTokens: number,
): CoreOnBoard {
  const native = addon();
  const buffer = new ArrayBuffer(native.boardBytes(maxBatchSize, maxDraftTokens));
  const core = native.create(options, buffer);
  const board = { buffer, offset: 0 };
  return { core, board: () => board };
}
