/**
 * Worker threads: each has its own environment of the addon, gets the same plans as the main
 * thread, and leaves nothing behind when it ends, even when it never freed what it made.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { liveNativeSchedulers, nativeAvailable } from '../src/index.ts';
import { backends, smallOptions } from './support/backends.ts';
import { runDry } from './support/drive.ts';

const native = nativeAvailable();
if (!native) console.warn('skips worker threads: the native back end is not built');

const addon = fileURLToPath(new URL('..', import.meta.url));
const require = fileURLToPath(new URL('../src/native.ts', import.meta.url));

/** The worker speaks to the addon directly, so that it needs no TypeScript loader. */
const source = `
const { createRequire } = require('node:module');
const { parentPort, workerData } = require('node:worker_threads');
const addon = createRequire(workerData.require)('node-gyp-build')(workerData.addon);
const board = new ArrayBuffer(addon.boardBytes(2, 0));
const header = new Float64Array(board, 0, 64);
const core = addon.create(Float64Array.from(workerData.options), board);
const words = 2;
const generationEmitted = new Int32Array(board, 512 + 11 * words * 4, 2);
for (let id = 0; id < 2; id++) {
  header.set([id, 10, 80, 500, Infinity, 35, 0, 0, 0], 32);
  core.submit(null);
}
let steps = 0;
core.next();
while (header[4] + header[5] > 0) {
  generationEmitted.fill(1);
  core.commitAndNext();
  if (header[1] !== 0) throw new Error('status ' + header[1]);
  steps++;
}
for (let i = 0; i < 100; i++) {
  addon.create(Float64Array.from(workerData.options), new ArrayBuffer(board.byteLength));
}
parentPort.postMessage({ steps, live: addon.liveSchedulers(), bytes: core.snapshot() });
`;

async function inWorker(): Promise<{ steps: number; live: number; bytes: Uint8Array }> {
  const options = [2, 100, 100, 10, 10, 1, 0, 10, 0, 0];
  const worker = new Worker(source, { eval: true, workerData: { addon, require, options } });
  const message = await new Promise<{ steps: number; live: number; bytes: Uint8Array }>(
    (resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    },
  );
  await worker.terminate();
  return message;
}

test.skipIf(!native)('eight workers at a time agree with the main thread, thrice', async () => {
  const scheduler = backends[0]!.create({ ...smallOptions, capacityPolicy: 'max-utilization' });
  for (let id = 0; id < 2; id++) scheduler.submit({ id, promptTokens: 10, maxNewTokens: 80 });
  expect(runDry(scheduler)).toHaveLength(119);
  scheduler.next(0);
  const bytes = scheduler.snapshot();
  scheduler.free();
  const before = liveNativeSchedulers();
  for (let round = 0; round < 3; round++) {
    const results = await Promise.all(Array.from({ length: 8 }, inWorker));
    for (const result of results) {
      expect(result.steps).toBe(119);
      expect(result.live).toBeGreaterThan(0);
      expect(result.bytes).toEqual(bytes);
    }
  }
  // Counted per environment: what the workers held was never ours.
  expect(liveNativeSchedulers()).toBe(before);
});

test.skipIf(!native)('making and freeing many schedulers does not leak', () => {
  const before = liveNativeSchedulers();
  const load = (): void => {
    const scheduler = backends[0]!.create({ ...smallOptions, kvBlocks: 10_000, maxBatchSize: 256 });
    for (let id = 0; id < 50; id++) scheduler.submit({ id, promptTokens: 10, maxNewTokens: 5 });
    scheduler.next(0);
    scheduler.free();
  };
  for (let i = 0; i < 200; i++) load();
  const warm = process.memoryUsage.rss();
  for (let i = 0; i < 3000; i++) load();
  // One of these schedulers holds half a megabyte: leaking them would take 1.5 GB.
  expect(process.memoryUsage.rss() - warm).toBeLessThan(200e6);
  expect(liveNativeSchedulers()).toBe(before);
});
