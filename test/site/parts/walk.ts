import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { BuiltSite } from '../support/built-site.ts';
import { scrollThrough, serveSite, visit } from '../support/site.ts';

// What a reader does: goes through every door by mouse and by keyboard, changes language and theme,
// searches, lights up marks, computes; and all of it under a sub-path, without script, and in a
// browser that lacks something.

type FigureHost = HTMLElement & {
  model: { input?: unknown } | null;
  isComputing: boolean;
  error: string;
  requestModel(input: unknown): void;
};

const titleOf = (page: Page) => page.locator('h1').first().innerText();

/** Tabs until the link has focus; a reader with a keyboard gets there like this. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const isThere = await page.evaluate(
      (s) => document.activeElement?.matches(s) ?? false,
      selector,
    );
    if (isThere) return;
  }
  throw new Error(`no way to ${selector} by keyboard`);
}

/** Asks a figure for another model as its controls do, and waits for what comes. */
async function askFigure(page: Page, selector: string, input: unknown): Promise<string> {
  return page.evaluate(
    async ([s, given]) => {
      const host = document.querySelector(s as string) as FigureHost;
      const before = host.model;
      host.requestModel(given);
      for (let i = 0; i < 400; i++) {
        await new Promise((done) => setTimeout(done, 25));
        if (host.error !== '') return `error: ${host.error}`;
        if (host.model !== null && host.model !== before) return JSON.stringify(host.model.input);
      }
      return 'nothing came';
    },
    [selector, input] as const,
  );
}

async function waitAlive(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().scrollIntoViewIfNeeded();
  await page.waitForFunction(
    (s) => document.querySelector(s)?.shadowRoot?.querySelector('figure svg') != null,
    selector,
  );
}

