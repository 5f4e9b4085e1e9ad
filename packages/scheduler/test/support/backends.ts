/**
 * Both back ends, for tests that run on each. A back end that is not built is named aloud and left
 * out; if neither is there, the tests fail.
 */
import { CheckedScheduler } from '../../src/checkers/index.ts';
import {
  createNativeScheduler,
  loadWasmScheduler,
  nativeAvailable,
  type SchedulerFactory,
  type SchedulerOptions,
} from '../../src/index.ts';
import { readWasmModule } from '../../src/node.ts';

export interface Backend {
  readonly kind: 'native' | 'wasm';
  readonly create: SchedulerFactory;
}

function wasmFactory(): SchedulerFactory | null {
  try {
    return loadWasmScheduler(readWasmModule());
  } catch (error) {
    console.warn(`skips the WebAssembly back end: ${(error as Error).message}`);
    return null;
  }
}

function findBackends(): Backend[] {
  const found: Backend[] = [];
  if (nativeAvailable()) found.push({ kind: 'native', create: createNativeScheduler });
  else console.warn('skips the native back end: run "npm run native -w @beamline/scheduler"');
  const wasm = wasmFactory();
  if (wasm !== null) found.push({ kind: 'wasm', create: wasm });
  if (found.length === 0) throw new Error('no scheduler back end is built');
  return found;
}

export const backends = findBackends();

/** The first back end there is, for tests whose subject is not the back end. */
export const create: SchedulerFactory = backends[0]!.create;

/** Small and strict: two requests, ten blocks of ten tokens. */
export const smallOptions: SchedulerOptions = {
  maxBatchSize: 2,
  maxNumTokens: 100,
  maxQueuedRequests: 100,
  tokensPerBlock: 10,
  kvBlocks: 10,
  capacityPolicy: 'guaranteed-no-evict',
  contextChunking: 'off',
  blockReuse: false,
  maxDraftTokens: 0,
};

export function checked(
  options: Partial<SchedulerOptions> = {},
  make: SchedulerFactory = create,
): CheckedScheduler {
  return new CheckedScheduler(make({ ...smallOptions, ...options }));
}
