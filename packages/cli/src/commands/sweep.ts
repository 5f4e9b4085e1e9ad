/** `beamline sweep`: a grid of scenarios, in parallel and resumable. */

import { existsSync } from 'node:fs';
import {
  defaultMeasure,
  draftLabel,
  finding,
  type LoadSpeedup,
  loadOf,
  loadSpeedup,
  loadText,
  numberText,
  type SpeedupMeasure,
} from '@beamline/figures';
import {
  expandGrid,
  fieldAt,
  formatText,
  type GridPoint,
  inputError,
  type JournalPort,
  orderedRun,
  type Run,
  reasonOf,
  type SweepRecord,
  sweep,
} from '@beamline/simulator';
import { drawChart } from '../chart.ts';
import type { Context } from '../context.ts';
import { appendText, MAX_JOURNAL_BYTES, readText, writeAtomically } from '../files.ts';
import type { Result } from '../result.ts';
import { shortBinding, summaryCells, summaryColumns } from '../run-tables.ts';
import type { Cell, Table } from '../table.ts';
import { programIdentity } from '../version.ts';
import { commandLine, sameScenario } from '../words.ts';

/** The grid's runs, their table, the curve over the load and what it says. */
export async function sweepCommand(context: Context<'sweep'>): Promise<Result> {
  const { over, baseline, measure } = context.values;
  if (over.length === 0) {
    const example = '--over workload.ratePerSecond=0.5:64:log8';
    throw inputError(`sweep: needs what to sweep, such as ${example}. See beamline help sweep.`);
  }
  const { given, complete } = context.scenarioInput();
  const points = expandGrid(given, over, { complete: (partial, at) => complete(partial, at) });
  const { journal, bands } = context.values;
  const records = await runPoints(context, points, baseline, journal, bands);
  const runs = records.flatMap((record) => ('run' in record ? [record.run] : []));
  const figure = loadSpeedup(runs, (measure as SpeedupMeasure | null) ?? defaultMeasure(runs));
  const showsLoad = figure.series.some((series) => series.points.length > 1);
  return {
    data: {
      version: 1,
      points: records.map(recordJson),
      ...(bands === null ? {} : { crossovers: crossoversJson(figure) }),
    },
    tables: [pointsTable(points, records), ...originsTable(runs)],
    ...(showsLoad ? { chart: drawChart(figure, context.chartOptions()) } : {}),
    closing: [
      ...(showsLoad ? [`Result: ${finding(figure)}.`] : [`Result: ${runs.length} runs.`]),
      `Why: ${bindingOf(runs)}`,
      deeper(context),
    ],
    ...sweepOutcome(records),
  };
}

function deeper(context: Context<'sweep'>): string {
  const { out, format, journal, over, bands } = context.values;
  if (out !== null && format === 'json') {
    return `Dig deeper: ${commandLine('report', out, '--html report.html')}`;
  }
  const { positionals, assignments } = context.parsed;
  const words = sameScenario(positionals, assignments);
  const overs = over.map((axis) => `--over '${axis}'`).join(' ');
  const keep = journal === null ? '' : `--journal ${journal}`;
  const draws = bands === null ? '' : `--bands ${bands}`;
  const out2 = '--format json --out sweep.json';
  const again = commandLine('sweep', words, overs, draws, keep, out2);
  return `Dig deeper: ${again} && beamline report sweep.json --html report.html`;
}

/** Runs every point; what an interruption left out is not among the results. */
export async function runPoints(
  context: Context,
  points: readonly GridPoint[],
  withBaseline: boolean,
  journalName: string | null,
  bands: number | null = null,
): Promise<SweepRecord[]> {
  const traces = await context.prepare(points.map(({ scenario }) => scenario));
  const journal = journalName === null ? null : journalAt(context.path(journalName), journalName);
  const how = `${withBaseline ? '' : 'no baseline '}${bands === null ? '' : `bands ${bands} `}`;
  const identity = `${programIdentity()} ${how}${traces.digest}`;
  const startedMs = context.ports.nowMs();
  const result = await sweep(points, {
    jobs: context.jobs,
    identity: identity.trim(),
    ...(journal === null ? {} : { journal }),
    signal: context.ports.interrupt,
    run: ({ scenario }, signal) =>
      context.simulateWithBands(scenario, bands, { withBaseline, signal }),
    onProgress: ({ finished, total, resumed }) => {
      const elapsed = (context.ports.nowMs() - startedMs) / 1000;
      const fresh = finished - resumed;
      const left =
        fresh === 0 ? '' : `, ${numberText((elapsed / fresh) * (total - finished), 2)} s left`;
      context.progress(`${finished} of ${total} points${left}`);
    },
  });
  if (result.interrupted) {
    const kept = result.records.filter((record) => record !== null).length;
    const where =
      journalName === null
        ? 'nothing is kept; with --journal FILE the finished points would be'
        : `they are kept in ${journalName}, and the same command goes on from there`;
    throw new Interrupted(`Interrupted: ${kept} of ${points.length} points finished; ${where}.`);
  }
  return result.records.filter((record) => record !== null);
}

