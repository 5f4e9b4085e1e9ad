/**
 * Latencies of a run with drafting and of the same requests without: time to first token, gap
 * between tokens, whole answer, as distribution functions, with the quantiles that the run itself
 * states and the service level that they are held against.
 *
 * A run's file holds five quantiles of each latency; a run that is simulated here tells every
 * request's. Which of the two a curve was drawn from stands in `isSampled`. Law: `marks` are the
 * run's own metrics, and no value lies above a curve's later ones.
 *
 * Example: four requests with 10, 20, 30, 40 ms have the points (0.25, 10), (0.5, 20), …
 */
import {
  evaluateSlo,
  type Metrics,
  type PartialScenario,
  parseScenario,
  parseSlo,
  quantileOf,
  type RequestLatencies,
  type Run,
  type Scenario,
  type SimulationPorts,
  type SloMetric,
  type SloStatistic,
  simulate,
} from '@beamline/simulator';
import { draftLabel } from '../load_speedup/series-key.ts';

export interface LatencySloInput {
  scenario: PartialScenario;
}

export type LatencyQuantity = 'ttft' | 'itl' | 'e2e';
export const quantities: readonly LatencyQuantity[] = ['ttft', 'itl', 'e2e'];

/** `drafting`: the scenario's run; `plain`: its baseline without drafting. */
export type SideName = 'drafting' | 'plain';

export interface LatencyPoint {
  /** Share of requests (of gaps between tokens) that take at most `ms`. */
  p: number;
  ms: number;
}

export interface LatencyCurve {
  /** Ascending in both. */
  points: LatencyPoint[];
  /** Whether the points are of single requests; else they are all that the run's file states. */
  isSampled: boolean;
  /** The run's own figures. */
  marks: LatencyPoint[];
  meanMs: number | null;
  maxMs: number | null;
}

export interface SloSide {
  /** Completed requests that met every bound, as a share of all completed. */
  share: number | null;
  goodputRequestsPerSecond: number;
  requestsPerSecond: number;
  isMet: boolean;
}

export interface SloTarget {
  text: string;
  metric: SloMetric;
  statistic: SloStatistic;
  boundMs: number;
  /** Value and whether it is met, of each side that there is. */
  sides: Partial<Record<SideName, { ms: number | null; isMet: boolean }>>;
}

export interface LatencySlo {
  input: LatencySloInput;
  /** `redrafter 4×4`, `none`. */
  draft: string;
  requests: number;
  sides: SideName[];
  curves: Record<LatencyQuantity, Partial<Record<SideName, LatencyCurve>>>;
  slo: {
    expression: string;
    targets: SloTarget[];
    sides: Partial<Record<SideName, SloSide>>;
  } | null;
  /** Sides whose queue grows without end: their latencies go on to grow with the run's length. */
  isOverloaded: boolean;
}

/** Latencies of the requests of each side, from the simulator's port. */
export type LatencySamples = Partial<
  Record<
    SideName,
    { latencies: Pick<RequestLatencies, 'ttftMs' | 'e2eMs'>; itlMs: readonly number[] }
  >
>;

/** Simulates the scenario and its baseline, keeping every request's latencies. */
export function latencySlo(given: Partial<LatencySloInput>, ports: SimulationPorts): LatencySlo {
  const input: LatencySloInput = { scenario: {}, ...given };
  const scenario = parseScenario(input.scenario, 'latencies');
  const samples: LatencySamples = {};
  const run = simulate(scenario, {
    ...ports,
    onLatencies: (latencies, itlMs, of) => {
      samples[of === 'run' ? sideOf(scenario) : 'plain'] = { latencies, itlMs };
    },
  });
  return { ...latencySloOfRun(run, samples), input };
}

/** A scenario without drafting has one side, the plain one. */
function sideOf({ speculation }: Scenario): SideName {
  return speculation.method === 'none' || speculation.beams === 0 ? 'plain' : 'drafting';
}

/** From a run alone, such as one read from a file; `samples` where the requests are known. */
export function latencySloOfRun(run: Run, samples: LatencySamples = {}): LatencySlo {
  const of: [SideName, Metrics][] = [[sideOf(run.scenario), run.metrics]];
  if (run.baseline !== null) of.push(['plain', run.baseline]);
  const curves = { ttft: {}, itl: {}, e2e: {} } as LatencySlo['curves'];
  for (const quantity of quantities) {
    for (const [side, metrics] of of) {
      curves[quantity][side] = curveOf(metrics, quantity, sampleOf(samples, side, quantity));
    }
  }
  return {
    input: { scenario: run.scenario },
    draft: draftLabel(run.scenario),
    requests: run.metrics.requests.completed,
    sides: of.map(([side]) => side),
    curves,
    slo: sloOf(run, of),
    isOverloaded: run.verdict.state === 'overloaded',
  };
}

function sampleOf(samples: LatencySamples, side: SideName, quantity: LatencyQuantity) {
  const sample = samples[side];
  if (sample === undefined) return null;
  const values =
    quantity === 'itl' ? sample.itlMs : sample.latencies[quantity === 'ttft' ? 'ttftMs' : 'e2eMs'];
  return values.filter((ms) => Number.isFinite(ms)).sort((a, b) => a - b);
}

const markNames = ['p50', 'p95', 'p99'] as const;
const shareOf = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

function curveOf(
  metrics: Metrics,
  quantity: LatencyQuantity,
  sorted: readonly number[] | null,
): LatencyCurve {
  const known = metrics[`${quantity}Ms`];
  const stated = (names: readonly (keyof typeof shareOf)[]) =>
    names
      .map((name) => ({ p: shareOf[name], ms: known[name] }))
      .filter(({ ms }) => Number.isFinite(ms));
  return {
    points:
      sorted === null || sorted.length === 0
        ? stated(['p50', 'p90', 'p95', 'p99'])
        : curveShares(sorted.length).map((p) => ({ p, ms: quantileOf(sorted, p) })),
    isSampled: sorted !== null && sorted.length > 0,
    marks: stated(markNames),
    meanMs: finite(known.mean),
    maxMs: finite(known.max),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Shares at which a curve of so many values has points: finer in the tail, none beyond a value. */
function curveShares(count: number): number[] {
  const even = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  const tail = [0.992, 0.994, 0.996, 0.997, 0.998, 0.999];
  return [...even, ...tail].filter((p) => p * count >= 1 && p <= 1 - 1 / count);
}

function sloOf(run: Run, of: readonly [SideName, Metrics][]): LatencySlo['slo'] {
  const expression = run.scenario.slo;
  if (expression === null) return null;
  const slo = parseSlo(expression);
  const judged = of.map(([side, metrics]) => ({ side, metrics, ...evaluateSlo(slo, metrics) }));
  const targets = slo.clauses.map((clause, i) => ({
    text: clause.text,
    metric: clause.metric,
    statistic: clause.statistic,
    boundMs: clause.boundNs / 1e6,
    sides: Object.fromEntries(
      judged.map(({ side, clauses }) => [
        side,
        { ms: finite(clauses[i]!.value), isMet: clauses[i]!.met },
      ]),
    ),
  }));
  const sides = Object.fromEntries(
    judged.map(({ side, metrics, met }) => [
      side,
      {
        share: finite(metrics.goodputRequestsPerSecond / metrics.requestsPerSecond),
        goodputRequestsPerSecond: metrics.goodputRequestsPerSecond,
        requestsPerSecond: metrics.requestsPerSecond,
        isMet: met,
      },
    ]),
  );
  return { expression, targets, sides };
}
