import {
  type Field,
  fields,
  formatText,
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

const speedups = ['outputTokensPerSecond', 'e2eP50', 'itlMean', 'joulesPerOutputToken'] as const;

export interface TypedColumn extends Column {
  type: 'number' | 'text';
}

/** The type of a column follows from what it is, never from the values that it happens to hold. */
export function runColumns(): TypedColumn[] {
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
    ...speedups.map((name) => ({ name: `speedup.${name}`, unit: '×', type: 'number' as const })),
    { name: 'state', type: 'text' },
    { name: 'binding', type: 'text' },
    { name: 'origin', type: 'text' },
  ];
}

function typeOf(path: ScenarioPath): 'number' | 'text' {
  const { kind } = fields[path].value;
  return kind === 'integer' || kind === 'number' ? 'number' : 'text';
}

export function runRows(runs: readonly Run[]): Cell[][] {
  return runs.map(({ scenario, metrics, baseline, speedup, verdict }) => [
    ...scenarioPaths.map((path) => {
      const value = valueAt(scenario, path);
      if (value === null) return null;
      return typeOf(path) === 'number'
        ? (value as number)
        : formatText(fields[path] as Field, value);
    }),
    ...metricRows.map((row) => finite(row.value(metrics))),
    ...metricRows.map((row) => (baseline === null ? null : finite(row.value(baseline)))),
    ...speedups.map((name) => (speedup === null ? null : finite(speedup[name]))),
    verdict.state,
    verdict.binding,
    'modelled',
  ]);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
