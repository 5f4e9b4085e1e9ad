import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import {
  CaseShelf,
  type Environment,
  idsOf,
  type KernelRecord,
  parseRecords,
  referenceDevice,
  runVerifyTask,
} from '@beamline/bench/webgpu';
import { suites } from '@beamline/kernels/suites';
import { wgslKernels } from '@beamline/kernels/wgsl';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabEngine } from '../../apps/site/src/lab/engine.ts';
import { browserName } from '../../apps/site/src/lab/environment.ts';
import type { LabReply } from '../../apps/site/src/lab/protocol.ts';
import {
  addRecord,
  doneOf,
  duration,
  emptyTally,
  quantity,
  stateOf,
} from '../../apps/site/src/lab/tally.ts';
import { call, Folder } from '../../packages/cli/test/harness.ts';
import type { Served } from '../../scripts/static-server.mjs';
import {
  buildSite,
  dist,
  openBrowser,
  reason,
  serveSite,
  shots,
  skipsBrowser,
  visit,
} from './support/site.ts';

// The lab verifies and times the suite in the page. What it finds is what the reference in Node
// says; without WebGPU, an adapter or workers it says so and goes on with what there is.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tried = ['draft_topk', 'tree_mask', 'scan_lengths', 'uniform'];

const environment: Environment = {
  platform: 'test',
  cpu: 'test',
  cores: 1,
  node: 'none',
  commit: null,
  hasChanges: false,
};

const suiteOf = (name: string) => suites.find(({ operator }) => operator.name === name)!;

/** The command's own way to the same records, without a page. */
async function referenceRecords(operator: string): Promise<KernelRecord[]> {
  const suite = suiteOf(operator);
  const records: KernelRecord[] = [];
  const cases = { kind: 'listed', ids: idsOf(suite) } as const;
  await runVerifyTask(
    { operator, variant: 'twin', device: 'reference', cases },
    referenceDevice('twin'),
    suite,
    environment,
    (event) => {
      if (event.kind === 'end') records.push(event.record);
    },
    new CaseShelf(),
  );
  return records;
}

const verify = (page: Page) => page.locator('section[aria-labelledby=lab-verify]');
const time = (page: Page) => page.locator('section[aria-labelledby=lab-time]');

async function choose(page: Page, operators: readonly string[]): Promise<void> {
  const all = page.locator('thead input[type=checkbox]');
  await all.check();
  await all.uncheck();
  for (const name of operators) await page.locator(`tr[data-operator=${name}] input`).check();
}

async function run(section: ReturnType<typeof verify>): Promise<string> {
  await section.locator('button.is-main').click();
  const said = section.locator('.lab-status p').last();
  await said.waitFor({ timeout: 120_000 });
  return said.innerText();
}

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /JSONL/ }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

describe('the engine of the lab', () => {
  it("tells the reference's records, in the bench's order", async () => {
    const replies: LabReply[] = [];
    const engine = new LabEngine((reply) => replies.push(reply));
    const operators = ['scan_lengths'];
    const request = { device: 'reference', adapter: 'default', operators, environment } as const;
    await engine.hear({ kind: 'verify', ...request, operators });
    const records = replies.flatMap((reply) => (reply.kind === 'record' ? [reply.record] : []));
    expect(records).toEqual(await referenceRecords('scan_lengths'));
    expect(replies[0]).toEqual({
      kind: 'operator',
      operator: 'scan_lengths',
      total: records.length,
    });
    expect(replies.at(-1)).toEqual({ kind: 'done', wasStopped: false });
  });

  it('stops before the next case, and can begin again', async () => {
    const replies: LabReply[] = [];
    const engine = new LabEngine((reply) => {
      replies.push(reply);
      if (reply.kind === 'record') void engine.hear({ kind: 'stop' });
    });
    const request = { device: 'reference', adapter: 'default', environment } as const;
    for (let i = 0; i < 2; i++) {
      replies.length = 0;
      await engine.hear({ kind: 'verify', ...request, operators: ['uniform', 'tree_mask'] });
      expect(replies.filter(({ kind }) => kind === 'record')).toHaveLength(1);
      expect(replies.at(-1)).toEqual({ kind: 'done', wasStopped: true });
    }
  });

  it('says that there is no WebGPU where there is none', async () => {
    const replies: LabReply[] = [];
    const engine = new LabEngine((reply) => replies.push(reply));
    const request = { adapter: 'default', operators: ['uniform'], environment } as const;
    await engine.hear({
      kind: 'verify',
      device: 'webgpu',
      ...request,
      operators: ['uniform'],
    });
    expect(replies).toEqual([{ kind: 'failed', obstacle: 'no-webgpu', message: '' }]);
  });
});

