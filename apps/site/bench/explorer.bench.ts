/**
 * The explorer in a headless browser: how long until the first curve of twenty points with and
 * without drafting stands, and how long a move of the reader's load takes to be drawn. On the built
 * site; `npm run build` first.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serveFolder } from '../../../scripts/static-server.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const executablePath = '/usr/bin/chromium';

interface Measured {
  value: number;
  unit: string;
  detail?: string;
}

async function inPage(measure: (page: Page) => Promise<Measured>): Promise<Measured> {
  const missing = [executablePath, `${dist}/explorer/index.html`].filter((f) => !existsSync(f));
  if (missing.length > 0) return { value: 0, unit: 'ms', detail: `skipped: no ${missing[0]}` };
  const served = await serveFolder(dist, { prefix: '/' });
  let browser: Browser | null = null;
  try {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // Another axis than the page was built with, so that nothing is there before it is computed.
    await page.goto(`${served.address}explorer/?over=0.5:60:log20`, { waitUntil: 'commit' });
    return await measure(page);
  } finally {
    await browser?.close();
    await served.close();
  }
}

/** From the start of the navigation, the workers' start and all loading included. */
const firstCurve = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const text = document.querySelector('.bx-progress [role=status]')?.textContent ?? '';
          const points = document
            .querySelector('bx-load-curve')
            ?.shadowRoot?.querySelectorAll('tbody tr').length;
          if (points === 20 && text !== '') resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/** Median and worst of forty moves: from the event to the end of layout. */
const redraws = (page: Page) =>
  page.evaluate(async () => {
    interface Lit extends HTMLElement {
      updateComplete: Promise<unknown>;
    }
    const app = document.querySelector('bl-explorer') as Lit;
    const curve = document.querySelector('bx-load-curve') as Lit;
    const slider = curve.shadowRoot!.querySelector('input')!;
    const times: number[] = [];
    for (let i = 0; i < 40; i++) {
      slider.value = String(60 + 2 * i);
      const from = performance.now();
      slider.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
      await curve.updateComplete;
      await app.updateComplete;
      void document.documentElement.offsetHeight;
      times.push(performance.now() - from);
      await new Promise(requestAnimationFrame);
    }
    times.sort((a, b) => a - b);
    return { median: times[20]!, worst: times[39]! };
  });

export const benchmarks = [
  {
    name: 'explorer: first curve of 20 points with and without drafting',
    target: '<= 2000 ms',
    run: () =>
      inPage(async (page) => {
        const value = Math.round(await firstCurve(page));
        return { value, unit: 'ms', detail: 'from the navigation, 200 requests a point' };
      }),
  },
  {
    name: 'explorer: redraw while a load is dragged',
    target: '<= 16 ms',
    run: () =>
      inPage(async (page) => {
        await firstCurve(page);
        await page.getByText('Done. Each point').waitFor({ timeout: 120_000 });
        const { median, worst } = await redraws(page);
        const detail = `median of 40, worst ${worst.toFixed(1)} ms`;
        return { value: Number(median.toFixed(2)), unit: 'ms', detail };
      }),
  },
];
