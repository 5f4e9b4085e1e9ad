/** `beamline kernels MODE`: the test bench. */
import {
  BenchError,
  didYouMean,
  isAbsent,
  listFields,
  listOperators,
  parseRecords,
  reportHtml,
  type SupportRow,
  selectOperators,
  summariseRecords,
  traitsOf,
} from '@beamline/bench';
import { operators } from '@beamline/kernels';
import { suites } from '@beamline/kernels/suites';
import { infeasibleError, inputError } from '@beamline/simulator';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { DeviceShelf, machineEnvironment } from '../kernel-libraries.ts';
import { type KernelMode, kernelModes } from '../kernel-options.ts';
import { KernelProcessError } from '../kernel-pool.ts';
import { KernelRunner } from '../kernel-runner.ts';
import {
  allDevices,
  type DeviceLook,
  fastestDevice,
  selectDevices,
  selectPieces,
  selectVariants,
  skippedText,
  splitDevices,
  variantsOf,
} from '../kernel-selection.ts';
import {
  checkedTable,
  failedTable,
  fieldTable,
  listedTable,
  supportTable,
  timedTable,
} from '../kernel-tables.ts';
import type { Result, TextResult } from '../result.ts';
import { adapterNames, chooseAdapter } from '../vulkan.ts';
import { commandLine } from '../words.ts';
import { compareKernels, MAX_RECORD_BYTES, perfKernels } from './kernels-timing.ts';
import { fuzzKernels, verifyKernels } from './kernels-verify.ts';

/** A case file holds tensors as text; this is some tens of millions of numbers. */
const MAX_CASE_BYTES = 2 ** 29;

type Answer = Result | TextResult;
type Handler = (
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
) => Promise<Answer>;

const handlers: Readonly<Record<KernelMode, Handler>> = {
  list: listKernels,
  verify: verifyKernels,
  fuzz: fuzzKernels,
  perf: perfKernels,
  compare: compareKernels,
  support: supportKernels,
  run: runKernel,
  report: reportKernels,
};

function isMode(word: string): word is KernelMode {
  return (kernelModes as readonly string[]).includes(word);
}

export async function kernelsCommand(context: Context<'kernels'>): Promise<Answer> {
  const [mode, ...names] = context.parsed.positionals;
  if (mode === undefined) {
    throw inputError(`kernels: needs a mode: ${kernelModes.join(', ')}.`);
  }
  if (!isMode(mode)) {
    throw inputError(`${mode}: is not a mode of beamline kernels.${didYouMean(mode, kernelModes)}`);
  }
  if (context.values.adapter !== null) takeAdapter(context.values.adapter);
  try {
    const runner = new KernelRunner(context, machineEnvironment());
    const answer = await handlers[mode](context, runner, lookFrom(runner), names);
    return context.values.format === 'jsonl' ? asLines(answer) : answer;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    throw error.code === 'input' ? inputError(error.message) : infeasibleError(error.message);
  }
}

/** Names the Vulkan driver for the processes that open WebGPU: they inherit the environment. */
function takeAdapter(name: string): void {
  const adapter = adapterNames.find((known) => known === name);
  if (adapter === undefined) {
    throw inputError(`--adapter ${name}: is not an adapter.${didYouMean(name, adapterNames)}`);
  }
  if (chooseAdapter(adapter, process.env)) return;
  throw infeasibleError(`--adapter ${name}: its driver is not installed here.`);
}

/**
 * How the command looks at devices. WebGPU is opened only in processes of the bench: a driver that
 * dies takes one of those along.
 */
function lookFrom(runner: KernelRunner): DeviceLook {
  const shelf = new DeviceShelf();
  return async (name) => {
    if (name !== 'webgpu') return shelf.find(name);
    try {
      return traitsOf(await runner.run({ kind: 'describe', task: { device: name } }));
    } catch (error) {
      if (!(error instanceof KernelProcessError)) throw error;
      return { name, missing: `no WebGPU adapter: ${error.message}`, compiled: null };
    }
  };
}

/** One result a line, for `--format jsonl`. */
function asLines(answer: Answer): Answer {
  if ('text' in answer) return answer;
  const lines = answer.lines ?? [answer.data];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { exitCode, reason } = answer;
  return { text, exitCode, ...(reason === undefined ? {} : { reason }) };
}

