import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, serveFolder, skipReason } from './support.ts';

// Laws of the element around every figure, in a real browser: keyboard, focus, live region, last
// good picture, export, motion, print.
const { missing, reason } = skipReason([]);

async function bundle(folder: string): Promise<void> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source'] },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./figure-page.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'page',
      },
    },
  })) as Rollup.RollupOutput[];
  for (const chunk of output[0]!.output) {
    if (chunk.type === 'chunk') writeFileSync(join(folder, chunk.fileName), chunk.code);
  }
}

interface Figure extends HTMLElement {
  model: unknown;
  state: unknown;
  highlight: string | null;
  isComputing: boolean;
  progress: number | null;
  error: string;
  updateComplete: Promise<boolean>;
}

describe.skipIf(missing.length > 0)(`the element of a figure${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'beamline-figure-'));
  let server: Server;
  let browser: Browser;
  let address: string;
  const pages: Page[] = [];

  beforeAll(async () => {
    await bundle(folder);
    const head = '<!doctype html><html lang="en"><title>page</title><body>';
    writeFileSync(
      join(folder, 'index.html'),
      `${head}<script type="module" src="page.js"></script>`,
    );
    ({ server, address } = await serveFolder(folder));
    browser = await launch();
  }, 60_000);

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 800, height: 900 }, ...options });
    const page = await context.newPage();
    pages.push(page);
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(address);
    await page.waitForFunction(() => 'figures' in window);
    return page;
  }

  async function openFigure(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(options);
    await page.evaluate(async () => {
      const figure = document.createElement('bl-load-speedup') as Figure;
      figure.model = window.figures.model(0.9);
      document.body.append(figure);
      await figure.updateComplete;
      await figure.updateComplete;
    });
    return page;
  }

  /** The focused mark's key, or another focused element's name. */
  const focused = (page: Page) =>
    page.evaluate(() => {
      const active = document.querySelector('bl-load-speedup')!.shadowRoot!.activeElement;
      return active?.getAttribute('data-key') ?? active?.localName ?? null;
    });

  const textOf = (page: Page, selector: string) =>
    page.evaluate(
      (at) => document.querySelector('bl-load-speedup')!.shadowRoot!.querySelector(at)!.textContent,
      selector,
    );

  it('has one tab stop a series; arrows move between its marks; Escape leaves', async () => {
    const page = await openFigure();
    const stops: (string | null)[] = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Tab');
      stops.push(await focused(page));
    }
    const marks = ['point:redrafter 2×4:1', 'point:redrafter 6×4:1'];
    expect(stops).toEqual([...marks, 'input', 'button']);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('point:redrafter 2×4:1');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('point:redrafter 2×4:8');
    expect(await textOf(page, '[role=status]')).toBe('redrafter 2×4: 1.2× at 8 requests/s');
    await page.keyboard.press('End');
    expect(await focused(page)).toBe('point:redrafter 2×4:64');
    // The group's tab stop has moved along.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('point:redrafter 2×4:64');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe(null);
    expect(await textOf(page, '[role=status]')).toBe('');
  });

  it('keeps focus, and the very mark, when a new model redraws the picture', async () => {
    const page = await openFigure();
    const kept = await page.evaluate(async () => {
      const figure = document.querySelector('bl-load-speedup') as Figure;
      const root = figure.shadowRoot!;
      const mark = root.querySelector<SVGElement>('[data-key="point:redrafter 2×4:8"]')!;
      mark.focus();
      await figure.updateComplete;
      const before = mark.getAttribute('transform');
      figure.model = window.figures.model(0.2, true);
      await figure.updateComplete;
      return {
        isSame: root.activeElement === mark,
        hasMoved: before !== mark.getAttribute('transform'),
        count: root.querySelectorAll('[data-group]').length,
      };
    });
    expect(kept).toEqual({ isSame: true, hasMoved: true, count: 7 });
  });

  it('law: one tree becomes another, and what has the same key is the same element', async () => {
    const page = await open();
    const leaf = fc.constantFrom('a', 'b', 'c').map((text) => `<i>${text}</i>${text}`);
    const child = fc.tuple(fc.nat({ max: 8 }), fc.constantFrom('b', 'p'), leaf, fc.boolean());
    const trees = fc
      .uniqueArray(child, { selector: ([key]) => key, maxLength: 8 })
      .map((children) =>
        children
          .map(([key, name, content, isKeyed]) => {
            const kind = content.startsWith('<i>a')
              ? ''
              : ` class="k${content}"`.replace(/<|>/g, '');
            const attributes = isKeyed ? ` data-key="${key}"${kind}` : '';
            return `<${name}${attributes}>${content}</${name}>`;
          })
          .join(''),
      );
    const pairs = fc.sample(fc.tuple(trees, trees), { numRuns: 300, seed: 7 });
    const results = await page.evaluate(
      (given) => given.map(([before, after]) => window.figures.morphed(before, after)),
      pairs,
    );
    results.forEach(({ html, haveStayed }, i) => {
      expect(html, `${pairs[i]}`).toBe(pairs[i]![1]);
      expect(haveStayed, `${pairs[i]}`).toBe(true);
    });
  });

  it('tells the page what is lit, by focus as by hover, and is lit by it', async () => {
    const page = await openFigure();
    await page.evaluate(() => {
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      document.addEventListener('bl-highlight', (event) =>
        heard.push((event as CustomEvent).detail),
      );
    });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    const mark = page.locator('bl-load-speedup [data-key="point:redrafter 6×4:8"]');
    await mark.hover();
    const hovered = await textOf(page, '[role=status]');
    await page.mouse.move(5, 890);
    const heard = await page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
    const figure = 'load-speedup';
    expect(heard).toEqual([
      { figure, key: 'point:redrafter 2×4:1' },
      { figure, key: null },
      { figure, key: 'point:redrafter 6×4:8' },
      { figure, key: null },
    ]);
    expect(hovered).toBe(await mark.getAttribute('aria-label'));
    const lit = await page.evaluate(async () => {
      const element = document.querySelector('bl-load-speedup') as Figure;
      element.highlight = 'point:redrafter 2×4:64';
      await element.updateComplete;
      return element.shadowRoot!.querySelector('.lit')!.getAttribute('data-key');
    });
    expect(lit).toBe('point:redrafter 2×4:64');
  });

  it.each([
    ['en', 'Computing… 40 %'],
    ['ja', '計算中… 40 %'],
  ])('says that it computes, and how far it is, when that takes long: %s', async (lang, words) => {
    const page = await openFigure();
    const said = await page.evaluate(async (language) => {
      const figure = document.querySelector('bl-load-speedup') as Figure;
      figure.setAttribute('lang', language);
      figure.isComputing = true;
      figure.progress = 0.4;
      await figure.updateComplete;
      const root = figure.shadowRoot!;
      const look = () => root.querySelector('.readout')!.textContent!.trim();
      const atOnce = look();
      for (let i = 0; i < 200 && look() === atOnce; i++) {
        await new Promise((done) => setTimeout(done, 10));
      }
      const later = look();
      const readOut = root.querySelector('.readout')!.cloneNode(true) as Element;
      for (const hidden of readOut.querySelectorAll('[aria-hidden]')) hidden.remove();
      const isBusy = root.querySelector('figure')!.getAttribute('aria-busy');
      figure.isComputing = false;
      await figure.updateComplete;
      const hasPicture = root.querySelector('.picture svg') !== null;
      return {
        atOnce,
        later,
        readOut: readOut.textContent!.trim(),
        isBusy,
        after: look(),
        hasPicture,
      };
    }, lang);
    expect(said).toEqual({
      atOnce: '',
      later: words,
      readOut: words.replace(' 40 %', ''),
      isBusy: 'true',
      after: '',
      hasPicture: true,
    });
  });

  it('shows what stood in the page until there is a model, then keeps the picture', async () => {
    const page = await open();
    const states = await page.evaluate(async () => {
      const figure = document.createElement('bl-load-speedup') as Figure;
      const model = window.figures.model(0.9);
      figure.innerHTML = window.figures.staticHtml(model);
      document.body.append(figure);
      await figure.updateComplete;
      const root = figure.shadowRoot!;
      const look = () => ({
        isBusy: root.querySelector('figure')!.getAttribute('aria-busy'),
        hasSlot: root.querySelector('slot') !== null,
        hasPicture: root.querySelector('.picture svg') !== null,
      });
      const before = look();
      figure.model = model;
      await figure.updateComplete;
      const drawn = look();
      figure.model = null;
      await figure.updateComplete;
      const waiting = look();
      figure.error = 'the worker stopped';
      await figure.updateComplete;
      const alert = root.querySelector('[role=alert]')!.textContent;
      return { before, drawn, waiting, failed: look(), alert };
    });
    expect(states).toEqual({
      before: { isBusy: 'true', hasSlot: true, hasPicture: false },
      drawn: { isBusy: 'false', hasSlot: false, hasPicture: true },
      waiting: { isBusy: 'true', hasSlot: false, hasPicture: true },
      failed: { isBusy: 'false', hasSlot: false, hasPicture: true },
      alert: 'The figure could not be computed: the worker stopped',
    });
  });

  it('speaks the language of the page around it, or its own', async () => {
    const page = await openFigure();
    const titles = await page.evaluate(async () => {
      const figure = document.querySelector('bl-load-speedup') as Figure;
      const title = () => figure.shadowRoot!.querySelector('#title')!.textContent;
      const english = title();
      figure.lang = 'ja';
      await figure.updateComplete;
      return [english, title()];
    });
    expect(titles[0]).toContain('Drafting pays');
    expect(titles[1]).toContain('ドラフトが有利');
  });

  async function saved(page: Page, name: string): Promise<Buffer> {
    const button = page.locator('bl-load-speedup').getByRole('button', { name, exact: true });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect(download.suggestedFilename()).toBe(`load-speedup.${name.toLowerCase()}`);
    return readFileSync(await download.path());
  }

  it('law: the CSV holds the cells of the table, no more and no less', async () => {
    const page = await openFigure();
    const cells = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('bl-load-speedup')!;
      return [...shadowRoot!.querySelectorAll('tr')].map((row) =>
        [...row.children].map((cell) => cell.textContent),
      );
    });
    expect(cells.length).toBeGreaterThan(6);
    const text = (await saved(page, 'CSV')).toString('utf8').replace(/^\ufeff/, '');
    expect(text).toBe(`${cells.map((row) => row.join(',')).join('\r\n')}\r\n`);
  });

  it('saves an SVG with its colours and its origin inside, and a PNG twice as large', async () => {
    const page = await openFigure();
    await page.evaluate(() => {
      const figure = document.querySelector('bl-load-speedup') as Figure;
      Object.assign(figure, { metadata: { command: 'beamline sweep a&b', commit: 'abc' } });
      document.documentElement.dataset.theme = 'dark';
    });
    const svg = (await saved(page, 'SVG')).toString('utf8');
    expect(svg).not.toMatch(/var\(|@media|<script/);
    expect(svg).toContain('fill:#17181c');
    const parsed = await page.evaluate((text) => {
      const tree = new DOMParser().parseFromString(text, 'image/svg+xml');
      const one = (name: string) => tree.querySelector(`metadata ${name}`)?.textContent;
      return {
        isWhole: tree.querySelector('parsererror') === null,
        command: one('command'),
        commit: one('commit'),
        link: one('link'),
        width: Number(tree.documentElement.getAttribute('width')),
      };
    }, svg);
    expect(parsed).toMatchObject({
      isWhole: true,
      command: 'beamline sweep a&b',
      commit: 'abc',
      link: `${address}/#load-speedup`,
    });
    const png = await saved(page, 'PNG');
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2 * parsed.width);
  });

  it('moves the reader’s load by mouse and by slider alike', async () => {
    const page = await openFigure();
    const slider = page.locator('bl-load-speedup input[type=range]');
    const box = (await page.locator('bl-load-speedup .picture svg').boundingBox())!;
    const line = page.locator('bl-load-speedup .your-line');
    const before = Number(await line.getAttribute('x1'));
    await page.mouse.move(box.x + before, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + before + 100, box.y + 150, { steps: 4 });
    await page.mouse.up();
    expect(Number(await line.getAttribute('x1'))).toBeCloseTo(before + 100, 0);
    const dragged = await slider.getAttribute('aria-valuetext');
    expect(dragged).toMatch(/requests\/s$/);
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toBe('1 request/s');
    expect(await textOf(page, 'output')).toBe(
      'At 1 request/s: redrafter 2×4 1.6×, redrafter 6×4 2×.',
    );
  });

  it('fits a phone without a scroll of the page, with targets of 24 px', async () => {
    const page = await openFigure({ viewport: { width: 320, height: 800 } });
    const sizes = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('bl-load-speedup')!;
      const targets = [...shadowRoot!.querySelectorAll('button, input, summary, select')];
      const boxes = targets.map((target) => target.getBoundingClientRect());
      return {
        page: document.documentElement.scrollWidth,
        least: Math.min(...boxes.map(({ height }) => height)),
      };
    });
    expect(sizes.page).toBeLessThanOrEqual(320);
    expect(sizes.least).toBeGreaterThanOrEqual(24);
  });

  async function openSteps(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(options);
    await page.evaluate(async () => {
      const figure = document.createElement('bl-steps') as Figure;
      figure.model = 4;
      document.body.append(figure);
      await figure.updateComplete;
    });
    return page;
  }
  const stepOf = (page: Page) =>
    page.evaluate(() => (document.querySelector('bl-steps') as Figure).state);

  it('plays steps to the last one, and takes any step by hand', async () => {
    const page = await openSteps();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(() => (document.querySelector('bl-steps') as Figure).state === 3);
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Step back' }).click();
    expect(await stepOf(page)).toBe(2);
    await page.getByRole('button', { name: 'First step' }).click();
    expect(await stepOf(page)).toBe(0);
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    expect(await stepOf(page)).toBe(1);
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toBe('Step 2 of 4');
  });

  it('stops when it leaves the screen', async () => {
    const page = await openSteps();
    await page.evaluate(() => {
      const figure = document.querySelector('bl-steps') as Figure;
      figure.style.marginBlockEnd = '3000px';
      figure.model = 1000;
    });
    await page.getByRole('button', { name: 'Play' }).click();
    await page.evaluate(() => window.scrollTo(0, 2500));
    await page.waitForFunction(() => {
      const { shadowRoot } = document.querySelector('bl-steps')!;
      return shadowRoot!.querySelector('[aria-label=Play]') !== null;
    });
    expect(await stepOf(page)).toBeLessThan(999);
  });

  it('jumps and offers no play to who asked for less motion', async () => {
    const page = await openSteps({ reducedMotion: 'reduce' });
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Next step' }).click();
    expect(await stepOf(page)).toBe(1);
    const motion = await page.evaluate(() => {
      const mark = document.querySelector('bl-steps')!.shadowRoot!.querySelector('.move')!;
      return getComputedStyle(mark).transitionDuration;
    });
    expect(motion).toBe('0s');
  });

  it('prints light, without what only a screen needs', async () => {
    const page = await openFigure({ colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    const printed = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('bl-load-speedup')!;
      const style = (at: string) => getComputedStyle(shadowRoot!.querySelector(at)!);
      return {
        background: style('.picture svg').getPropertyValue('--background'),
        toolbar: style('.toolbar').display,
        caption: style('figcaption').display,
      };
    });
    expect(printed).toEqual({ background: '#ffffff', toolbar: 'none', caption: 'block' });
  });
});
