import { describe, expect, it } from 'vitest';
import { suites } from '../suites.ts';
import { wgslKernels } from '../wgsl.ts';
import { plant, plantedBugs } from './planted-wgsl.ts';

/** The list of planted bugs still fits the texts; that each is caught, `npm run mutants` shows. */
const bugs = plantedBugs();
const cases = new Map(suites.map((suite) => [suite.operator.name, suite.cases()]));

describe('bugs planted in WGSL', () => {
  it('are many, and stand in every operator', () => {
    expect(bugs.length).toBeGreaterThanOrEqual(25);
    const having = new Set(bugs.map(({ operator }) => operator));
    const without = wgslKernels.map(({ operator }) => operator.name);
    expect(without.filter((name) => !having.has(name))).toEqual([]);
  });

  it.each(bugs.map((bug) => [`${bug.operator}: ${bug.name}`, bug] as const))(
    '%s: changes the text of a variant that takes a case',
    (_, bug) => {
      const kernel = wgslKernels.find(({ operator }) => operator.name === bug.operator)!;
      const planted = plant(kernel, bug).variants.flatMap((variant, i) => {
        const call = cases.get(bug.operator)!.find((one) => variant.refuse(one) === null);
        return call === undefined ? [] : [{ call, variant, original: kernel.variants[i]! }];
      });
      expect(planted.length).toBeGreaterThan(0);
      for (const { call, variant, original } of planted) {
        expect(variant.sources(call)).not.toEqual(original.sources(call));
      }
    },
  );
});