describe('what the lab shows', () => {
  it('counts every record once', () => {
    const tally = { ...emptyTally('x'), total: 4 };
    const record = { message: 'needs shader-f16' } as KernelRecord;
    for (const status of ['passed', 'nan', 'unsupported', 'unsupported'] as const) {
      addRecord(tally, { ...record, status });
    }
    expect([tally.passed, tally.failed.length, doneOf(tally)]).toEqual([1, 1, 4]);
    expect([...tally.untaken]).toEqual([['needs shader-f16', 2]]);
    const on = { device: 'webgpu', hasKernel: true, isRunning: false } as const;
    expect(stateOf(tally, on)).toBe('wrong');
    expect(stateOf(emptyTally('x'), on)).toBe('idle');
    expect(stateOf({ ...emptyTally('x'), total: 2, passed: 1 }, on)).toBe('partial');
    expect(stateOf({ ...emptyTally('x'), total: 2, passed: 2 }, on)).toBe('right');
    expect(stateOf(emptyTally('x'), { ...on, hasKernel: false })).toBe('missing');
  });

  it('writes numbers with three digits and a unit', () => {
    expect(quantity(1.34e9, 'B/s')).toBe('1.34 GB/s');
    expect(quantity(0, 'FLOP')).toBe('0 FLOP');
    expect(quantity(999, 'B')).toBe('999 B');
    expect([duration(48_200), duration(1.3e6), duration(2e9), duration(15)]).toEqual([
      '48.2 µs',
      '1.3 ms',
      '2 s',
      '15 ns',
    ]);
  });

  it('names the browser by its brand, else by its sentence', () => {
    const brands = [
      { brand: 'Not=A?Brand', version: '24' },
      { brand: 'Chromium', version: '143' },
      { brand: 'Google Chrome', version: '143' },
    ];
    expect(browserName({ userAgent: '' }, { brands })).toBe('Google Chrome 143');
    expect(browserName({ userAgent: '' }, { brands: brands.slice(0, 2) })).toBe('Chromium 143');
    const userAgent = 'Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/145.0';
    expect(browserName({ userAgent })).toBe('Firefox/145.0');
  });
});

