import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { effortOf, idsOf, isFailure, plainRun, verifyCase, verifyProbe } from '@beamline/bench';
import { type WebGpuRunner, webGpuDevice } from '@beamline/bench/webgpu';
import { openWebGpuRunner } from '@beamline/bench/webgpu-node';
import type { Case, OperatorSuite } from '@beamline/kernels/suites';
import { suites } from '@beamline/kernels/suites';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { afterAll, describe, expect, it } from 'vitest';
import { affordableCases } from '../../../test/support/wgsl-cases.ts';
import { adapterNames, chooseAdapter } from '../src/vulkan.ts';

/**
 * The WGSL kernels on a driver in software, as much as a few minutes hold: of each operator the
 * cases that few modules serve, since a driver compiles every module. All of them run with
 * `beamline kernels verify --device webgpu`.
 */
const BUDGET = { modules: 2, cases: 14 };

const isChosen =
  chooseAdapter('lavapipe', process.env) || chooseAdapter('swiftshader', process.env);
const opened = isChosen ? await openWebGpuRunner() : 'no driver in software';
const reason = typeof opened === 'string' ? ` (skipped: ${opened})` : '';
if (reason !== '') console.log(`WebGPU${reason}`);
const runner = typeof opened === 'string' ? null : opened;
afterAll(() => runner?.close());

const suiteOf = (name: string): OperatorSuite =>
  suites.find(({ operator }) => operator.name === name)!;
const scan = suiteOf('scan_lengths');

describe.skipIf(runner === null)(`WGSL kernels on an adapter${reason}`, () => {
  const device = runner === null ? null : webGpuDevice(runner);
  const pairs = wgslKernels.flatMap((kernel) =>
    (device?.variants(kernel.operator.name) ?? []).map((name) => [kernel, name] as const),
  );

  it.each(pairs.map(([kernel, name]) => [kernel.operator.name, name, kernel] as const))(
    '%s %s',
    { timeout: 120_000 },
    async (operator, variant, kernel) => {
      const suite = suiteOf(operator);
      const wrong: string[] = [];
      for (const call of affordableCases(kernel, variant, BUDGET)) {
        const found = await verifyCase(device!, suite, call, variant, effortOf(device!, true));
        if (found.status !== 'passed') wrong.push(`${call.id}: ${found.status} ${found.message}`);
      }
      expect(wrong).toEqual([]);
      expect(runner!.memory.live).toBe(0);
    },
  );

  it('keeps exact probes', { timeout: 120_000 }, async () => {
    for (const name of ['draft_topk', 'tree_mask', 'verify_greedy']) {
      const suite = suiteOf(name);
      for (const probe of suite.probes()) {
        const found = await verifyProbe(device!, suite, probe, '');
        expect([probe.id, found.status, found.message]).toEqual([probe.id, 'passed', '']);
      }
    }
  });

  it('leaks no buffer in 1,000 steps', { timeout: 120_000 }, async () => {
    const call = scan.cases()[0]!;
    const before = runner!.memory.created;
    const prepared = await runner!.prepare(scan, call, '');
    const held = runner!.memory.live;
    for (let step = 0; step < 1000; step++) {
      expect(isFailure(await runner!.run(scan, call, plainRun))).toBe(false);
      expect(runner!.memory.live).toBe(held);
    }
    for (let step = 0; step < 1000; step++) {
      await prepared.sampleMs(1, { isCold: false, asGraph: false });
    }
    expect(runner!.memory.live).toBe(held);
    prepared.free();
    expect(runner!.memory.live).toBe(0);
    expect(runner!.memory.created - before).toBeGreaterThan(4000);
  });
});

