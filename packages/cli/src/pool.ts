import { Worker } from 'node:worker_threads';
import {
  BeamlineError,
  type MeasuredRecord,
  type ParameterFactors,
  type RecordedSlice,
  type Run,
  type Scenario,
} from '@beamline/simulator';
import { removeUnfinished } from './files.ts';
import type { TraceFiles } from './traces.ts';

/**
 * Simulations in worker threads, so that both cores work and Ctrl-C is heard while they do. Which
 * worker runs what changes no result: a run depends on its scenario alone.
 */

export interface SimulationTask {
  scenario: Scenario;
  withBaseline: boolean;
  traces: TraceFiles;
  /** Times of a kernel bench that replace modelled ones; null = none. */
  measured: readonly MeasuredRecord[] | null;
  /** Where to write every engine step of the run as a timeline; null = nowhere. */
  timeline: string | null;
  /** Moves the model's parameters. */
  factors?: ParameterFactors | undefined;
  /** A recorded run to compare with. */
  recorded?: RecordedSlice | undefined;
}

export interface TaskOptions {
  signal?: AbortSignal | undefined;
  /** Requests completed, and of how many where that is known. */
  onProgress?: ((completed: number, total: number | null) => void) | undefined;
}

export interface SimulationPool {
  run(task: SimulationTask, options?: TaskOptions): Promise<Run>;
  close(): Promise<void>;
}

export type WorkerRequest = { id: number; task: SimulationTask };

export type WorkerReply =
  | { id: number; run: Run }
  | { id: number; error: { code: string | null; message: string; stack: string } }
  | { id: number; progress: { completed: number; total: number | null } }
  | { note: string };

interface Job {
  id: number;
  task: SimulationTask;
  options: TaskOptions;
  resolve: (run: Run) => void;
  reject: (error: Error) => void;
}

interface Hand {
  worker: Worker;
  job: Job | null;
}

/** At most `size` workers, each started when there is work for it. */
export class WorkerPool implements SimulationPool {
  readonly #size: number;
  readonly #onNote: (note: string) => void;
  readonly #hands: Hand[] = [];
  readonly #queue: Job[] = [];
  #nextId = 0;
  #isClosed = false;

  constructor(size: number, onNote: (note: string) => void) {
    this.#size = size;
    this.#onNote = onNote;
  }

  run(task: SimulationTask, options: TaskOptions = {}): Promise<Run> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted === true) {
        reject(new Error('interrupted'));
        return;
      }
      const { signal } = options;
      const giveUp = () => void this.#abandon(job);
      const settled = () => signal?.removeEventListener('abort', giveUp);
      const job: Job = {
        id: this.#nextId++,
        task,
        options,
        resolve: (run) => {
          settled();
          resolve(run);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      this.#queue.push(job);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue.splice(0)) job.reject(new Error('interrupted'));
    await Promise.all(this.#hands.splice(0).map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#isClosed) {
      const hand = this.#hands.find(({ job }) => job === null) ?? this.#hire();
      if (hand === null) return;
      const job = this.#queue.shift()!;
      hand.job = job;
      hand.worker.postMessage({ id: job.id, task: job.task } satisfies WorkerRequest);
    }
  }

  #hire(): Hand | null {
    if (this.#hands.length >= this.#size) return null;
    const hand: Hand = { worker: new Worker(workerFile()), job: null };
    hand.worker.on('message', (reply: WorkerReply) => this.#hear(hand, reply));
    hand.worker.on('error', (error) => this.#lose(hand, error as Error));
    hand.worker.on('exit', (code) => this.#lose(hand, new Error(`a worker ended with ${code}`)));
    this.#hands.push(hand);
    return hand;
  }

  #hear(hand: Hand, reply: WorkerReply): void {
    if ('note' in reply) {
      this.#onNote(reply.note);
      return;
    }
    const { job } = hand;
    if (job === null || job.id !== reply.id) return; // It was given up.
    if ('progress' in reply) {
      job.options.onProgress?.(reply.progress.completed, reply.progress.total);
      return;
    }
    hand.job = null;
    if ('run' in reply) job.resolve(reply.run);
    else job.reject(errorFrom(reply.error));
    this.#dispatch();
  }

  /** A worker that broke is replaced; its work fails once and may be given again. */
  #lose(hand: Hand, error: Error): void {
    const at = this.#hands.indexOf(hand);
    if (at >= 0) this.#hands.splice(at, 1);
    const { job } = hand;
    hand.job = null;
    job?.reject(error);
    this.#dispatch();
  }

  /**
   * A worker in the middle of a simulation cannot be asked to stop, so it is ended, and what it had
   * begun to write is taken away.
   */
  async #abandon(job: Job): Promise<void> {
    const queued = this.#queue.indexOf(job);
    if (queued >= 0) this.#queue.splice(queued, 1);
    const hand = this.#hands.find((one) => one.job === job);
    if (hand !== undefined) {
      hand.job = null;
      await hand.worker.terminate();
      if (job.task.timeline !== null) removeUnfinished(job.task.timeline);
    }
    job.reject(new Error('interrupted'));
  }
}

/** The worker's file stands beside this one, as source or as built. */
function workerFile(): URL {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./worker.${suffix}`, import.meta.url);
}

function errorFrom({
  code,
  message,
  stack,
}: {
  code: string | null;
  message: string;
  stack: string;
}) {
  const error =
    code === 'input' || code === 'infeasible'
      ? new BeamlineError(code, message)
      : new Error(message);
  error.stack = stack;
  return error;
}
