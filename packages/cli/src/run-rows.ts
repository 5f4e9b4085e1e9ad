import {
  type Field,
  fields,
  formatText,
  headlineNames,
  type Run,
  type ScenarioPath,
  scenarioPaths,
  valueAt,
} from '@beamline/simulator';
import { metricRows } from './run-tables.ts';
import type { Cell, Column } from './table.ts';

/**
 * Runs with one line each and everything in it: every field, every metric, the baseline, the
 * verdict.
 */

export const speedupNames = [
  'outputTokensPerSecond',
  'e2eP50',
  'itlMean',
  'joulesPerOutputToken',
] as const;
const ends = ['p10', 'p90'] as const;

export interface TypedColumn extends Column {
  type: 'number' | 'text';
}

/** The type of a column follows from what it is, never from the values that it happens to hold. */
export function runColumns(runs: readonly Run[]): TypedColumn[] {
  const metric = (prefix: string) =>
    metricRows.map(({ name, unit }) => ({
      name: `${prefix}${name}`,
      unit,
      type: 'number' as const,
    }));
  return [
    ...scenarioPaths.map((name) => ({ name, type: typeOf(name) })),
    ...metric(''),
    ...metric('without drafting: '),
    ...speedupNames.map((name) => ({
      name: `speedup.${name}`,
      unit: '×',
      type: 'number' as const,
    })),
    { name: 'state', type: 'text' },
    { name: 'binding', type: 'text' },
    { name: 'origin', type: 'text' },
    ...(hasBands(runs) ? bandColumns() : []),
  ];
}

/** Columns of bands come last, and only where a run has some: other files stay as they were. */
function hasBands(runs: readonly Run[]): boolean {
  return runs.some(({ bands }) => bands !== undefined);
}

function bandColumns(): TypedColumn[] {
  const names = [...headlineNames, ...speedupNames.map((name) => `speedup.${name}`)];
  return [
    { name: 'draws', type: 'number' },
    ...names.flatMap((name) =>
      ends.map((end) => ({ name: `band.${name}.${end}`, type: 'number' as const })),
    ),
  ];
}

function bandCells({ bands }: Run): Cell[] {
  const width = bandColumns().length;
  if (bands === undefined) return new Array<Cell>(width).fill(null);
  const { metrics, speedup } = bands;
  return [
    bands.draws,
    ...headlineNames.flatMap((name) => ends.map((end) => finite(metrics[name][end]))),
    ...speedupNames.flatMap((name) =>
      ends.map((end) => (speedup === null ? null : finite(speedup[name][end]))),
    ),
  ];
}

function typeOf(path: ScenarioPath): 'number' | 'text' {
  const { kind } = fields[path].value;
  return kind === 'integer' || kind === 'number' ? 'number' : 'text';
}

export function runRows(runs: readonly Run[]): Cell[][] {
  const withBands = hasBands(runs);
  return runs.map((run) => [...plainCells(run), ...(withBands ? bandCells(run) : [])]);
}

function plainCells({ scenario, metrics, baseline, speedup, verdict }: Run): Cell[] {
  return [
    ...scenarioPaths.map((path) => {
      const value = valueAt(scenario, path);
      if (value === null) return null;
      return typeOf(path) === 'number'
        ? (value as number)
        : formatText(fields[path] as Field, value);
    }),
    ...metricRows.map((row) => finite(row.value(metrics))),
    ...metricRows.map((row) => (baseline === null ? null : finite(row.value(baseline)))),
    ...speedupNames.map((name) => (speedup === null ? null : finite(speedup[name]))),
    verdict.state,
    verdict.binding,
    'modelled',
  ];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