/** Ctrl-C: exit 130. */
export class Interrupted extends Error {}

function journalAt(path: string, name: string): JournalPort {
  return {
    name,
    read: () => (existsSync(path) ? readText(path, name, MAX_JOURNAL_BYTES) : null),
    replace: (text) => writeAtomically(path, name, text),
    append: (text) => appendText(path, name, text),
  };
}

/** Where series pass 1, with the interval over the draws; null = beyond the loads shown. */
function crossoversJson({ series, unit }: LoadSpeedup): unknown[] {
  return series.flatMap(({ label, crossovers }) =>
    crossovers.map(({ load, kind, interval }) => ({
      series: label,
      kind,
      load,
      unit,
      low: interval === null || interval.low === 0 ? null : interval.low,
      high: interval === null || interval.high === Infinity ? null : interval.high,
    })),
  );
}

function recordJson(record: SweepRecord): unknown {
  return 'run' in record ? { ...record, run: orderedRun(record.run) } : record;
}

export function pointsTable(points: readonly GridPoint[], records: readonly SweepRecord[]): Table {
  const paths = Object.keys(points[0]?.settings ?? {});
  const columns = paths.map((path) => {
    const { unit } = fieldAt(path);
    const name = path.split('.').at(-1)!;
    return unit === undefined ? { name } : { name, unit };
  });
  const rows = records.map((record) => {
    const settings = paths.map((path) => settingCell(path, record.settings[path]));
    if ('run' in record) return [...settings, ...summaryCells(record.run)];
    const [state, why] =
      'infeasible' in record ? ['infeasible', record.infeasible] : ['failed', record.failed];
    const empty: Cell[] = new Array(summaryColumns.length - 2).fill(null);
    return [...settings, ...empty, state, why.split('\n')[0]!];
  });
  return { title: '', columns: [...columns, ...summaryColumns], rows };
}

function settingCell(path: string, value: unknown): Cell {
  return typeof value === 'number' ? value : formatText(fieldAt(path), value);
}

/** The origins of all runs, each once. */
export function originsTable(runs: readonly Run[]): Table[] {
  const rows = new Map<string, [string, string, string]>();
  for (const run of runs) {
    for (const [what, { kind, source }] of Object.entries(run.provenance)) {
      rows.set(`${what} ${kind} ${source}`, [what, kind, source]);
    }
  }
  if (rows.size === 0) return [];
  const columns = [{ name: 'what' }, { name: 'origin' }, { name: 'source' }];
  const sorted = [...rows.values()].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return [{ title: 'Where the numbers come from', columns, rows: sorted }];
}

/** How what binds changes over the runs, in their order. */
export function bindingOf(runs: readonly Run[]): string {
  if (runs.length === 0) return 'no run finished.';
  const [low, high] = [runs[0]!, runs.find(isSlower) ?? runs.at(-1)!];
  const reasons = [...new Set([low, high])].flatMap((run) => {
    const reason = reasonOf(run);
    return reason === null ? [] : [`${limitsOf(run)}: ${reason.sentence}`];
  });
  if (reasons.length > 0) return `${reasons.join('; ')}.`;
  const first = shortBinding(runs[0]!.verdict.binding);
  const last = shortBinding(runs.at(-1)!.verdict.binding);
  if (first === last) return `${first} binds, at the first point and at the last.`;
  return `${first} binds at the first point, ${last} at the last.`;
}

/** Drafting does not pay at this point. */
function isSlower({ speedup }: Run): boolean {
  return speedup !== null && speedup.itlMean < 1;
}

function limitsOf({ scenario }: Run): string {
  const { load, unit } = loadOf(scenario);
  return `${draftLabel(scenario)} at ${loadText(load, unit)}`;
}

/** A sweep is there to find limits, so a point beyond one is no failure; all of them is. */
function sweepOutcome(records: readonly SweepRecord[]): Pick<Result, 'exitCode' | 'reason'> {
  const failed = records.find((record) => 'failed' in record);
  if (failed !== undefined && 'failed' in failed) {
    return { exitCode: 1, reason: `a point failed twice: ${failed.failed}` };
  }
  const [first] = records;
  if (first !== undefined && 'infeasible' in first && records.every((r) => 'infeasible' in r)) {
    return { exitCode: 3, reason: `no point is feasible: ${first.infeasible}` };
  }
  return { exitCode: 0 };
}
