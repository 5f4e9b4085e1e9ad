import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { type Browser, chromium } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Law: a page runs the same kernels through the same checks as Node, on the browser's own WebGPU.
const executablePath = '/usr/bin/chromium';
const isHere = existsSync(executablePath);
const reason = isHere ? '' : ` (skipped: no ${executablePath})`;

async function bundle(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source'] },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./webgpu-page.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'page',
      },
    },
  })) as Rollup.RollupOutput[];
  return output[0]!.output[0].code;
}

function serve(code: string): Promise<Server> {
  const html = '<!doctype html><title>page</title><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isCode = request.url === '/page.js';
    response.writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html' });
    response.end(isCode ? code : html);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(!isHere)(`WGSL kernels in a headless browser${reason}`, () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = await serve(await bundle());
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
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

  it('pass the checks on its adapter', { timeout: 300_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await page.waitForFunction(() => 'verifyKernels' in window);
    const result = await page.evaluate(() => window.verifyKernels({ modules: 1, cases: 3 }));
    if (result === null) {
      console.log('skipped: the browser offers no WebGPU adapter');
      return;
    }
    expect(result.wrong).toEqual([]);
    expect(result.liveBuffers).toBe(0);
    const seen = new Set(result.passed.map((text) => text.split(' ')[0]));
    expect([...seen]).toEqual(wgslKernels.map(({ operator }) => operator.name));
  });
});