describe.skipIf(runner === null)(`what goes wrong on an adapter${reason}`, () => {
  const call = scan.cases()[0]!;
  const kernel = wgslKernels.find(({ operator }) => operator.name === 'scan_lengths')!;

  /** A runner whose scan_lengths has another text. */
  async function runnerWith(change: (text: string) => string): Promise<WebGpuRunner> {
    const variants = kernel.variants.map((variant) => ({
      ...variant,
      sources: (one: Case) => variant.sources(one).map(change),
    }));
    const made = await openWebGpuRunner([{ ...kernel, variants }]);
    if (typeof made === 'string') throw new Error(made);
    return made;
  }

  it('a text that is no WGSL ends the case with the line', async () => {
    const broken = await runnerWith((text) => text.replace('var carried', 'var carried carried'));
    const result = await broken.run(scan, call, plainRun);
    expect(result).toMatchObject({ status: 'fault' });
    expect(isFailure(result) && result.message).toContain('carried');
    broken.close();
  });

  it('a buffer that an entry point lacks ends the case, and the next one runs', async () => {
    const variants = kernel.variants.map((variant) => ({
      ...variant,
      plan: (one: Case) => {
        const plan = variant.plan(one);
        if (one.id !== call.id) return plan;
        const passes = plan.passes.map((pass) => ({ ...pass, uses: pass.uses.slice(1) }));
        return { ...plan, passes };
      },
    }));
    const bare = await openWebGpuRunner([{ ...kernel, variants }]);
    if (typeof bare === 'string') throw new Error(bare);
    expect(await bare.run(scan, call, plainRun)).toMatchObject({ status: 'fault' });
    expect(bare.memory.live).toBe(0);
    expect(isFailure(await bare.run(scan, scan.cases()[1]!, plainRun))).toBe(false);
    bare.close();
  });

  it('scratch beyond the adapter is not supported', async () => {
    const variants = kernel.variants.map((variant) => ({
      ...variant,
      plan: (one: Case) => ({ ...variant.plan(one), scratch: { much: 2 ** 40 } }),
    }));
    const greedy = await openWebGpuRunner([{ ...kernel, scratch: { much: 'u32' }, variants }]);
    if (typeof greedy === 'string') throw new Error(greedy);
    const result = await greedy.run(scan, call, plainRun);
    expect(result).toMatchObject({ status: 'unsupported' });
    greedy.close();
  });

  it('a lost device ends one case; the next opens it anew', async () => {
    const fresh = await runnerWith((text) => text);
    fresh.opened.device.destroy();
    const lost = await fresh.run(scan, call, plainRun);
    expect(lost).toMatchObject({ status: 'fault' });
    expect(isFailure(lost) && lost.message).toContain('lost');
    expect(isFailure(await fresh.run(scan, call, plainRun))).toBe(false);
    fresh.close();
  });

  it('a write behind the end and a changed input are seen', async () => {
    const past = await runnerWith((text) =>
      text.replace('total[0] = i32(carried);', 'total[0] = i32(carried); total[7] = 1;'),
    );
    const result = await past.run(scan, call, plainRun);
    expect(!isFailure(result) && result.trespasses).toEqual(['wrote behind the end of total']);
    past.close();
  });
});

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const execute = promisify(execFile);

/** The subgroup-dependent operators in a process of its own, under another environment. */
async function verifyUnder(adapter: string, environment: Record<string, string>) {
  const names = ['scan_lengths', 'verify_greedy'];
  const ids = names.flatMap((name) => idsOf(suiteOf(name)).filter((_, i) => i % 4 === 0));
  const filters = ids.flatMap((id) => ['--filter', id]);
  const argv = ['kernels', 'verify', ...names, '--device', 'webgpu', '--adapter', adapter];
  const { stdout } = await execute(
    process.execPath,
    ['--conditions=source', entry, ...argv, '--require-device', '--format', 'json', ...filters],
    { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout).summary;
}

const subgroups = [
  ['lavapipe', '128', 'of 4'],
  ['lavapipe', '512', 'of 16'],
  ['swiftshader', '', 'of 4 without f16'],
] as const;

describe('subgroups', () => {
  it.each(subgroups)('%s %s: %s', { timeout: 180_000 }, async (adapter, width) => {
    expect(adapterNames).toContain(adapter);
    if (!chooseAdapter(adapter, { ...process.env })) {
      console.log(`skipped: no ${adapter}`);
      return;
    }
    const environment = width === '' ? {} : { LP_NATIVE_VECTOR_WIDTH: width };
    const { failed, passed } = await verifyUnder(adapter, environment);
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThan(10);
  });
});
