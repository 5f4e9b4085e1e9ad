import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { BuiltSite } from '../support/built-site.ts';
import { compressedBytes, pageScripts } from '../support/page-scripts.ts';
import { scrollThrough, shots, type Visit, visit } from '../support/site.ts';

// Every main page in a real browser: in both languages, both themes, wide and on a phone. Nothing
// goes wrong on it, nothing leaves its origin, it does not scroll sideways, axe finds nothing. A
// page is loaded once for each language; the other theme and width come without another load.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pages = [
  '',
  'story/',
  'story/token-tree/',
  'story/verification/',
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

interface Look {
  width: number;
  theme: 'light' | 'dark';
}

/** The first of each language is looked at by axe. */
const looks: Record<'en' | 'ja', readonly [Look, Look]> = {
  en: [
    { width: 1440, theme: 'light' },
    { width: 320, theme: 'dark' },
  ],
  ja: [
    { width: 320, theme: 'dark' },
    { width: 1440, theme: 'light' },
  ],
};

const EXPLORER = 'explorer/';

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

const nameOf = (path: string) =>
  path === '' ? 'home' : path.replace(/\/$/, '').replaceAll('/', '-');

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(async () => {
    const { axe: check } = window as unknown as {
      axe: { run(context: Document, options: object): Promise<{ violations: unknown }> };
    };
    return (await check.run(document, { resultTypes: ['violations'] })).violations;
  })) as Violation[];
  return found.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary}`);
    return `${id}: ${help}\n${places.join('\n')}`;
  });
}

/** Looks at a page that is open: how far it scrolls sideways, and its theme; takes a screenshot. */
async function look(page: Page, file: string, { width, theme }: Look): Promise<object> {
  await page.setViewportSize({ width, height: width < 600 ? 800 : 900 });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  // Two frames: figures take the width of their place, then draw.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const fullPage = !file.startsWith('reference-validation');
  await page.screenshot({ path: `${shots}/${file}-${width}-${theme}.png`, fullPage });
  return page.evaluate(() => {
    const { scrollWidth, clientWidth, dataset } = document.documentElement;
    return { excess: scrollWidth - clientWidth, theme: dataset['theme'] };
  });
}

function expectOwnOrigin({ requests }: Visit, address: string): void {
  const foreign = requests.filter((one) => {
    return !one.startsWith(address) && !/^(?:blob|data):/.test(one);
  });
  expect(foreign).toEqual([]);
}

/** A page loads the scripts that its size is counted by; the explorer has a budget of its own. */
function expectLittleScript({ requests }: Visit, path: string, page: string): void {
  const scripts = requests
    .map((address) => new URL(address).pathname.slice(1))
    .filter((file) => file.endsWith('.js') && !file.includes('worker'));
  if (path === EXPLORER) expect(compressedBytes(new Set(scripts))).toBeLessThan(90_000);
  else expect(pageScripts(`${page}index.html`)).toEqual(expect.arrayContaining(scripts));
}

export function pageTests(site: BuiltSite): void {
  async function lookAt(language: 'en' | 'ja', path: string): Promise<void> {
    const { browser, served } = site;
    const page = `${language === 'en' ? '' : 'ja/'}${path}`;
    const [first, second] = looks[language];
    const visited = await visit(browser, served.address + page, first);
    await scrollThrough(visited.page);
    expectLittleScript(visited, path, page);
    const name = `${nameOf(path)}-${language}`;
    const seen = [await look(visited.page, name, first)];
    const found = await violations(visited.page);
    seen.push(await look(visited.page, name, second));
    expect(found).toEqual([]);
    expect(seen).toEqual([first, second].map(({ theme }) => ({ excess: 0, theme })));
    expect(visited.complaints).toEqual([]);
    expectOwnOrigin(visited, served.address);
    await visited.context.close();
  }

  // Both languages at once: a page in a browser leaves most of a second core idle.
  it.each(pages)('reads well in both languages, themes and widths: %s', async (path) => {
    await Promise.all([lookAt('en', path), lookAt('ja', path)]);
  });
}
