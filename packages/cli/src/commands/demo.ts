import { finding, type LoadSpeedup, loadSpeedup } from '@beamline/figures';
import { workloadCatalogue } from '@beamline/fixtures';
import {
  expandGrid,
  type GridPoint,
  orderedRun,
  type Run,
  type SweepRecord,
} from '@beamline/simulator';
import { drawChart } from '../chart.ts';
import type { Context } from '../context.ts';
import { writeAtomically } from '../files.ts';
import { reportPage } from '../report-page.ts';
import type { Result } from '../result.ts';
import { shortBinding } from '../run-tables.ts';
import type { Table } from '../table.ts';
import { commandLine } from '../words.ts';
import { bindingOf, originsTable, runPoints } from './sweep.ts';

/**
 * `beamline` alone: load against speedup for synthetic traffic with the published quantiles of two
 * real traces, chat and code, and for chat also with the shape of the draft chosen anew every step.
 */

const RATES = '1,2,4,8,12,16,20,24,32';
const REQUESTS = 1500;
const MAX_BATCH_SIZE = 256;

interface DemoSeries {
  label: string;
  workload: string;
  acceptance: string;
  schedule: string;
}

const SERIES: readonly DemoSeries[] = [
  { label: 'chat 4×4', workload: 'azure-chat', acceptance: 'chat', schedule: 'fixed' },
  { label: 'chat adaptive', workload: 'azure-chat', acceptance: 'chat', schedule: 'adaptive' },
  { label: 'code 4×4', workload: 'azure-code', acceptance: 'code', schedule: 'fixed' },
];

export async function demoCommand(context: Context<'demo'>): Promise<Result> {
  const points = SERIES.flatMap(pointsOf).map((point, index) => ({ ...point, index }));
  const records = await runPoints(context, points, true, null);
  const runs = records.map(runOf);
  const labelOf = (run: Run) => SERIES.find((series) => isOf(series, run))?.label ?? 'other';
  const figure = loadSpeedup(runs, 'itlMean', labelOf);
  const { html } = context.values;
  const command = spelt(SERIES[0]!);
  const first = SERIES[0]!;
  const why = `Why (${first.label}): ${bindingOf(runs.filter((run) => isOf(first, run)))}`;
  const notes = [why, ...sources()];
  const page = reportPage({ runs, figure, command, notes });
  writeAtomically(context.path(html), html, page);
  return {
    data: {
      version: 1,
      points: records.map((r) => ('run' in r ? { ...r, run: orderedRun(r.run) } : r)),
    },
    tables: [pivot(figure, runs), ...originsTable(runs)],
    chart: drawChart(figure, context.chartOptions()),
    closing: [
      ...sources(),
      `Report: ${context.path(html)}`,
      `This was, for ${SERIES[0]!.label}: ${command}`,
      '',
      `Result: ${finding(figure)}.`,
      why,
      'Dig deeper: beamline simulate --rate 16 --max-batch-size 256, beamline help',
    ],
    exitCode: 0,
  };
}

/** Every point of the demonstration can be run; one that was not has met a fault. */
function runOf(record: SweepRecord): Run {
  if ('run' in record) return record.run;
  throw new Error('infeasible' in record ? record.infeasible : record.failed);
}

function isOf(series: DemoSeries, { scenario }: Run): boolean {
  const { acceptance, schedule } = scenario.speculation;
  return acceptance === series.acceptance && schedule === series.schedule;
}

function settingsOf({ workload, acceptance, schedule }: DemoSeries) {
  const { inputTokens, outputTokens } = workloadCatalogue[workload]!;
  return {
    serving: { maxBatchSize: MAX_BATCH_SIZE },
    speculation: { acceptance, schedule: schedule as 'fixed' | 'adaptive' },
    workload: { requests: REQUESTS, inputTokens, outputTokens },
  };
}

function pointsOf(series: DemoSeries): GridPoint[] {
  return expandGrid(settingsOf(series), [`workload.ratePerSecond=${RATES}`], { where: 'demo' });
}

/** The command that gives one series. */
function spelt(series: DemoSeries): string {
  return commandLine(
    'sweep',
    `--over workload.ratePerSecond=${RATES}`,
    `--max-batch-size ${MAX_BATCH_SIZE} --requests ${REQUESTS}`,
    `--input-tokens ${series.workload} --output-tokens ${series.workload}`,
  );
}

function sources(): string[] {
  const names = [...new Set(SERIES.map(({ workload }) => workload))];
  return names.map((name) => {
    const { label, origin } = workloadCatalogue[name]!;
    const license = `${origin.license}, ${origin.kind} quantiles, synthetic arrivals`;
    return `Workload ${name}: ${label}. Source: ${origin.source} (${license}).`;
  });
}

/** One line a load: the speedup of each series, and the rest for the first. */
function pivot(figure: LoadSpeedup, runs: readonly Run[]): Table {
  const speedups = figure.series.map(({ label }) => ({ name: label, unit: '×', digits: 3 }));
  const first = figure.series[0]!;
  const main = runs.filter((run) => isOf(SERIES[0]!, run));
  return {
    title:
      'Load against speedup: llama-3.1-8b on one h100-sxm, ReDrafter, ' +
      `batch up to ${MAX_BATCH_SIZE} (modelled); from the third number on, of ${first.label}`,
    columns: [
      { name: 'load', unit: 'requests/s' },
      ...speedups,
      { name: 'output', unit: 'tokens/s' },
      { name: 'ITL', unit: 'ms' },
      { name: 'batch', digits: 3 },
      { name: 'state' },
      { name: 'what binds' },
    ],
    rows: main.map((run, i) => [
      run.scenario.workload.ratePerSecond,
      ...figure.series.map(({ points }) => points[i]!.speedup),
      run.metrics.outputTokensPerSecond,
      run.metrics.itlMs.mean,
      run.metrics.batchSize.mean,
      run.verdict.state,
      shortBinding(run.verdict.binding),
    ]),
  };
}