describe.skipIf(skipsBrowser)(`the lab${reason}`, () => {
  let withGpu: Browser;
  let without: Browser;
  let served: Served;
  const folder = new Folder();

  beforeAll(async () => {
    buildSite();
    mkdirSync(shots, { recursive: true });
    served = await serveSite();
    withGpu = await openBrowser('--enable-unsafe-webgpu');
    without = await openBrowser();
  }, 400_000);

  afterAll(async () => {
    await withGpu?.close();
    await without?.close();
    await served?.close();
    folder.remove();
  });

  const open = (browser: Browser, prefix = '', options = {}) =>
    visit(browser, `${served.address}${prefix}lab/`, options);

  async function findings(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe: check } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
      };
      const { violations } = await check.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.target.join(' ')}`);
    });
  }

  const sideways = (page: Page) =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });

  it('verifies in WebGPU what the reference in Node says, and times it', async () => {
    const { page, context, complaints, requests } = await open(withGpu);
    await page.locator('.lab-facts').getByText('swiftshader').waitFor();
    const scripts = requests.filter((url) => url.endsWith('.js'));
    const bytes = scripts.map(
      (url) => gzipSync(readFileSync(`${dist}/${new URL(url).pathname}`), { level: 9 }).length,
    );
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(35_000);
    expect(requests.some((url) => url.includes('lab.worker'))).toBe(false);

    await choose(page, tried);
    expect(await run(verify(page))).toMatch(/^\d+ results right, none wrong/);
    const text = await saved(page);
    const records = parseRecords(text, 'records.jsonl');
    for (const operator of tried) {
      const expected = await referenceRecords(operator);
      const found = records.filter((one) => one.operator === operator);
      const kernel = wgslKernels.find((one) => one.operator.name === operator)!;
      // What the device chooses by itself, or its only variant, takes every case.
      const variants = [...new Set(found.map(({ variant }) => variant))];
      const chosen = variants.includes('auto') ? 'auto' : variants[0];
      expect(kernel.variants.map(({ name }) => name)).toEqual(
        expect.arrayContaining(variants.filter((name) => name !== 'auto')),
      );
      const shown = ({ case: id, status, axes, dtypes, work }: KernelRecord) => ({
        id,
        status,
        axes,
        dtypes,
        work,
      });
      const ofChosen = found.filter(({ variant }) => variant === chosen);
      expect(ofChosen.map(shown)).toEqual(expected.map(shown));
    }
    expect(new Set(records.map(({ device }) => device))).toEqual(new Set(['webgpu']));

    await choose(page, ['scan_lengths']);
    expect(await run(time(page))).toBe('1 time measured.');
    expect(await time(page).innerText()).toMatch(/copy [\d.]+ .B\/s, fp32 multiply-adds [\d.]+ /);
    await page.locator('bl-kernel-roofline svg').waitFor();
    const all = parseRecords(await saved(page), 'records.jsonl');
    const timed = all.filter(({ mode }) => mode === 'perf');
    expect(timed).toHaveLength(1);
    expect(timed[0]).toMatchObject({ status: 'passed', isFunctional: true, share: null });
    expect(timed[0]!.timing!.medianNs).toBeGreaterThan(0);
    const file = folder.file('records.jsonl', await saved(page));
    const report = await call(['kernels', 'report', file]);
    expect([report.code, report.stdout]).toEqual([0, expect.stringContaining('scan_lengths')]);

    await page.getByRole('button', { name: 'Copy summary' }).click();
    await page.getByText(/^(Copied\.|The clipboard is not available)/).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${shots}/lab-en-1440-light.png`, fullPage: true });
    expect({ found: await findings(page), sideways: await sideways(page), complaints }).toEqual({
      found: [],
      sideways: 0,
      complaints: [],
    });
    const foreign = requests.filter(
      (url) => !url.startsWith(served.address) && !url.startsWith('blob:'),
    );
    expect(foreign).toEqual([]);
    await context.close();
  }, 180_000);

  it('works by keyboard, on a phone, in Japanese', async () => {
    const { page, context, complaints } = await open(withGpu, 'ja/', { width: 320, theme: 'dark' });
    await page.locator('.lab-facts').waitFor();
    await page.locator('thead input[type=checkbox]').focus();
    await page.keyboard.press('Space');
    await page.locator('tr[data-operator=uniform] input').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+Tab');
    await verify(page).locator('button.is-main').focus();
    await page.keyboard.press('Enter');
    await verify(page).getByText('誤りなし').waitFor({ timeout: 60_000 });
    expect(await page.locator('tr[data-operator=uniform]').getAttribute('data-state')).toBe(
      'right',
    );
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${shots}/lab-ja-320-dark.png`, fullPage: true });
    expect({ found: await findings(page), sideways: await sideways(page), complaints }).toEqual({
      found: [],
      sideways: 0,
      complaints: [],
    });
    await context.close();
  }, 90_000);

  it('says that there is no adapter, and verifies by the reference', async () => {
    const { page, context } = await open(without, '', { width: 320 });
    await page.locator('[data-obstacle=no-adapter]').waitFor();
    expect(await page.getByLabel('WebGPU', { exact: true }).isDisabled()).toBe(true);
    expect(await time(page).locator('button.is-main').isDisabled()).toBe(true);
    await choose(page, ['scan_lengths']);
    expect(await run(verify(page))).toMatch(/none wrong/);
    const records = parseRecords(await saved(page), 'records.jsonl');
    expect(records.map(({ case: id, status }) => [id, status])).toEqual(
      (await referenceRecords('scan_lengths')).map(({ case: id, status }) => [id, status]),
    );
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${shots}/lab-en-320-light.png`, fullPage: true });
    expect(await sideways(page)).toBe(0);
    await context.close();
  }, 90_000);

  it('says that there is no WebGPU, and stops when asked', async () => {
    const before = 'delete Navigator.prototype.gpu';
    const { page, context } = await open(without, 'ja/', { before, theme: 'dark' });
    await page.locator('[data-obstacle=no-webgpu]').waitFor();
    await verify(page).locator('button.is-main').click();
    await verify(page)
      .locator('td')
      .filter({ hasText: /^\d+ \/ \d+$/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: '中止' }).click();
    await verify(page).getByText('中止しました').waitFor();
    expect(await page.locator('[data-state=partial], [data-state=right]').count()).toBeGreaterThan(
      0,
    );
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${shots}/lab-ja-1440-dark.png`, fullPage: true });
    expect(await findings(page)).toEqual([]);
    await context.close();
  }, 90_000);

  it('goes on without workers, and after the device was lost', async () => {
    // The device is lost once, in the middle; the page takes another and goes on.
    const before = `delete window.Worker;
      const ask = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...given) {
        const device = await ask.apply(this, given);
        const { queue } = device;
        const submit = queue.submit.bind(queue);
        let count = 0;
        queue.submit = (list) => {
          submit(list);
          if (++count === 40 && !window.wasLost) { window.wasLost = true; device.destroy(); }
        };
        return device;
      };`;
    const { page, context } = await open(withGpu, '', { before });
    await page.getByText('no worker').waitFor();
    await page.locator('.lab-facts').waitFor();
    await choose(page, ['uniform', 'scan_lengths']);
    await run(verify(page));
    expect(await verify(page).locator('.lab-status').innerText()).toContain(
      'The GPU was lost once',
    );
    const records = parseRecords(await saved(page), 'records.jsonl');
    const lost = records.filter(({ status }) => status !== 'passed');
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ status: 'fault' });
    expect(lost[0]!.message).toContain('device lost');
    await context.close();
  }, 90_000);

  it('runs one case of an operator on WebGPU beside its reference', async () => {
    const address = `${served.address}reference/operators/tree_mask/`;
    const { page, context, complaints } = await visit(withGpu, address);
    await page.getByRole('button', { name: 'Compare on WebGPU' }).click();
    await page.getByText(/1 case run on WebGPU \(.*swiftshader\): every law holds/).waitFor();
    const outputs = page.locator('bl-case-runner table').last();
    expect(await outputs.locator('tbody td:last-child').allInnerTexts()).toEqual(['0']);
    expect({ found: await findings(page), complaints }).toEqual({ found: [], complaints: [] });
    await context.close();
    const other = await visit(without, address);
    await other.page.getByRole('button', { name: 'Compare on WebGPU' }).click();
    await other.page.getByText('The browser offers no WebGPU adapter.').waitFor();
    await other.context.close();
  }, 90_000);
});
