import { parameterSpreads } from '@beamline/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRun } from '../../../../test/support/runs.ts';
import { engineOf, StepCost } from '../../src/cost/index.ts';
import { emptyStepShape } from '../../src/cost/shape.ts';
import type { Run } from '../../src/run.ts';
import { type PartialScenario, parseScenario } from '../../src/scenario/index.ts';
import { acceptanceOf, withOdds } from '../../src/speculation/acceptance.ts';
import {
  bandOf,
  drawsOf,
  engineWith,
  noFactors,
  type ParameterFactors,
  runWithBands,
  spreadsOf,
} from '../../src/uncertainty/index.ts';

const scenarioOf = (partial: PartialScenario = {}) => parseScenario(partial, 'test');

describe('factors', () => {
  const shape = { ...emptyStepShape(), generationRequests: 4, generationRows: 4 };
  shape.generationKvTokens = 4000;
  const stepNs = (factors: ParameterFactors) =>
    new StepCost(engineWith(scenarioOf(), factors)).timeNs(shape);

  it('at 1 change nothing, and each one acts in its own direction', () => {
    const plain = new StepCost(engineOf(scenarioOf())).timeNs(shape);
    expect(stepNs(noFactors)).toBe(plain);
    expect(stepNs({ ...noFactors })).toBe(plain);
    expect(stepNs({ ...noFactors, memory: 1.2 })).toBeLessThan(plain);
    expect(stepNs({ ...noFactors, compute: 0.5 })).toBeGreaterThan(plain);
    const { overheads, model } = engineOf(scenarioOf());
    const hostNs = overheads.perStepNs + model.layers * overheads.perLayerNs;
    expect(stepNs({ ...noFactors, host: 2 })).toBe(plain + hostNs);
    expect(stepNs({ ...noFactors, request: 3 })).toBe(plain + 8 * overheads.perRequestNs);
    expect(stepNs({ ...noFactors, acceptance: 2, price: 2 })).toBe(plain);
  });

  it('on the odds keep a probability one, and keep their order', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(p, p, factor, (a, b, k) => {
        const [low, high] = [withOdds(Math.min(a, b), k), withOdds(Math.max(a, b), k)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high);
        expect(withOdds(a, 1)).toBeCloseTo(a, 12);
      }),
    );
    expect(withOdds(0.5, 3)).toBe(0.75);
    expect([withOdds(0, 9), withOdds(1, 9)]).toEqual([0, 1]);
  });

  it('on the odds move the tokens of a step', () => {
    const at = (odds: number) =>
      acceptanceOf(scenarioOf(), odds).acceptance.shape(4, 4).tokensPerStep;
    expect(at(1)).toBe(acceptanceOf(scenarioOf()).acceptance.shape(4, 4).tokensPerStep);
    expect(at(1.5)).toBeGreaterThan(at(1));
    expect(at(0.7)).toBeLessThan(at(1));
  });
});

describe('spreads', () => {
  const { kinds } = parameterSpreads;

  it('grow from measured to assumed, and each says where it is from', () => {
    for (const { measured, modelled, assumed } of Object.values(kinds)) {
      expect(measured).toBeLessThan(modelled);
      expect(modelled).toBeLessThan(assumed);
    }
    for (const { value, origin } of Object.values(spreadsOf(scenarioOf()))) {
      expect(value).toBeGreaterThan(0);
      expect(origin.source.length).toBeGreaterThan(10);
    }
  });

  it('are those that the GPU states, for what it states', () => {
    const gpu = { base: 'l4', spread: { memory: 0.02, host: 0 } };
    const stated = spreadsOf(scenarioOf({ hardware: { gpu } }));
    const named = spreadsOf(scenarioOf({ hardware: { gpu: 'l4' } }));
    expect([stated.memory.value, stated.host.value]).toEqual([0.02, 0]);
    expect(stated.compute).toEqual(named.compute);
    expect(stated.memory.origin.source).toContain('stated with the GPU');
  });
});

describe('draws', () => {
  it('law: more draws keep the first ones; the load does not matter, the seed does', () => {
    const eight = drawsOf(scenarioOf(), 8);
    expect(drawsOf(scenarioOf(), 20).slice(0, 8)).toEqual(eight);
    expect(drawsOf(scenarioOf({ workload: { ratePerSecond: 9 } }), 8)).toEqual(eight);
    expect(drawsOf(scenarioOf({ seed: 2 }), 8)).not.toEqual(eight);
    expect(new Set(eight.map(({ seed }) => seed)).size).toBe(8);
  });

  it('have the spread that they are given, around 1, and prices in their range', () => {
    const scenario = scenarioOf();
    const draws = drawsOf(scenario, 4000);
    const spreads = spreadsOf(scenario);
    for (const name of ['memory', 'compute', 'host', 'request', 'acceptance'] as const) {
      const logs = draws.map(({ factors }) => Math.log(factors[name]) / spreads[name].value);
      const mean = logs.reduce((sum, z) => sum + z, 0) / logs.length;
      const variance = logs.reduce((sum, z) => sum + z * z, 0) / logs.length;
      // Five standard errors of a mean and of a variance of 4,000 normal numbers.
      expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(4000));
      expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
    }
    const { low, high, typical } = engineOf(scenario).hardware.price;
    const prices = draws.map(({ factors }) => factors.price * typical);
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(low * (1 - 1e-9));
    expect(Math.max(...prices)).toBeLessThanOrEqual(high * (1 + 1e-9));
    const below = prices.filter((price) => price < typical).length / prices.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.05);
  });
});

describe('bands', () => {
  it('are the quantiles of the draws', () => {
    expect(bandOf([11, 1, 2, 10, 3, 9, 4, 8, 5, 7, 6])).toEqual({ p10: 2, p50: 6, p90: 10 });
    expect(bandOf([1, 2])).toEqual({ p10: 1.1, p50: 1.5, p90: 1.9 });
    expect(bandOf([]).p50).toBeNaN();
    expect(bandOf([1, Number.NaN]).p10).toBeNaN();
  });

  it('come from whole runs, whatever order they finish in; the run itself stays', async () => {
    const scenario = scenarioOf({ slo: 'ttft_p95 < 1s' });
    const given: (ParameterFactors | null)[] = [];
    const slo = { expression: '', clauses: [] };
    const fake = (delay: (i: number) => number) => {
      let i = 0;
      return async (one: typeof scenario, factors: ParameterFactors | null): Promise<Run> => {
        const at = i++;
        given.push(factors);
        for (let turn = 0; turn < delay(at); turn++) await Promise.resolve();
        const itlMean = factors === null ? 2 : factors.memory * 2;
        const run = someRun({ speedup: { itlMean } });
        return { ...run, scenario: one, slo: { ...slo, met: itlMean > 2 } };
      };
    };
    const first = await runWithBands(
      scenario,
      10,
      fake((i) => i),
    );
    const second = await runWithBands(
      scenario,
      10,
      fake((i) => 20 - i),
    );
    expect(second).toEqual(first);
    expect(given[0]).toBe(null);
    expect(first.scenario.seed).toBe(scenario.seed);
    expect(first.speedup!.itlMean).toBe(2);
    const { bands } = first;
    const memory = drawsOf(scenario, 10).map(({ factors }) => factors.memory);
    expect(bands!.speedup!.itlMean).toEqual(bandOf(memory.map((factor) => 2 * factor)));
    expect(bands!.sloMetShare).toBe(memory.filter((factor) => factor > 1).length / 10);
    expect(bands!.samples.map(({ factors }) => factors.memory)).toEqual(memory);
  });
});
