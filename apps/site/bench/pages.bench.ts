/**
 * The three main pages under Lighthouse's phone profile: a slow network and a slow processor are
 * simulated, everything comes from this machine. On the built site; `npm run build` and
 * `npm start -- site` make it.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { serveFolder } from '../../../scripts/static-server.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const executablePath = '/usr/bin/chromium';
/** Where Lighthouse talks to the browser. */
const DEBUG_PORT = 9377;
const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

const pages = { home: '', story: 'story/token-tree/', explorer: 'explorer/' };

/** The least of the four scores, from 0 to 100, and all four. */
async function scores(path: string): Promise<{ value: number; unit: string; detail: string }> {
  const missing = [executablePath, `${dist}/index.html`].filter((file) => !existsSync(file));
  if (missing.length > 0) return { value: 0, unit: 'of 100', detail: `skipped: no ${missing[0]}` };
  const served = await serveFolder(dist, { prefix: '/' });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', `--remote-debugging-port=${DEBUG_PORT}`],
  });
  try {
    const result = await lighthouse(`${served.address}${path}`, {
      port: DEBUG_PORT,
      onlyCategories: [...categories],
      logLevel: 'silent',
    });
    const points = categories.map((name) => {
      return Math.round(100 * (result?.lhr.categories[name]?.score ?? 0));
    });
    const detail = categories.map((name, i) => `${name} ${points[i]}`).join(', ');
    return { value: Math.min(...points), unit: 'of 100', detail };
  } finally {
    await browser.close();
    await served.close();
  }
}

export const benchmarks = Object.entries(pages).map(([name, path]) => ({
  name: `site: ${name} page, least of Lighthouse's four scores`,
  target: '95',
  run: () => scores(path),
}));
