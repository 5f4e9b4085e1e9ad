import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  writeFileSync(join(folder, '404.html'), 'nowhere');
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
    expect([none.status, await none.text()]).toEqual([404, 'nowhere']);
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
    await under.close();
  });

  it('rejects when the port is taken', async () => {
    const port = Number(new URL(served.address).port);
    await expect(serveFolder(folder, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
