import { type KernelRecord, parseRecords } from '@beamline/bench';
import { operators } from '@beamline/kernels';
import { inputError, type MeasuredRecord, type Scenario } from '@beamline/simulator';
import type { Context } from './context.ts';
import { readText } from './files.ts';
import { hardwareOfDevice } from './kernel-peaks.ts';

/**
 * Records of the kernel bench as times of the cost model: from kernel to capacity. Only times of a
 * GPU are taken, of kernels that were right, in the precision of the scenario. Of one call measured
 * in several ways the engine's is taken: inside a graph before launched alone, cold before warm;
 * the library's own choice of variant before the fastest forced one.
 */

const MAX_BYTES = 2 ** 28;

/** Smaller is nearer to how an engine launches. */
function rankOf({ timing, variant }: KernelRecord): number {
  const isGraph = timing!.launch === 'graph';
  const isCold = timing!.caches === 'cold';
  return (isGraph ? 0 : 4) + (isCold ? 0 : 2) + (variant === 'auto' ? 0 : 1);
}

/** The axes that the model knows a call by: those of the operator's cost. */
function axesOf({ operator, axes }: KernelRecord): Record<string, number> {
  const known = operators.find(({ name }) => name === operator)!;
  return Object.fromEntries(known.axes.map(({ name }) => [name, axes[name] ?? 0]));
}

function better(a: KernelRecord, b: KernelRecord): KernelRecord {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA < rankB ? a : b;
  return a.timing!.medianNs <= b.timing!.medianNs ? a : b;
}

function isUsable(record: KernelRecord, { precision }: Scenario): boolean {
  const { timing, status, isFunctional, dtypes, operator } = record;
  if (timing === null || timing === undefined || status !== 'passed' || isFunctional) return false;
  if (!operators.some(({ name }) => name === operator)) return false;
  const usesKv = dtypes.kv !== undefined;
  return dtypes.float === 'bf16' && (!usesKv || dtypes.kv === precision.kv);
}

export interface MeasuredKernels {
  readonly records: MeasuredRecord[];
  /** GPUs that they were measured on. */
  readonly devices: readonly string[];
}

/** What the records say of a scenario's operators; refused where that is nothing. */
export function measuredFrom(
  records: readonly KernelRecord[],
  scenario: Scenario,
  shown: string,
): MeasuredKernels {
  const best = new Map<string, KernelRecord>();
  for (const record of records) {
    if (!isUsable(record, scenario)) continue;
    const key = JSON.stringify([record.operator, axesOf(record)]);
    const known = best.get(key);
    best.set(key, known === undefined ? record : better(known, record));
  }
  if (best.size === 0) {
    const isCpu = records.every(({ isFunctional, timing }) => timing === null || isFunctional);
    const why = isCpu
      ? 'times of simt are those of a CPU'
      : `none is bf16 with ${scenario.precision.kv} KV`;
    throw inputError(`--kernels ${shown}: holds no time of a GPU that fits the scenario; ${why}.`);
  }
  const chosen = [...best.values()];
  return {
    records: chosen.map((record) => ({
      operator: record.operator,
      axes: axesOf(record),
      ns: record.timing!.medianNs,
    })),
    devices: [...new Set(chosen.map(({ deviceTitle }) => deviceTitle))],
  };
}

/** The records of `--kernels`, with a note where they are of other hardware; null without it. */
export function readMeasured(
  context: Context<'simulate'> | Context<'replay'> | Context<'estimate'>,
  scenario: Scenario,
): MeasuredRecord[] | null {
  const { kernels } = context.values;
  if (kernels === null) return null;
  const text = readText(context.path(kernels), kernels, MAX_BYTES);
  let records: KernelRecord[];
  try {
    records = parseRecords(text, kernels);
  } catch (error) {
    throw inputError(`--kernels: ${(error as Error).message}`);
  }
  const measured = measuredFrom(records, scenario, kernels);
  const { gpu } = scenario.hardware;
  for (const device of measured.devices) {
    if (hardwareOfDevice(device) === gpu) continue;
    const name = typeof gpu === 'string' ? gpu : 'an inline GPU';
    context.note(`Warning: ${kernels} was measured on ${device}, the scenario has ${name}.`);
  }
  const names = [...new Set(measured.records.map(({ operator }) => operator))].join(', ');
  context.note(`Measured: ${measured.records.length} calls of ${names}, from ${kernels}.`);
  return measured.records;
}
