/**
 * Cost, energy and latency of a set of runs: what each answers for at what price, so that shapes,
 * schedules and GPUs can be weighed. Every number is a metric of its run; the band of a price is
 * the run's cost at the lowest and the highest price of its GPU.
 *
 * Law: cost is linear in the price, so low ≤ cost ≤ high with `cost · low / typical` at the ends.
 *
 * Example: $2 an hour typical, $1 to $5 offered: a cost of $0.40 stands for $0.20 to $1.
 */
import {
  describeSettings,
  expandGrid,
  type GridPoint,
  hardwareOf,
  judge,
  type Metrics,
  type Origin,
  type PartialScenario,
  parseSlo,
  type Run,
  type Scenario,
  type SimulationPorts,
  type SloMetric,
  type SloStatistic,
  simulate,
} from '@beamline/simulator';
import { changedBetween } from '../load_speedup/series-key.ts';

export interface CostParetoInput {
  base: PartialScenario;
  /** Axes of the grid as a sweep's: `hardware.gpu=h100-sxm,l4`, `speculation.beams=0,2,4`. */
  over: readonly string[];
}

/** `cost`, `energy` and `throughput`, or a latency as a service level names it: `ttft_p95`. */
export type ParetoMeasure = 'cost' | 'energy' | 'throughput' | `${SloMetric}_${SloStatistic}`;

export interface ParetoPoint {
  /** Stable over redraws: what tells this run apart. */
  key: string;
  label: string;
  /** Name of its GPU, by which points are coloured. */
  group: string;
  /** Null where the run has no such value. */
  values: Partial<Record<ParetoMeasure, number | null>>;
  /** Dollars per million output tokens at the lowest, the typical and the highest price. */
  cost: { low: number | null; typical: number | null; high: number | null };
  gpus: number;
  isDrafting: boolean;
  state: Run['verdict']['state'];
  binding: string;
  /** Whether it keeps the service level; null without one. */
  meetsSlo: boolean | null;
}

export interface ParetoPrice {
  group: string;
  low: number;
  typical: number;
  high: number;
  origin: Origin;
}

export interface CostPareto {
  input: CostParetoInput | null;
  points: ParetoPoint[];
  /** Measures that at least one point has, in the order of a list. */
  measures: ParetoMeasure[];
  /** Price of a GPU hour, dollars. */
  prices: ParetoPrice[];
  slo: {
    expression: string;
    bounds: { measure: ParetoMeasure; bound: number; text: string }[];
  } | null;
  /** Settings that cannot be run, and why. */
  infeasible: { label: string; reason: string }[];
}

const latencyMeasures: readonly ParetoMeasure[] = [
  'ttft_p50',
  'ttft_p95',
  'ttft_p99',
  'itl_mean',
  'itl_p95',
  'itl_p99',
  'tpot_p50',
  'tpot_p95',
  'e2e_p50',
  'e2e_p95',
  'e2e_p99',
];

/** Three GPUs, at three loads, without drafting and with two shapes. */
const defaultInput: CostParetoInput = {
  base: { workload: { kind: 'closed-loop', concurrency: 16, requests: 300 } },
  over: [
    'hardware.gpu=h100-sxm,h200-sxm,l40s',
    'workload.concurrency=4,16,48',
    'speculation.beams=0,1,4',
  ],
};

/** Runs the grid, each point alone: its baseline is a point of its own where the grid has one. */
export function costPareto(given: Partial<CostParetoInput>, ports: SimulationPorts): CostPareto {
  const input: CostParetoInput = { ...defaultInput, ...given };
  const runs: Run[] = [];
  const infeasible: CostPareto['infeasible'] = [];
  for (const point of uniquePoints(expandGrid(input.base, input.over))) {
    try {
      runs.push(simulate(point.scenario, ports, { withBaseline: false }));
    } catch (error) {
      if ((error as { code?: string }).code !== 'infeasible') throw error;
      const reason = (error as Error).message;
      infeasible.push({ label: describeSettings(point.settings), reason });
    }
  }
  return { ...costParetoOfRuns(runs), input, infeasible };
}

