/**
 * One result of the bench: one JSON line. It says what ran, where, how it ended, and, where it was
 * timed, how far it is from the least that the hardware needs (law: a time never stands without the
 * device, the commit and the check that came before it).
 *
 * Example: `{"version":1,"mode":"verify","operator":"scan_lengths","case":"scan_lengths/b2",…}`.
 */
import type { Dtypes, Work } from '@beamline/kernels';
import { type DeviceName, deviceNames } from './device.ts';
import { inputError } from './error.ts';
import { didYouMean } from './spelling.ts';

/** How a case can end, and what each means. The order is that of severity in a summary. */
export const statusMeanings = {
  passed: 'all checks hold',
  'wrong-value': 'an output is further from float64 than its tolerance, or breaks a law',
  nan: 'an output is NaN where a number is expected',
  'probe-failed': 'an exact check with a tolerance of zero does not hold',
  'red-zone': 'something outside the outputs was written',
  'poison-read': 'the result depends on what lay in outputs or workspace before',
  nondeterministic: 'the same call gave other bits, or does in another order of threads',
  'batch-variance': 'a request gives other bits alone than within a batch',
  fault: 'the launch ended with a fault: race, barrier, out of bounds, refused launch',
  timeout: 'the case did not end in time',
  crash: 'the process that ran it died',
  'below-floor': 'a time is shorter than the hardware allows: the bench measured wrongly',
  unsupported: 'the variant does not take this case',
  'invalid-case': 'the case itself is refused',
} as const;

export type Status = keyof typeof statusMeanings;
export const statuses = Object.keys(statusMeanings) as Status[];

/** Neither right nor wrong: it says nothing about the kernel. */
export function isNeutral(status: Status): boolean {
  return status === 'unsupported';
}

export function isFailed(status: Status): boolean {
  return status !== 'passed' && !isNeutral(status);
}

/** The machine and the build that a record comes from; facts, no clock. */
export interface Environment {
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Commit of the kernels, or null outside a repository. */
  readonly commit: string | null;
  /** Whether files differed from that commit. */
  readonly hasChanges: boolean;
}

export type Bound = 'memory' | 'compute' | 'exp' | 'launch';

/** Times of one case in one way of launching it. */
export interface Timing {
  readonly caches: 'cold' | 'warm';
  readonly launch: 'plain' | 'graph';
  /** Samples taken, and launches in each. */
  readonly samples: number;
  readonly launchesPerSample: number;
  /** Of one launch. */
  readonly medianNs: number;
  readonly leastNs: number;
  readonly greatestNs: number;
  /** Half the width of the median's 95 % interval, as a share of the median. */
  readonly noise: number;
  /** Whether the noise came under the limit before samples or time ran out. */
  readonly isSettled: boolean;
}

export interface Floor {
  readonly ns: number;
  readonly bound: Bound;
  /** Hardware whose rates it uses, and where those come from. */
  readonly hardware: string;
}

export interface KernelRecord {
  readonly version: 1;
  readonly mode: 'verify' | 'fuzz' | 'perf';
  readonly operator: string;
  readonly case: string;
  readonly variant: string;
  readonly device: DeviceName;
  /** The device's own name, such as `NVIDIA H200`. */
  readonly deviceTitle: string;
  readonly status: Status;
  /** What went wrong in words; '' when nothing did. */
  readonly message: string;
  /** The checks that were made, in order. */
  readonly checks: readonly string[];
  readonly axes: Readonly<Record<string, number>>;
  readonly dtypes: Dtypes;
  /** Greatest relative error of a row over the outputs; null where nothing was compared. */
  readonly error: number | null;
  readonly work: Work;
  readonly timing: Timing | null;
  readonly floor: Floor | null;
  /** Floor over median, 1 being the limit; null without a GPU. */
  readonly share: number | null;
  /** Multiply-adds per second, where the record counts FLOP and a time was taken. */
  readonly multiplyAddsPerSecond: number | null;
  /** Whether the device's times stand for a GPU. */
  readonly isFunctional: boolean;
  readonly environment: Environment;
}

export function recordLine(record: KernelRecord): string {
  return `${JSON.stringify(record)}\n`;
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkTiming(value: unknown, at: string): void {
  if (value === null) return;
  if (!isFields(value)) throw inputError(`${at}: timing must be an object or null.`);
  for (const name of ['medianNs', 'leastNs', 'greatestNs', 'noise'] as const) {
    const x = value[name];
    if (typeof x !== 'number' || !Number.isFinite(x) || x < 0) {
      throw inputError(`${at}: timing.${name} is ${JSON.stringify(x)}; a number is expected.`);
    }
  }
}

function checkedRecord(value: unknown, at: string): KernelRecord {
  if (!isFields(value)) throw inputError(`${at}: a record must be an object.`);
  if (value['version'] !== 1) {
    const given = JSON.stringify(value['version'] ?? null);
    throw inputError(`${at}: version ${given}; records of version 1 are read.`);
  }
  for (const name of ['operator', 'case', 'variant', 'device', 'status', 'mode']) {
    if (typeof value[name] !== 'string') throw inputError(`${at}: ${name} must be a text.`);
  }
  const status = value['status'] as string;
  if (!(statuses as string[]).includes(status)) {
    throw inputError(`${at}: status "${status}" is not known.${didYouMean(status, statuses)}`);
  }
  const device = value['device'] as string;
  if (!(deviceNames as readonly string[]).includes(device)) {
    throw inputError(`${at}: device "${device}" is not known.${didYouMean(device, deviceNames)}`);
  }
  const { axes } = value;
  if (!isFields(axes)) throw inputError(`${at}: axes must be an object.`);
  for (const [name, extent] of Object.entries(axes)) {
    if (typeof extent !== 'number' || !Number.isFinite(extent)) {
      throw inputError(`${at}: axes.${name} is ${JSON.stringify(extent)}; a number is expected.`);
    }
  }
  checkTiming(value['timing'] ?? null, at);
  return value as unknown as KernelRecord;
}

/** Records from JSON lines; an error names file and line. */
export function parseRecords(text: string, shown: string): KernelRecord[] {
  const records: KernelRecord[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const at = `${shown}:${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw inputError(`${at}: is not JSON: ${(error as Error).message}.`);
    }
    records.push(checkedRecord(value, at));
  });
  if (records.length === 0) throw inputError(`${shown}: holds no record of the kernel bench.`);
  return records;
}
