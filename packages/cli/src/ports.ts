import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Environment } from '@beamline/bench';
import { type KernelPool, ProcessPool } from './kernel-pool.ts';
import { type SimulationPool, WorkerPool } from './pool.ts';

/**
 * Everything that the command takes from outside: where text goes, the clock, the environment, the
 * folder it was called in, threads, and the user's Ctrl-C. Commands get these as an argument, so
 * that a test can call them in its own process.
 */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface Ports {
  stdout: Output;
  stderr: Output;
  environment: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** For progress only; no result depends on it. */
  nowMs(): number;
  cores: number;
  createPool(size: number, onNote: (note: string) => void): SimulationPool;
  createKernelPool(size: number, environment: Environment): KernelPool;
  /** Aborts at Ctrl-C. */
  interrupt: AbortSignal;
}

/**
 * A process's own stream. A reader that has gone away (`| head`) ends the command without a word.
 */
function outputOf(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 100,
  };
}

export function nodePorts(): Ports {
  const interrupt = new AbortController();
  setMaxListeners(0, interrupt.signal); // As many as there are simulations at once.
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    environment: process.env,
    cwd: process.cwd(),
    nowMs: () => performance.now(),
    cores: availableParallelism(),
    createPool: (size, onNote) => new WorkerPool(size, onNote),
    createKernelPool: (size, environment) => new ProcessPool(size, environment),
    interrupt: interrupt.signal,
  };
}
