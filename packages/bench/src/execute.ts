/**
 * All that the bench can be asked to do, as data that travels between processes, and the one
 * function that does it. The devices, the facts of the machine and the peaks of the hardware come
 * from whoever asks.
 */
import type { OperatorSuite } from '@beamline/kernels/suites';
import { type AxisRequest, axisCases } from './axes.ts';
import {
  type AbsentDevice,
  type Device,
  type DeviceFacts,
  type DeviceName,
  type DeviceTraits,
  type Eventually,
  isAbsent,
} from './device.ts';
import { inputError, unsupportedError } from './error.ts';
import { compareVariants, type LiveComparison } from './modes/compare.ts';
import { checkListedCases, perfCase, type TimingMode } from './modes/perf.ts';
import { type CaseResult, runCaseFile } from './modes/run.ts';
import { type SupportRow, supportOf } from './modes/support.ts';
import type { Environment, KernelRecord } from './record.ts';
import type { Peaks } from './roofline.ts';
import { CaseShelf, runVerifyTask, type TaskEvent, type VerifyTask } from './task.ts';

/** Listed cases by id, or cases made from axes. */
export type TimedCases =
  | { readonly kind: 'listed'; readonly ids: readonly string[] }
  | { readonly kind: 'axes'; readonly request: AxisRequest };

interface OnDevice {
  readonly operator: string;
  readonly device: DeviceName;
}

export interface PerfTask extends OnDevice {
  readonly variant: string;
  readonly cases: TimedCases;
  readonly peaks: Peaks | null;
  readonly modes: readonly TimingMode[];
}

export interface CompareTask extends OnDevice {
  readonly variants: readonly [string, string];
  readonly cases: TimedCases;
  readonly peaks: Peaks | null;
  readonly modes: readonly TimingMode[];
}

export interface RunTask extends OnDevice {
  readonly variant: string;
  readonly text: string;
  /** What errors call the file. */
  readonly shown: string;
}

/** What a device is, asked of the process that will work on it. */
export interface DescribeTask {
  readonly device: DeviceName;
}

/** The traits of a device, or that it is not here, in a form that crosses processes. */
export interface DeviceDescription {
  readonly name: DeviceName;
  /** Null where the device is here. */
  readonly missing: string | null;
  readonly facts: DeviceFacts;
  readonly isFunctional: boolean;
  readonly takesTimes: boolean;
  readonly variants: Readonly<Record<string, readonly string[]>>;
}

const NO_FACTS: DeviceFacts = { title: '', arch: null, multiprocessors: null, l2Bytes: null };

function describe(device: Device | AbsentDevice, operators: readonly string[]): DeviceDescription {
  if (isAbsent(device)) {
    const { name, missing } = device;
    const nothing = { facts: NO_FACTS, isFunctional: true, takesTimes: false, variants: {} };
    return { name, missing, ...nothing };
  }
  const { name, facts, isFunctional, takesTimes } = device;
  const variants = Object.fromEntries(operators.map((one) => [one, device.variants(one)]));
  return { name, missing: null, facts, isFunctional, takesTimes, variants };
}

/** Traits from a description, for who has no such device open. */
export function traitsOf(description: DeviceDescription): DeviceTraits | AbsentDevice {
  const { name, missing, facts, isFunctional, takesTimes, variants } = description;
  if (missing !== null) return { name, missing, compiled: null };
  return { name, facts, isFunctional, takesTimes, variants: (one) => variants[one] ?? [] };
}

export type BenchTask =
  | { readonly kind: 'describe'; readonly task: DescribeTask }
  | { readonly kind: 'verify'; readonly task: VerifyTask }
  | { readonly kind: 'perf'; readonly task: PerfTask }
  | { readonly kind: 'compare'; readonly task: CompareTask }
  | { readonly kind: 'support'; readonly task: OnDevice & { readonly variant: string } }
  | { readonly kind: 'run'; readonly task: RunTask };

