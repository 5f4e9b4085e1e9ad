/** `beamline kernels perf` and `compare`: how fast, and whether faster than before. */
import {
  type BenchTask,
  type ComparedPair,
  compareRecords,
  type DeviceTraits,
  isFailed,
  type KernelRecord,
  type Peaks,
  parseRecords,
  type TimedCases,
  type TimingMode,
  timesNaive,
  type Verdict,
} from '@beamline/bench';
import { numberText } from '@beamline/figures';
import { inputError } from '@beamline/simulator';
import type { Context } from '../context.ts';
import { readText } from '../files.ts';
import { peaksOf } from '../kernel-peaks.ts';
import { KernelProcessError } from '../kernel-pool.ts';
import type { KernelRunner } from '../kernel-runner.ts';
import {
  type DeviceLook,
  fastestDevice,
  type Piece,
  selectDevices,
  selectModes,
  selectPieces,
  selectVariants,
  skippedText,
  splitDevices,
  variantsOf,
} from '../kernel-selection.ts';
import { comparedTable, failedTable, timedTable } from '../kernel-tables.ts';
import type { Result } from '../result.ts';
import { commandLine } from '../words.ts';

/** A file of records is a line per result; a long run has thousands. */
export const MAX_RECORD_BYTES = 2 ** 28;

interface Timed {
  readonly devices: readonly DeviceTraits[];
  readonly pieces: readonly Piece[];
  readonly variants: readonly string[] | null;
  readonly modes: readonly TimingMode[];
  readonly skipped: readonly string[];
}

async function prepare(
  context: Context<'kernels'>,
  look: DeviceLook,
  names: readonly string[],
): Promise<Timed> {
  const { values } = context;
  const devices = await selectDevices(values.device, look, fastestDevice);
  const { present, absent } = splitDevices(devices, values.requireDevice);
  const isSmall = present.every(({ isFunctional }) => isFunctional);
  const pieces = selectPieces(names, values, isSmall, true);
  const operatorNames = pieces.map(({ suite }) => suite.operator.name);
  return {
    devices: present.filter(({ takesTimes, name }) => {
      if (!takesTimes) context.note(`${name} takes no times and is left out.`);
      return takesTimes;
    }),
    pieces,
    variants: selectVariants(values.variant, devices, operatorNames),
    modes: selectModes(values.launch),
    skipped: absent.map((device) => skippedText(device, pieces)),
  };
}

/** Probes have no time: only cases are left of a piece's ids. */
function timedCases({ suite, ids, axes }: Piece): TimedCases[] {
  const cases = new Set(suite.cases().map(({ id }) => id));
  const listed = ids.filter((id) => cases.has(id));
  return [
    ...(listed.length > 0 ? [{ kind: 'listed' as const, ids: listed }] : []),
    ...axes.map((request) => ({ kind: 'axes' as const, request })),
  ];
}

function peaksFor(context: Context<'kernels'>, device: DeviceTraits): Peaks | null {
  const peaks = peaksOf(device, context.values.gpu);
  // WebGPU measures its adapter.
  if (device.name === 'webgpu') return peaks;
  if (peaks === null && !device.isFunctional) {
    context.note(`${device.facts.title}: its limits are not known; --gpu names them.`);
  }
  if (device.isFunctional) {
    context.note(`${device.name} is a functional device: its times are those of a CPU.`);
  }
  return peaks;
}

/** `perf`: times of kernels that are right, beside the least that the hardware needs. */
export async function perfKernels(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const { devices, pieces, variants, modes, skipped } = await prepare(context, look, names);
  const records: KernelRecord[] = [];
  for (const device of devices) {
    const peaks = peaksFor(context, device);
    for (const piece of pieces) {
      const operator = piece.suite.operator.name;
      for (const variant of variantsOf(device, operator, variants)) {
        for (const cases of timedCases(piece)) {
          const task = { operator, device: device.name, variant, cases, peaks, modes };
          const more = await timeCases(context, runner, { kind: 'perf', task }, device, piece);
          runner.keep(more);
          records.push(...more);
        }
      }
    }
  }
  const failed = records.filter(({ status }) => isFailed(status));
  const table = failedTable(records);
  return {
    data: { version: 1, records, skipped },
    lines: records,
    tables: [timedTable(records), ...(table === null ? [] : [table])],
    closing: [`Result: ${perfFinding(records)}`, ...skipped],
    exitCode: failed.length > 0 ? 1 : 0,
    ...(failed.length > 0 ? { reason: `${failed.length} of ${records.length} are not right` } : {}),
  };
}

