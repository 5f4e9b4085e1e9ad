/** Draws at the bounds of their intervals, and uniforms that stay away from them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from './draw.ts';
import { drawToken, safeToken, softmax, uniformFor } from './draw-token.ts';

const weights = (...list: number[]) => Float64Array.from(list);

describe('a draw', () => {
  it('takes the lowest token whose cumulative weight exceeds u times the sum', () => {
    expect(drawToken(weights(1, 0, 3), 0)).toBe(0);
    expect(drawToken(weights(1, 0, 3), 0.2499)).toBe(0);
    expect(drawToken(weights(1, 0, 3), 0.25)).toBe(2);
    expect(drawToken(weights(1, 0, 3), 0.9999)).toBe(2);
    expect(drawToken(weights(2, 2), 0.5)).toBe(1);
  });

  it('never takes a token without weight', () => {
    expect(drawToken(weights(0, 1, 0), 0)).toBe(1);
    expect(drawToken(weights(0, 1, 0), 1 - 2 ** -24)).toBe(1);
    expect(drawToken(weights(0, 0), 0.5)).toBe(-1);
    expect(drawToken(weights(), 0.5)).toBe(-1);
  });

  it('draws what a uniform was made for', () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.integer({ min: 1, max: 300 }), (seed, vocab) => {
        const stream = new Stream(seed);
        const p = softmax(stream.values('fp32', vocab, 3), 0, vocab);
        const token = safeToken(p, [stream.below(vocab)], stream);
        const u = uniformFor(p, token, stream);
        expect(drawToken(p, u)).toBe(token);
        // A tenth of the token's own probability to either side changes nothing.
        const margin = p[token]! / 10;
        expect(drawToken(p, Math.max(0, u - margin))).toBe(token);
        expect(drawToken(p, u + margin)).toBe(token);
      }),
    );
  });
});
