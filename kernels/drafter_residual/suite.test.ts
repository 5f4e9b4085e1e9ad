/** The residual block at values known from tables. */
import { describe, expect, it } from 'vitest';
import { float } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { drafterResidualSuite as suite } from './suite.ts';

describe('drafter_residual', () => {
  it('adds SiLU of the linear part to x', () => {
    const inputs = {
      x: float('fp32', [1, 4], [1, 5, -2, 0]),
      linear: float('fp32', [1, 4], [1, 0, -1, 3]),
    };
    const y = outputsOf(suite, inputs)['y']!;
    // logistic(1) = 0.731058578630005, logistic(3) = 0.952574126822433.
    expect(y[0]).toBeCloseTo(1.731058578630005, 14);
    expect(y[1]).toBe(5);
    expect(y[2]).toBeCloseTo(-2 - (1 - 0.731058578630005), 14);
    expect(y[3]).toBeCloseTo(3 * 0.952574126822433, 14);
  });

  it('is x far to the left of linear', () => {
    const inputs = { x: float('bf16', [1, 1], [1.5]), linear: float('bf16', [1, 1], [-200]) };
    expect(outputsOf(suite, inputs)['y']![0]).toBeCloseTo(1.5, 15);
  });
});
