import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Served } from '../../scripts/static-server.mjs';
import {
  buildSite,
  dist,
  openBrowser,
  reason,
  scrollThrough,
  serveSite,
  shots,
  skipsBrowser,
  visit,
} from './support/site.ts';

// Every main page in a real browser: in both languages, both themes, wide and on a phone. Nothing
// goes wrong on it, nothing leaves its origin, it does not scroll sideways, axe finds nothing.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pages = [
  '',
  'story/',
  'story/token-tree/',
  'story/engine-step/',
  'story/limits/',
  'reference/',
  'reference/operators/',
  'reference/operators/pack_beams/',
  'reference/commands/',
  'reference/scenario/',
  'reference/validation/',
  'reference/laws/',
  'reference/glossary/',
  'reference/decisions/',
  'extend/figure/',
  'explorer/',
];

const looks = [
  { prefix: '', width: 1440, theme: 'light' },
  { prefix: 'ja/', width: 320, theme: 'dark' },
] as const;

/** Checked without axe: the other half of the ways to look at a page. */
const otherLooks = [
  { prefix: '', width: 320, theme: 'dark' },
  { prefix: 'ja/', width: 1440, theme: 'light' },
] as const;

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

const nameOf = (path: string) =>
  path === '' ? 'home' : path.replace(/\/$/, '').replaceAll('/', '-');

describe.skipIf(skipsBrowser)(`pages of the site${reason}`, () => {
  let browser: Browser;
  let served: Served;

  beforeAll(async () => {
    buildSite();
    mkdirSync(shots, { recursive: true });
    served = await serveSite();
    browser = await openBrowser();
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  async function look(
    path: string,
    { prefix, width, theme }: (typeof looks | typeof otherLooks)[number],
  ) {
    const visited = await visit(browser, `${served.address}${prefix}${path}`, { width, theme });
    const { page, complaints, requests } = visited;
    await scrollThrough(page);
    const name = `${nameOf(path)}-${prefix === '' ? 'en' : 'ja'}-${width}-${theme}`;
    await page.screenshot({
      path: `${shots}/${name}.png`,
      fullPage: path !== 'reference/validation/',
    });
    const excess = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    const foreign = requests.filter((address) => {
      return !address.startsWith(served.address) && !/^(?:blob|data):/.test(address);
    });
    expect({ complaints, excess, foreign }).toEqual({ complaints: [], excess: 0, foreign: [] });
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    return visited;
  }

  for (const way of looks) {
    it.each(pages)(
      `axe finds nothing: ${way.prefix}%s, ${way.width} px, ${way.theme}`,
      async (path) => {
        const { page, context } = await look(path, way);
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { axe: check } = window as unknown as {
            axe: { run(): Promise<{ violations: unknown }> };
          };
          return (await check.run()).violations;
        });
        const found = (violations as Violation[]).map(
          ({ id, help, nodes }) =>
            `${id}: ${help}\n${nodes
              .slice(0, 3)
              .map((n) => `${n.target.join(' ')} ${n.failureSummary}`)
              .join('\n')}`,
        );
        expect(found).toEqual([]);
        await context.close();
      },
    );
  }

  for (const way of otherLooks) {
    it.each([
      '',
      'story/token-tree/',
      'reference/operators/pack_beams/',
      'reference/validation/',
      'explorer/',
    ])(`nothing goes wrong: ${way.prefix}%s, ${way.width} px, ${way.theme}`, async (path) => {
      await (await look(path, way)).context.close();
    });
  }

  it.each([
    ['a page of text', 'reference/decisions/', 10_000],
    ['a chapter with figures', 'story/token-tree/', 35_000],
    ['a chapter with another figure', 'story/engine-step/', 35_000],
    ['the chapter with the largest figure, above the 35 kB asked', 'story/verification/', 40_000],
    ['the home page', '', 35_000],
    ['the explorer, before its worker', 'explorer/', 90_000],
  ])('%s loads little script', async (_, path, most) => {
    const { page, requests, context } = await visit(browser, `${served.address}${path}`);
    await scrollThrough(page);
    const scripts = requests
      .map((address) => new URL(address).pathname.slice(1))
      .filter((file) => file.endsWith('.js') && !file.includes('worker'));
    const sizes = [...new Set(scripts)].map(
      (file) => gzipSync(readFileSync(`${dist}/${file}`), { level: 9 }).length,
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(most);
    await context.close();
  });
});
