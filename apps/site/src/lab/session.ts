/**
 * What the lab knows: the adapter, the run that goes on, its results. The engine's replies change
 * it; views only read it. Law: results stay until a run of the same kind begins.
 */
import type { Ceilings, Environment, KernelRecord } from '@beamline/bench/webgpu';
import type { KernelRoofline } from '@beamline/figures/kernel_roofline/model';
import { adapterOf, factsOf, type GpuFacts } from './adapter.ts';
import { LabProblem } from './problem.ts';
import type {
  AdapterChoice,
  LabDevice,
  LabReply,
  Obstacle,
  TimedRow,
  TimedSize,
} from './protocol.ts';
import { LabRunner } from './runner.ts';
import { addRecord, emptyTally, type OperatorTally } from './tally.ts';

/** An operator as the page was built with it. */
export interface LabOperator {
  name: string;
  summary: string;
  hasKernel: boolean;
}

export interface Problem {
  obstacle: Obstacle;
  message: string;
}

export interface Progress {
  kind: 'verify' | 'time';
  /** '' while the suite loads. */
  operator: string;
  done: number;
  total: number;
  isStopping: boolean;
}

export class LabSession {
  readonly operators: readonly LabOperator[];
  readonly #environment: Environment;
  readonly #changed: () => void;
  readonly #runner: LabRunner;
  readonly chosen: Set<string>;
  adapter: AdapterChoice = 'default';
  /** Null while the browser is being asked. */
  gpu: GpuFacts | Problem | null = null;
  device: LabDevice = 'webgpu';
  size: TimedSize = 'medium';
  progress: Progress | null = null;
  problem: Problem | null = null;
  wasStopped = false;
  /** Device of the results that are shown. */
  verifiedOn: LabDevice = 'webgpu';
  readonly tallies = new Map<string, OperatorTally>();
  verified: KernelRecord[] = [];
  timed: TimedRow[] = [];
  ceilings: Ceilings | null = null;
  roofline: KernelRoofline | null = null;
  /** What the last run that ended was. */
  ended: Progress['kind'] | null = null;

  constructor(operators: readonly LabOperator[], environment: Environment, changed: () => void) {
    this.operators = operators;
    this.#environment = environment;
    this.#changed = changed;
    this.chosen = new Set(operators.map(({ name }) => name));
    this.#runner = new LabRunner((reply) => this.hear(reply));
  }

  get hasWorkers(): boolean {
    return this.#runner.hasWorkers;
  }

  get facts(): GpuFacts | null {
    return this.gpu !== null && 'title' in this.gpu ? this.gpu : null;
  }

  /** Asks the browser what it has; what is missing becomes words, and the reference the choice. */
  async look(): Promise<void> {
    this.gpu = null;
    this.#changed();
    try {
      const facts = factsOf(await adapterOf(this.adapter));
      this.gpu = facts;
      this.device = 'webgpu';
      this.size = facts.isSoftware ? 'small' : 'medium';
    } catch (error) {
      const obstacle = error instanceof LabProblem ? error.obstacle : 'no-adapter';
      this.gpu = { obstacle, message: (error as Error).message };
      this.device = 'reference';
    }
    this.#changed();
  }

  /** Chosen operators that there is something to run of on the device. */
  runnable(device: LabDevice): string[] {
    return this.operators
      .filter(({ name, hasKernel }) => this.chosen.has(name) && (device !== 'webgpu' || hasKernel))
      .map(({ name }) => name);
  }

  #begin(kind: Progress['kind']): void {
    this.progress = { kind, operator: '', done: 0, total: 0, isStopping: false };
    this.problem = null;
    this.wasStopped = false;
    this.ended = null;
    this.#changed();
  }

  verify(): void {
    const { device, adapter } = this;
    const operators = this.runnable(device);
    this.tallies.clear();
    this.verified = [];
    this.verifiedOn = device;
    this.#begin('verify');
    const environment = this.#environment;
    void this.#runner.ask({ kind: 'verify', device, adapter, operators, environment });
  }

  time(): void {
    const { adapter, size } = this;
    const operators = this.runnable('webgpu');
    this.timed = [];
    this.ceilings = null;
    this.roofline = null;
    this.#begin('time');
    const environment = this.#environment;
    void this.#runner.ask({ kind: 'time', adapter, operators, size, environment });
  }

  stop(): void {
    if (this.progress === null) return;
    this.progress.isStopping = true;
    this.#runner.stop();
    this.#changed();
  }

  hear(reply: LabReply): void {
    const { progress } = this;
    switch (reply.kind) {
      case 'operator':
        if (progress !== null) {
          Object.assign(progress, { operator: reply.operator, done: 0, total: reply.total });
        }
        if (progress?.kind === 'verify') this.#tally(reply.operator).total = reply.total;
        break;
      case 'record':
        this.verified.push(reply.record);
        addRecord(this.#tally(reply.record.operator), reply.record);
        if (progress !== null) progress.done++;
        break;
      case 'timed':
        this.timed.push(reply.row);
        if (progress !== null) progress.done++;
        break;
      case 'ceilings':
        this.ceilings = reply.ceilings;
        break;
      case 'roofline':
        this.roofline = reply.model;
        break;
      case 'done':
        this.#end(reply.wasStopped, null);
        break;
      case 'failed':
        this.#end(false, { obstacle: reply.obstacle, message: reply.message });
        break;
    }
    this.#changed();
  }

  #end(wasStopped: boolean, problem: Problem | null): void {
    this.ended = this.progress?.kind ?? null;
    this.progress = null;
    this.wasStopped = wasStopped;
    this.problem = problem;
  }

  #tally(operator: string): OperatorTally {
    const known = this.tallies.get(operator);
    if (known !== undefined) return known;
    const made = emptyTally(operator);
    this.tallies.set(operator, made);
    return made;
  }
}
