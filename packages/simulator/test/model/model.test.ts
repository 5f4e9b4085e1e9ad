import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  distinctExperts,
  kvBytesPerToken,
  modelNames,
  modelOf,
  parametersOf,
  weightBytesOf,
} from '../../src/model/index.ts';

/** Sizes against those that the models' makers publish. */

/** Parameters in 1e9: model cards and papers of each release. */
const PUBLISHED: Record<string, number> = {
  'llama-2-7b': 6.738,
  'llama-2-13b': 13.016,
  'llama-2-70b': 68.98,
  'llama-3.1-8b': 8.03,
  'llama-3.1-70b': 70.55,
  'llama-3.1-405b': 405.9,
  'llama-3.3-70b': 70.55,
  'vicuna-7b': 6.738,
  'vicuna-13b': 13.016,
  'vicuna-33b': 32.53,
  'qwen2.5-7b': 7.62,
  'qwen2.5-32b': 32.76,
  'qwen2.5-72b': 72.71,
  'qwen3-8b': 8.19,
  'qwen3-32b': 32.76,
  'qwen3-30b-a3b': 30.53,
  'mixtral-8x7b': 46.7,
  'deepseek-v3': 671,
};

describe('parameters', () => {
  it.each(Object.entries(PUBLISHED))('of %s are within 0.5 percent of %f e9', (name, published) => {
    const { total } = parametersOf(modelOf(name));
    expect(Math.abs(total / (published * 1e9) - 1)).toBeLessThan(0.005);
  });

  it('that are active: Mixtral 12.9e9, DeepSeek-V3 37e9, Qwen3-30B-A3B 3.3e9', () => {
    const active = (name: string) => parametersOf(modelOf(name)).active / 1e9;
    expect(Math.abs(active('mixtral-8x7b') / 12.9 - 1)).toBeLessThan(0.02);
    expect(Math.abs(active('deepseek-v3') / 37 - 1)).toBeLessThan(0.03);
    expect(Math.abs(active('qwen3-30b-a3b') / 3.3 - 1)).toBeLessThan(0.03);
  });

  it('of the assumed production model are 30e9 within 3 %', () => {
    expect(Math.abs(parametersOf(modelOf('production-30b')).total / 30e9 - 1)).toBeLessThan(0.03);
    expect(modelOf('production-30b').origin.kind).toBe('assumed');
  });

  it('are counted by every name in the catalogue', () => {
    expect(modelNames.length).toBe(Object.keys(PUBLISHED).length + 1);
  });
});

describe('bytes', () => {
  it('of Llama 3.1 8B weights by hand', () => {
    const model = modelOf('llama-3.1-8b');
    const layer = 4096 * (4096 + 2 * 1024) + 4096 * 4096 + 3 * 4096 * 14336 + 2 * 4096;
    const ends = 2 * 128256 * 4096 + 4096;
    expect(weightBytesOf(model, 'bf16')).toBe(2 * (32 * layer + ends));
    expect(weightBytesOf(model, 'fp8')).toBe(32 * layer + 2 * ends);
    expect(weightBytesOf(model, 'int4')).toBe(16 * layer + 2 * ends);
  });

  it('of KV per token by hand: grouped heads, all heads, latent', () => {
    expect(kvBytesPerToken(modelOf('llama-3.1-8b'), 'bf16')).toBe(2 * 32 * 8 * 128 * 2);
    expect(kvBytesPerToken(modelOf('vicuna-7b'), 'bf16')).toBe(2 * 32 * 32 * 128 * 2);
    expect(kvBytesPerToken(modelOf('deepseek-v3'), 'bf16')).toBe(61 * (512 + 64) * 2);
    expect(kvBytesPerToken(modelOf('deepseek-v3'), 'fp8')).toBe(61 * (512 + 64));
  });
});

describe('distinct experts', () => {
  it('of one row are the active ones; of many rows all', () => {
    expect(distinctExperts(256, 8, 1)).toBeCloseTo(8, 9);
    expect(distinctExperts(8, 2, 0)).toBe(0);
    expect(distinctExperts(8, 2, 200)).toBeCloseTo(8, 9);
    // Two rows of two out of eight: 8·(1 − (3/4)²) = 3.5.
    expect(distinctExperts(8, 2, 2)).toBeCloseTo(3.5, 9);
  });

  it('never fall with rows and never pass the number there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 512 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 0, max: 4096 }),
        (routed, active, rows) => {
          const k = Math.min(routed, active);
          const touched = distinctExperts(routed, k, rows);
          expect(touched).toBeLessThanOrEqual(routed * (1 + 1e-12));
          expect(distinctExperts(routed, k, rows + 1)).toBeGreaterThanOrEqual(touched - 1e-9);
        },
      ),
    );
  });
});

describe('an inline config', () => {
  const config = {
    hidden_size: 1024,
    intermediate_size: 2048,
    num_hidden_layers: 4,
    num_attention_heads: 8,
    vocab_size: 1000,
  };

  it('is read like a config.json, with its defaults', () => {
    const model = modelOf({ ...config, torch_dtype: 'bfloat16', architectures: ['X'] });
    expect(model.kvHeads).toBe(8);
    expect(model.headDim).toBe(128);
    expect(model.experts).toBeNull();
  });

  it.each([
    [{ ...config, hidden_size: undefined }, /no "hidden_size"/],
    [{ ...config, num_hidden_layers: 0 }, /whole number of at least 1/],
    [{ ...config, num_hidden_layers: 2.5 }, /whole number/],
    [{ ...config, num_key_value_heads: 3 }, /multiple of num_key_value_heads/],
    [{ ...config, num_key_value_haeds: 4 }, /Did you mean "num_key_value_heads"/],
    [{ ...config, num_local_experts: 4, num_experts_per_tok: 8 }, /more than the 4 experts/],
  ])('is refused: %j', (fields, message) => {
    expect(() => modelOf(fields as Record<string, unknown>)).toThrow(message);
  });

  it('by an unknown name offers the nearest', () => {
    expect(() => modelOf('llama-3.1-8B-')).toThrow(/Did you mean "llama-3.1-8b"/);
    expect(() => modelOf('toString')).toThrow(/is not known/);
  });
});
