import {
  type BenchResults,
  type BenchTask,
  type DeviceTraits,
  type Drawn,
  type Environment,
  type KernelRecord,
  type Status,
  type TaskCases,
  type TaskEvent,
  verifyRecord,
} from '@beamline/bench';
import type { OperatorSuite } from '@beamline/kernels/suites';
import type { Context } from './context.ts';
import { appendText } from './files.ts';
import { type KernelPool, KernelProcessError } from './kernel-pool.ts';

/**
 * Gives the bench's work to processes and goes on where one of them died: the case that took it
 * down gets a record (crash or timeout), the rest runs in another process.
 */

export interface Ended {
  readonly record: KernelRecord;
  readonly drawn: Drawn | null;
}

export class KernelRunner {
  readonly #context: Context<'kernels'>;
  readonly #pool: KernelPool;
  readonly environment: Environment;

  constructor(context: Context<'kernels'>, environment: Environment) {
    this.#context = context;
    this.environment = environment;
    this.#pool = context.kernelPool(environment);
  }

  /** Any piece of work that is no verification; a process that dies is an error here. */
  run<K extends Exclude<BenchTask['kind'], 'verify'>>(
    task: Extract<BenchTask, { kind: K }>,
    onEvent: (event: TaskEvent) => void = () => {},
  ): Promise<BenchResults[K]> {
    return this.#pool.run(task, this.#options(onEvent));
  }

  #options(onEvent: (event: TaskEvent) => void) {
    return {
      onEvent,
      timeoutMs: this.#context.values.timeout * 1000,
      signal: this.#context.ports.interrupt,
    };
  }

  /** Verifies cases of an operator in a variant; tells of each that ended, in order. */
  async verify(
    device: DeviceTraits,
    suite: OperatorSuite,
    variant: string,
    cases: TaskCases,
    onEnd: (ended: Ended) => void,
  ): Promise<void> {
    let rest: TaskCases | null = cases;
    while (rest !== null) {
      let begun: { id: string; index: number } | null = null;
      let done = 0;
      const onEvent = (event: TaskEvent) => {
        if (event.kind === 'begin') {
          begun = event;
          this.#context.progress(`${device.name} ${event.id}`);
          return;
        }
        begun = null;
        done++;
        onEnd({ record: event.record, drawn: event.drawn });
      };
      const task = { operator: suite.operator.name, variant, device: device.name, cases: rest };
      try {
        await this.#pool.run({ kind: 'verify', task }, this.#options(onEvent));
        return;
      } catch (error) {
        if (!(error instanceof KernelProcessError)) throw error;
        const lost = begun as { id: string; index: number } | null;
        if (lost === null && done === 0) throw error;
        if (lost !== null) {
          done++;
          const record = this.lostRecord(device, suite, variant, lost.id, error);
          const choices = rest.kind === 'choices' ? rest.choices : null;
          onEnd({ record, drawn: choices === null ? null : { choices, shrunk: null } });
        }
        rest = after(rest, done);
      }
    }
  }

  /** The record of a case that took its process down. */
  lostRecord(
    device: DeviceTraits,
    suite: OperatorSuite,
    variant: string,
    id: string,
    { status, message }: { status: Status; message: string },
  ): KernelRecord {
    const listed = suite.cases().find((call) => call.id === id);
    const none = Object.fromEntries(suite.operator.axes.map(({ name }) => [name, 0]));
    const call = listed ?? { id, axes: none, dtypes: { float: 'fp32' as const } };
    const finding = { status, message, checks: [], error: null };
    return verifyRecord(device, suite, call, variant, finding, this.environment);
  }

  /** Adds results to the file of `--records`, each a line. */
  keep(records: readonly KernelRecord[]): void {
    const { records: file } = this.#context.values;
    if (file === null || records.length === 0) return;
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    appendText(this.#context.path(file), file, lines);
  }
}

/** What is left after the first `done` cases; null when nothing is. */
function after(cases: TaskCases, done: number): TaskCases | null {
  if (cases.kind === 'listed') {
    return done < cases.ids.length ? { ...cases, ids: cases.ids.slice(done) } : null;
  }
  if (cases.kind === 'drawn') {
    if (done >= cases.count) return null;
    return { ...cases, from: cases.from + done, count: cases.count - done };
  }
  return null;
}
