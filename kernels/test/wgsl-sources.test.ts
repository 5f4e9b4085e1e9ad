import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { suites } from '../suites.ts';
import { moduleText, paramsOf, wgslKernels } from '../wgsl.ts';

/** The WGSL texts and their modules agree, and every record holds together without a device. */
const root = new URL('../', import.meta.url);

interface Script {
  staleFiles(): string[];
  wgslFiles(): string[];
}

describe('WGSL sources', () => {
  it('are what the modules beside them hold', async () => {
    const script = (await import(new URL('scripts/wgsl.mjs', root).href)) as Script;
    expect(script.wgslFiles().length).toBeGreaterThan(4);
    expect(script.staleFiles()).toEqual([]);
  });

  it('stand in the folder of their operator', () => {
    for (const { operator } of wgslKernels) {
      const file = new URL(`${operator.name}/${operator.name}.wgsl`, root);
      expect([operator.name, existsSync(file)]).toEqual([operator.name, true]);
      expect(readFileSync(file, 'utf8')).toMatch(/^\/\/ [A-Z]/);
    }
  });
});

describe.each(wgslKernels.map((kernel) => [kernel.operator.name, kernel] as const))(
  '%s in WGSL',
  (name, kernel) => {
    const suite = suites.find(({ operator }) => operator.name === name)!;
    const cases = suite.cases();

    it('has an entry point for every pass and a value for every parameter', () => {
      for (const variant of kernel.variants) {
        for (const call of cases) {
          if (variant.refuse(call) !== null) continue;
          const text = moduleText(kernel, variant, call);
          for (const { entry } of variant.plan(call).passes) {
            expect(text).toMatch(new RegExp(`\\nfn ${entry}\\(`));
          }
          expect(Object.keys(paramsOf(kernel, variant, call))).toEqual(Object.keys(kernel.params));
        }
      }
    });

    it('binds at most eight buffers a pass, so that every adapter has them', () => {
      const most = Math.max(
        ...kernel.variants.flatMap((variant) =>
          cases
            .filter((call) => variant.refuse(call) === null)
            .flatMap((call) => variant.plan(call).passes.map(({ uses }) => uses.length)),
        ),
      );
      expect(most).toBeLessThanOrEqual(8);
    });

    it('has its naive variants last, for every case', () => {
      const isNaive = kernel.variants.map((variant) => variant.name.startsWith('naive'));
      expect(isNaive).toEqual([...isNaive].sort((a, b) => Number(a) - Number(b)));
      const naive = kernel.variants.filter(
        ({ name: one, needs }) => one.startsWith('naive') && needs.length === 0,
      );
      const refused = naive.flatMap((variant) =>
        cases.filter((call) => variant.refuse(call) !== null),
      );
      expect(refused.map(({ id }) => id)).toEqual([]);
    });

    it('has a variant for every case without any feature', () => {
      const portable = kernel.variants.filter(({ needs }) => needs.length === 0);
      const left = cases.filter((call) => portable.every((one) => one.refuse(call) !== null));
      expect(left.map(({ id }) => id)).toEqual([]);
    });
  },
);
