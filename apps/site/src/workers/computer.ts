/**
 * The page's side of the worker. Law: the latest input of a figure wins; what was asked before it
 * is given up, also in the middle of its computation. Worker and scheduler are loaded at the first
 * request, not before.
 */
import type { ComputeReply, ComputeRequest } from './protocol.ts';

export interface ComputeCallbacks {
  onModel(model: unknown): void;
  onError(message: string): void;
  onProgress?(done: number, total: number): void;
}

interface Task extends ComputeRequest {
  /** Who asked: one figure on the page has one task at a time. */
  owner: object;
  callbacks: ComputeCallbacks;
}

type WorkerMaker = () => Worker;

export class Computer {
  readonly #make: WorkerMaker;
  #worker: Worker | null = null;
  #running: Task | null = null;
  #waiting: Task[] = [];
  #nextId = 1;

  constructor(make: WorkerMaker) {
    this.#make = make;
  }

  compute(owner: object, figure: string, input: unknown, callbacks: ComputeCallbacks): void {
    this.cancel(owner);
    this.#waiting.push({ id: this.#nextId++, owner, figure, input, callbacks });
    this.#next();
  }

  /** Gives up what `owner` asked for. A computation under way ends with its worker. */
  cancel(owner: object): void {
    this.#waiting = this.#waiting.filter((task) => task.owner !== owner);
    if (this.#running?.owner !== owner) return;
    this.#end();
    this.#next();
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#running = null;
  }

  #next(): void {
    if (this.#running !== null) return;
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#running = task;
    const { id, figure, input } = task;
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage({ id, figure, input } satisfies ComputeRequest);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #start(): Worker {
    const worker = this.#make();
    worker.onmessage = ({ data }: MessageEvent<ComputeReply>) => this.#hear(data);
    worker.onerror = (event) => this.#fail(event.message || 'the worker did not load');
    return worker;
  }

  #hear(reply: ComputeReply): void {
    const task = this.#running;
    if (task === null || task.id !== reply.id) return;
    if (reply.kind === 'progress') {
      task.callbacks.onProgress?.(reply.done, reply.total);
      return;
    }
    this.#running = null;
    if (reply.kind === 'model') task.callbacks.onModel(reply.model);
    else task.callbacks.onError(reply.message);
    this.#next();
  }

  #fail(message: string): void {
    const task = this.#running;
    this.#end();
    task?.callbacks.onError(message);
    this.#next();
  }
}
