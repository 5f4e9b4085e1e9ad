/**
 * Bands: what a run's headline numbers may be, given how unsure its parameters are and how
 * requests happen to come. Every draw is a whole run with its own baseline, so that a speedup
 * compares two engines with the same parameters. The run itself, with the parameters as they are,
 * stays the estimate; it need not lie in the middle of a band.
 */
import type { Metrics, Run, Speedup } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { drawsOf } from './draws.ts';
import type { ParameterFactors } from './factors.ts';
import { type Spread, type SpreadParameter, spreadsOf } from './spreads.ts';

/** Quantiles over the draws, linear between ranks; NaN where a draw has no value. */
export interface Band {
  p10: number;
  p50: number;
  p90: number;
}

export const headlineMetrics = {
  outputTokensPerSecond: (m: Metrics) => m.outputTokensPerSecond,
  requestsPerSecond: (m: Metrics) => m.requestsPerSecond,
  goodputRequestsPerSecond: (m: Metrics) => m.goodputRequestsPerSecond,
  tokensPerStep: (m: Metrics) => m.tokensPerStep,
  ttftMsMean: (m: Metrics) => m.ttftMs.mean,
  ttftMsP95: (m: Metrics) => m.ttftMs.p95,
  itlMsMean: (m: Metrics) => m.itlMs.mean,
  tpotMsP50: (m: Metrics) => m.tpotMs.p50,
  e2eMsP50: (m: Metrics) => m.e2eMs.p50,
  e2eMsP95: (m: Metrics) => m.e2eMs.p95,
  averagePowerW: (m: Metrics) => m.averagePowerW,
  joulesPerOutputToken: (m: Metrics) => m.joulesPerOutputToken,
  dollarsPerMillionOutputTokens: (m: Metrics) => m.dollarsPerMillionOutputTokens,
} as const satisfies Record<string, (metrics: Metrics) => number>;

export type HeadlineMetric = keyof typeof headlineMetrics;
export const headlineNames = Object.keys(headlineMetrics) as HeadlineMetric[];

const SPEEDUPS = ['outputTokensPerSecond', 'e2eP50', 'itlMean', 'joulesPerOutputToken'] as const;

export interface Bands {
  draws: number;
  metrics: Record<HeadlineMetric, Band>;
  baseline: Record<HeadlineMetric, Band> | null;
  speedup: Record<keyof Speedup, Band> | null;
  /** Share of the draws in which the queue grows without end. */
  overloadedShare: number;
  /** Share of the draws that meet the SLO; null without one. */
  sloMetShare: number | null;
  /** How unsure each parameter is taken to be. */
  spread: Record<SpreadParameter, Spread>;
  /** Every draw: what was drawn, and its speedups. */
  samples: { seed: number; factors: ParameterFactors; speedup: Speedup | null }[];
}

/**
 * A run with bands of `count` draws. `run` executes one scenario with its parameters moved, null as
 * they are; draws may run in any order and at the same time.
 */
export async function runWithBands(
  scenario: Scenario,
  count: number,
  run: (scenario: Scenario, factors: ParameterFactors | null) => Promise<Run>,
): Promise<Run> {
  const spread = spreadsOf(scenario);
  const draws = drawsOf(scenario, count, spread);
  const [central, ...drawn] = await Promise.all([
    run(scenario, null),
    ...draws.map(({ seed, factors }) => run({ ...scenario, seed }, factors)),
  ]);
  const samples = draws.map(({ seed, factors }, i) => ({
    seed,
    factors,
    speedup: drawn[i]!.speedup,
  }));
  return { ...central!, bands: { ...bandsOf(drawn), spread, samples } };
}

function bandsOf(runs: readonly Run[]): Omit<Bands, 'spread' | 'samples'> {
  const baselines = runs.flatMap(({ baseline }) => (baseline === null ? [] : [baseline]));
  const speedups = runs.flatMap(({ speedup }) => (speedup === null ? [] : [speedup]));
  const share = (is: (run: Run) => boolean) => runs.filter(is).length / runs.length;
  return {
    draws: runs.length,
    metrics: headlines(runs.map(({ metrics }) => metrics)),
    baseline: baselines.length === 0 ? null : headlines(baselines),
    speedup:
      speedups.length === 0
        ? null
        : record(SPEEDUPS, (name) => bandOf(speedups.map((speedup) => speedup[name]))),
    overloadedShare: share(({ verdict }) => verdict.state === 'overloaded'),
    sloMetShare: runs[0]!.slo === null ? null : share(({ slo }) => slo!.met),
  };
}

function headlines(metrics: readonly Metrics[]): Record<HeadlineMetric, Band> {
  return record(headlineNames, (name) => bandOf(metrics.map(headlineMetrics[name])));
}

function record<K extends string, V>(names: readonly K[], make: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<K, V>;
}

/** `bandOf([1, 2, …, 11])` is 2, 6, 10. */
export function bandOf(values: readonly number[]): Band {
  if (values.length === 0 || values.some(Number.isNaN)) {
    return { p10: Number.NaN, p50: Number.NaN, p90: Number.NaN };
  }
  const sorted = [...values].sort((a, b) => a - b);
  const at = (p: number) => {
    const place = p * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return low + (place - below) * (high - low);
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