export function walkTests(site: BuiltSite): void {
  const doors = [
    ['explorer/', 'explorer/'],
    ['reference/operators/', 'reference/operators/'],
    ['story/', 'story/'],
  ] as const;

  it.each(['', 'ja/'])('goes through every door by mouse: %s', async (prefix) => {
    const { page, context, complaints } = await visit(site.browser, site.served.address + prefix);
    const links = await page.locator('.door a').count();
    expect(links).toBeGreaterThanOrEqual(9);
    for (let i = 0; i < links; i++) {
      const link = page.locator('.door a').nth(i);
      const href = await link.evaluate((a: HTMLAnchorElement) => a.href);
      await link.click();
      await page.waitForURL(href);
      expect(await titleOf(page)).not.toBe('');
      expect(page.url().startsWith(site.served.address + prefix)).toBe(true);
      await page.goto(site.served.address + prefix);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(['', 'ja/'])('goes through every door by keyboard: %s', async (prefix) => {
    const { page, context } = await visit(site.browser, site.served.address + prefix);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#_top');
    for (const [path] of doors) {
      await page.goto(site.served.address + prefix);
      const target = `${site.served.address}${prefix}${path}`;
      const href = await page
        .locator('.door a')
        .evaluateAll(
          (all, wanted) =>
            (all as HTMLAnchorElement[]).find((a) => a.href === wanted)!.getAttribute('href'),
          target,
        );
      await tabTo(page, `.door a[href="${href}"]`);
      await page.keyboard.press('Enter');
      await page.waitForURL(target);
    }
    await context.close();
  });

  it('changes the language on the page it is on, and back', async () => {
    const { page, context } = await visit(site.browser, `${site.served.address}story/token-tree/`);
    await page.locator('header a.language').click();
    await page.waitForURL(`${site.served.address}ja/story/token-tree/`);
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    await page.locator('header a.language').click();
    await page.waitForURL(`${site.served.address}story/token-tree/`);
    await context.close();
  });

  it('keeps the theme that was chosen', async () => {
    const { page, context } = await visit(site.browser, site.served.address);
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    await page.locator('header [data-theme-select]').selectOption('dark');
    expect(await theme()).toBe('dark');
    await page.goto(`${site.served.address}story/`);
    expect(await theme()).toBe('dark');
    await page.locator('header [data-theme-select]').selectOption('auto');
    expect(await theme()).toBe('light');
    await context.close();
  });

  it.each([
    ['', 'prefix'],
    ['ja/', '検証'],
  ])('searches by keyboard in the language of the page: %s', async (prefix, words) => {
    const { page, context, complaints } = await visit(site.browser, site.served.address + prefix);
    await page.keyboard.press('/');
    await page.keyboard.type(words);
    await page.locator('.search-results a').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href !== site.served.address + prefix);
    expect(page.url().startsWith(`${site.served.address}${prefix}`)).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('lights up a mark from a word, and a word from a mark', async () => {
    const { page, context } = await visit(site.browser, `${site.served.address}story/token-tree/`);
    await waitAlive(page, 'bl-beam-tree');
    const word = page.locator('bl-ref').first();
    const key = (await word.getAttribute('key'))!;
    await word.focus();
    const mark = page.locator(`bl-beam-tree .picture [data-key="${key}"]`).first();
    await page.waitForFunction((k) => {
      const shadow = document.querySelector('bl-beam-tree')!.shadowRoot!;
      return shadow.querySelector(`[data-key="${k}"].lit, [data-key="${k}"] .lit`) !== null;
    }, key);
    await word.press('Enter');
    expect(
      await page.evaluate(
        () =>
          document
            .querySelector('bl-beam-tree')!
            .shadowRoot!.activeElement?.getAttribute('data-key') ?? null,
      ),
    ).toBe(key);
    await page.mouse.move(0, 0);
    await mark.hover();
    await page.waitForFunction(
      (k) => document.querySelector(`bl-ref[key="${k}"]`)!.classList.contains('lit'),
      key,
    );
    await context.close();
  });

  it('computes another model in the worker, and says what is wrong with a bad input', async () => {
    const address = `${site.served.address}story/engine-step/`;
    const { page, context, requests } = await visit(site.browser, address);
    await waitAlive(page, 'bl-in-flight-lanes');
    expect(requests.filter((one) => one.includes('.wasm'))).toEqual([]);
    const got = await askFigure(page, 'bl-in-flight-lanes', { preset: 'all-context' });
    expect(got).toContain('all-context');
    const wrong = await askFigure(page, 'bl-in-flight-lanes', { preset: 'none' });
    expect(wrong).toMatch(/^error: .+ The last picture stays\.$/);
    expect(await page.locator('bl-in-flight-lanes .picture svg').isVisible()).toBe(true);
    await context.close();
  });

  it('gives up what was asked before: the latest input wins', async () => {
    const { page, context } = await visit(site.browser, `${site.served.address}`);
    await waitAlive(page, 'bl-load-speedup');
    const last = await page.evaluate(async () => {
      const host = document.querySelector('bl-load-speedup') as unknown as FigureHost & {
        model: { unit: string } | null;
      };
      host.requestModel({ preset: 'traffic' });
      await new Promise((done) => setTimeout(done, 60));
      const asked = performance.now();
      host.requestModel({ preset: 'experts' });
      while (host.isComputing) {
        await new Promise((done) => setTimeout(done, 20));
      }
      return { unit: host.model?.unit, error: host.error, ms: performance.now() - asked };
    });
    expect(last.error).toBe('');
    expect(last.unit).toBe('requests in flight');
    await context.close();
  });

  it.each([
    ['', 'A dense model and a mixture of experts'],
    ['ja/story/limits/', '密なモデルと専門家混合（MoE）モデル'],
  ])('lets a reader choose what the load curve is of: /%s', async (path, name) => {
    const { page, context, complaints } = await visit(site.browser, site.served.address + path);
    await waitAlive(page, 'bl-load-speedup');
    await page.locator('bl-load-speedup select').selectOption({ label: name });
    await page.waitForFunction(() => {
      const host = document.querySelector('bl-load-speedup') as unknown as FigureHost & {
        model: { unit: string };
      };
      return !host.isComputing && host.model.unit === 'requests in flight';
    });
    const picture = page.locator('bl-load-speedup #title + .picture');
    expect(await picture.innerHTML()).toContain('qwen3-30b-a3b');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('loads the operators of the loop at its first input, and keeps focus', async () => {
    const address = `${site.served.address}story/verification/`;
    const { page, context, complaints, requests } = await visit(site.browser, address);
    await waitAlive(page, 'bl-verify-accept');
    const scripts = () => requests.filter((one) => one.endsWith('.js'));
    const before = scripts().length;
    const slider = page.locator('bl-verify-accept .controls input[type=range]').first();
    await slider.focus();
    const beams = Number(await slider.inputValue());
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((wanted) => {
      const host = document.querySelector('bl-verify-accept') as unknown as FigureHost & {
        model: { step: { beams: number } };
      };
      return !host.isComputing && host.model.step.beams === wanted;
    }, beams - 1);
    expect(scripts().length).toBeGreaterThan(before);
    expect(await slider.evaluate((e) => (e.getRootNode() as ShadowRoot).activeElement === e)).toBe(
      true,
    );
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('runs the cases of an operator in the page', async () => {
    const address = `${site.served.address}reference/operators/pack_beams/`;
    const { page, context, complaints } = await visit(site.browser, address);
    await page.locator('bl-case-runner button.primary').click();
    await page.getByText('1 case run on float64: every law holds.').waitFor();
    expect(await page.locator('bl-case-runner table').count()).toBe(2);
    await page.getByRole('button', { name: /Run all/ }).click();
    await page
      .getByText(/\d+ cases run on float64: every law holds\./)
      .waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('opens a compared prediction as a scenario of the explorer', async () => {
    const { page, context } = await visit(
      site.browser,
      `${site.served.address}reference/validation/`,
    );
    const link = page.locator('td a').first();
    const href = await link.evaluate((a: HTMLAnchorElement) => a.href);
    await link.click();
    await page.waitForURL((url) => url.href.startsWith(`${site.served.address}explorer/?`));
    expect(href).toContain('model=');
    await context.close();
  });

  it('reads, and finds the way, without script', async () => {
    const without = { javaScript: false, width: 320 };
    const { page, context } = await visit(site.browser, site.served.address, without);
    expect(await page.locator('bl-load-speedup figure svg').isVisible()).toBe(true);
    await page.locator('.door a[href$="story/"]').first().click();
    await page.waitForURL(`${site.served.address}story/`);
    await page.goto(`${site.served.address}story/token-tree/`);
    expect(await page.locator('bl-beam-tree figure svg').isVisible()).toBe(true);
    expect(await page.locator('bl-beam-tree details table').count()).toBe(1);
    expect(await page.locator('.search-open').first().isVisible()).toBe(false);
    const wide = await page.locator('html').evaluate((e) => e.scrollWidth - e.clientWidth);
    expect(wide).toBe(0);
    await page.goto(`${site.served.address}reference/operators/pack_beams/`);
    expect(await page.locator('bl-case-runner li').count()).toBeGreaterThan(20);
    await context.close();
  });

  it('works under a sub-path of a plain file server', async () => {
    const under = await serveSite('/some/where/');
    const { page, context, complaints } = await visit(site.browser, under.address);
    await page.locator('.door a[href$="story/"]').first().click();
    await page.goto(`${under.address}story/engine-step/`);
    await waitAlive(page, 'bl-in-flight-lanes');
    const got = await askFigure(page, 'bl-in-flight-lanes', { preset: 'all-context' });
    expect(got).toContain('all-context');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('scheduler');
    const first = page.locator('.search-results a').first();
    await first.waitFor();
    expect(await first.evaluate((a: HTMLAnchorElement) => a.href)).toContain('/some/where/');
    expect(complaints).toEqual([]);
    await page.goto(`${under.address}none/at/all`);
    await page.locator('a').first().click();
    await page.waitForURL(under.address);
    await context.close();
    await under.close();
  });

  it('stays usable without workers, and says so', async () => {
    const before = 'delete window.Worker';
    const address = `${site.served.address}story/engine-step/`;
    const { page, context, complaints } = await visit(site.browser, address, { before });
    await waitAlive(page, 'bl-in-flight-lanes');
    const got = await askFigure(page, 'bl-in-flight-lanes', { preset: 'all-context' });
    expect(got).toContain('no workers');
    expect(await page.locator('bl-in-flight-lanes .picture svg').isVisible()).toBe(true);
    await scrollThrough(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('stays usable where storage is denied', async () => {
    const denied = '{ get() { throw new DOMException("denied", "SecurityError") } }';
    const before = ['localStorage', 'sessionStorage']
      .map((name) => `Object.defineProperty(window, "${name}", ${denied});`)
      .join('\n');
    const { page, context, complaints } = await visit(site.browser, site.served.address, {
      before,
    });
    await page.locator('header [data-theme-select]').selectOption('dark');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.goto(`${site.served.address}story/`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('stays usable without WebAssembly, and says so', async () => {
    const address = `${site.served.address}story/engine-step/`;
    const { page, context, complaints } = await visit(site.browser, address);
    // The worker is the only place that asks for it; there it is taken away before anything runs.
    await context.route('**/compute.worker*.js', async (route) => {
      const response = await route.fetch();
      const body = `delete self.WebAssembly;${await response.text()}`;
      await route.fulfill({ response, body });
    });
    await waitAlive(page, 'bl-in-flight-lanes');
    const got = await askFigure(page, 'bl-in-flight-lanes', { preset: 'all-context' });
    expect(got).toContain('WebAssembly');
    expect(await page.locator('bl-in-flight-lanes .picture svg').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
}
