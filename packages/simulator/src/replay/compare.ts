/**
 * A simulated run beside a recorded one: quantile by quantile, the largest distance of their
 * distribution functions (Kolmogorov and Smirnov), and the median error over the quantiles.
 *
 * Example: recorded 1, 2, 3, 4 and simulated 2, 3, 4, 5: at 1 a quarter of the recorded values are
 * reached and none of the simulated, so the distance is 0.25.
 */
import type { RequestLatencies } from '../events/request-recorder.ts';
import type { RecordedRun } from './recorded.ts';

export interface QuantilePair {
  /** 0.05 to 0.99. */
  p: number;
  recorded: number;
  simulated: number;
}

export type ReplayQuantity = 'ttftMs' | 'tpotMs' | 'itlMs' | 'e2eMs' | 'queueMs';

export interface QuantityComparison {
  quantity: ReplayQuantity;
  /** Values on each side. */
  recordedCount: number;
  simulatedCount: number;
  meanRecorded: number;
  meanSimulated: number;
  /** (simulated − recorded) / recorded of the means. */
  meanError: number;
  quantiles: QuantilePair[];
  /** Median over the quantiles of |simulated − recorded| / recorded. */
  medianQuantileError: number;
  /** Largest difference of the two distribution functions, 0 to 1. */
  ksDistance: number;
}

export interface ReplayComparison {
  format: RecordedRun['format'];
  /** Places of the requests compared, in order of arrival: from, up to but without to. */
  from: number;
  to: number;
  quantities: QuantityComparison[];
  /** The same over blocks of consecutive requests; only where they were asked for. */
  parts?: ReplayComparison[];
}

export const REPLAY_QUANTILES: readonly number[] = [
  0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99,
];

/** Value at the nearest rank of sorted values; NaN without any. */
export function quantileOf(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.ceil(p * sorted.length * (1 - 4 * Number.EPSILON));
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

/** sup |F(x) − G(x)| of two sorted samples; NaN when one of them is empty. */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return Number.NaN;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= at) i++;
    while (j < b.length && b[j]! <= at) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

const ascending = (values: readonly number[]) =>
  values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** One quantity of both runs. */
export function compareQuantity(
  quantity: ReplayQuantity,
  recorded: readonly number[],
  simulated: readonly number[],
): QuantityComparison {
  const a = ascending(recorded);
  const b = ascending(simulated);
  const quantiles = REPLAY_QUANTILES.map((p) => ({
    p,
    recorded: quantileOf(a, p),
    simulated: quantileOf(b, p),
  }));
  const errors = quantiles.map((pair) =>
    pair.recorded > 0 ? Math.abs(pair.simulated - pair.recorded) / pair.recorded : Number.NaN,
  );
  const meanRecorded = meanOf(a);
  const meanSimulated = meanOf(b);
  return {
    quantity,
    recordedCount: a.length,
    simulatedCount: b.length,
    meanRecorded,
    meanSimulated,
    meanError: (meanSimulated - meanRecorded) / meanRecorded,
    quantiles,
    medianQuantileError: medianOf(errors),
    ksDistance: ksDistance(a, b),
  };
}

/** Mean of the two middle values where their number is even. */
export function medianOf(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Milliseconds per output token after the first; requests of one token have none. */
function tpotOf(ttft: readonly number[], e2e: readonly number[], tokens: readonly number[]) {
  return e2e.map((ms, i) => (tokens[i]! > 1 ? (ms - ttft[i]!) / (tokens[i]! - 1) : Number.NaN));
}

/**
 * Compares the requests from place `from` up to `to`, in order of arrival; both runs hold the same
 * requests in the same order. `itlMs` is a sample of the simulated gaps of all requests, so it is
 * only compared where all requests are.
 */
export function compareReplay(
  recorded: RecordedRun,
  simulated: RequestLatencies,
  itlMs: readonly number[],
  from = 0,
  to = simulated.e2eMs.length,
): ReplayComparison {
  const cut = (values: readonly number[]) => values.slice(from, to);
  const tpot = (run: { ttftMs: readonly number[]; e2eMs: readonly number[] }) =>
    tpotOf(cut(run.ttftMs), cut(run.e2eMs), cut(recorded.outputTokens));
  const quantities = [
    compareQuantity('ttftMs', cut(recorded.ttftMs), cut(simulated.ttftMs)),
    compareQuantity('tpotMs', tpot(recorded), tpot(simulated)),
    compareQuantity('e2eMs', cut(recorded.e2eMs), cut(simulated.e2eMs)),
  ];
  const isAll = from === 0 && to === recorded.e2eMs.length;
  if (recorded.itlMs !== null && itlMs.length > 0 && isAll) {
    quantities.splice(2, 0, compareQuantity('itlMs', recorded.itlMs, itlMs));
  }
  if (recorded.queueMs !== null) {
    quantities.push(compareQuantity('queueMs', cut(recorded.queueMs), cut(simulated.queueMs)));
  }
  return { format: recorded.format, from, to, quantities };
}