async function listKernels(
  context: Context<'kernels'>,
  _runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const devices = await selectDevices(context.values.device, look, allDevices);
  const shown = selectOperators(suites, names).map(({ operator }) => operator.name);
  const wanted = names.length === 0 ? operators : operators.filter((o) => shown.includes(o.name));
  const listings = listOperators(wanted, suites, devices);
  const described = names.length === 0 ? [] : wanted;
  const cases = suites
    .filter(({ operator }) => described.some(({ name }) => name === operator.name))
    .flatMap((suite) => [
      ...suite.cases().map(({ id }) => [id, 'case', ''] as const),
      ...suite.probes().map(({ id, shows }) => [id, 'probe', shows] as const),
    ]);
  const uncovered = listings.filter((listing) => listing.cases === 0);
  const absent = devices.filter((device) => isAbsent(device));
  const covered =
    uncovered.length === 0
      ? `Every one of ${listings.length} operators has cases.`
      : `Not covered: ${uncovered.map(({ operator }) => operator).join(', ')}.`;
  const columns = [{ name: 'id' }, { name: 'kind' }, { name: 'shows' }];
  return {
    data: {
      version: 1,
      operators: listings.map((listing) => ({
        ...listing,
        fields: listFields(operators.find(({ name }) => name === listing.operator)!),
      })),
      cases: cases.map(([id, kind, shows]) => ({ id, kind, shows })),
    },
    lines: listings,
    tables: [
      listedTable(listings),
      ...described.map((operator) => fieldTable(operator.name, listFields(operator))),
      ...(cases.length === 0 ? [] : [{ title: 'Cases', columns, rows: cases }]),
    ],
    closing: [
      covered,
      ...absent.map(({ name, missing }) => `Not here: ${name} (${missing}).`),
      ...(names.length === 0 ? [`Dig deeper: ${commandLine('kernels', 'list OPERATOR')}`] : []),
    ],
    exitCode: 0,
  };
}

async function supportKernels(
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
  const rows: SupportRow[] = [];
  for (const device of present) {
    for (const operator of operatorNames) {
      for (const variant of variantsOf(device, operator, variants)) {
        const task = { operator, device: device.name, variant };
        rows.push(await runner.run({ kind: 'support', task }));
      }
    }
  }
  const shown = rows.map((row) => ({ ...row, variant: row.variant || 'auto' }));
  const full = shown.filter(({ supported, cases }) => supported === cases).length;
  const skipped = absent.map((device) => skippedText(device, pieces));
  return {
    data: { version: 1, support: shown, skipped },
    lines: shown,
    tables: [supportTable(shown)],
    closing: [`Result: ${full} of ${shown.length} variants take every case.`, ...skipped],
    exitCode: 0,
  };
}

/** `run OPERATOR --device D --case FILE`: outputs of cases from a file, always as JSON. */
async function runKernel(
  context: Context<'kernels'>,
  runner: KernelRunner,
  look: DeviceLook,
  names: readonly string[],
): Promise<TextResult> {
  const { values } = context;
  const [operator] = names;
  if (operator === undefined || names.length > 1) {
    throw inputError('kernels run: needs one operator. See beamline kernels list.');
  }
  if (values.case === null) throw inputError('kernels run: needs --case FILE.');
  selectOperators(suites, [operator]);
  const devices = await selectDevices(values.device, look, fastestDevice);
  if (devices.length !== 1) throw inputError('kernels run: takes one device.');
  const [device] = devices;
  if (isAbsent(device!)) throw infeasibleError(`${device.name}: ${device.missing}.`);
  if (device!.variants(operator).length === 0) {
    throw infeasibleError(`${operator}: is not built for ${device!.name}.`);
  }
  const variants = selectVariants(values.variant, devices, [operator]) ?? ['auto'];
  if (variants.length !== 1) throw inputError('kernels run: takes one variant.');
  const variant = variants[0] === 'auto' ? '' : variants[0]!;
  const text = readText(context.path(values.case), values.case, MAX_CASE_BYTES);
  const task = { operator, device: device!.name, variant, text, shown: values.case };
  const result = await runner.run({ kind: 'run', task });
  return { text: `${JSON.stringify(result)}\n` };
}

/** `report FILE… --html OUT`: finished records as one page. */
async function reportKernels(
  context: Context<'kernels'>,
  _runner: KernelRunner,
  _look: DeviceLook,
  names: readonly string[],
): Promise<Result> {
  const { html } = context.values;
  if (names.length === 0) throw inputError('kernels report: needs a file of records.');
  const records = names.flatMap((name) =>
    parseRecords(readText(context.path(name), name, MAX_RECORD_BYTES), name),
  );
  if (html !== null) {
    writeAtomically(context.path(html), html, reportHtml(records));
    context.note(`Wrote ${html}.`);
  }
  const timed = records.filter(({ timing }) => timing !== null);
  const checked = records.filter(({ timing }) => timing === null);
  const failed = failedTable(records);
  const { passed, failed: wrong } = summariseRecords(records);
  return {
    data: { version: 1, records },
    lines: records,
    tables: [
      ...(timed.length > 0 ? [timedTable(timed)] : []),
      ...(checked.length > 0 ? [checkedTable(checked)] : []),
      ...(failed === null ? [] : [failed]),
    ],
    closing: [`Result: ${records.length} records, ${passed} passed, ${wrong} failed.`],
    exitCode: 0,
  };
}
