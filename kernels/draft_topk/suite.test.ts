/** Top-k by hand, and against probabilities summed the long way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { float, i32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { draftTopkSuite as suite } from './suite.ts';

const topk = (logits: number[], k: number, keep: number) =>
  outputsOf(suite, { logits: float('fp32', [1, logits.length], logits) }, { k, keep });

describe('draft_topk', () => {
  it('masks, normalises and sorts', () => {
    const { values, tokens, lse } = topk([1, 3, 3, 0], 2, 2);
    expect(tokens).toEqual([1, 2]);
    expect(values![0]).toBeCloseTo(-Math.LN2, 14);
    expect(values![1]).toBeCloseTo(-Math.LN2, 14);
    expect(lse![0]).toBeCloseTo(3 + Math.LN2, 14);
  });

  it('keeps all that tie with the threshold', () => {
    // keep = 2, but three tokens have the second largest value: four survive.
    const { tokens, lse } = topk([5, 1, 1, 1, 0], 5, 2);
    expect(tokens).toEqual([0, 1, 2, 3, 4]);
    expect(lse![0]).toBeCloseTo(Math.log(Math.exp(5) + 3 * Math.E), 12);
  });

  it('puts masked tokens 50000 below the maximum, lowest first', () => {
    const { values, tokens } = topk([0, 9, 1, 2], 4, 1);
    expect(tokens).toEqual([1, 0, 2, 3]);
    expect(values).toEqual([0, -50000, -50000, -50000]);
  });

  it('fills places past the vocabulary with nothing', () => {
    const { values, tokens } = topk([2], 3, 50);
    expect(tokens).toEqual([0, -1, -1]);
    expect(values).toEqual([0, -Infinity, -Infinity]);
  });

  it('orders by logit where fp32 log-probabilities would tie', () => {
    const { tokens } = topk([1000, 1000.0000610351562], 2, 50);
    expect(tokens).toEqual([1, 0]);
  });

  it('gives the probabilities of a softmax over the survivors', () => {
    const row = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 });
    const sizes = fc.record({
      k: fc.integer({ min: 0, max: 20 }),
      keep: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(row, sizes, (steps, { k, keep }) => {
        const logits = steps.map((step) => step / 8);
        const { values, tokens } = topk(logits, k, keep);
        const threshold = [...logits].sort((a, b) => b - a)[Math.min(keep, logits.length) - 1]!;
        const survivors = logits.filter((x) => x >= threshold);
        const sum = survivors.reduce((total, x) => total + Math.exp(x), 0);
        let last = Infinity;
        for (let i = 0; i < Math.min(k, survivors.length); i++) {
          const x = logits[tokens![i]!]!;
          expect(Math.exp(values![i]!)).toBeCloseTo(Math.exp(x) / sum, 12);
          expect(x).toBeLessThanOrEqual(last);
          last = x;
        }
        expect(new Set(tokens!.slice(0, logits.length)).size).toBe(Math.min(k, logits.length));
      }),
    );
  });

  it('notices a wrong tie and a repeated token', () => {
    const call = suite.cases().find(({ id }) => id.endsWith('_all_equal'))!;
    const right = suite.reference(call);
    const swapped = Array.from(right['tokens']!.data);
    [swapped[0], swapped[1]] = [swapped[1]!, swapped[0]!];
    const shape = right['tokens']!.shape;
    expect(compare(suite, call, { ...right, tokens: i32(shape, swapped) })).toHaveLength(1);
    const repeated = swapped.map((_, i) => (i < 2 ? 0 : swapped[i]!));
    expect(suite.laws(call, { ...right, tokens: i32(shape, repeated) })).toHaveLength(1);
  });
});
