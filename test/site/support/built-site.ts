/** One build, one server and one browser for all tests of a file. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Served } from '../../../scripts/static-server.mjs';
import { buildSite, openBrowser, serveSite, shots, skipsBrowser } from './site.ts';

/** Filled before the first test. */
export interface BuiltSite {
  browser: Browser;
  served: Served;
}

export function builtSite(): BuiltSite {
  const site = {} as BuiltSite;
  beforeAll(async () => {
    buildSite();
    mkdirSync(shots, { recursive: true });
    site.served = await serveSite();
    if (!skipsBrowser) site.browser = await openBrowser();
  }, 400_000);
  afterAll(async () => {
    await site.browser?.close();
    await site.served?.close();
  });
  return site;
}
