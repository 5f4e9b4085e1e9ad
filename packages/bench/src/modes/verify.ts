/**
 * Whether a kernel is right on a case, by all means at once: values against two oracles, three runs
 * with the same bits whatever outputs and workspace held before, red zones, every order of threads,
 * the checked build, a replayed graph, and each request alone (law: a kernel passes when nothing
 * that was tried told it from the reference).
 *
 * Example: `verifyCase(device, suite, call, 'block', exhaustive)` ends with status `passed`.
 */
import type { Case, OperatorSuite, Probe, Problem, Tensors } from '@beamline/kernels/suites';
import { compare } from '@beamline/kernels/suites';
import { differingOutput, requestsToSlice, sliceRequest } from '../batch-slice.ts';
import {
  type Device,
  type Finished,
  isFailure,
  plainRun,
  type RunOptions,
  type Schedule,
} from '../device.ts';
import type { Status } from '../record.ts';
import { sameBytes } from '../tensor-bytes.ts';

export interface Finding {
  readonly status: Status;
  readonly message: string;
  readonly checks: readonly string[];
  /** Greatest relative error of an output, in the 2-norm; null where nothing was compared. */
  readonly error: number | null;
}

/** How much is tried. `quick` is for fuzzing: other shapes instead of other orders. */
export interface Effort {
  readonly schedules: readonly Schedule[];
  readonly isSliced: boolean;
  readonly asGraph: boolean;
}

export function effortOf(device: Device, isQuick: boolean, seed = 1): Effort {
  const random: Schedule = `random-${seed}`;
  if (isQuick) {
    const schedules = device.schedules.length > 1 ? [random] : [];
    return { schedules, isSliced: true, asGraph: false };
  }
  return {
    schedules: device.schedules.filter((name) => name !== 'default'),
    isSliced: true,
    asGraph: device.hasGraphs,
  };
}

/** Ends a verification: the first thing that is wrong. */
class Stop extends Error {
  readonly status: Status;
  constructor(status: Status, message: string) {
    super(message);
    this.status = status;
  }
}

function relativeError(reference: Tensors, outputs: Tensors): number | null {
  let greatest: number | null = null;
  for (const [name, { data }] of Object.entries(reference)) {
    const actual = outputs[name]?.data;
    if (!(data instanceof Float64Array) || actual === undefined) continue;
    let off = 0;
    let norm = 0;
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i]!) || !Number.isFinite(actual[i]!)) continue;
      off += (actual[i]! - data[i]!) ** 2;
      norm += data[i]! ** 2;
    }
    const error = norm > 0 ? Math.sqrt(off / norm) : Math.sqrt(off);
    greatest = Math.max(greatest ?? 0, error);
  }
  return greatest;
}

function firstDifference(a: Finished, b: Finished): string | null {
  for (const [name, bytes] of Object.entries(a.bits)) {
    if (!sameBytes(bytes, b.bits[name]!)) return name;
  }
  return null;
}

function textOf(problems: readonly Problem[]): string {
  return problems.map(({ output, message }) => `${output}: ${message}`).join('; ');
}

class Verification {
  readonly checks: string[] = [];
  readonly #device: Device;
  readonly #suite: OperatorSuite;
  readonly #call: Case;
  readonly #variant: string;
  readonly #oracles: Oracles;
  error: number | null = null;

  constructor(device: Device, suite: OperatorSuite, call: Case, variant: string, oracles: Oracles) {
    this.#device = device;
    this.#suite = suite;
    this.#call = call;
    this.#variant = variant;
    this.#oracles = oracles;
  }

  async #run(change: Partial<RunOptions>, call = this.#call): Promise<Finished> {
    const options = { ...plainRun, variant: this.#variant, ...change };
    const result = await this.#device.run(this.#suite, call, options);
    if (isFailure(result)) {
      const order = options.schedule === 'default' ? '' : ` (${options.schedule})`;
      throw new Stop(result.status, `${result.message}${order}`);
    }
    if (result.trespasses.length > 0) throw new Stop('red-zone', result.trespasses.join('; '));
    return result;
  }

