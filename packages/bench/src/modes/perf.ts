/**
 * How long a kernel takes and how far that is from the least that the hardware needs. Nothing is
 * timed before it was found right, on the operator's listed cases and on the timed case itself; a
 * time below the floor is an error of the bench, never a record to be proud of.
 *
 * Cold: every sample finds nothing of its inputs in a cache. Warm: launches follow one another.
 * Plain: launched one by one. Graph: captured once and replayed. When to stop: see noise.ts.
 */
import { bytesPerElement, emptyWork, type Work } from '@beamline/kernels';
import type { Case, OperatorSuite, Tensors } from '@beamline/kernels/suites';
import { compare } from '@beamline/kernels/suites';
import { differingOutput, requestsToSlice, sliceRequest } from '../batch-slice.ts';
import { type Device, isFailure, type PreparedCall, plainRun } from '../device.ts';
import { inputError } from '../error.ts';
import { isEnough, NOISE_LIMIT, SAMPLES_LEAST, summarise } from '../noise.ts';
import { type Environment, isFailed, type KernelRecord, type Timing } from '../record.ts';
import { floorOf, hardFloorNs, type Peaks } from '../roofline.ts';
import { verifyRecord } from '../task.ts';
import { type Finding, verifyCase } from './verify.ts';

/** Largest FLOP count whose reference is computed in full; above it one request stands for all. */
const REFERENCE_FLOP = 1e9;
/** Shortest sample of warm launches, so that a clock tick does not matter. */
const SAMPLE_LEAST_MS = 0.2;
const LAUNCHES_MOST = 200;
/** On a device whose time is no GPU's, a few samples are enough. */
const FUNCTIONAL_SAMPLES = 5;

export interface TimingMode {
  readonly caches: 'cold' | 'warm';
  readonly launch: 'plain' | 'graph';
}

export const timingModes: readonly TimingMode[] = [
  { caches: 'cold', launch: 'plain' },
  { caches: 'cold', launch: 'graph' },
  { caches: 'warm', launch: 'plain' },
  { caches: 'warm', launch: 'graph' },
];

function workOf(suite: OperatorSuite, call: Case): Work {
  return suite.operator.cost(call.axes, call.dtypes, emptyWork());
}

const fine = (error: number | null, checks: readonly string[]): Finding => ({
  status: 'passed',
  message: '',
  checks,
  error,
});

/** Too large for the reference: one request is checked alone, and its bits within the batch. */
async function checkByRequest(
  device: Device,
  suite: OperatorSuite,
  call: Case,
  variant: string,
): Promise<Finding> {
  const batch = await device.run(suite, call, { ...plainRun, variant });
  if (isFailure(batch)) return { ...batch, checks: [], error: null };
  const [request] = requestsToSlice(suite, call);
  const alone = request === undefined ? null : sliceRequest(suite, call, request, batch.outputs);
  if (request === undefined || alone === null) return fine(null, ['runs']);
  const result = await device.run(suite, alone, { ...plainRun, variant });
  if (isFailure(result)) return { ...result, checks: [], error: null };
  const problems = compare(suite, alone, result.outputs);
  if (problems.length > 0) {
    const message = problems.map((one) => `${one.output}: ${one.message}`).join('; ');
    return { status: 'wrong-value', message, checks: [], error: null };
  }
  const output = differingOutput(suite, call, request, batch, result);
  if (output === null) return fine(null, ['one request', 'batch']);
  const message = `${output}: request ${request} has other bits alone than in its batch`;
  return { status: 'batch-variance', message, checks: [], error: null };
}

/** Whether the case that is to be timed comes out right. */
export async function checkTimedCase(
  device: Device,
  suite: OperatorSuite,
  call: Case,
  variant: string,
): Promise<Finding> {
  if (workOf(suite, call).flop > REFERENCE_FLOP) {
    return checkByRequest(device, suite, call, variant);
  }
  const effort = { schedules: [], isSliced: true, asGraph: device.hasGraphs };
  return verifyCase(device, suite, call, variant, effort);
}

/** The first listed case that is wrong, or that the variant is right on all it takes. */
export async function checkListedCases(
  device: Device,
  suite: OperatorSuite,
  variant: string,
): Promise<Finding> {
  let taken = 0;
  for (const call of suite.cases()) {
    const result = await device.run(suite, call, { ...plainRun, variant });
    if (isFailure(result) && result.status === 'unsupported') continue;
    if (isFailure(result)) {
      return { ...result, message: `${call.id}: ${result.message}`, checks: [], error: null };
    }
    const problems = compare(suite, call, result.outputs);
    if (problems.length > 0) {
      const message = `${call.id}: ${problems[0]!.output}: ${problems[0]!.message}`;
      return { status: 'wrong-value', message, checks: [], error: null };
    }
    taken++;
  }
  return fine(null, [`${taken} listed cases`]);
}

