import { closeSync, openSync, readSync } from 'node:fs';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type Arrival, arrivalsOf, type TraceOpener } from '../../src/workload/index.ts';

/** Traces out of a string or a file, in chunks of any size, and workloads around them. */

const WORKLOAD: Scenario['workload'] = {
  kind: 'poisson',
  ratePerSecond: 4,
  burstiness: 1,
  concurrency: null,
  requests: 100,
  durationSeconds: null,
  inputTokens: { kind: 'constant', value: 100 },
  outputTokens: { kind: 'constant', value: 10 },
  trace: null,
  timeScale: 1,
};

export function scenarioOf(workload: Partial<Scenario['workload']>, seed = 1): Scenario {
  return { version: 1, seed, workload: { ...WORKLOAD, ...workload } } as Scenario;
}

/**
 * The whole text as a trace file, in chunks of `size` bytes that share one buffer, as a file's may.
 */
export function openText(text: string | Uint8Array, size = 65536) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const calls = { opened: 0, closed: 0 };
  function* chunks(): Iterable<Uint8Array> {
    calls.opened++;
    const buffer = new Uint8Array(size);
    try {
      for (let start = 0; start < bytes.length; start += size) {
        const part = bytes.subarray(start, start + size);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    } finally {
      calls.closed++;
    }
  }
  return { open: chunks as TraceOpener, calls };
}

export const noTrace: TraceOpener = (path) => {
  throw new Error(`no trace was to be opened: ${path}`);
};

export function* readFileChunks(path: string): Iterable<Uint8Array> {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(65536);
  try {
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) {
      yield buffer.subarray(0, n);
    }
  } finally {
    closeSync(file);
  }
}

export interface Collected extends Omit<Arrival, 'prefixHashes'> {
  prefixHashes: number[] | null;
}

/** Copies of all arrivals of a workload. */
export function arrivals(
  workload: Partial<Scenario['workload']>,
  open: TraceOpener = noTrace,
  seed = 1,
): Collected[] {
  const source = arrivalsOf(scenarioOf(workload, seed), open);
  const all: Collected[] = [];
  for (let next = source.next(); next !== null; next = source.next()) {
    const { prefixHashes } = next;
    all.push({ ...next, prefixHashes: prefixHashes === null ? null : [...prefixHashes] });
  }
  return all;
}

/** A trace replayed whole, with its own lengths. */
export const REPLAY: Partial<Scenario['workload']> = {
  kind: 'trace',
  requests: null,
  trace: 'trace.txt',
  inputTokens: { kind: 'from-trace' },
  outputTokens: { kind: 'from-trace' },
};

/** All arrivals of a trace given as text. */
export function replayed(
  text: string | Uint8Array,
  workload: Partial<Scenario['workload']> = {},
  size = 65536,
): Collected[] {
  return arrivals({ ...REPLAY, ...workload }, openText(text, size).open);
}

export function totalsOf(all: readonly Collected[]): [number, number, number] {
  const input = all.reduce((sum, arrival) => sum + arrival.inputTokens, 0);
  const output = all.reduce((sum, arrival) => sum + arrival.outputTokens, 0);
  return [all.length, input, output];
}
