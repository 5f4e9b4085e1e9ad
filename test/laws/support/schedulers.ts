import {
  createNativeScheduler,
  loadWasmScheduler,
  type SchedulerFactory,
} from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';

/**
 * The scheduler's cores that this machine has: the addon where it was compiled, WebAssembly where
 * it was built. A test that needs both says so where one is absent.
 */

const SMALL = {
  maxBatchSize: 1,
  maxNumTokens: 8,
  maxQueuedRequests: 1,
  tokensPerBlock: 8,
  kvBlocks: 1,
  capacityPolicy: 'guaranteed-no-evict',
  contextChunking: 'off',
  blockReuse: false,
  maxDraftTokens: 0,
} as const;

function nativeOrNull(): SchedulerFactory | null {
  try {
    createNativeScheduler(SMALL).free();
    return createNativeScheduler;
  } catch {
    return null;
  }
}

function wasmOrNull(): SchedulerFactory | null {
  try {
    return loadWasmScheduler(readWasmModule());
  } catch {
    return null;
  }
}

export const native = nativeOrNull();
export const wasm = wasmOrNull();

/** The faster of those that are there. */
export function createScheduler(): SchedulerFactory {
  const factory = native ?? wasm;
  if (factory === null) {
    throw new Error(
      'no scheduler core: neither the addon nor scheduler.wasm is built; npm test does',
    );
  }
  return factory;
}
