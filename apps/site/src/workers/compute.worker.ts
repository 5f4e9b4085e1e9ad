/**
 * Computes figures' models for a page, one request after another. A request that is no longer
 * wanted ends with the worker: the page starts another.
 */
import { loadWasmScheduler, type SchedulerFactory } from '@beamline/scheduler';
import wasmAddress from '../../../../packages/scheduler/dist/scheduler.wasm?url';
import { modelFor } from '../figures/models.ts';
import type { ComputeReply, ComputeRequest } from './protocol.ts';

let scheduler: Promise<SchedulerFactory> | null = null;

async function loadScheduler(): Promise<SchedulerFactory> {
  if (typeof WebAssembly === 'undefined') throw new Error('this browser has no WebAssembly');
  const response = await fetch(new URL(wasmAddress, import.meta.url));
  if (!response.ok) throw new Error(`scheduler.wasm: ${response.status} ${response.statusText}`);
  return loadWasmScheduler(await WebAssembly.compile(await response.arrayBuffer()));
}

const reply = (message: ComputeReply) => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<ComputeRequest>) => {
  const { id, figure, input } = data;
  try {
    scheduler ??= loadScheduler();
    const createScheduler = await scheduler;
    const onProgress = (done: number, total: number) =>
      reply({ id, kind: 'progress', done, total });
    reply({ id, kind: 'model', model: modelFor(figure, input, { createScheduler, onProgress }) });
  } catch (error) {
    reply({ id, kind: 'error', message: (error as Error).message });
  }
};
