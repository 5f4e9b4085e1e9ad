/** The scheduler's WebAssembly core in a story: `npm run build` writes it. */
import { loadWasmScheduler, type SchedulerFactory } from '@beamline/scheduler';

let factory: Promise<SchedulerFactory> | null = null;

export function schedulerInPage(): Promise<SchedulerFactory> {
  factory ??= load();
  return factory;
}

async function load(): Promise<SchedulerFactory> {
  const address = new URL('../../scheduler/dist/scheduler.wasm', import.meta.url);
  const response = await fetch(address);
  const module = await WebAssembly.compile(await response.arrayBuffer());
  return loadWasmScheduler(module);
}