/** Without drafting the draft's length changes nothing: such points are one. */
function uniquePoints(points: readonly GridPoint[]): GridPoint[] {
  const seen = new Set<string>();
  return points.filter(({ scenario }) => {
    const { speculation } = scenario;
    const isPlain = speculation.method === 'none' || speculation.beams === 0;
    const key = JSON.stringify(isPlain ? { ...scenario, speculation: 'none' } : scenario);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function costParetoOfRuns(runs: readonly Run[]): CostPareto {
  const label = labelsOf(runs);
  const expression = runs.find(({ scenario }) => scenario.slo !== null)?.scenario.slo ?? null;
  const slo = expression === null ? null : parseSlo(expression);
  const bounds = (slo?.clauses ?? []).map(({ metric, statistic, boundNs, text }) => ({
    measure: `${metric}_${statistic}` as ParetoMeasure,
    bound: boundNs / 1e6,
    text,
  }));
  const all: ParetoMeasure[] = [
    'cost',
    'energy',
    'throughput',
    ...new Set([...latencyMeasures, ...bounds.map(({ measure }) => measure)]),
  ];
  const points = runs.map((run, i) => pointOf(run, label(i), i, all));
  return {
    input: null,
    points,
    measures: all.filter((measure) => points.some(({ values }) => values[measure] !== null)),
    prices: pricesOf(runs.map(({ scenario }) => scenario)),
    slo: expression === null ? null : { expression, bounds },
    infeasible: [],
  };
}

/**
 * The GPU is a point's colour and shape, so that its name need not stand in the label; the load
 * does where runs of one draft differ in it.
 */
function labelsOf(runs: readonly Run[]): (index: number) => string {
  const plain = runs.map((run) => {
    const hardware = { ...run.scenario.hardware, gpu: '' };
    return { ...run, scenario: { ...run.scenario, hardware } };
  });
  const label = changedBetween(plain);
  const loads = new Set(runs.map(({ scenario }) => loadLabel(scenario)));
  return (index) => {
    const load = loads.size > 1 ? ` · ${loadLabel(runs[index]!.scenario)}` : '';
    return `${label(plain[index]!)}${load}`;
  };
}

function loadLabel({ workload }: Scenario): string {
  if (workload.kind === 'closed-loop') return `concurrency ${workload.concurrency ?? 0}`;
  if (workload.kind === 'trace') return `timeScale ${workload.timeScale}`;
  return `rate ${workload.ratePerSecond}`;
}

function pointOf(
  run: Run,
  label: string,
  index: number,
  measures: readonly ParetoMeasure[],
): ParetoPoint {
  const { scenario, metrics, verdict } = run;
  const { price, name } = hardwareOf(scenario.hardware.gpu);
  const typical = finite(metrics.dollarsPerMillionOutputTokens);
  const at = (dollars: number) => (typical === null ? null : (typical * dollars) / price.typical);
  const { tensorParallel, pipelineParallel, replicas } = scenario.hardware;
  const { speculation, slo } = scenario;
  return {
    key: `run:${index}`,
    label,
    group: name,
    values: Object.fromEntries(measures.map((measure) => [measure, metricOf(metrics, measure)])),
    cost: { low: at(price.low), typical, high: at(price.high) },
    gpus: tensorParallel * pipelineParallel * replicas,
    isDrafting: speculation.method !== 'none' && speculation.beams > 0,
    state: verdict.state,
    binding: verdict.binding,
    meetsSlo: slo === null ? null : judge(parseSlo(slo), run).meets,
  };
}

function metricOf(metrics: Metrics, measure: ParetoMeasure): number | null {
  switch (measure) {
    case 'cost':
      return finite(metrics.dollarsPerMillionOutputTokens);
    case 'energy':
      return finite(metrics.joulesPerOutputToken);
    case 'throughput':
      return finite(metrics.outputTokensPerSecondPerGpu);
    default: {
      const [metric, statistic] = measure.split('_') as [SloMetric, SloStatistic];
      return finite(metrics[`${metric}Ms`][statistic]);
    }
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function pricesOf(scenarios: readonly Scenario[]): ParetoPrice[] {
  const found = new Map<string, ParetoPrice>();
  for (const { hardware } of scenarios) {
    const { name, price, origins } = hardwareOf(hardware.gpu);
    found.set(name, { group: name, ...price, origin: origins['price.typical']! });
  }
  return [...found.values()];
}
