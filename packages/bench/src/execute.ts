/**
 * All that the bench can be asked to do, as data that travels between processes, and the one
 * function that does it. The devices, the facts of the machine and the peaks of the hardware come
 * from whoever asks.
 */
import type { OperatorSuite } from '@beamline/kernels/suites';
import { type AxisRequest, axisCases } from './axes.ts';
import type { Device, DeviceName } from './device.ts';
import { inputError } from './error.ts';
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

export type BenchTask =
  | { readonly kind: 'verify'; readonly task: VerifyTask }
  | { readonly kind: 'perf'; readonly task: PerfTask }
  | { readonly kind: 'compare'; readonly task: CompareTask }
  | { readonly kind: 'support'; readonly task: OnDevice & { readonly variant: string } }
  | { readonly kind: 'run'; readonly task: RunTask };

export interface BenchResults {
  verify: null;
  perf: KernelRecord[];
  compare: LiveComparison;
  support: SupportRow;
  run: CaseResult | CaseResult[];
}

/** Devices open in this process, by name. */
export type DeviceOpener = (name: DeviceName, task: BenchTask['kind']) => Device;

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
  ): BenchResults[K];
  execute(bench: BenchTask, tell: (event: TaskEvent) => void): BenchResults[BenchTask['kind']] {
    const suite = this.#suite(bench.task.operator);
    const device = this.#open(bench.task.device, bench.kind);
    switch (bench.kind) {
      case 'verify':
        runVerifyTask(bench.task, device, suite, this.#environment, tell, this.#shelf);
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

  #perf(
    { variant, cases, peaks, modes }: PerfTask,
    device: Device,
    suite: OperatorSuite,
    tell: (event: TaskEvent) => void,
  ): KernelRecord[] {
    const listed = checkListedCases(device, suite, variant);
    const options = { peaks, modes, environment: this.#environment };
    return casesOf(suite, cases).flatMap((call, index) => {
      tell({ kind: 'begin', id: call.id, index });
      const records = perfCase(device, suite, call, variant, options, listed);
      for (const record of records) tell({ kind: 'end', record, drawn: null });
      return records;
    });
  }

  #compare(
    { variants, cases, peaks, modes }: CompareTask,
    device: Device,
    suite: OperatorSuite,
    tell: (event: TaskEvent) => void,
  ): LiveComparison {
    const options = { peaks, modes, environment: this.#environment };
    const all = casesOf(suite, cases).map((call, index) => {
      tell({ kind: 'begin', id: call.id, index });
      return compareVariants(device, suite, call, variants, options);
    });
    return {
      pairs: all.flatMap(({ pairs }) => pairs),
      failed: all.flatMap(({ failed }) => failed),
    };
  }
}