  #mustEqual(first: Finished, second: Finished, status: Status, how: string): void {
    const output = firstDifference(first, second);
    if (output !== null) throw new Stop(status, `${output}: other bits ${how}`);
  }

  async execute(effort: Effort): Promise<void> {
    const first = await this.#run({});
    this.checks.push('red zones');
    await this.#checkValues(first);
    this.checks.push('values');
    this.#mustEqual(
      first,
      await this.#run({ poison: 'large' }),
      'poison-read',
      'when outputs and workspace held something else before',
    );
    this.#mustEqual(first, await this.#run({}), 'nondeterministic', 'in a second run');
    this.checks.push('poison', 'three runs');
    for (const schedule of effort.schedules) {
      const how = `with threads in the order ${schedule}`;
      this.#mustEqual(first, await this.#run({ schedule }), 'nondeterministic', how);
      this.checks.push(schedule);
    }
    if (this.#device.hasChecks) {
      const schedule = effort.schedules.find((name) => name.startsWith('random')) ?? 'default';
      await this.#run({ isChecked: true, schedule });
      this.checks.push('checked');
    }
    if (effort.asGraph) {
      const replayed = await this.#run({ asGraph: true, poison: 'large' });
      this.#mustEqual(first, replayed, 'nondeterministic', 'when replayed as a graph');
      this.checks.push('graph');
    }
    if (effort.isSliced) await this.#checkSlices(first);
  }

  async #checkValues(first: Finished): Promise<void> {
    const reference = this.#oracles.reference();
    this.error = relativeError(reference, first.outputs);
    const problems = compare(
      this.#suite,
      this.#call,
      first.outputs,
      reference,
      this.#oracles.twin(),
    );
    if (problems.length === 0) return;
    const text = textOf(problems);
    if (!/ NaN, expected/.test(text)) throw new Stop('wrong-value', text);
    // NaN was the poison: with another one the same elements show whether they came from it.
    const other = await this.#run({ poison: 'zero' });
    const isRead = firstDifference(first, other) !== null;
    throw new Stop(isRead ? 'poison-read' : 'nan', text);
  }

  async #checkSlices(batch: Finished): Promise<void> {
    for (const request of requestsToSlice(this.#suite, this.#call)) {
      const alone = sliceRequest(this.#suite, this.#call, request, batch.outputs);
      if (alone === null) continue;
      let result: Finished;
      try {
        result = await this.#run({}, alone);
      } catch (error) {
        // A variant may take the batch and not the request: that is no difference in bits.
        if (error instanceof Stop && error.status === 'unsupported') continue;
        throw error;
      }
      const output = differingOutput(this.#suite, this.#call, request, batch, result);
      if (output === null) continue;
      const message = `${output}: request ${request} has other bits alone than in its batch`;
      throw new Stop('batch-variance', message);
    }
    this.checks.push('batch');
  }
}

/** The two oracles of a case, computed when first asked for. */
export interface Oracles {
  reference(): Tensors;
  twin(): Tensors;
}

export function oraclesOf(suite: OperatorSuite, call: Case): Oracles {
  let reference: Tensors | null = null;
  let twin: Tensors | null = null;
  return {
    reference: () => {
      reference ??= suite.reference(call);
      return reference;
    },
    twin: () => {
      twin ??= suite.twin(call);
      return twin;
    },
  };
}

export async function verifyCase(
  device: Device,
  suite: OperatorSuite,
  call: Case,
  variant: string,
  effort: Effort,
  oracles: Oracles = oraclesOf(suite, call),
): Promise<Finding> {
  const verification = new Verification(device, suite, call, variant, oracles);
  const { checks } = verification;
  try {
    await verification.execute(effort);
    return { status: 'passed', message: '', checks, error: verification.error };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return {
      status: error.status,
      message: error.message,
      checks,
      error: verification.error,
    };
  }
}

/** An exact probe over its cases. */
export async function verifyProbe(
  device: Device,
  suite: OperatorSuite,
  probe: Probe,
  variant: string,
): Promise<Finding> {
  const checks = [probe.shows];
  const outputs: Tensors[] = [];
  for (const call of probe.cases) {
    const result = await device.run(suite, call, { ...plainRun, variant });
    if (isFailure(result)) return { ...result, checks, error: null };
    if (result.trespasses.length > 0) {
      return { status: 'red-zone', message: result.trespasses.join('; '), checks, error: null };
    }
    outputs.push(result.outputs);
  }
  const problems = probe.check(outputs);
  if (problems.length === 0) return { status: 'passed', message: '', checks, error: null };
  const status = probe.id.endsWith('/batch_invariance') ? 'batch-variance' : 'probe-failed';
  return { status, message: textOf(problems), checks, error: null };
}
