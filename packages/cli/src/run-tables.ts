import { numberText } from '@beamline/figures';
import type { Distribution, Metrics, Run } from '@beamline/simulator';
import type { Column, Table } from './table.ts';

/**
 * A run as tables: its metrics beside the baseline's, where its numbers come from, and one line a
 * run.
 */

/**
 * Every number of a run, with its unit; `better` says which way is good, for ratios and
 * comparisons.
 */
export interface MetricRow {
  name: string;
  unit: string;
  better: 'more' | 'less' | 'neither';
  value: (metrics: Metrics) => number;
}

const spread = (
  name: string,
  pick: (metrics: Metrics) => Distribution,
  statistics: readonly (keyof Distribution)[],
): MetricRow[] =>
  statistics.map((statistic) => ({
    name: `${name} ${statistic}`,
    unit: 'ms',
    better: 'less',
    value: (metrics) => pick(metrics)[statistic],
  }));

const one = (
  name: string,
  unit: string,
  better: MetricRow['better'],
  value: (metrics: Metrics) => number,
): MetricRow => ({ name, unit, better, value });

export const metricRows: readonly MetricRow[] = [
  one('output tokens per second', 'tokens/s', 'more', (m) => m.outputTokensPerSecond),
  one('output tokens per second and GPU', 'tokens/s', 'more', (m) => m.outputTokensPerSecondPerGpu),
  one('requests per second', 'requests/s', 'more', (m) => m.requestsPerSecond),
  one('goodput', 'requests/s', 'more', (m) => m.goodputRequestsPerSecond),
  one('tokens per step', 'tokens', 'more', (m) => m.tokensPerStep),
  ...spread('time to first token', (m) => m.ttftMs, ['mean', 'p50', 'p95', 'p99']),
  ...spread('inter-token latency', (m) => m.itlMs, ['mean', 'p99']),
  ...spread('time per output token', (m) => m.tpotMs, ['p50', 'p99']),
  ...spread('end to end', (m) => m.e2eMs, ['p50', 'p95', 'p99']),
  ...spread('queue', (m) => m.queueMs, ['mean', 'p95']),
  ...spread('step', (m) => m.stepMs, ['mean', 'p99']),
  one('batch size', 'requests', 'neither', (m) => m.batchSize.mean),
  one('KV blocks used, max', 'blocks', 'less', (m) => m.kvBlocksUsed.max),
  one('GPU utilization', 'share', 'neither', (m) => m.gpuUtilization),
  one('memory bandwidth utilization', 'share', 'neither', (m) => m.memoryBandwidthUtilization),
  one('average power', 'W', 'less', (m) => m.averagePowerW),
  one('energy per output token', 'J', 'less', (m) => m.joulesPerOutputToken),
  one('cost per million output tokens', '$', 'less', (m) => m.dollarsPerMillionOutputTokens),
  one('requests arrived', 'requests', 'neither', (m) => m.requests.arrived),
  one('requests completed', 'requests', 'neither', (m) => m.requests.completed),
  one('requests rejected', 'requests', 'less', (m) => m.requests.rejected),
  one('requests unfinished', 'requests', 'less', (m) => m.requests.unfinished),
  one('input tokens', 'tokens', 'neither', (m) => m.tokens.input),
  one('output tokens', 'tokens', 'neither', (m) => m.tokens.output),
  one('drafted tokens', 'tokens', 'neither', (m) => m.tokens.drafted),
  one('accepted tokens', 'tokens', 'neither', (m) => m.tokens.accepted),
  one('simulated time', 's', 'neither', (m) => m.simulatedSeconds),
];

/** How many times better than the baseline: above 1 is better, whichever way is good. */
export function betterness(row: MetricRow, value: number, baseline: number): number | null {
  if (row.better === 'neither') return null;
  const ratio = row.better === 'more' ? value / baseline : baseline / value;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

export function runTable(run: Run): Table {
  const { baseline } = run;
  const columns: Column[] = [{ name: 'metric' }, { name: 'unit' }, { name: 'value' }];
  if (baseline !== null) {
    columns.push({ name: 'without drafting' }, { name: 'better by', unit: '×', digits: 3 });
  }
  columns.push({ name: 'origin' });
  const rows = metricRows.map((row) => {
    const value = row.value(run.metrics);
    const plain = baseline === null ? Number.NaN : row.value(baseline);
    const beside = baseline === null ? [] : [number(plain), betterness(row, value, plain)];
    return [row.name, row.unit, number(value), ...beside, 'modelled'];
  });
  return { title: '', columns, rows };
}

function number(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function provenanceTable(run: Run): Table {
  const keys = Object.keys(run.provenance).sort();
  return {
    title: 'Where the numbers come from',
    columns: [{ name: 'what' }, { name: 'origin' }, { name: 'source' }],
    rows: keys.map((key) => [key, run.provenance[key]!.kind, run.provenance[key]!.source]),
  };
}

export function sloTable(run: Run): Table | null {
  if (run.slo === null) return null;
  return {
    title: `SLO: ${run.slo.met ? 'met' : 'not met'}`,
    columns: [{ name: 'clause' }, { name: 'value', unit: 'ms' }, { name: 'met' }],
    rows: run.slo.clauses.map((clause) => [
      clause.text,
      number(clause.value),
      clause.met ? 'yes' : 'no',
    ]),
  };
}

/** Columns that a run has in a table with one line a run. */
export const summaryColumns: readonly Column[] = [
  { name: 'output', unit: 'tokens/s' },
  { name: 'tokens/step', digits: 3 },
  { name: 'TTFT p95', unit: 'ms' },
  { name: 'ITL mean', unit: 'ms' },
  { name: 'e2e p50', unit: 'ms' },
  { name: 'batch', digits: 3 },
  { name: 'energy', unit: 'J/token', digits: 3 },
  { name: 'speed', unit: '×', digits: 3 },
  { name: 'throughput', unit: '×', digits: 3 },
  { name: 'state' },
  { name: 'what binds' },
];

export function summaryCells(run: Run): (string | number | null)[] {
  const { metrics, speedup, verdict } = run;
  return [
    number(metrics.outputTokensPerSecond),
    number(metrics.tokensPerStep),
    number(metrics.ttftMs.p95),
    number(metrics.itlMs.mean),
    number(metrics.e2eMs.p50),
    number(metrics.batchSize.mean),
    number(metrics.joulesPerOutputToken),
    speedup === null ? null : number(speedup.itlMean),
    speedup === null ? null : number(speedup.outputTokensPerSecond),
    verdict.state,
    shortBinding(verdict.binding),
  ];
}

/**
 * What binds, in two or three words: the limit that makes requests wait, else what the steps' time
 * is spent on. The whole sentence stands in the run.
 */
export function shortBinding(binding: string): string {
  const steps = stepBinding(binding);
  const limit = binding.split(':')[0]!;
  if (limit === 'none') return steps.split(' (')[0]!;
  return limit.length > 24 ? `${limit.slice(0, 23)}…` : limit;
}

/** `compute (38 % of peak bandwidth, 56 % of peak compute)` of a verdict's sentence. */
export function stepBinding(binding: string): string {
  return /steps are bound by (.*)$/.exec(binding)?.[1] ?? binding;
}

export const times = (value: number) => `${numberText(value)}×`;