async function measure(
  prepared: PreparedCall,
  mode: TimingMode,
  isFunctional: boolean,
): Promise<Timing> {
  const isCold = mode.caches === 'cold';
  const how = { isCold, asGraph: mode.launch === 'graph' };
  const first = await prepared.sampleMs(1, how);
  let launches = 1;
  if (!isCold && !isFunctional) {
    const wanted = Math.ceil(SAMPLE_LEAST_MS / Math.max(first, 1e-6));
    launches = Math.min(LAUNCHES_MOST, Math.max(1, wanted));
    await prepared.sampleMs(launches, how);
  }
  const samples: number[] = [];
  let spent = 0;
  const isDone = () =>
    isFunctional ? samples.length >= FUNCTIONAL_SAMPLES : isEnough(samples, spent);
  while (!isDone()) {
    const ms = await prepared.sampleMs(launches, how);
    spent += ms;
    samples.push((ms * 1e6) / launches);
  }
  const { median, least, greatest, noise } = summarise(samples);
  return {
    ...mode,
    samples: samples.length,
    launchesPerSample: launches,
    medianNs: median,
    leastNs: least,
    greatestNs: greatest,
    noise,
    isSettled: samples.length >= SAMPLES_LEAST && noise <= NOISE_LIMIT,
  };
}

function sameOutputs(a: Tensors, b: Tensors): boolean {
  return Object.entries(a).every(([name, { data }]) => {
    const other = b[name]!.data;
    return data.every((x, i) => Object.is(x, other[i]!));
  });
}

function bytesTouched(suite: OperatorSuite, call: Case): number {
  const inputs = Object.values(call.inputs).reduce(
    (sum, { dtype, data }) => sum + data.length * bytesPerElement(dtype),
    0,
  );
  return inputs + workOf(suite, call).bytes;
}

export interface PerfOptions {
  readonly peaks: Peaks | null;
  readonly environment: Environment;
  readonly modes: readonly TimingMode[];
}

/** Records of one case, one for each way of launching it; a single one when it is not right. */
export async function perfCase(
  device: Device,
  suite: OperatorSuite,
  call: Case,
  variant: string,
  options: PerfOptions,
  given: Finding | null = null,
): Promise<KernelRecord[]> {
  if (device.prepare === null) {
    throw inputError(`${device.name}: takes no times; it is the text that others are checked by.`);
  }
  const { environment, peaks } = options;
  const listed = given ?? (await checkListedCases(device, suite, variant));
  const finding = isFailed(listed.status)
    ? listed
    : await checkTimedCase(device, suite, call, variant);
  const checked = { ...finding, checks: [...listed.checks, ...finding.checks] };
  const base: KernelRecord = {
    ...verifyRecord(device, suite, call, variant, checked, environment),
    mode: 'perf',
  };
  if (finding.status !== 'passed') return [base];
  const prepared = await device.prepare(suite, call, variant);
  try {
    const before = await prepared.outputs();
    const modes = device.isFunctional
      ? timingModes.filter(({ caches, launch }) => caches === 'warm' && launch === 'plain')
      : options.modes.filter(({ launch }) => device.hasGraphs || launch === 'plain');
    const records: KernelRecord[] = [];
    for (const mode of modes) {
      const timing = await measure(prepared, mode, device.isFunctional);
      records.push(timedRecord(base, timing, device, peaks, bytesTouched(suite, call)));
    }
    const changes = suite.operator.outputs.some(({ inPlace }) => inPlace === true);
    if (changes || sameOutputs(before, await prepared.outputs())) return records;
    const message = 'outputs are not the same after timing';
    return [{ ...base, status: 'nondeterministic', message }];
  } finally {
    prepared.free();
  }
}

/** Puts a time beside its floor. */
export function timedRecord(
  base: KernelRecord,
  timing: Timing,
  device: Device,
  peaks: Peaks | null,
  touched: number,
): KernelRecord {
  const { work } = base;
  const multiplyAddsPerSecond = work.flop > 0 ? work.flop / 2 / (timing.medianNs / 1e9) : null;
  const isMeasured = peaks?.isMeasured === true;
  if (peaks === null || (device.isFunctional && !isMeasured))
    return { ...base, timing, multiplyAddsPerSecond };
  const floor = floorOf(work, peaks);
  const isCached = timing.caches === 'warm' && touched < (device.facts.l2Bytes ?? 0);
  const hardNs = hardFloorNs(work, peaks, isCached);
  const timed = {
    ...base,
    timing,
    floor,
    share: floor.ns / timing.medianNs,
    multiplyAddsPerSecond,
  };
  if (isMeasured || timing.medianNs >= hardNs) return timed;
  const shown = `${timing.medianNs.toFixed(0)} ns, below the ${hardNs.toFixed(0)} ns that`;
  return { ...timed, status: 'below-floor', message: `${shown} ${peaks.hardware} needs` };
}
