import { Histogram, MetricsCollector, STEP_LIMIT } from '../src/metrics/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { type Arrival, arrivalsOf } from '../src/workload/index.ts';

/** What the event loop pays for each arrival and for each observation. */

export interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const PASS_LINES = 20_000;
const ROUNDS = 3;

/** Least time of a few rounds, in ns per operation. */
function nsPer(operations: number, round: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    round();
    best = Math.min(best, ((performance.now() - start) * 1e6) / operations);
  }
  return best;
}

/** A trace of the Azure conversation trace's size, in 64 KiB chunks. */
function* traceChunks(): Iterable<Uint8Array> {
  const lines = ['TIMESTAMP,ContextTokens,GeneratedTokens'];
  for (let i = 0; i < PASS_LINES; i++) {
    const second = Math.floor(i / 6);
    const minute = `${Math.floor(second / 60) % 60}`.padStart(2, '0');
    const time = `1${Math.floor(second / 3600)}:${minute}:${`${second % 60}`.padStart(2, '0')}`;
    lines.push(
      `2023-11-16 ${time}.${i % 6}000000,${1 + ((i * 7919) % 4000)},${1 + ((i * 31) % 500)}`,
    );
  }
  const bytes = new TextEncoder().encode(lines.join('\r\n'));
  for (let at = 0; at < bytes.length; at += 65536) yield bytes.subarray(at, at + 65536);
}

function sourceOf(workload: Partial<Scenario['workload']>) {
  const base = {
    ratePerSecond: 4,
    burstiness: 1,
    concurrency: null,
    durationSeconds: null,
    inputTokens: { kind: 'lognormal', mean: 1000, p99: 4000 },
    outputTokens: { kind: 'lognormal', mean: 250, p99: 1000 },
    trace: null,
    timeScale: 1,
  };
  return arrivalsOf({ seed: 1, workload: { ...base, ...workload } } as Scenario, traceChunks);
}

const replay: Partial<Scenario['workload']> = {
  kind: 'trace',
  trace: 'trace.csv',
  inputTokens: { kind: 'from-trace' },
  outputTokens: { kind: 'from-trace' },
};

function drain(workload: Partial<Scenario['workload']>): number {
  const source = sourceOf(workload);
  let tokens = 0;
  for (let next: Arrival | null = source.next(); next !== null; next = source.next()) {
    tokens += next.inputTokens + next.outputTokens;
  }
  return tokens;
}

const values = Float64Array.from({ length: 65536 }, (_, i) => 1e6 + ((i * 2654435761) % 1e8));

export const benchmarks: Benchmark[] = [
  {
    name: 'workload: one arrival of a repeated trace',
    target: 'at most 100 ns',
    async run() {
      const requests = 1_000_000;
      const value = nsPer(requests, () => drain({ ...replay, requests }));
      return {
        value,
        unit: 'ns',
        detail: `${requests} arrivals, reading ${PASS_LINES} lines once`,
      };
    },
  },
  {
    name: 'workload: one line of a trace, read once',
    target: 'at most 3000 ns',
    async run() {
      const once = () => drain({ ...replay, requests: null });
      return { value: nsPer(PASS_LINES, once), unit: 'ns', detail: `${PASS_LINES} lines` };
    },
  },
  {
    name: 'workload: one drawn Poisson arrival with lognormal lengths',
    target: 'at most 1000 ns',
    async run() {
      const requests = 200_000;
      return { value: nsPer(requests, () => drain({ kind: 'poisson', requests })), unit: 'ns' };
    },
  },
  {
    name: 'metrics: one value into a histogram',
    target: 'at most 10 ns',
    async run() {
      const count = 10_000_000;
      const value = nsPer(count, () => {
        const histogram = new Histogram();
        for (let i = 0; i < count; i++) histogram.add(values[i & 65535]!);
      });
      return { value, unit: 'ns', detail: 'relative error 0.4 %' };
    },
  },
  {
    name: 'metrics: one generation step of one request',
    target: 'at most 15 ns',
    async run() {
      const count = 10_000_000;
      const value = nsPer(count, () => {
        const collector = new MetricsCollector();
        for (let i = 0; i < count; i++) {
          collector.generation(16, i & 3, 1);
          collector.interToken(values[i & 65535]!, 1, 1 + (i & 3));
        }
      });
      return { value, unit: 'ns', detail: 'one call a request; steps of many take one call' };
    },
  },
  {
    name: 'metrics: one engine step',
    target: 'at most 60 ns',
    async run() {
      const count = 2_000_000;
      const value = nsPer(count, () => {
        const collector = new MetricsCollector();
        for (let i = 0; i < count; i++) {
          const limit = (i & 7) === 0 ? STEP_LIMIT.batchSize : STEP_LIMIT.none;
          collector.stepDone(values[i & 65535]!, i & 63, i & 4095, 1e9, 1e12, 3, limit);
          collector.queueSample(i * 1e7, i & 15);
        }
      });
      return { value, unit: 'ns' };
    },
  },
];
