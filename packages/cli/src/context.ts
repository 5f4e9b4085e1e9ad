import { resolve } from 'node:path';
import type { Environment } from '@beamline/bench';
import {
  type MeasuredRecord,
  type ParameterFactors,
  type RecordedSlice,
  type Run,
  runWithBands,
  type Scenario,
} from '@beamline/simulator';
import type { Assignment, Parsed } from './arguments.ts';
import type { ChartOptions } from './chart.ts';
import type { KernelPool } from './kernel-pool.ts';
import type { CommandName } from './options.ts';
import type { SimulationPool, TaskOptions } from './pool.ts';
import type { Ports } from './ports.ts';
import { readScenarioInput, type ScenarioInput } from './scenario-input.ts';
import { printable } from './table.ts';
import { type PreparedTraces, prepareTraces } from './traces.ts';

/**
 * What a command has at hand: its values, its scenario, threads that simulate, and where to say
 * what is going on. Whatever it opened is closed by `close`, whether it ended well or not.
 */
export class Context<C extends CommandName = CommandName> {
  readonly parsed: Parsed<C>;
  readonly ports: Ports;
  #pool: SimulationPool | null = null;
  #kernelPool: KernelPool | null = null;
  #traces: PreparedTraces | null = null;
  #lineLength = 0;
  #lastShownMs = Number.NEGATIVE_INFINITY;
  readonly #said = new Set<string>();

  constructor(parsed: Parsed<C>, ports: Ports) {
    this.parsed = parsed;
    this.ports = ports;
  }

  get values(): Parsed<C>['values'] {
    return this.parsed.values;
  }

  get jobs(): number {
    return this.values.jobs ?? this.ports.cores;
  }

  path(name: string): string {
    return resolve(this.ports.cwd, name);
  }

  scenarioInput(): ScenarioInput {
    return this.scenarioFrom(this.parsed.positionals[0], this.parsed.assignments);
  }

  scenarioFrom(file: string | undefined, assignments: readonly Assignment[]): ScenarioInput {
    return readScenarioInput(file, assignments, this.ports.cwd);
  }

  chartOptions(): ChartOptions {
    const { stdout, environment } = this.ports;
    const goesToTerminal = stdout.isTerminal && this.values.out === null;
    const wantsColor = this.values.color && (environment.NO_COLOR ?? '') === '';
    const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
    return {
      columns: stdout.columns,
      isUnicode: /utf-?8/i.test(locale) && environment.TERM !== 'dumb',
      hasColor: wantsColor && goesToTerminal && environment.TERM !== 'dumb',
    };
  }

  scenario(): Scenario {
    const { given, complete } = this.scenarioInput();
    return complete(given);
  }

  /** Makes the traces of these scenarios readable; must come before they are simulated. */
  async prepare(scenarios: readonly Scenario[]): Promise<PreparedTraces> {
    this.#traces?.remove();
    this.#traces = await prepareTraces(scenarios, this.ports.cwd);
    return this.#traces;
  }

  simulate(
    scenario: Scenario,
    options: TaskOptions & {
      withBaseline: boolean;
      timeline?: string | null;
      measured?: readonly MeasuredRecord[] | null;
      factors?: ParameterFactors;
      recorded?: RecordedSlice;
    },
  ): Promise<Run> {
    this.#pool ??= this.ports.createPool(this.jobs, (note) => this.note(note));
    const { withBaseline, timeline = null, measured = null, onProgress } = options;
    const { factors, recorded } = options;
    const traces = this.#traces?.files ?? {};
    const task = { scenario, withBaseline, traces, timeline, measured, factors, recorded };
    const signal = options.signal ?? this.ports.interrupt;
    return this.#pool.run(task, { signal, onProgress });
  }

  /** The same with bands of `count` draws, which run side by side; without any for null. */
  simulateWithBands(
    scenario: Scenario,
    count: number | null,
    options: Parameters<Context['simulate']>[1],
    onDraw: (finished: number) => void = () => {},
  ): Promise<Run> {
    if (count === null) return this.simulate(scenario, options);
    let finished = 0;
    return runWithBands(scenario, count, async (one, factors) => {
      if (factors === null) return this.simulate(one, options);
      const drawn = { ...options, timeline: null, factors, onProgress: undefined };
      const run = await this.simulate(one, drawn);
      onDraw(++finished);
      return run;
    });
  }

  /** Processes for the test bench; made when first asked for. */
  kernelPool(environment: Environment): KernelPool {
    this.#kernelPool ??= this.ports.createKernelPool(this.jobs, environment);
    return this.#kernelPool;
  }

  /** A sentence on stderr, once. */
  note(text: string): void {
    if (this.values.quiet || this.#said.has(text)) return;
    this.#said.add(text);
    this.#clearLine();
    this.ports.stderr.write(`${printable(text)}\n`);
  }

  /** One line that is written over and over, on a terminal only, ten times a second at most. */
  progress(text: string): void {
    const { stderr, environment, nowMs } = this.ports;
    const isDumb = environment.TERM === 'dumb' || environment.CI !== undefined;
    if (this.values.quiet || !this.values.progress || !stderr.isTerminal || isDumb) return;
    if (nowMs() - this.#lastShownMs < 100) return;
    this.#lastShownMs = nowMs();
    const line = text.slice(0, Math.max(1, stderr.columns - 1));
    stderr.write(`\r${line}${' '.repeat(Math.max(0, this.#lineLength - line.length))}`);
    this.#lineLength = line.length;
  }

  async close(): Promise<void> {
    this.#clearLine();
    await this.#pool?.close();
    await this.#kernelPool?.close();
    this.#traces?.remove();
  }

  #clearLine(): void {
    if (this.#lineLength === 0) return;
    this.ports.stderr.write(`\r${' '.repeat(this.#lineLength)}\r`);
    this.#lineLength = 0;
  }
}
