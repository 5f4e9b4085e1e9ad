/**
 * Records as the page shows them: one row an operator, reasons counted, and the summary in words.
 * Law: every record is counted once, as passed, failed or not taken.
 */
import { isFailed, type KernelRecord } from '@beamline/bench/record';
import type { LabDevice } from './protocol.ts';

export interface OperatorTally {
  operator: string;
  /** Results that there will be; 0 before it is known. */
  total: number;
  passed: number;
  /** Records that failed, in order. */
  failed: KernelRecord[];
  /** How many records an unsupported variant did not take, by reason. */
  untaken: Map<string, number>;
}

export function emptyTally(operator: string): OperatorTally {
  return { operator, total: 0, passed: 0, failed: [], untaken: new Map() };
}

export function untakenOf({ untaken }: OperatorTally): number {
  return [...untaken.values()].reduce((sum, count) => sum + count, 0);
}

export function doneOf(tally: OperatorTally): number {
  return tally.passed + tally.failed.length + untakenOf(tally);
}

export function addRecord(tally: OperatorTally, record: KernelRecord): void {
  if (isFailed(record.status)) tally.failed.push(record);
  else if (record.status === 'passed') tally.passed++;
  else tally.untaken.set(record.message, (tally.untaken.get(record.message) ?? 0) + 1);
}

export interface Totals {
  passed: number;
  failed: number;
  untaken: number;
  /** Cases whose device was lost. */
  lost: number;
}

export function totalsOf(tallies: Iterable<OperatorTally>): Totals {
  const totals = { passed: 0, failed: 0, untaken: 0, lost: 0 };
  for (const tally of tallies) {
    totals.passed += tally.passed;
    totals.failed += tally.failed.length;
    totals.untaken += untakenOf(tally);
    totals.lost += tally.failed.filter(({ message }) => message.startsWith('device lost')).length;
  }
  return totals;
}

/** The state of an operator's row. */
export type RowState = 'idle' | 'running' | 'right' | 'wrong' | 'partial' | 'missing';

/**
 * The reference is there for every operator; a GPU has what has a kernel. Example: 12 of 12 done,
 * one failed: `wrong`.
 */
export function stateOf(
  tally: OperatorTally,
  { device, hasKernel, isRunning }: { device: LabDevice; hasKernel: boolean; isRunning: boolean },
): RowState {
  const done = doneOf(tally);
  if (device === 'webgpu' && !hasKernel) return 'missing';
  if (isRunning) return 'running';
  if (tally.failed.length > 0) return 'wrong';
  if (done === 0) return 'idle';
  return done < tally.total ? 'partial' : 'right';
}

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** `1.34 GB/s` from 1.34e9 and `B/s`: three digits. */
export function quantity(value: number, unit: string): string {
  if (!Number.isFinite(value) || value <= 0) return `0 ${unit}`;
  const step = Math.min(prefixes.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3)));
  return `${digits(value / 1000 ** step)} ${prefixes[step]}${unit}`;
}

/** Three digits, without an exponent. */
export function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
}

/** `48.2 µs`, `1.3 ms`. */
export function duration(ns: number): string {
  if (ns >= 1e9) return `${digits(ns / 1e9)} s`;
  if (ns >= 1e6) return `${digits(ns / 1e6)} ms`;
  return ns >= 1e3 ? `${digits(ns / 1e3)} µs` : `${digits(ns)} ns`;
}
