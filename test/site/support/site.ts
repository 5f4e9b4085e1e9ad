/** The built site and a browser for the tests: built once if anything changed, served from disk. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Served, serveFolder } from '../../../scripts/static-server.mjs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
/** A copy of the built site: a build that goes on beside the tests does not change it. */
export const dist = mkdtempSync(join(tmpdir(), 'beamline-dist-'));
process.once('exit', () => rmSync(dist, { recursive: true, force: true }));
export const shots = `${root}out/screenshots`;
const executablePath = '/usr/bin/chromium';

const isMissing = !existsSync(executablePath);
/** Stands in the name of what is skipped, so that the reason is printed. */
export const reason = isMissing ? ` (skipped: no ${executablePath})` : '';
export const skipsBrowser = isMissing;

const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Builds the site unless it is fresh; test files that run side by side wait for one another. */
export function buildSite(): void {
  mkdirSync(`${root}out`, { recursive: true });
  const lock = `${root}out/site-build.lock`;
  for (let tries = 0; ; tries++) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const isStale = existsSync(lock) && Date.now() - statSync(lock).ctimeMs > 240_000;
      if (isStale || tries > 2000) rmdirSync(lock);
      wait(100);
    }
  }
  try {
    const args = ['--no-install', 'turbo', 'run', 'site', '--output-logs=errors-only'];
    const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' };
    const built = spawnSync('npx', args, { cwd: root, encoding: 'utf8', env });
    if (built.status !== 0)
      throw new Error(`the site does not build:\n${built.stdout.slice(-8000)}`);
    cpSync(`${root}apps/site/dist`, dist, { recursive: true });
  } finally {
    rmdirSync(lock);
  }
}

export function distFiles(): string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dist.length + 1))
    .sort();
}

export function serveSite(prefix = '/'): Promise<Served> {
  return serveFolder(dist, { prefix });
}

export function openBrowser(...more: string[]): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: [...args, ...quiet, ...more] });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the page said on its console as an error, threw, or asked for in vain. */
  complaints: string[];
  /** Addresses of all requests. */
  requests: string[];
}

export interface VisitOptions {
  width?: number;
  theme?: 'light' | 'dark';
  javaScript?: boolean;
  /** Runs in the page before any of its scripts. */
  before?: string;
}

export async function visit(
  browser: Browser,
  address: string,
  options: VisitOptions = {},
): Promise<Visit> {
  const { width = 1440, theme = 'light', javaScript = true, before } = options;
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 800 : 900 },
    colorScheme: theme,
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
  });
  if (before !== undefined) await context.addInitScript(before);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(address, { waitUntil: 'load' });
  return { page, context, complaints, requests };
}

/** Scrolls through the page, so that every figure on it comes near the screen. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
    for (let y = 0; y < document.documentElement.scrollHeight; y += 700) {
      scrollTo(0, y);
      await pause(30);
    }
    scrollTo(0, 0);
  });
  const isAlive = () =>
    [...document.querySelectorAll('.bl-host[data-figure]')].every(
      (host) => host.shadowRoot?.querySelector('figure:not([aria-busy=true]) svg') != null,
    );
  await page.waitForFunction(isAlive, null, { timeout: 20_000 });
}
