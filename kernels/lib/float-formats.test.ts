/** Rounding at values whose neighbours are known from the formats' definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactly, roundTo, unitRoundoff } from './float-formats.ts';

describe('rounding', () => {
  it('goes to the nearest, ties to even', () => {
    expect(roundTo('bf16', 1 + 1 / 256)).toBe(1);
    expect(roundTo('bf16', 1 + 3 / 256)).toBe(1 + 4 / 256);
    expect(roundTo('bf16', 1 + 1 / 256 + 1e-12)).toBe(1 + 2 / 256);
    expect(roundTo('fp16', 2049)).toBe(2048);
    expect(roundTo('fp16', 2051)).toBe(2052);
    expect(roundTo('fp8', 17)).toBe(16);
    expect(roundTo('fp8', 19)).toBe(20);
    expect(roundTo('fp8', -0.3)).toBe(-0.3125);
  });

  it('knows the ends of the formats', () => {
    expect(roundTo('fp16', 65519)).toBe(65504);
    expect(roundTo('fp16', 65520)).toBe(Infinity);
    expect(roundTo('fp16', 2 ** -24)).toBe(2 ** -24);
    expect(roundTo('fp16', 2 ** -25)).toBe(0);
    expect(roundTo('fp16', 1.5 * 2 ** -25)).toBe(2 ** -24);
    expect(roundTo('fp8', 1e9)).toBe(448);
    expect(roundTo('fp8', -Infinity)).toBe(-448);
    expect(roundTo('fp8', 2 ** -9)).toBe(2 ** -9);
    expect(roundTo('fp8', 2 ** -10)).toBe(0);
    expect(roundTo('bf16', 3.4e38)).toBe(Infinity);
    expect(roundTo('bf16', 3.38e38)).toBeCloseTo(3.3762e38, -36);
    expect(roundTo('bf16', Number.NaN)).toBeNaN();
  });

  it('agrees with the platform in fp32', () => {
    expect(roundTo('fp32', 0.1)).toBe(Math.fround(0.1));
    expect(isExactly('fp32', 0.1)).toBe(false);
    expect(isExactly('fp32', 0.5)).toBe(true);
  });

  it('changes a value by at most the unit roundoff, and no value twice', () => {
    const types = fc.constantFrom('fp32', 'fp16', 'bf16', 'fp8' as const);
    fc.assert(
      fc.property(types, fc.double({ min: 0.02, max: 400, noNaN: true }), (type, x) => {
        const rounded = roundTo(type, x);
        expect(Math.abs(rounded - x)).toBeLessThanOrEqual(x * unitRoundoff[type]);
        expect(roundTo(type, rounded)).toBe(rounded);
        expect(roundTo(type, -x)).toBe(-rounded);
      }),
    );
  });

  it('takes the upper half of the fp32 bits for bf16 when the rest is small', () => {
    fc.assert(
      fc.property(fc.float({ min: 1, max: 1000, noNaN: true }), (x) => {
        const view = new DataView(new ArrayBuffer(4));
        view.setFloat32(0, x);
        const bits = view.getUint32(0);
        const odd = (bits >>> 16) & 1;
        view.setUint32(0, ((bits + 0x7fff + odd) >>> 16) << 16);
        expect(roundTo('bf16', x)).toBe(view.getFloat32(0));
      }),
    );
  });
});
