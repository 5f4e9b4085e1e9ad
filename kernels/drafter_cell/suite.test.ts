/** SiLU at values known from tables, and the twin's one rounding. */
import { describe, expect, it } from 'vitest';
import { float } from '../lib/tensors.ts';
import type { Dtype } from '../record.ts';
import { outputsOf } from '../test/outputs.ts';
import { drafterCellSuite as suite } from './suite.ts';

const cell = (w: number[], u: number[], b: number[], dtype: Dtype = 'fp32') =>
  outputsOf(suite, {
    embedding_product: float(dtype, [w.length / b.length, b.length], w),
    state_product: float(dtype, [w.length / b.length, b.length], u),
    bias: float(dtype, [b.length], b),
  })['state']!;

describe('drafter_cell', () => {
  it('applies SiLU to the sum', () => {
    // logistic(1) = 0.731058578630005, logistic(−2) = 0.119202922022118.
    const state = cell([1, 2, -1], [2, -1, 0], [-3, 0, -1]);
    expect(state[0]).toBeCloseTo(0, 15);
    expect(state[1]).toBeCloseTo(0.731058578630005, 14);
    expect(state[2]).toBeCloseTo(-2 * 0.119202922022118, 14);
  });

  it('adds the same bias to every row', () => {
    const state = cell([0, 0, 0, 0], [0, 0, 0, 0], [1, 2]);
    expect(state.slice(0, 2)).toEqual(state.slice(2));
    expect(state[0]).toBeCloseTo(0.731058578630005, 14);
  });

  it('goes to 0 on the left and to x on the right', () => {
    const state = cell([-800, 300], [0, 0], [0, 0]);
    expect(Math.abs(state[0]!)).toBeLessThan(1e-300);
    expect(state[1]).toBe(300);
  });

  it('has a twin within half a unit of the last place', () => {
    for (const call of suite.cases().filter(({ dtypes }) => dtypes.float === 'bf16')) {
      const exact = suite.reference(call)['state']!.data;
      suite.twin(call)['state']!.data.forEach((x, i) => {
        expect(Math.abs(x - exact[i]!)).toBeLessThanOrEqual(Math.abs(exact[i]!) / 256 + 1e-38);
      });
    }
  });
});
