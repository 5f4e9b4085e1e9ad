import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, serveFolder, skipReason } from './support.ts';

// Law: every story of every figure is drawn, its interaction passes, axe finds nothing in it, and
// nothing leaves the page's origin.
const root = fileURLToPath(new URL('../..', import.meta.url));
const wasm = join(root, 'packages/scheduler/dist/scheduler.wasm');
const { missing, reason } = skipReason([wasm]);

interface Report {
  type: string;
  status: string;
  result?: { violations?: { id: string; nodes: { target: string[]; html: string }[] }[] };
}

interface Finished {
  storyId: string;
  status: string;
  reporters: Report[];
}

interface Channel {
  on(event: string, heard: (detail: never) => void): void;
  off(event: string, heard: (detail: never) => void): void;
  emit(event: string, detail: unknown): void;
}

type StoryPage = typeof globalThis & { __STORYBOOK_ADDONS_CHANNEL__: Channel };

/** What is wrong with a story, in words. */
function playStory(page: Page, storyId: string): Promise<string[]> {
  return page.evaluate(async (id) => {
    const channel = (window as unknown as StoryPage).__STORYBOOK_ADDONS_CHANNEL__;
    const problems: string[] = [];
    const failed = (error: { message?: string; description?: string }) =>
      problems.push(`${error.message ?? error.description}`);
    const events = ['playFunctionThrewException', 'storyThrewException', 'storyErrored'];
    for (const event of events) channel.on(event, failed as never);
    const finished = await new Promise<Finished>((resolve, reject) => {
      const heard = (detail: Finished) => {
        if (detail.storyId !== id) return;
        channel.off('storyFinished', heard as never);
        resolve(detail);
      };
      channel.on('storyFinished', heard as never);
      setTimeout(() => reject(new Error(`${id} did not finish`)), 20_000);
      channel.emit('setCurrentStory', { storyId: id, viewMode: 'story' });
    });
    for (const event of events) channel.off(event, failed as never);
    if (finished.status !== 'success') problems.push(`it ended with ${finished.status}`);
    const axe = finished.reporters.find(({ type }) => type === 'a11y');
    if (axe === undefined) problems.push('axe did not look at it');
    for (const { id: rule, nodes } of axe?.result?.violations ?? []) {
      for (const { target, html } of nodes.slice(0, 2)) {
        problems.push(`axe ${rule}: ${target.join(' ')} ${html.slice(0, 160)}`);
      }
    }
    return problems;
  }, storyId);
}

interface Entry {
  id: string;
  type: string;
  name: string;
  importPath: string;
  tags: string[];
}

/** The states that every figure shows. */
const STATES = ['Default', 'Empty', 'Loading', 'Failed', 'Extreme', 'Japanese', 'Dark', 'Phone'];

/** Names of stories that play, for those whose function the index does not see. */
const INTERACTIONS = ['Keyboard', 'Interaction'];

function storiesIn(folder: string): Entry[] {
  const text = readFileSync(join(folder, 'index.json'), 'utf8');
  const { entries } = JSON.parse(text) as { entries: Record<string, Entry> };
  return Object.values(entries).filter(({ type }) => type === 'story');
}

describe.skipIf(missing.length > 0)(`the stories of the figures${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'beamline-stories-'));
  let server: Server;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    const storybook = join(root, 'node_modules/storybook/dist/bin/dispatcher.js');
    execFileSync(
      process.execPath,
      [storybook, 'build', '--disable-telemetry', '--quiet', '--output-dir', folder],
      { cwd: join(root, 'apps/storybook'), stdio: 'pipe' },
    );
    ({ server, address } = await serveFolder(folder));
    browser = await launch();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  it('every figure has a story in every state, and one with an interaction', () => {
    const stories = storiesIn(folder);
    const figures = readdirSync(join(root, 'packages/figures/src'), { withFileTypes: true })
      .map(({ name }) => name)
      .filter((name) => existsSync(join(root, 'packages/figures/src', name, 'element.ts')));
    expect(figures).not.toEqual([]);
    const absent = figures.flatMap((figure) => {
      const own = stories.filter(({ importPath }) => importPath.includes(`/src/${figure}/`));
      const names = own.map(({ name }) => name);
      const hasPlay = own.some(
        ({ name, tags }) => INTERACTIONS.includes(name) || tags.includes('play-fn'),
      );
      const missing = STATES.filter((state) => !names.includes(state));
      return [...missing, ...(hasPlay ? [] : ['one with an interaction'])].map(
        (state) => `${figure}: ${state}`,
      );
    });
    expect(absent).toEqual([]);
  });

  it('each is drawn, plays, and gives axe nothing to find', async () => {
    const ids = storiesIn(folder).map(({ id }) => id);
    const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`error in the page: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(data|blob):/.test(url)) problems.push(`asks for ${url}`);
    });
    await page.goto(`${address}/iframe.html`);
    await page.waitForFunction(() => '__STORYBOOK_ADDONS_CHANNEL__' in window);
    await page.waitForTimeout(500);
    for (const id of ids) {
      const found = await playStory(page, id);
      problems.push(...found.map((problem) => `${id}: ${problem}`));
    }
    expect(problems).toEqual([]);
  }, 300_000);
});
