import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchTask, type Environment, Executor } from '@beamline/bench';
import { suites } from '@beamline/kernels/suites';
import { DeviceShelf } from '../src/kernel-libraries.ts';
import type { KernelPool, KernelTaskOptions } from '../src/kernel-pool.ts';
import { main } from '../src/main.ts';
import type { SimulationPool, SimulationTask, TaskOptions } from '../src/pool.ts';
import type { Ports } from '../src/ports.ts';
import { runTask } from '../src/run-task.ts';
import { type LoadedScheduler, loadScheduler } from '../src/schedulers.ts';

/**
 * The real command in the test's own process: the same `main`, simulator and files; only the
 * streams are kept, and simulations run in this thread.
 */

let scheduler: LoadedScheduler | null = null;

/** Runs each task where it stands, when it is asked for. */
export class InlinePool implements SimulationPool {
  async run(task: SimulationTask, options: TaskOptions = {}) {
    if (options.signal?.aborted === true) throw new Error('interrupted');
    scheduler ??= loadScheduler();
    return runTask(task, scheduler.create, options.onProgress ?? (() => {}));
  }

  async close(): Promise<void> {}
}

/** The bench in this process: the same executor and devices, no child. */
export class InlineKernelPool implements KernelPool {
  readonly #executor: Executor;

  constructor(environment: Environment) {
    const shelf = new DeviceShelf();
    this.#executor = new Executor(
      suites,
      (name, kind) => shelf.find(name, kind === 'run'),
      environment,
    );
  }

  async run(task: BenchTask, { onEvent }: KernelTaskOptions) {
    return this.#executor.execute(task as never, onEvent) as never;
  }

  async close(): Promise<void> {}
}

export interface Called {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CallOptions {
  cwd?: string;
  environment?: Record<string, string>;
  isTerminal?: boolean;
  interrupt?: AbortSignal;
  createKernelPool?: (environment: Environment) => KernelPool;
}

export async function call(argv: readonly string[], options: CallOptions = {}): Promise<Called> {
  const { cwd = tmpdir(), environment = { LANG: 'C.UTF-8' }, isTerminal = false } = options;
  let stdout = '';
  let stderr = '';
  let clockMs = 0;
  const kept = (write: (text: string) => void) => ({ write, isTerminal, columns: 100 });
  const ports: Ports = {
    stdout: kept((text) => {
      stdout += text;
    }),
    stderr: kept((text) => {
      stderr += text;
    }),
    environment,
    cwd,
    nowMs: () => {
      clockMs += 1000;
      return clockMs;
    },
    cores: 2,
    createPool: () => new InlinePool(),
    createKernelPool: (_size, environment) =>
      options.createKernelPool?.(environment) ?? new InlineKernelPool(environment),
    interrupt: options.interrupt ?? new AbortController().signal,
  };
  const code = await main(argv, ports);
  return { code, stdout, stderr };
}

/** A folder of its own for one test, and files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'beamline-test-'));

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
