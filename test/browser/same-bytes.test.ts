import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createNativeScheduler } from '@beamline/scheduler';
import { type PartialScenario, parseScenario, runJson, simulate } from '@beamline/simulator';
import { type Browser, chromium } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Law: same scenario and seed, same bytes, in Node on the native core and in a browser on
// WebAssembly.
const executablePath = '/usr/bin/chromium';
const wasmFile = fileURLToPath(
  new URL('../../packages/scheduler/dist/scheduler.wasm', import.meta.url),
);
const missing = [executablePath, wasmFile].filter((file) => !existsSync(file));
const reason = missing.length > 0 ? ` (skipped: no ${missing.join(', ')})` : '';

const scenarios: Record<string, PartialScenario> = {
  'an open loop of chat': { workload: { requests: 400, ratePerSecond: 12 } },
  'adaptive drafting under load': {
    workload: { kind: 'closed-loop', concurrency: 48, requests: 300 },
    speculation: { schedule: 'adaptive', acceptance: 'code' },
  },
  'a binding KV pool': {
    serving: { capacityPolicy: 'max-utilization', kvCacheFraction: 0.02 },
    workload: { kind: 'gamma', burstiness: 4, requests: 200, ratePerSecond: 20 },
  },
};

/** The page's code in one file. */
async function bundle(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source'] },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./page.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'page',
      },
    },
  })) as Rollup.RollupOutput[];
  return output[0]!.output[0].code;
}

function serve(code: string): Promise<Server> {
  const html = '<!doctype html><title>page</title><script type="module" src="/page.js"></script>';
  const files: Record<string, [string, string | Buffer]> = {
    '/': ['text/html', html],
    '/page.js': ['text/javascript', code],
    '/scheduler.wasm': ['application/wasm', readFileSync(wasmFile)],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type }).end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(missing.length > 0)(`a browser gives the same bytes${reason}`, () => {
  let server: Server;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    server = await serve(await bundle());
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(Object.keys(scenarios))('%s', async (name) => {
    const scenario = scenarios[name]!;
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => 'runScenario' in window);
    const inPage = await page.evaluate(([given, wasm]) => window.runScenario(given, wasm), [
      scenario,
      `${address}/scheduler.wasm`,
    ] as const);
    const inNode = runJson(
      simulate(parseScenario(scenario, 'the test'), {
        createScheduler: createNativeScheduler,
        openTrace: () => [],
      }),
    );
    expect(inPage).toBe(inNode);
    await page.close();
  });
});