/** Records of one piece of work; a case that takes its process down ends the piece, not the run. */
async function timeCases(
  context: Context<'kernels'>,
  runner: KernelRunner,
  bench: Extract<BenchTask, { kind: 'perf' }>,
  device: DeviceTraits,
  { suite }: Piece,
): Promise<KernelRecord[]> {
  const { variant, operator } = bench.task;
  const records: KernelRecord[] = [];
  let begun: string | null = `${operator}/listed`;
  try {
    await runner.run(bench, (event) => {
      if (event.kind === 'end') {
        records.push(event.record);
        begun = null;
        return;
      }
      begun = event.id;
      context.progress(`${variant} ${event.id}`);
    });
  } catch (error) {
    if (!(error instanceof KernelProcessError)) throw error;
    if (begun !== null) {
      records.push(runner.lostRecord(device, suite, variant, begun, error));
    }
  }
  return records;
}

function perfFinding(records: readonly KernelRecord[]): string {
  const shares = records.flatMap(({ share }) => (share === null ? [] : [share]));
  if (shares.length > 0) {
    const [least, most] = [Math.min(...shares), Math.max(...shares)];
    const floors = `${percent(least)} to ${percent(most)} of the floor`;
    return `${shares.length} times, ${floors}${besideNaive(records)}.`;
  }
  const rates = records.flatMap((one) =>
    one.multiplyAddsPerSecond === null ? [] : [one.multiplyAddsPerSecond],
  );
  const timed = records.filter(({ timing }) => timing !== null).length;
  const rate =
    rates.length === 0 ? '' : `, at most ${numberText(Math.max(...rates) / 1e6)} M multiply-adds/s`;
  return `${timed} times${rate}${besideNaive(records)}.`;
}

function besideNaive(records: readonly KernelRecord[]): string {
  const times = [...timesNaive(records).values()];
  if (times.length === 0) return '';
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return `, ${numberText(least, 3)} to ${numberText(most, 3)} times as fast as naive`;
}

const percent = (share: number) => `${numberText(share * 100, 3)} %`;

function readRecords(context: Context<'kernels'>, file: string): KernelRecord[] {
  return parseRecords(readText(context.path(file), file, MAX_RECORD_BYTES), file);
}

/** `compare`: two files of records, or two variants on this machine, A/B/A. */
export async function compareKernels(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  if (names.length > 0 && names.every((name) => /\.(jsonl|json|ndjson)$/.test(name))) {
    if (names.length !== 2) throw inputError('kernels compare: needs two files of records.');
    const [a, b] = names.map((name) => readRecords(context, name));
    const { pairs, alone } = compareRecords(a!, b!);
    if (alone > 0) context.note(`${alone} timed records have no partner and are left out.`);
    if (pairs.length === 0) throw inputError('kernels compare: the files share no timed case.');
    return compareResult(pairs, names, []);
  }
  if (names.length === 0) {
    throw inputError(
      'kernels compare: needs two files of records, or an operator and --variant A,B.',
    );
  }
  return compareLive(context, runner, look, names);
}

async function compareLive(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const { devices, pieces, variants, modes, skipped } = await prepare(context, look, names);
  if (variants === null || variants.length !== 2) {
    throw inputError('kernels compare: needs --variant A,B, the two variants to compare.');
  }
  const [a, b] = variants.map((name) => (name === 'auto' ? '' : name)) as [string, string];
  const pairs: ComparedPair[] = [];
  const failed: KernelRecord[] = [];
  for (const device of devices) {
    const peaks = peaksFor(context, device);
    for (const piece of pieces) {
      for (const cases of timedCases(piece)) {
        const task: Extract<BenchTask, { kind: 'compare' }>['task'] = {
          operator: piece.suite.operator.name,
          device: device.name,
          variants: [a, b],
          cases,
          peaks,
          modes,
        };
        const result = await runner.run({ kind: 'compare', task });
        pairs.push(...result.pairs);
        failed.push(...result.failed);
      }
    }
  }
  return compareResult(pairs, variants, failed, skipped);
}

function compareResult(
  pairs: readonly ComparedPair[],
  names: readonly string[],
  failed: readonly KernelRecord[],
  skipped: readonly string[] = [],
): Result {
  const count = (verdict: Verdict) =>
    pairs.filter(({ comparison }) => comparison.verdict === verdict).length;
  const verdicts = (['faster', 'slower', 'same', 'unclear'] as const)
    .map((verdict) => `${count(verdict)} ${verdict}`)
    .join(', ');
  const table = failedTable(failed);
  return {
    data: { version: 1, a: names[0], b: names[1], pairs, failed, skipped },
    lines: pairs,
    tables: [comparedTable(pairs), ...(table === null ? [] : [table])],
    closing: [
      `Result: B (${names[1]}) against A (${names[0]}): ${verdicts}.`,
      ...skipped,
      `Dig deeper: ${commandLine('kernels', 'perf', '--records out.jsonl')}`,
    ],
    exitCode: failed.some(({ status }) => isFailed(status)) ? 1 : 0,
    ...(failed.length > 0 ? { reason: `${failed.length} results kept a side from a time` } : {}),
  };
}
