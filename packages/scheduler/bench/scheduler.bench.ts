/**
 * The scheduler's speed from TypeScript: one commitAndNext per step, with a driver that reads every
 * planned entry and writes every outcome, as a simulator does. Also the memory of a long queue.
 * Targets: 40 ns per active request per step natively at batch 256, 60 ns in WebAssembly, 350 ns
 * for a whole step of 4 requests, 200 MB for a million queued requests.
 */
import {
  createNativeScheduler,
  loadWasmScheduler,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from '../src/index.ts';
import { readWasmModule } from '../src/node.ts';

export interface Benchmark {
  name: string;
  /** What counts as good, as text: `<= 40 ns`. */
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const factories: Record<'native' | 'wasm', () => SchedulerFactory> = {
  native: () => createNativeScheduler,
  wasm: () => loadWasmScheduler(readWasmModule()),
};

function options(batch: number): SchedulerOptions {
  return {
    maxBatchSize: batch,
    maxNumTokens: 8192,
    maxQueuedRequests: 1_000_000,
    tokensPerBlock: 64,
    kvBlocks: batch * 64,
    capacityPolicy: 'guaranteed-no-evict',
    contextChunking: 'first-come-first-served',
    blockReuse: true,
    maxDraftTokens: 16,
  };
}

/**
 * Writes an outcome for each planned entry: 1..3 tokens, 16 drafts wanted, the end after a while.
 */
function drive(scheduler: Scheduler, state: { random: number; ended: number }): void {
  const { plan, outcome } = scheduler;
  const { generationTokens, contextCount, generationCount } = plan;
  let random = state.random;
  for (let i = 0; i < contextCount; i++) {
    outcome.contextFinished[i] = 0;
    outcome.contextNextDraft[i] = 16;
  }
  let ended = 0;
  const { generationEmitted, generationFinished, generationNextDraft } = outcome;
  for (let i = 0; i < generationCount; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) | 0;
    const emitted = 1 + ((random >>> 16) % 3);
    generationEmitted[i] = emitted <= generationTokens[i]! ? emitted : 1;
    const finished = random >>> 24 === 0 ? 1 : 0;
    generationFinished[i] = finished;
    generationNextDraft[i] = 16;
    ended += finished;
  }
  state.random = random;
  state.ended = ended;
}

/**
 * Nanoseconds per step at a full batch, best of eight rounds; requests that end are replaced at
 * once. The CPU time stands beside the wall time: on a busy machine only the wall time grows.
 */
function stepNs(
  create: SchedulerFactory,
  batch: number,
  steps: number,
): { wallNs: number; cpuNs: number } {
  const scheduler = create(options(batch));
  let id = 0;
  const submit = (): void => {
    scheduler.submit({ id: id++, promptTokens: 200, maxNewTokens: 3000 });
  };
  for (let i = 0; i < batch; i++) submit();
  scheduler.next(0);
  const state = { random: 1, ended: 0 };
  let wallNs = Number.POSITIVE_INFINITY;
  let cpuNs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    for (let step = 0; step < steps; step++) {
      const waiting = batch - scheduler.plan.activeRequests;
      for (let i = 0; i < waiting; i++) submit();
      drive(scheduler, state);
      scheduler.commitAndNext(step);
    }
    wallNs = Math.min(wallNs, Number(process.hrtime.bigint() - start) / steps);
    const { user, system } = process.cpuUsage(cpu);
    cpuNs = Math.min(cpuNs, ((user + system) * 1000) / steps);
  }
  scheduler.free();
  return { wallNs, cpuNs };
}

function perRequest(kind: 'native' | 'wasm', batch: number, targetNs: number): Benchmark {
  return {
    name: `scheduler ${kind}: step at batch ${batch}, per request`,
    target: `<= ${targetNs} ns`,
    run: async () => {
      const { wallNs, cpuNs } = stepNs(factories[kind](), batch, Math.ceil(4_000_000 / batch / 10));
      const detail = `${wallNs.toFixed(0)} ns per step, CPU time ${cpuNs.toFixed(0)} ns`;
      return { value: wallNs / batch, unit: 'ns', detail };
    },
  };
}

function queueMemory(kind: 'native' | 'wasm'): Benchmark {
  return {
    name: `scheduler ${kind}: a million queued requests`,
    target: '<= 200 MB',
    run: async () => {
      const scheduler = factories[kind]()(options(64));
      const before = process.memoryUsage.rss();
      const start = process.hrtime.bigint();
      const request = { id: 0, promptTokens: 1000, maxNewTokens: 250 };
      for (request.id = 0; request.id < 1_000_000; request.id++) scheduler.submit(request);
      const ns = Number(process.hrtime.bigint() - start) / 1e6;
      const value = (process.memoryUsage.rss() - before) / 1e6;
      scheduler.free();
      return { value, unit: 'MB', detail: `${ns.toFixed(0)} ns per submit` };
    },
  };
}

export const benchmarks: Benchmark[] = [
  perRequest('native', 4, 87.5),
  perRequest('native', 64, 40),
  perRequest('native', 256, 40),
  perRequest('wasm', 4, 87.5),
  perRequest('wasm', 64, 60),
  perRequest('wasm', 256, 60),
  queueMemory('native'),
  queueMemory('wasm'),
];
