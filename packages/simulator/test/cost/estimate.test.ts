import { describe, expect, it } from 'vitest';
import { engineOf, estimate, meanLength } from '../../src/cost/index.ts';
import { scenarioWith } from './engines.ts';

/** The itemised estimate, and how a scenario's names become an engine. */

describe('an estimate', () => {
  it('itemises one decode step and one prefill of the default scenario', () => {
    const result = estimate(scenarioWith());
    const sum = result.decode.reduce((total, { timeNs }) => total + timeNs, 0);
    expect(Math.abs(result.totals.decode.timeNs - sum)).toBeLessThanOrEqual(1);
    expect(result.prefill.some(({ operator }) => operator === 'context_attention')).toBe(true);
    expect(result.decode.some(({ operator }) => operator === 'tree_attention')).toBe(true);
    for (const { operator } of [...result.decode, ...result.prefill]) {
      expect(result.origins[operator]?.source.length).toBeGreaterThan(5);
    }
    expect(result.memory.fits).toBe(true);
    expect(result.totals.decode.joules).toBeGreaterThan(0);
  });

  it('takes the batch from options, else concurrency, else the largest allowed', () => {
    const scenario = scenarioWith({ serving: { maxBatchSize: 24 } });
    expect(estimate(scenario).setting.batch).toBe(24);
    const closed = { ...scenario, workload: { ...scenario.workload, concurrency: 3 } };
    expect(estimate(closed).setting.batch).toBe(3);
    expect(estimate(closed, { batch: 7 }).setting.batch).toBe(7);
  });

  it('limits the batch by the KV that fits', () => {
    const scenario = scenarioWith({ serving: { maxBatchSize: 256 } });
    const { setting, memory } = estimate(scenario, { kvTokens: 50_000 });
    expect(setting.batch).toBeLessThan(256);
    expect(setting.batch * 50_000).toBeLessThanOrEqual(memory.kvBlocks * 64);
  });

  it('follows its overrides', () => {
    const scenario = scenarioWith({ speculation: { method: 'none' } });
    const short = estimate(scenario, { batch: 1, kvTokens: 100, contextTokens: 128 });
    const long = estimate(scenario, { batch: 1, kvTokens: 30_000, contextTokens: 4096 });
    expect(short.setting).toMatchObject({ rowsPerRequest: 1, tokensPerStep: 1 });
    // 4 beams of 4 draft tokens: at least 7 different nodes and at most 16, and the root.
    const { setting } = estimate(scenarioWith({ speculation: { beams: 4, draftLength: 4 } }));
    expect(setting.rowsPerRequest).toBeGreaterThan(1 + 7);
    expect(setting.rowsPerRequest).toBeLessThan(1 + 16);
    expect(setting.tokensPerStep).toBeGreaterThan(1);
    expect(long.totals.decode.timeNs).toBeGreaterThan(short.totals.decode.timeNs);
    expect(long.totals.prefill.timeNs).toBeGreaterThan(4 * short.totals.prefill.timeNs);
    expect(() => estimate(scenario, { batch: 0 })).toThrow(/at least 1/);
    expect(() => estimate(scenario, { contextTokens: Number.NaN })).toThrow(/contextTokens/);
  });

  it('refuses a model that does not fit', () => {
    expect(() => estimate(scenarioWith({ model: 'llama-3.1-405b' }))).toThrow(/does not fit/);
  });
});

describe('mean lengths', () => {
  it('of every distribution', () => {
    expect(meanLength({ kind: 'constant', value: 7 })).toBe(7);
    expect(meanLength({ kind: 'uniform', min: 10, max: 20 })).toBe(15);
    expect(meanLength({ kind: 'lognormal', mean: 900, p99: 4000 })).toBe(900);
    const quantiles: [number, number][] = [
      [0, 0],
      [0.5, 100],
      [1, 300],
    ];
    expect(meanLength({ kind: 'empirical', quantiles })).toBe(0.5 * 50 + 0.5 * 200);
  });
});

describe('an engine', () => {
  const base = scenarioWith();

  it('names the nearest model and GPU', () => {
    expect(() => engineOf({ ...base, model: 'llama-3.1-8' })).toThrow(
      /Did you mean "llama-3.1-8b"/,
    );
    const hardware = { ...base.hardware, gpu: 'h100' };
    expect(() => engineOf({ ...base, hardware })).toThrow(/is not known/);
  });

  it('refuses sharding that does not divide', () => {
    const over = (degree: Partial<typeof base.hardware>) => () =>
      engineOf({ ...base, hardware: { ...base.hardware, ...degree } });
    expect(over({ tensorParallel: 3 })).toThrow(/32 query heads, which only 1, 2, 4, 8, 16, 32/);
    expect(over({ tensorParallel: 0 })).toThrow(/whole number of at least 1/);
    expect(over({ pipelineParallel: 33 })).toThrow(/more than the 32 layers/);
  });

  it('takes an inline model and GPU', () => {
    const engine = engineOf({
      ...base,
      model: {
        id: 'small',
        hidden_size: 1024,
        intermediate_size: 4096,
        num_hidden_layers: 8,
        num_attention_heads: 8,
        vocab_size: 32000,
      },
      hardware: { ...base.hardware, gpu: { base: 'l4', id: 'desk' } },
    });
    expect(engine.model.id).toBe('small');
    expect(engine.hardware.id).toBe('desk');
  });
});
