import { readFileSync } from 'node:fs';
import { type BenchTask, idsOf, type KernelRecord, type TaskEvent } from '@beamline/bench';
import { suites } from '@beamline/kernels/suites';
import { afterAll, describe, expect, it } from 'vitest';
import { machineEnvironment } from '../src/kernel-libraries.ts';
import { KernelProcessError, type KernelTaskOptions, ProcessPool } from '../src/kernel-pool.ts';
import { call, Folder, InlineKernelPool } from './harness.ts';

/**
 * A kernel that takes its process down: the case gets a record, the rest runs, the command lives.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const environment = machineEnvironment();
const ids = idsOf(suites.find(({ operator }) => operator.name === 'tree_mask')!);

function verifyTask(
  operator: string,
  some: readonly string[],
): Extract<BenchTask, { kind: 'verify' }> {
  const cases = { kind: 'listed' as const, ids: some };
  return { kind: 'verify', task: { operator, variant: 'twin', device: 'reference', cases } };
}

/** Pids of the processes that this one started. */
function children(): number[] {
  const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('no /proc here: the test that kills a process is left out');

describe('a pool of processes', () => {
  const signal = new AbortController().signal;

  it('does the work elsewhere and tells of every case', async () => {
    const pool = new ProcessPool(2, environment);
    const told: string[] = [];
    const onEvent = (event: TaskEvent) => {
      told.push(event.kind === 'begin' ? event.id : event.record.status);
    };
    await pool.run(verifyTask('tree_mask', ids.slice(0, 2)), {
      onEvent,
      timeoutMs: 60_000,
      signal,
    });
    expect(told).toEqual([ids[0], 'passed', ids[1], 'passed']);
    await pool.close();
  });

  it('hands on errors that are the user’s', async () => {
    const pool = new ProcessPool(1, environment);
    const options = { onEvent: () => {}, timeoutMs: 60_000, signal };
    const asked = pool.run(verifyTask('tree_mask', ['tree_mask/none']), options);
    await expect(asked).rejects.toMatchObject({ name: 'BenchError', code: 'input' });
    // The process is still good for more.
    await pool.run(verifyTask('tree_mask', ids.slice(0, 1)), options);
    await pool.close();
  });

  it.skipIf(!isLinux)('notices a process that dies, and starts another', async () => {
    const pool = new ProcessPool(1, environment);
    const before = new Set(children());
    const all = idsOf(suites.find(({ operator }) => operator.name === 'tree_attention')!);
    let killed = false;
    const onEvent = (event: TaskEvent) => {
      if (event.kind !== 'begin' || killed) return;
      killed = true;
      for (const pid of children()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
    };
    const options = { onEvent, timeoutMs: 60_000, signal };
    const asked = pool.run(verifyTask('tree_attention', all), options);
    await expect(asked).rejects.toMatchObject({
      status: 'crash',
      message: 'the process was ended by SIGKILL',
    });
    await pool.run(verifyTask('tree_mask', ids.slice(0, 1)), options);
    await pool.close();
  });

  it('ends a process that takes too long', async () => {
    const pool = new ProcessPool(1, environment);
    const all = idsOf(suites.find(({ operator }) => operator.name === 'tree_attention')!);
    const options = { onEvent: () => {}, timeoutMs: 20, signal };
    const asked = pool.run(verifyTask('tree_attention', all), options);
    await expect(asked).rejects.toMatchObject({ status: 'timeout', message: /within 0.02 s/ });
    await pool.close();
  });

  it('stops when it is interrupted', async () => {
    const pool = new ProcessPool(1, environment);
    const stop = new AbortController();
    const onEvent = () => stop.abort();
    const options = { onEvent, timeoutMs: 60_000, signal: stop.signal };
    await expect(pool.run(verifyTask('tree_mask', ids), options)).rejects.toThrow('interrupted');
    await pool.close();
  });
});

/** A pool whose process dies whenever it comes to a certain case. */
class DyingPool extends InlineKernelPool {
  readonly #fatal: string;
  readonly #status: 'crash' | 'timeout';

  constructor(fatal: string, status: 'crash' | 'timeout') {
    super(environment);
    this.#fatal = fatal;
    this.#status = status;
  }

  override async run(task: BenchTask, options: KernelTaskOptions) {
    return super.run(task, {
      ...options,
      onEvent: (event) => {
        options.onEvent(event);
        if (event.kind === 'begin' && event.id === this.#fatal) {
          throw new KernelProcessError(this.#status, 'the process was ended by SIGSEGV');
        }
      },
    });
  }
}

describe('a case that takes its process down', () => {
  it.each(['crash', 'timeout'] as const)('is a %s, and the others run', async (status) => {
    const fatal = ids[3]!;
    const argv = ['kernels', 'verify', 'tree_mask', '--device', 'reference', '--format', 'json'];
    const called = await call([...argv, '--records', 'r.jsonl'], {
      cwd: folder.path,
      createKernelPool: () => new DyingPool(fatal, status),
    });
    expect(called.code).toBe(1);
    expect(called.stderr).toContain(`1 of ${ids.length} results failed`);
    const { records } = JSON.parse(called.stdout) as { records: KernelRecord[] };
    expect(records.map((record) => record.case)).toEqual(ids);
    const failed = records.filter((record) => record.status !== 'passed');
    expect(failed).toMatchObject([
      { case: fatal, status, message: 'the process was ended by SIGSEGV' },
    ]);
  });

  it('is a record among times too', async () => {
    const argv = ['kernels', 'perf', 'tree_mask', 'scan_lengths', '--device', 'simt'];
    const called = await call([...argv, '--format', 'json'], {
      cwd: folder.path,
      createKernelPool: () => ({
        run: () => Promise.reject(new KernelProcessError('crash', 'the process ended with 1')),
        close: async () => {},
      }),
    });
    const result = JSON.parse(called.stdout) as { records: KernelRecord[]; skipped: string[] };
    const { records, skipped } = result;
    if (skipped.length > 0) return console.log('simt is not built: left out');
    expect(called.code).toBe(records.length > 0 ? 1 : 0);
    for (const { status, timing } of records) expect([status, timing]).toEqual(['crash', null]);
    expect(new Set(records.map(({ operator }) => operator)).size).toBe(2);
  });

  it('ends a comparison with an error', async () => {
    const argv = ['kernels', 'support', 'tree_mask', '--device', 'reference'];
    const called = await call(argv, {
      cwd: folder.path,
      createKernelPool: () => ({
        run: () => Promise.reject(new KernelProcessError('crash', 'the process ended with 1')),
        close: async () => {},
      }),
    });
    expect(called.code).toBe(1);
    expect(called.stderr).toContain('the process ended with 1');
  });
});
