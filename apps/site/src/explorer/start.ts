import wasmAddress from '../../../../packages/scheduler/dist/scheduler.wasm?url';
import type { Messages } from './messages.ts';
import { WorkerPool } from './pool.ts';

/**
 * Starts the workers, or says in words why there are none. Law: the page never waits for what
 * cannot come: each thing that may be missing has its own sentence.
 */

/** More workers than this gain nothing on curves of twenty points. */
const MAX_WORKERS = 8;

export interface Started {
  pool: WorkerPool | null;
  obstacle: string;
}

export async function startPool(words: Messages): Promise<Started> {
  if (typeof Worker === 'undefined') return { pool: null, obstacle: words.noWorkers };
  if (typeof WebAssembly === 'undefined') return { pool: null, obstacle: words.noWasm };
  // One core is left to the page itself, which draws what they find.
  const cores = navigator.hardwareConcurrency || 2;
  const size = Math.max(1, Math.min(MAX_WORKERS, cores - 1));
  const createWorker = () =>
    new Worker(new URL('./explorer.worker.ts', import.meta.url), { type: 'module' });
  // The workers read their script while the core is on its way.
  let ready: Worker[];
  try {
    ready = Array.from({ length: size }, createWorker);
  } catch {
    return { pool: null, obstacle: words.noWorkers };
  }
  try {
    const response = await fetch(new URL(wasmAddress, import.meta.url));
    if (!response.ok) throw new Error(`scheduler.wasm: ${response.status} ${response.statusText}`);
    const module = await WebAssembly.compile(await response.arrayBuffer());
    const next = () => ready.shift() ?? createWorker();
    return { pool: new WorkerPool({ createWorker: next, module, size }), obstacle: '' };
  } catch (error) {
    for (const worker of ready) worker.terminate();
    return { pool: null, obstacle: words.brokenWasm((error as Error).message) };
  }
}
