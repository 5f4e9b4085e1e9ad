/**
 * Whether one kernel is faster than another. Live, A is measured, then B, then A again: what A
 * moved in between is drift of the machine and counts as uncertainty. From two files of records,
 * pairs are those with the same operator, case, device and way of launching. The rule of the
 * verdict stands in noise.ts.
 */
import type { Case, OperatorSuite } from '@beamline/kernels/suites';
import type { Device } from '../device.ts';
import { type Comparison, compareTimes } from '../noise.ts';
import { isFailed, type KernelRecord, type Timing } from '../record.ts';
import { type PerfOptions, perfCase } from './perf.ts';

export interface ComparedPair {
  readonly operator: string;
  readonly case: string;
  readonly device: string;
  readonly variants: readonly [string, string];
  readonly caches: Timing['caches'];
  readonly launch: Timing['launch'];
  readonly beforeNs: number;
  readonly afterNs: number;
  readonly comparison: Comparison;
}

const asSummary = ({ medianNs, noise }: Timing) => ({ median: medianNs, noise });

function pairOf(a: KernelRecord, b: KernelRecord, again: KernelRecord | null): ComparedPair {
  const before = a.timing!;
  const after = b.timing!;
  const repeated = again?.timing ?? before;
  return {
    operator: a.operator,
    case: a.case,
    device: a.deviceTitle,
    variants: [a.variant, b.variant],
    caches: before.caches,
    launch: before.launch,
    beforeNs: (before.medianNs + repeated.medianNs) / 2,
    afterNs: after.medianNs,
    comparison: compareTimes(asSummary(before), asSummary(after), asSummary(repeated)),
  };
}

function keyOf(record: KernelRecord, withVariant: boolean): string {
  const { operator, deviceTitle, timing, variant } = record;
  const parts = [operator, record.case, deviceTitle, timing!.caches, timing!.launch];
  return JSON.stringify(withVariant ? [...parts, variant] : parts);
}

function timed(records: readonly KernelRecord[]): KernelRecord[] {
  return records.filter(({ timing, status }) => timing !== null && status === 'passed');
}

export interface FileComparison {
  readonly pairs: readonly ComparedPair[];
  /** Timed records without a partner on the other side. */
  readonly alone: number;
}

/**
 * Records of two files, paired; of several under one key the last counts. Where each side has one
 * variant of a case, the variants may differ.
 */
export function compareRecords(
  a: readonly KernelRecord[],
  b: readonly KernelRecord[],
): FileComparison {
  const [left, right] = [timed(a), timed(b)];
  const variantsOf = (list: readonly KernelRecord[]) =>
    new Set(list.map(({ variant, operator }) => `${operator}/${variant}`)).size;
  const operators = new Set(left.map(({ operator }) => operator)).size;
  const isOneEach = variantsOf(left) <= operators && variantsOf(right) <= operators;
  const index = new Map(right.map((record) => [keyOf(record, !isOneEach), record]));
  const latest = new Map(left.map((record) => [keyOf(record, !isOneEach), record]));
  const pairs: ComparedPair[] = [];
  for (const [key, record] of latest) {
    const partner = index.get(key);
    if (partner !== undefined) pairs.push(pairOf(record, partner, null));
  }
  return { pairs, alone: latest.size + index.size - 2 * pairs.length };
}

export interface LiveComparison {
  readonly pairs: readonly ComparedPair[];
  /** What kept a side from being timed. */
  readonly failed: readonly KernelRecord[];
}

/** Variant B against variant A of one case, A measured before and after B. */
export async function compareVariants(
  device: Device,
  suite: OperatorSuite,
  call: Case,
  variants: readonly [string, string],
  options: PerfOptions,
): Promise<LiveComparison> {
  const sides: KernelRecord[][] = [];
  for (const variant of [variants[0], variants[1], variants[0]]) {
    sides.push(await perfCase(device, suite, call, variant, options));
  }
  const failed = sides.flat().filter(({ status }) => isFailed(status) || status === 'unsupported');
  if (failed.length > 0) return { pairs: [], failed };
  const [first, second, again] = sides as [KernelRecord[], KernelRecord[], KernelRecord[]];
  return { pairs: first.map((record, i) => pairOf(record, second[i]!, again[i]!)), failed: [] };
}