export interface BenchResults {
  describe: DeviceDescription;
  verify: null;
  perf: KernelRecord[];
  compare: LiveComparison;
  support: SupportRow;
  run: CaseResult | CaseResult[];
}

/** Devices open in this process, by name. */
export type DeviceOpener = (
  name: DeviceName,
  task: BenchTask['kind'],
) => Eventually<Device | AbsentDevice>;

function casesOf(suite: OperatorSuite, cases: TimedCases) {
  if (cases.kind === 'axes') return axisCases(suite, cases.request);
  const all = new Map(suite.cases().map((call) => [call.id, call]));
  return cases.ids.map((id) => {
    const call = all.get(id);
    if (call === undefined) throw inputError(`${id}: is no case of ${suite.operator.name}.`);
    return call;
  });
}

export class Executor {
  readonly #suites: readonly OperatorSuite[];
  readonly #open: DeviceOpener;
  readonly #environment: Environment;
  readonly #shelf = new CaseShelf();

  constructor(suites: readonly OperatorSuite[], open: DeviceOpener, environment: Environment) {
    this.#suites = suites;
    this.#open = open;
    this.#environment = environment;
  }

  #suite(name: string): OperatorSuite {
    const suite = this.#suites.find(({ operator }) => operator.name === name);
    if (suite === undefined) throw inputError(`${name}: has no suite.`);
    return suite;
  }

  execute<K extends BenchTask['kind']>(
    bench: Extract<BenchTask, { kind: K }>,
    tell: (event: TaskEvent) => void,
  ): Promise<BenchResults[K]>;
  async execute(
    bench: BenchTask,
    tell: (event: TaskEvent) => void,
  ): Promise<BenchResults[BenchTask['kind']]> {
    const device = await this.#open(bench.task.device, bench.kind);
    if (bench.kind === 'describe') {
      const names = this.#suites.map(({ operator }) => operator.name);
      return describe(device, names);
    }
    const suite = this.#suite(bench.task.operator);
    if (isAbsent(device)) throw unsupportedError(`${device.name}: ${device.missing}.`);
    switch (bench.kind) {
      case 'verify':
        await runVerifyTask(bench.task, device, suite, this.#environment, tell, this.#shelf);
        return null;
      case 'perf':
        return this.#perf(bench.task, device, suite, tell);
      case 'compare':
        return this.#compare(bench.task, device, suite, tell);
      case 'support':
        return supportOf(device, suite, bench.task.variant);
      case 'run': {
        const { text, shown, variant } = bench.task;
        return runCaseFile(device, suite, text, shown, variant);
      }
    }
  }

  async #perf(
    { variant, cases, peaks, modes }: PerfTask,
    device: Device,
    suite: OperatorSuite,
    tell: (event: TaskEvent) => void,
  ): Promise<KernelRecord[]> {
    const listed = await checkListedCases(device, suite, variant);
    const measured = peaks ?? (await device.peaks?.()) ?? null;
    const options = { peaks: measured, modes, environment: this.#environment };
    const all: KernelRecord[] = [];
    for (const [index, call] of casesOf(suite, cases).entries()) {
      tell({ kind: 'begin', id: call.id, index });
      const records = await perfCase(device, suite, call, variant, options, listed);
      for (const record of records) tell({ kind: 'end', record, drawn: null });
      all.push(...records);
    }
    return all;
  }

  async #compare(
    { variants, cases, peaks, modes }: CompareTask,
    device: Device,
    suite: OperatorSuite,
    tell: (event: TaskEvent) => void,
  ): Promise<LiveComparison> {
    const measured = peaks ?? (await device.peaks?.()) ?? null;
    const options = { peaks: measured, modes, environment: this.#environment };
    const all: LiveComparison[] = [];
    for (const [index, call] of casesOf(suite, cases).entries()) {
      tell({ kind: 'begin', id: call.id, index });
      all.push(await compareVariants(device, suite, call, variants, options));
    }
    return {
      pairs: all.flatMap(({ pairs }) => pairs),
      failed: all.flatMap(({ failed }) => failed),
    };
  }
}
