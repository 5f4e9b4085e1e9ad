import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileFor, type Served, serveFolder } from '../../scripts/static-server.mjs';

// What `npm start -- site` serves with: files of one folder and nothing else.

let outer: string;
let folder: string;
let served: Served;

beforeAll(async () => {
  outer = mkdtempSync(join(tmpdir(), 'beamline-site-'));
  folder = join(outer, 'dist');
  mkdirSync(join(folder, 'story'), { recursive: true });
  writeFileSync(join(outer, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), 'home');
  writeFileSync(join(folder, '404.html'), '<a href="/ja/">nowhere</a>');
  writeFileSync(join(folder, 'story', 'index.html'), 'story');
  writeFileSync(join(folder, 'a.wasm'), 'wasm');
  symlinkSync(join(outer, 'secret.txt'), join(folder, 'link.txt'));
  served = await serveFolder(folder);
});

afterAll(async () => {
  await served.close();
  rmSync(outer, { recursive: true });
});

const get = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, served.address), { redirect: 'manual', ...init });

describe('the static server', () => {
  it('gives files with their types', async () => {
    const home = await get('/');
    expect([home.status, await home.text()]).toEqual([200, 'home']);
    expect(home.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await get('/a.wasm')).headers.get('content-type')).toBe('application/wasm');
    expect((await get('/story/?x=1')).status).toBe(200);
    expect((await get('/', { method: 'HEAD' })).headers.get('content-length')).toBe('4');
  });

  it('leads to the folder, and says where there is nothing', async () => {
    const story = await get('/story');
    expect([story.status, story.headers.get('location')]).toEqual([301, '/story/']);
    const none = await get('/none');
    expect([none.status, await none.text()]).toEqual([404, '<a href="/ja/">nowhere</a>']);
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/story/..%5c..%5csecret.txt',
    '/link.txt',
    '/%00',
    '/%',
  ])('gives nothing outside the folder: %s', (path) => {
    expect(fileFor(folder, path)).toBeNull();
  });

  it('serves under a path of its own', async () => {
    const under = await serveFolder(folder, { prefix: '/a/b/' });
    expect(await (await fetch(`${under.address}story/`)).text()).toBe('story');
    expect((await fetch(new URL('/', under.address))).status).toBe(404);
    const deep = await fetch(`${under.address}none/at/all`);
    expect(await deep.text()).toBe('<a href="/a/b/ja/">nowhere</a>');
    await under.close();
  });

  it('rejects when the port is taken', async () => {
    const port = Number(new URL(served.address).port);
    await expect(serveFolder(folder, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

const siteScript = fileURLToPath(new URL('../../scripts/site.mjs', import.meta.url));
const { scripts } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { scripts: { start: string } };

/** `npm start` as a foreground job, as a terminal has it, with a folder that is built already. */
function startJob() {
  const serve = `import { serveUntilStopped } from ${JSON.stringify(siteScript)};
    process.exit(await serveUntilStopped(${JSON.stringify(folder)}, 0));`;
  writeFileSync(join(outer, 'serve.mjs'), serve);
  const start = scripts.start.replace('scripts/start.mjs', 'serve.mjs');
  const manifest = { name: 'job', private: true, scripts: { start } };
  writeFileSync(join(outer, 'package.json'), JSON.stringify(manifest));
  const env = { ...process.env, npm_config_update_notifier: 'false' };
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return spawn('npm', ['start', '--silent'], {
    cwd: outer,
    env,
    stdio: [...stdio],
    detached: true,
  });
}

describe('npm start -- site', () => {
  it.each([
    ['Ctrl-C, which reaches the whole job', 'SIGINT', -1],
    ['SIGTERM to the whole job', 'SIGTERM', -1],
    ['SIGINT to npm alone', 'SIGINT', 1],
    ['SIGTERM to npm alone', 'SIGTERM', 1],
  ] as const)('stops with exit code 0 on %s', async (_, signal, whom) => {
    const job = startJob();
    const ended = new Promise<unknown>((resolve) => {
      job.once('exit', (code, by) => resolve({ code, by }));
    });
    const address = await new Promise<string>((resolve) => {
      job.stdout!.on('data', (data: Buffer) => resolve(String(data).trim()));
    });
    // A browser keeps its connection open.
    expect(await (await fetch(address)).text()).toBe('home');
    process.kill(whom * job.pid!, signal);
    expect(await ended).toEqual({ code: 0, by: null });
    await expect(fetch(address)).rejects.toThrow();
  });
});
