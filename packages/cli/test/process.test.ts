import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from './harness.ts';

/**
 * The process boundary: exit codes, pipes, signals, worker threads. From the sources, so that no
 * build is needed; Node reads TypeScript from 22.18 on.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const entry = fileURLToPath(new URL('entry.ts', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const readsTypeScript = major! > 22 || (major === 22 && minor! >= 18);
if (!readsTypeScript)
  console.log(`Node ${process.versions.node} does not run TypeScript: skipped.`);

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(argv: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--conditions=source', entry, ...argv], {
    cwd: folder.path,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdin.on('error', () => {}); // The command may end without reading.
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

async function run(argv: readonly string[], input = ''): Promise<Ended> {
  const { child, ended } = start(argv);
  child.stdin!.end(input);
  return ended;
}

const quick = ['--requests', '50', '--no-baseline'];

describe.skipIf(!readsTypeScript)('the process', () => {
  it('gives a result on stdout, nothing on stderr, and 0', async () => {
    const { code, stdout, stderr } = await run(['simulate', ...quick, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).metrics.requests.completed).toBe(50);
  });

  it('ends with 2 and one message on wrong input', async () => {
    const { code, stdout, stderr } = await run(['simulate', '--beams', 'many']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^beamline: --beams: speculation\.beams must be [^\n]+\n$/);
  });

  it('passes what is infeasible through a worker: 3', async () => {
    const { code, stderr } = await run(['simulate', '--model', 'deepseek-v3', '--gpu', 'l4']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^beamline: [^\n]+\n$/);
  });

  it('reads a scenario and a trace from stdin', async () => {
    const scenario = await run(['scenario', '-', '--format', 'set'], 'seed: 5\n');
    expect(scenario.stdout).toBe('--set seed=5\n');
    const csv = 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,44\n';
    const piped = await run(['replay', '-', '-f', 'json'], csv);
    expect(piped.stderr).toBe('');
    expect(JSON.parse(piped.stdout).metrics.tokens).toMatchObject({ input: 374, output: 44 });
    folder.file('t.csv', csv);
    folder.file('t.csv.gz', gzipSync(csv));
    const plain = JSON.parse((await run(['replay', 't.csv', '-f', 'json'])).stdout);
    const packed = JSON.parse((await run(['replay', 't.csv.gz', '-f', 'json'])).stdout);
    // Baseline and run both read all of it, and a packed trace gives what the plain one gives.
    expect(packed.metrics).toEqual(plain.metrics);
    expect(packed.baseline).toEqual(plain.baseline);
  });

  it('ends quietly when its reader goes away', async () => {
    const { child, ended } = start(['validate']);
    child.stdout!.destroy();
    const { stderr } = await ended;
    expect(stderr).toBe('');
  });

  async function until(happened: () => boolean): Promise<void> {
    for (let i = 0; i < 2000; i++) {
      if (happened()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the command wrote nothing in 40 seconds');
  }

  it('Ctrl-C during a simulation: 130, nothing written', async () => {
    const files = ['--out', 'run.json', '--perfetto', 'timeline.json'];
    const { child, ended } = start(['simulate', '--requests', '50000000', ...files]);
    // The timeline is written as it goes: its first bytes say that the simulation runs.
    await until(() => readdirSync(folder.path).some((name) => name.endsWith('.part')));
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(existsSync(folder.at('run.json'))).toBe(false);
    expect(existsSync(folder.at('timeline.json'))).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  const slow = ['sweep', '--over', 'seed=1:16:lin16', '--requests', '800', '-f', 'json'];

  function waitForLines(path: string, count: number): Promise<void> {
    return until(() => existsSync(path) && readFileSync(path, 'utf8').split('\n').length > count);
  }

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s in a sweep: finished points stay, and it goes on from there',
    async (signal) => {
      const journal = `${signal}.jsonl`;
      const { child, ended } = start([...slow, '--journal', journal]);
      await waitForLines(folder.at(journal), 4);
      child.kill(signal);
      const first = await ended;
      expect(first.stdout).toBe('');
      if (signal === 'SIGINT') {
        expect(first.code).toBe(130);
        expect(first.stderr).toMatch(/^Interrupted: \d+ of 16 points finished; they are kept in/);
      }
      const kept = readFileSync(folder.at(journal), 'utf8').split('\n').length;
      expect(kept).toBeLessThan(17);
      const resumed = await run([...slow, '--journal', journal]);
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toBe((await run([...slow, '--jobs', '1'])).stdout);
    },
  );
});
