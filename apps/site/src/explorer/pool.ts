import type { FromWorker, Job, JobResult, ToWorker } from './protocol.ts';

/**
 * A pool of workers for the jobs of a page. Laws: jobs start in order of their priority, and in
 * order of asking within one; a cancelled job says nothing any more; a job that is cancelled while
 * it runs is let finish when it is short and ended with its worker when it is not, so that what
 * was asked last never waits long for what nobody wants.
 */

/** What the pool needs of a worker; a `Worker` is one. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => unknown) | null;
  onerror: ((event: ErrorEvent) => unknown) | null;
}

export interface JobCallbacks {
  onResult(result: JobResult): void;
  onDone?(): void;
  onFailed(code: 'input' | 'infeasible' | 'failed', message: string): void;
  onProgress?(done: number, total: number, runs: number): void;
}

export interface PoolOptions {
  createWorker: () => WorkerPort;
  module: WebAssembly.Module;
  size: number;
  setTimer?: (act: () => void, ms: number) => void;
}

/** A cancelled job may go on for this long before its worker is ended. */
const PATIENCE_MS = 150;

interface Task {
  id: number;
  job: Job;
  priority: number;
  callbacks: JobCallbacks;
}

interface Slot {
  worker: WorkerPort;
  task: Task | null;
  isCancelled: boolean;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #slots: Slot[] = [];
  #queue: Task[] = [];
  #files: Record<string, File> = {};
  #nextId = 1;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.size; i++) this.#slots.push(this.#open());
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Gives every worker the files that scenarios may name. */
  setFiles(files: Record<string, File>): void {
    this.#files = files;
    for (const { worker } of this.#slots) worker.postMessage({ type: 'files', files });
  }

  /** Lower priorities first. The number returned cancels the job. */
  ask(job: Job, priority: number, callbacks: JobCallbacks): number {
    const task = { id: this.#nextId++, job, priority, callbacks };
    const after = this.#queue.findIndex((other) => other.priority > priority);
    if (after < 0) this.#queue.push(task);
    else this.#queue.splice(after, 0, task);
    this.#dispatch();
    return task.id;
  }

  cancel(ids: ReadonlySet<number>): void {
    this.#queue = this.#queue.filter(({ id }) => !ids.has(id));
    for (const [index, slot] of this.#slots.entries()) {
      const { task } = slot;
      if (task === null || slot.isCancelled || !ids.has(task.id)) continue;
      slot.isCancelled = true;
      this.#later(() => {
        // Still the same worker with the same job.
        if (this.#slots[index] === slot && slot.task === task) this.#replace(index);
      });
    }
  }

  close(): void {
    this.#queue = [];
    for (const { worker } of this.#slots) worker.terminate();
    this.#slots.length = 0;
  }

  #later(act: () => void): void {
    const setTimer = this.#options.setTimer ?? ((run, ms) => void setTimeout(run, ms));
    setTimer(act, PATIENCE_MS);
  }

  #open(): Slot {
    const worker = this.#options.createWorker();
    const slot: Slot = { worker, task: null, isCancelled: false };
    worker.onmessage = ({ data }) => this.#hear(slot, data);
    worker.onerror = (event) => this.#broke(slot, event);
    worker.postMessage({ type: 'start', module: this.#options.module });
    if (Object.keys(this.#files).length > 0) {
      worker.postMessage({ type: 'files', files: this.#files });
    }
    return slot;
  }

  #replace(index: number): void {
    this.#slots[index]!.worker.terminate();
    this.#slots[index] = this.#open();
    this.#dispatch();
  }

  #broke(slot: Slot, event: ErrorEvent): void {
    event.preventDefault?.();
    const index = this.#slots.indexOf(slot);
    if (index < 0) return;
    const { task, isCancelled } = slot;
    if (task !== null) this.#replace(index);
    const message = event.message || 'the worker could not be started';
    if (task !== null && !isCancelled) task.callbacks.onFailed('failed', message);
  }

  #hear(slot: Slot, message: FromWorker): void {
    const { task, isCancelled } = slot;
    if (message.type === 'ready' || task === null || message.id !== task.id) return;
    if (message.type === 'done' || message.type === 'failed') {
      slot.task = null;
      slot.isCancelled = false;
      this.#dispatch();
    }
    if (isCancelled) return;
    const { callbacks } = task;
    if (message.type === 'result') callbacks.onResult(message.result);
    else if (message.type === 'done') callbacks.onDone?.();
    else if (message.type === 'failed') callbacks.onFailed(message.code, message.message);
    else callbacks.onProgress?.(message.done, message.total, message.runs);
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.task !== null) continue;
      const task = this.#queue.shift();
      if (task === undefined) return;
      slot.task = task;
      slot.worker.postMessage({ type: 'job', id: task.id, job: task.job });
    }
  }
}
