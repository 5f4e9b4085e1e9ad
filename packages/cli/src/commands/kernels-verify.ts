/** `beamline kernels verify` and `fuzz`: whether kernels are right. */
import {
  coverageOf,
  type DeviceTraits,
  isCovered,
  isFailed,
  type KernelRecord,
  summariseRecords,
  type TaskCases,
} from '@beamline/bench';
import { operators } from '@beamline/kernels';
import { type OperatorSuite, suites } from '@beamline/kernels/suites';
import { inputError } from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { Ended, KernelRunner } from '../kernel-runner.ts';
import {
  allDevices,
  choicesIn,
  type DeviceLook,
  fastestDevice,
  type Selection,
  selectDevices,
  selectPieces,
  selectVariants,
  skippedText,
  splitDevices,
  timeMs,
  variantsOf,
} from '../kernel-selection.ts';
import { checkedTable, failedTable } from '../kernel-tables.ts';
import type { Result } from '../result.ts';
import type { Table } from '../table.ts';
import { commandLine, shellWord } from '../words.ts';

interface Job {
  readonly device: DeviceTraits;
  readonly suite: OperatorSuite;
  readonly variant: string;
}

function jobsOf(
  present: readonly DeviceTraits[],
  operatorSuites: readonly OperatorSuite[],
  wanted: readonly string[] | null,
): Job[] {
  return present.flatMap((device) =>
    operatorSuites.flatMap((suite) =>
      variantsOf(device, suite.operator.name, wanted).map((variant) => ({
        device,
        suite,
        variant,
      })),
    ),
  );
}

/** The command that checks one case again. */
function againLine({ case: id, device, variant, operator }: KernelRecord): string {
  const filter = `--filter ${shellWord(id)}`;
  return commandLine(
    'kernels',
    'verify',
    operator,
    `--device ${device}`,
    `--variant ${variant}`,
    filter,
  );
}

