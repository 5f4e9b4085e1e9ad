import { ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, Folder } from '../../packages/cli/test/harness.ts';
import type { Served } from '../../scripts/static-server.mjs';
import { buildSite, openBrowser, reason, serveSite, skipsBrowser, visit } from './support/site.ts';

// The explorer in a real browser: what it computes is what the command computes, byte for byte; its
// address holds its whole state; whatever it is given, it says what is wrong and stays usable.

const done = /Done\. Each point/;
const progressOf = (page: Page) => page.locator('.bx-progress [role=status]');

async function finished(page: Page): Promise<void> {
  await progressOf(page).filter({ hasText: done }).waitFor({ timeout: 50_000 });
}

async function savedRun(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save run' }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

/** The words of a command line that quotes as the page does. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

describe.skipIf(skipsBrowser)(`the explorer${reason}`, () => {
  let browser: Browser;
  let served: Served;
  let address: string;
  const folder = new Folder();

  beforeAll(async () => {
    buildSite();
    served = await serveSite();
    address = `${served.address}explorer/`;
    browser = await openBrowser();
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    folder.remove();
  });

  it("gives the command's bytes for the command that it shows", async () => {
    const query = '?speculation.beams=8&workload.ratePerSecond=12&workload.requests=300';
    const { page, context, complaints, requests } = await visit(browser, address + query);
    await finished(page);
    const saved = await savedRun(page);
    await page.getByRole('button', { name: 'Command' }).click();
    const shown = await page.locator('dialog textarea').inputValue();
    const [simulate, sweep] = shown.split('\n');
    const command = wordsOf(simulate!).slice(1);
    const { stdout, code } = await call([...command, '--format', 'json', '--quiet']);
    expect(code).toBe(0);
    expect(saved).toBe(stdout);
    // A point of the curve is the same scenario at another load: 24 requests a second.
    expect(wordsOf(sweep!)).toContain('--over');
    await page.getByRole('button', { name: 'Close' }).click();
    const rate = page.getByLabel(/^Your load requests/);
    await rate.fill('24');
    await rate.press('Enter');
    await finished(page);
    const other = command.map((word) => word.replace('ratePerSecond=12', 'ratePerSecond=24'));
    expect(await savedRun(page)).toBe(
      (await call([...other, '--format', 'json', '--quiet'])).stdout,
    );
    expect(complaints).toEqual([]);
    expect(requests.every((url) => url.startsWith(served.address) || url.startsWith('blob:'))).toBe(
      true,
    );
    await context.close();
  });

  it('opens a run of the command, computes it again and finds it the same', async () => {
    const set = ['--set', 'speculation.method=medusa', '--set', 'workload.requests=200'];
    const { stdout } = await call(['simulate', ...set, '--format', 'json', '--quiet']);
    const file = folder.file('medusa.json', stdout);
    const changed = folder.file('changed.json', stdout.replace('"steps": ', '"steps": 1'));
    const { page, context } = await visit(browser, address);
    await page.locator('input.bx-file').setInputFiles(file);
    await page.getByText('the same result, byte for byte').waitFor();
    expect(await page.locator('.bx-entry.is-active').textContent()).toContain('medusa');
    await page.locator('input.bx-file').setInputFiles(changed);
    await page.getByText('changed.json: 1 of 1 runs differ').waitFor();
    await context.close();
  });

  it('is the same again from its link, and undo goes back', async () => {
    const { page, context } = await visit(browser, `${address}?workload.requests=200`);
    await page.getByRole('button', { name: '+ Add a copy' }).click();
    await page.getByLabel('GPU', { exact: true }).selectOption('l4');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name').fill('small card');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Draft shape' }).click();
    await finished(page);
    const before = await page.locator('.bx-compare').textContent();
    const link = page.url();
    expect(link).toContain('2.hardware.gpu=l4');
    const again = await visit(browser, link);
    await finished(again.page);
    expect(await again.page.locator('.bx-compare').textContent()).toBe(before);
    expect(await again.page.locator('.bx-entry.is-active').textContent()).toContain('small card');
    await again.context.close();
    // Back to one scenario: the view, the name, the GPU and the copy.
    for (let i = 0; i < 4; i++) await page.keyboard.press('Control+z');
    expect(await page.locator('.bx-entry').count()).toBe(1);
    expect(page.url()).toBe(`${address}?workload.requests=200&v=1`);
    await page.keyboard.press('Control+Shift+z');
    expect(await page.locator('.bx-entry').count()).toBe(2);
    await page.goBack();
    expect(await page.locator('.bx-entry').count()).toBe(1);
    await context.close();
  });

  it.each([
    ['a wrong value', '?speculation.beams=1e9', 'speculation.beams must be an integer'],
    ['an unknown name', '?spekulation.beams=2', 'Did you mean "speculation.beams"?'],
    ['markup', '?name=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&seed=%3Cb%3E', 'seed must be'],
    [
      'a prototype',
      '?__proto__.x=1&constructor=2&workload.__proto__=3',
      '__proto__.x is not known',
    ],
    ['a broken escape', '?name=%E0%A4%A&over=%00', 'over'],
    ['far too much', `?${'a=1&'.repeat(900)}`, 'too long to be read'],
    ['a contradiction', '?workload.kind=closed-loop&workload.burstiness=3', 'workload.burstiness'],
  ])('says what is wrong with an address that holds %s, and works on', async (_, query, words) => {
    const { page, context, complaints } = await visit(browser, address + query);
    await page.locator('.bx-notices').getByText(words, { exact: false }).first().waitFor();
    await page.locator('.bx-value', { hasText: '×' }).first().waitFor();
    expect(complaints.filter((text) => !text.includes('500'))).toEqual([]);
    await context.close();
  });

  it('tells a model that is unknown or does not fit beside the numbers', async () => {
    const { page, context } = await visit(browser, `${address}?model=lama-3.1-8b`);
    await page.getByText('Did you mean "llama-3.1-8b"?').first().waitFor();
    await page.getByLabel('Model', { exact: true }).selectOption('llama-3.1-405b');
    await page.locator('.bx-headline .bx-wrong').getByText('No numbers').waitFor();
    await page.getByLabel('Model', { exact: true }).selectOption('llama-3.1-8b');
    await page.locator('.bx-card .bx-value', { hasText: '×' }).first().waitFor();
    await context.close();
  });

  it('keeps what is typed wrong beside its field until it is right', async () => {
    const { page, context } = await visit(browser, address);
    const beams = page.getByLabel(/^Beams/);
    await beams.fill('many');
    await beams.press('Enter');
    const wrong = page.locator('[data-path="speculation.beams"] .bx-wrong');
    expect(await wrong.textContent()).toContain('must be an integer from 0 to 64');
    expect(await beams.getAttribute('aria-invalid')).toBe('true');
    expect(page.url()).toBe(address);
    await beams.fill('8');
    await beams.press('Enter');
    expect(await wrong.count()).toBe(0);
    expect(page.url()).toContain('speculation.beams=8');
    await context.close();
  });

  it('replays a trace of a gigabyte from its first requests', async () => {
    const rows = Array.from(
      { length: 6000 },
      (_, i) => `${(i * 0.2).toFixed(1)},GPT-4,${100 + (i % 900)},${20 + (i % 80)},0,API log`,
    );
    const head = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n';
    const file = folder.at('large.csv');
    writeFileSync(file, `${head}${rows.join('\n')}\n`);
    ftruncateSync(openSync(file, 'r+'), 2 ** 30);
    const { page, context } = await visit(browser, address);
    await page.locator('input.bx-file').setInputFiles(file);
    await page.getByText('large.csv (1.07 GB): the first 5,000 requests').waitFor();
    await page.getByText('takes its first 2,000 requests').waitFor();
    await finished(page);
    expect(await page.locator('.bx-headline h2').textContent()).toContain("1× the trace's load");
    // The link holds no file, and says so.
    const again = await visit(browser, page.url());
    await again.page.getByText('drop large.csv on this page again').first().waitFor();
    await again.context.close();
    await context.close();
  });

  it('takes a trace that is dropped on it, and says what else it cannot take', async () => {
    const { page, context, complaints } = await visit(browser, address);
    const drop = (name: string, text: string) =>
      page.evaluate(
        ([as, content]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content!], as!));
          const target = document.querySelector('.bx-results')!;
          const fire = (kind: string) =>
            target.dispatchEvent(
              new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }),
            );
          fire('dragenter');
          const isOverTaken = !fire('dragover');
          const isDropTaken = !fire('drop');
          return isOverTaken && isDropTaken;
        },
        [name, text],
      );
    const rows = Array.from({ length: 120 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 0, 1, 0, 0, i)).toISOString();
      return `${time.slice(0, 19).replace('T', ' ')},${300 + i},${20 + (i % 9)}`;
    });
    await page.locator('.bx-results').waitFor();
    expect(await drop('cat.png', 'a picture')).toBe(true);
    await page.getByText('cat.png is neither a trace').waitFor();
    const csv = `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`;
    expect(await drop('mine.csv', csv)).toBe(true);
    await page.getByText(/^mine\.csv .*: 120 requests, 1\.01 requests/).waitFor();
    await page.locator('.bx-why strong').waitFor();
    expect(await page.locator('.bx-headline h2').textContent()).toContain("1× the trace's load");
    expect(await page.locator('.is-dropping').count()).toBe(0);
    expect(page.url()).toContain('workload.trace=mine.csv');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each([
    ['cat.png', new Uint8Array([137, 80, 78, 71, 0, 0, 1]), 'cat.png is neither a trace'],
    ['a.csv', 'TIMESTAMP,ContextTokens,GeneratedTokens\n2024-01-01,x,4\n', 'a.csv:2:'],
    ['a.csv.gz', new Uint8Array([31, 139, 8, 0]), 'gunzip'],
    ['a.yaml', 'speculation: { beems: 3 }', 'Did you mean "beams"?'],
    ['a.json', '{"points": []}', 'without a finished point'],
  ])('says what is wrong with the file %s', async (name, content, words) => {
    const { page, context } = await visit(browser, address);
    await page.locator('input.bx-file').setInputFiles(folder.file(name, content));
    await page.locator('.bx-notices').getByText(words, { exact: false }).first().waitFor();
    expect(await page.locator('.bx-entry').count()).toBe(1);
    await context.close();
  });

  it.each([
    ['WebAssembly', 'delete globalThis.WebAssembly', 'WebAssembly switched off'],
    ['workers', 'delete globalThis.Worker', 'no background workers'],
    ['its core', 'globalThis.fetch = () => Promise.reject(new Error("offline"))', 'offline'],
  ])('stays usable without %s, and says so', async (_, before, words) => {
    const { page, context } = await visit(browser, address, { before });
    await page.locator('.bx-notices').getByText(words).waitFor();
    await page.getByLabel('Method').selectOption('medusa');
    await page.getByRole('button', { name: 'Command' }).click();
    expect(await page.locator('dialog textarea').inputValue()).toContain('method=medusa');
    await context.close();
  });

  it('stays usable where storage and the address are denied', async () => {
    const before = `
      Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });
      Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('denied'); } });
      history.pushState = history.replaceState = () => { throw new Error('denied'); };
      Object.defineProperty(navigator, 'clipboard', { value: undefined });`;
    const { page, context } = await visit(browser, `${address}?workload.requests=200`, { before });
    await page.getByLabel('Method').selectOption('medusa');
    await page.getByText('does not let the page change its address').waitFor();
    await page.getByRole('button', { name: 'Link' }).click();
    expect(await page.locator('dialog textarea').inputValue()).toContain('method=medusa');
    await page.locator('dialog').getByRole('button', { name: 'Copy' }).click();
    await page.getByText('select the text and copy it').waitFor();
    await context.close();
  });

  it('can be walked with the keyboard alone', async () => {
    const { page, context } = await visit(browser, `${address}?workload.requests=200`);
    await finished(page);
    const focused = () =>
      page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        const name = at?.id || at?.getAttribute('data-key') || at?.textContent?.trim();
        return `${at?.tagName.toLowerCase()} ${name}`;
      });
    const tabTo = async (wanted: RegExp) => {
      for (let i = 0; i < 120; i++) {
        await page.keyboard.press('Tab');
        if (wanted.test(await focused())) return;
      }
      throw new Error(`Tab never reaches ${wanted}`);
    };
    await tabTo(/^button .*Add a copy/);
    await page.keyboard.press('Enter');
    await tabTo(/^select bx-speculation-method/);
    await page.keyboard.type('Med');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.url()).toContain('2.speculation.method=medusa');
    await tabTo(/^button Draft shape/);
    await page.keyboard.press('Enter');
    await page.locator('bl-shape-heatmap .title').getByText('pays most').waitFor();
    await tabTo(/^g cell:/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toContain('g cell:2x2');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('2.speculation.beams=2');
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.url()).not.toContain('2.speculation.beams=2');
    await context.close();
  });

  it('moves your load with the slider, in one step of undo, and stays at the numbers', async () => {
    const { page, context } = await visit(browser, `${address}?workload.requests=200`);
    await finished(page);
    await page.locator('bx-load-curve input[type=range]').focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toContain('workload.ratePerSecond=');
    await finished(page);
    const rate = await page.getByLabel(/^Your load requests/).inputValue();
    expect(Number(rate)).toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await page.getByLabel(/^Your load requests/).inputValue()).toBe('4');
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await context.close();
  });

  it.each([
    [412, ''],
    [412, 'ja/'],
    [1440, ''],
    [1440, 'ja/'],
  ])('moves nothing while it starts, at %i px: /%s', async (width, prefix) => {
    const before = `
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });`;
    const from = `${served.address}${prefix}explorer/`;
    const { page, context } = await visit(browser, from, { width, before });
    await page.locator('.bx-why strong').waitFor();
    await page.locator('bx-load-curve [data-key]').first().waitFor();
    await page.waitForTimeout(500);
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number }).shifts);
    expect(shifts).toBeLessThan(0.02);
    await context.close();
  });

  it('shows the results alone where it is embedded, with the way to the whole', async () => {
    const query = '?workload.requests=200&speculation.beams=8&embed=1';
    const { page, context, complaints } = await visit(browser, address + query);
    await finished(page);
    expect(await page.locator('.bx-card .bx-value').first().textContent()).toContain('×');
    expect(await page.locator('bx-load-curve svg').count()).toBeGreaterThan(0);
    for (const gone of ['form', '.bx-toolbar', '.bx-entries', '.bx-controls', '.bx-views']) {
      expect(await page.locator(`bl-explorer ${gone}`).count(), gone).toBe(0);
    }
    expect(await page.locator('body :is(header, h1, footer):visible').count()).toBe(0);
    expect(await page.locator('.bx-notice').count()).toBe(0);
    const [whole] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: 'load explorer' }).click(),
    ]);
    await whole.locator('.bx-toolbar').waitFor();
    expect(whole.url()).toBe(`${address}?speculation.beams=8&workload.requests=200&v=1`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says in Japanese what is wrong and what to do, with its own words as detail', async () => {
    const { page, context } = await visit(
      browser,
      `${served.address}ja/explorer/?model=lama-3.1-8b`,
    );
    const head = page.locator('.bx-headline .bx-wrong');
    await head.getByText('「llama-3.1-8b」ではありませんか').waitFor();
    expect(await head.textContent()).toContain('is not known. Did you mean "llama-3.1-8b"?');
    const beams = page.locator('#bx-speculation-beams');
    await beams.fill('many');
    await beams.press('Enter');
    const wrong = page.locator('[data-path="speculation.beams"] .bx-wrong');
    expect(await wrong.textContent()).toMatch(
      /0 ～ 64 の整数を入力.*must be an integer from 0 to 64/,
    );
    await context.close();
  });

  it.each(['', 'ja/'])('fits 320 px in every view, with several scenarios: /%s', async (prefix) => {
    const query =
      '?workload.requests=200&scenarios=3&2.speculation.method=medusa&3.hardware.gpu=l4' +
      '&slo=ttft_p95+%3C+500ms&also=adaptive';
    const from = `${served.address}${prefix}explorer/${query}`;
    const { page, context } = await visit(browser, from, { width: 320 });
    await page.locator('.bx-settings > summary').click();
    const buttons = page.locator('.bx-views button');
    for (let i = 0; i < (await buttons.count()); i++) {
      await buttons.nth(i).click();
      await page.waitForTimeout(400);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(320);
    }
    await context.close();
  });
});
