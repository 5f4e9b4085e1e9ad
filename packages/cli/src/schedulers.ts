import {
  createNativeScheduler,
  loadWasmScheduler,
  nativeAvailable,
  type SchedulerFactory,
} from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';
import { infeasibleError } from '@beamline/simulator';

/**
 * The scheduler's core for this machine: the native addon where it is built, else WebAssembly. Both
 * give the same bytes; WebAssembly takes a little longer, which a note says.
 */
export interface LoadedScheduler {
  kind: 'native' | 'wasm';
  create: SchedulerFactory;
  note: string | null;
}

export function loadScheduler(): LoadedScheduler {
  if (nativeAvailable()) return { kind: 'native', create: createNativeScheduler, note: null };
  let module: WebAssembly.Module;
  try {
    module = readWasmModule();
  } catch (error) {
    throw infeasibleError(
      `Neither core of the scheduler is built: ${(error as Error).message} See beamline doctor.`,
    );
  }
  const note = 'The native scheduler is not built; WebAssembly takes its place (same results).';
  return { kind: 'wasm', create: loadWasmScheduler(module), note };
}
