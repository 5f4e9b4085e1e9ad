import {
  type CrossoverInterval,
  type CurvePoint,
  crossingsOf,
  crossoverInterval,
  type Run,
  type Scenario,
  type Speedup,
} from '@beamline/simulator';
import { envelopeOf } from './curve.ts';
import { changedBetween, differOnlyInDrafting } from './series-key.ts';

/**
 * Load against speedup, from runs alone: one series for each way of drafting, one point for each
 * load, a band where a load was run with several seeds or with draws of uncertain parameters, and
 * the load at which drafting stops paying, with its interval over the draws; over several
 * ways of drafting their envelope, which is what a schedule that adapts to the load could reach.
 *
 * Example: speedups 1.4 at load 4 and 0.8 at load 16 cross 1 between them, two thirds of the way on
 * the logarithmic axis: at 4 · (16/4)^(2/3) = 10.08.
 */

export type SpeedupMeasure = keyof Speedup;

/** What the loads count. */
export type LoadUnit = 'requests/s' | 'requests in flight' | "× the trace's load";

export interface LoadPoint {
  load: number;
  /** Mean over the seeds. */
  speedup: number;
  /**
   * Least and greatest over the seeds, equal to `speedup` with one; where runs have bands, 10 and
   * 90 % of their draws.
   */
  low: number;
  high: number;
  seeds: number;
  /** Draws of uncertain parameters behind the band; 0 without. */
  draws: number;
  /** Whether the queue grows without end there, with drafting. */
  isOverloaded: boolean;
  /** The limit that binds, in words. */
  binding: string;
}

/** Where a series passes 1, on the logarithmic axis of loads. */
export interface Crossover {
  load: number;
  /** `ends`: drafting pays below it and not above. `begins`: the other way round. */
  kind: 'ends' | 'begins';
  /** Over the draws, where the runs have bands; 0 and Infinity are beyond the loads shown. */
  interval: CrossoverInterval | null;
}

export interface LoadSeries {
  label: string;
  points: LoadPoint[];
  crossovers: Crossover[];
}

export interface EnvelopePoint {
  load: number;
  speedup: number;
  /** The series that gives it; null where not drafting does. */
  label: string | null;
}

export interface LoadSpeedup {
  measure: SpeedupMeasure;
  unit: LoadUnit;
  series: LoadSeries[];
  /**
   * The best of all series at each load, and 1 where not to draft is better still; empty with fewer
   * than two series, and where they differ in more than the way of drafting: nobody can choose
   * the text.
   */
  envelope: EnvelopePoint[];
  /** Runs that have no baseline, or no finite speedup, and so no place in the picture. */
  leftOut: number;
}

/** A run's offered load, in `unit`. */
export function loadOf(scenario: Scenario): { load: number; unit: LoadUnit } {
  const { workload } = scenario;
  switch (workload.kind) {
    case 'closed-loop':
      return { load: workload.concurrency ?? 0, unit: 'requests in flight' };
    case 'trace':
      return { load: 1 / workload.timeScale, unit: "× the trace's load" };
    default:
      return { load: workload.ratePerSecond, unit: 'requests/s' };
  }
}

/**
 * In an open loop both sides give as many tokens a second as are asked for until one overloads, so
 * a request's own speed is compared; in a closed loop throughput is.
 */
export function defaultMeasure(runs: readonly Run[]): SpeedupMeasure {
  const isClosed = runs.length > 0 && runs.every((r) => r.scenario.workload.kind === 'closed-loop');
  return isClosed ? 'outputTokensPerSecond' : 'itlMean';
}

/**
 * The figure's content. Runs with loads of another unit than the first one's are left out and
 * counted.
 */
export function loadSpeedup(
  runs: readonly Run[],
  measure: SpeedupMeasure = defaultMeasure(runs),
  nameOf?: (run: Run) => string,
): LoadSpeedup {
  const unit = runs.length === 0 ? 'requests/s' : loadOf(runs[0]!.scenario).unit;
  const usable = runs.filter(
    (run) =>
      run.speedup !== null &&
      Number.isFinite(run.speedup[measure]) &&
      loadOf(run.scenario).unit === unit,
  );
  const groups = groupBy(usable, nameOf ?? changedBetween(usable));
  const series = [...groups].map(([label, members]) => {
    const points = pointsOf(members, measure);
    return { label, points, crossovers: crossoversOf(points, drawnCurves(members, measure)) };
  });
  const envelope = differOnlyInDrafting(usable) ? envelopeOf(series) : [];
  return { measure, unit, series, envelope, leftOut: runs.length - usable.length };
}

function groupBy(runs: readonly Run[], keyOf: (run: Run) => string): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = keyOf(run);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [run]);
    else members.push(run);
  }
  return groups;
}

function pointsOf(runs: readonly Run[], measure: SpeedupMeasure): LoadPoint[] {
  const byLoad = new Map<number, Run[]>();
  for (const run of runs) {
    const { load } = loadOf(run.scenario);
    byLoad.set(load, [...(byLoad.get(load) ?? []), run]);
  }
  const points = [...byLoad].map(([load, members]) => {
    const speedups = members.map((run) => run.speedup![measure]);
    const drawn = members.flatMap(({ bands }) => (bands?.speedup ? [bands.speedup[measure]] : []));
    const known = drawn.filter(({ p10, p90 }) => Number.isFinite(p10) && Number.isFinite(p90));
    const hasBands = known.length > 0;
    return {
      load,
      speedup: speedups.reduce((sum, value) => sum + value, 0) / speedups.length,
      low: Math.min(...(hasBands ? known.map(({ p10 }) => p10) : speedups)),
      high: Math.max(...(hasBands ? known.map(({ p90 }) => p90) : speedups)),
      seeds: members.length,
      draws: hasBands ? Math.max(...members.map(({ bands }) => bands?.draws ?? 0)) : 0,
      isOverloaded: members.some((run) => run.verdict.state === 'overloaded'),
      binding: members[0]!.verdict.binding,
    };
  });
  return points.sort((a, b) => a.load - b.load);
}

/** The curve of every draw over the loads; draws of one number belong together. */
function drawnCurves(runs: readonly Run[], measure: SpeedupMeasure): CurvePoint[][] {
  const curves: CurvePoint[][] = [];
  for (const { bands, scenario } of runs) {
    const { load } = loadOf(scenario);
    bands?.samples.forEach(({ speedup }, draw) => {
      curves[draw] ??= [];
      curves[draw].push({ load, speedup: speedup?.[measure] ?? Number.NaN });
    });
  }
  return curves;
}

function crossoversOf(
  points: readonly LoadPoint[],
  curves: readonly (readonly CurvePoint[])[],
): Crossover[] {
  return crossingsOf(points).map(({ load, direction }) => ({
    load,
    kind: direction === 'falls' ? 'ends' : 'begins',
    interval: crossoverInterval(load, direction, curves),
  }));
}