function missingText(coverage: ReturnType<typeof coverageOf>): string[] {
  const list = (name: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${name}: ${items.join(', ')}.`];
  return [
    ...list('Operators without cases', coverage.operatorsWithoutCases),
    ...list('Operators not built', coverage.operatorsMissing),
    ...list('Variants never forced', coverage.variantsUnforced),
  ];
}

/** `verify`: every case in every variant, by name. */
export async function verifyKernels(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const { values } = context;
  const pieces = selectPieces(names, values, true, false);
  const devices = await selectDevices(values.device, look, allDevices);
  const operatorNames = pieces.map(({ suite }) => suite.operator.name);
  const variants = selectVariants(values.variant, devices, operatorNames);
  const selection: Selection = { ...splitDevices(devices, values.requireDevice), pieces };
  const records = await verifyAll(runner, selection, variants);
  const skipped = selection.absent.map((device) => skippedText(device, pieces));
  const coverage = coverageOf(
    operators,
    selection.present.filter(({ name }) => name !== 'reference'),
    new Set(suites.map(({ operator }) => operator.name)),
    records,
  );
  const summary = summariseRecords(records);
  const isIncomplete = values.coverage && !isCovered(coverage);
  const isWrong = summary.failed > 0;
  const failed = failedTable(records);
  const firstFailed = records.find(({ status }) => isFailed(status));
  return {
    data: { version: 1, summary, coverage, skipped, records },
    lines: records,
    tables: [checkedTable(records), ...(failed === null ? [] : [failed])],
    closing: [
      `Result: ${summary.passed} passed, ${summary.failed} failed, ` +
        `${summary.unsupported} not supported by a variant.`,
      ...skipped,
      ...(values.coverage ? missingText(coverage) : []),
      ...(firstFailed === undefined ? [] : [`Dig deeper: ${againLine(firstFailed)}`]),
    ],
    exitCode: isWrong || isIncomplete ? 1 : 0,
    ...(isWrong
      ? { reason: `${summary.failed} of ${records.length} results failed` }
      : isIncomplete
        ? { reason: 'not everything is covered' }
        : {}),
  };
}

async function verifyAll(
  runner: KernelRunner,
  { present, pieces }: Selection,
  variants: readonly string[] | null,
): Promise<KernelRecord[]> {
  const tasks = pieces.flatMap(({ suite, ids, axes }) =>
    jobsOf(present, [suite], variants).flatMap((job) => [
      ...(ids.length > 0 ? [{ job, cases: { kind: 'listed', ids } as TaskCases }] : []),
      ...axes.map((request) => ({ job, cases: { kind: 'axes', request } as TaskCases })),
    ]),
  );
  const results = await Promise.all(
    tasks.map(async ({ job: { device, suite, variant }, cases }) => {
      const records: KernelRecord[] = [];
      const onEnd = ({ record }: Ended) => records.push(record);
      await runner.verify(device, suite, variant, cases, onEnd);
      runner.keep(records);
      return records;
    }),
  );
  return results.flat();
}

/** How many cases a process draws before the clock is looked at. */
const DRAWN_AT_ONCE = 5;

function replayLine(record: KernelRecord, choices: readonly number[]): string {
  const { operator, device, variant } = record;
  const list = choices.length === 0 ? '-' : choices.join(',');
  return commandLine(
    'kernels',
    'fuzz',
    operator,
    `--device ${device}`,
    `--variant ${variant}`,
    `--choices ${list}`,
  );
}

interface FuzzFailure {
  readonly record: KernelRecord;
  readonly replay: string;
}

/** `fuzz`: random shapes and values until the time is over; each failure with its replay. */
export async function fuzzKernels(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const { values } = context;
  const pieces = selectPieces(names, { filter: [], axis: [] }, true, false);
  const devices = await selectDevices(values.device, look, fastestDevice);
  const operatorNames = pieces.map(({ suite }) => suite.operator.name);
  const variants = selectVariants(values.variant, devices, operatorNames);
  const { present, absent } = splitDevices(devices, values.requireDevice);
  const jobs = jobsOf(
    present,
    pieces.map(({ suite }) => suite),
    variants,
  );
  const records: KernelRecord[] = [];
  const failures: FuzzFailure[] = [];
  const take = ({ record, drawn }: Ended, index: number) => {
    records.push(record);
    if (!isFailed(record.status)) return;
    const choices = drawn?.shrunk ?? drawn?.choices;
    const replay =
      choices === undefined
        ? `drawn case ${index} of --seed ${values.seed}`
        : replayLine(record, choices);
    failures.push({ record, replay });
  };
  if (values.choices !== null) {
    if (names.length !== 1) throw inputError('--choices: needs the one operator that it is for.');
    const cases: TaskCases = { kind: 'choices', choices: choicesIn(values.choices) };
    for (const { device, suite, variant } of jobs) {
      await runner.verify(device, suite, variant, cases, (ended) => take(ended, 0));
    }
  } else {
    await fuzzUntil(context, runner, jobs, take);
  }
  runner.keep(records);
  const skipped = absent.map((device) => skippedText(device, pieces));
  return fuzzResult(values.seed, records, failures, skipped);
}

async function fuzzUntil(
  context: Context<'kernels'>,
  runner: KernelRunner,
  jobs: readonly Job[],
  take: (ended: Ended, index: number) => void,
): Promise<void> {
  const { seed, time } = context.values;
  const { nowMs } = context.ports;
  const end = nowMs() + timeMs(time);
  const broken = new Set<Job>();
  let turn = 0;
  /** The jobs in turn, each with its next cases; none of a job that has failed. */
  const next = (): { job: Job; from: number } | null => {
    while (broken.size < jobs.length) {
      const job = jobs[turn % jobs.length]!;
      const from = Math.floor(turn / jobs.length) * DRAWN_AT_ONCE;
      turn++;
      if (!broken.has(job)) return { job, from };
    }
    return null;
  };
  const hand = async () => {
    while (nowMs() < end) {
      const piece = next();
      if (piece === null) return;
      const { job, from } = piece;
      const cases: TaskCases = { kind: 'drawn', seed, from, count: DRAWN_AT_ONCE };
      let index = from;
      // One failure of a variant is enough: the next ones would most likely be the same.
      await runner.verify(job.device, job.suite, job.variant, cases, (ended) => {
        if (!broken.has(job)) take(ended, index);
        if (isFailed(ended.record.status)) broken.add(job);
        index++;
      });
    }
  };
  await Promise.all(Array.from({ length: context.jobs }, hand));
}

function fuzzResult(
  seed: number,
  records: readonly KernelRecord[],
  failures: readonly FuzzFailure[],
  skipped: readonly string[],
): Result {
  const summary = summariseRecords(records);
  const failed: Table[] =
    failures.length === 0
      ? []
      : [
          {
            title: `Failed: ${failures.length}`,
            columns: [
              { name: 'operator' },
              { name: 'variant' },
              { name: 'status' },
              { name: 'what' },
              { name: 'replay' },
            ],
            rows: failures.map(({ record: { operator, variant, status, message }, replay }) => [
              operator,
              variant,
              status,
              message,
              replay,
            ]),
          },
        ];
  const shown = failures[0]?.replay;
  return {
    data: { version: 1, seed, summary, failures, skipped },
    lines: records,
    tables: [checkedTable(records), ...failed],
    closing: [
      `Result: ${records.length} cases drawn from seed ${seed}, ${summary.failed} failed.`,
      ...skipped,
      ...(shown === undefined ? [] : [`Replay: ${shown}`]),
    ],
    exitCode: failures.length > 0 ? 1 : 0,
    ...(failures.length > 0 ? { reason: `${failures.length} drawn cases failed` } : {}),
  };
}
