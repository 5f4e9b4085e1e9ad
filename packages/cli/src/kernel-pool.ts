import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  BenchError,
  type BenchResults,
  type BenchTask,
  type Environment,
  type TaskEvent,
} from '@beamline/bench';

/**
 * The bench in processes of their own: a kernel that overruns its memory or never ends takes its
 * process down, not the command. Whoever gives work hears of each case before it begins, so that it
 * knows which one did it.
 */

export interface KernelTaskOptions {
  onEvent: (event: TaskEvent) => void;
  /** Longest silence between two events. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface KernelPool {
  run<K extends BenchTask['kind']>(
    task: Extract<BenchTask, { kind: K }>,
    options: KernelTaskOptions,
  ): Promise<BenchResults[K]>;
  close(): Promise<void>;
}

/** The process died, or was ended because it took too long. */
export class KernelProcessError extends Error {
  readonly status: 'crash' | 'timeout';
  constructor(status: 'crash' | 'timeout', message: string) {
    super(message);
    this.status = status;
  }
}

export type KernelRequest = { task: BenchTask; environment: Environment };

export type KernelReply =
  | { kind: 'event'; event: TaskEvent }
  | { kind: 'result'; result: unknown }
  | { kind: 'error'; code: BenchError['code'] | null; message: string; stack: string };

interface Hand {
  child: ChildProcess;
  isBusy: boolean;
  /** Last words on its stderr. */
  said: string;
}

/** A process per piece of work at a time, at most `size`; a process that lives is used again. */
export class ProcessPool implements KernelPool {
  readonly #size: number;
  readonly #environment: Environment;
  readonly #hands = new Set<Hand>();
  readonly #waiting: (() => void)[] = [];

  constructor(size: number, environment: Environment) {
    this.#size = size;
    this.#environment = environment;
  }

  async run<K extends BenchTask['kind']>(
    task: Extract<BenchTask, { kind: K }>,
    options: KernelTaskOptions,
  ): Promise<BenchResults[K]> {
    const hand = await this.#free(options.signal);
    try {
      return (await this.#ask(hand, task, options)) as BenchResults[K];
    } finally {
      hand.isBusy = false;
      this.#waiting.shift()?.();
    }
  }

  async #free(signal: AbortSignal): Promise<Hand> {
    for (;;) {
      if (signal.aborted) throw new Error('interrupted');
      for (const hand of this.#hands) {
        if (hand.isBusy) continue;
        hand.isBusy = true;
        return hand;
      }
      if (this.#hands.size < this.#size) return this.#hire();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #hire(): Hand {
    const file = workerFile();
    const child = fork(file, [], {
      execArgv: file.endsWith('.ts') ? ['--conditions=source'] : [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const hand: Hand = { child, isBusy: true, said: '' };
    child.stderr?.on('data', (data: Buffer) => {
      hand.said = (hand.said + data.toString()).slice(-2000);
    });
    child.on('exit', () => this.#hands.delete(hand));
    this.#hands.add(hand);
    return hand;
  }

  #ask(hand: Hand, task: BenchTask, options: KernelTaskOptions): Promise<unknown> {
    const { onEvent, timeoutMs, signal } = options;
    const { child } = hand;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      let isLate = false;
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          isLate = true;
          child.kill('SIGKILL');
        }, timeoutMs);
      };
      const settle = (act: () => void) => {
        clearTimeout(timer);
        child.off('message', hear);
        child.off('exit', lose);
        signal.removeEventListener('abort', stop);
        act();
      };
      const stop = () => {
        child.kill('SIGKILL');
        settle(() => reject(new Error('interrupted')));
      };
      const lose = (code: number | null, why: NodeJS.Signals | null) => {
        const how = isLate
          ? new KernelProcessError('timeout', `no end within ${timeoutMs / 1000} s`)
          : new KernelProcessError('crash', crashText(code, why, hand.said));
        settle(() => reject(how));
      };
      let isLost = false;
      const hear = (reply: KernelReply) => {
        if (isLost) return;
        watch();
        if (reply.kind === 'event') {
          onEvent(reply.event);
          // After a fault the driver answers nothing more: another process takes the rest.
          isLost = isGpuFault(reply.event);
          if (isLost) child.kill('SIGKILL');
        }
        if (reply.kind === 'result') settle(() => resolve(reply.result));
        else if (reply.kind === 'error') settle(() => reject(errorFrom(reply)));
      };
      child.on('message', hear);
      child.once('exit', lose);
      signal.addEventListener('abort', stop, { once: true });
      watch();
      child.send({ task, environment: this.#environment } satisfies KernelRequest);
    });
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#hands].map(
        ({ child }) =>
          new Promise<void>((resolve) => {
            if (child.exitCode !== null || child.signalCode !== null) return resolve();
            child.once('exit', () => resolve());
            child.kill('SIGKILL');
          }),
      ),
    );
  }
}

function isGpuFault(event: TaskEvent): boolean {
  return event.kind === 'end' && event.record.device === 'cuda' && event.record.status === 'fault';
}

function crashText(code: number | null, signal: NodeJS.Signals | null, said: string): string {
  const last = said.trim().split('\n').at(-1) ?? '';
  const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
  return `the process ${how}${last === '' ? '' : `: ${last}`}`;
}

function errorFrom({ code, message, stack }: Extract<KernelReply, { kind: 'error' }>): Error {
  const error = code === null ? new Error(message) : new BenchError(code, message);
  error.stack = stack;
  return error;
}

/** The worker's file stands beside this one, as source or as built. */
function workerFile(): string {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`./kernel-worker.${suffix}`, import.meta.url));
}
