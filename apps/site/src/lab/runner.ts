/**
 * The engine, in a worker where the browser has them, else in the page. Law: the suite is loaded at
 * the first run, not with the page; a worker that does not stop in time is ended.
 */
import type { LabEngine } from './engine.ts';
import type { LabReply, LabRequest } from './protocol.ts';

/** A case that takes longer to end than this is ended with its worker. */
const STOP_MOST_MS = 4000;

export class LabRunner {
  readonly #hear: (reply: LabReply) => void;
  #worker: Worker | null = null;
  #engine: LabEngine | null = null;
  #stopTimer = 0;

  constructor(hear: (reply: LabReply) => void) {
    this.#hear = hear;
  }

  /** False where the engine must share the page's own thread. */
  get hasWorkers(): boolean {
    return typeof Worker !== 'undefined';
  }

  async ask(request: LabRequest): Promise<void> {
    if (this.hasWorkers) {
      this.#start().postMessage(request);
      return;
    }
    try {
      if (this.#engine === null) {
        const { LabEngine } = await import('./engine.ts');
        this.#engine = new LabEngine((reply) => this.#hear(reply));
      }
      await this.#engine.hear(request);
    } catch (error) {
      this.#hear({ kind: 'failed', obstacle: 'error', message: (error as Error).message });
    }
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<LabReply>) => {
      if (data.kind === 'done' || data.kind === 'failed') clearTimeout(this.#stopTimer);
      this.#hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      this.#hear({ kind: 'failed', obstacle: 'error', message: event.message ?? '' });
    };
    this.#worker = worker;
    return worker;
  }

  #end(): void {
    clearTimeout(this.#stopTimer);
    this.#worker?.terminate();
    this.#worker = null;
  }

  stop(): void {
    void this.ask({ kind: 'stop' });
    if (this.#worker === null) return;
    this.#stopTimer = window.setTimeout(() => {
      this.#end();
      this.#hear({ kind: 'done', wasStopped: true });
    }, STOP_MOST_MS);
  }
}
