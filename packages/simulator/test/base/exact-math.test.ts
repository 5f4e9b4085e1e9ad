import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exp, log, logistic, normalQuantile, pow } from '../../src/base/exact-math.ts';

/**
 * Law (same bytes on every platform): these functions use + − × ÷ alone, and must still be right.
 */

const relative = (actual: number, expected: number) =>
  expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);

/** Constants from tables, to more digits than a float64 holds. */
const EXP: [number, string][] = [
  [1, '2.71828182845904523536'],
  [0.5, '1.64872127070012814685'],
  [-1, '0.367879441171442321596'],
  [10, '22026.4657948067165169579'],
  [100, '2.68811714181613544841e43'],
  [-100, '3.72007597602083596295e-44'],
];
const LOG: [number, string][] = [
  [2, '0.693147180559945309417'],
  [3, '1.09861228866810969139'],
  [10, '2.30258509299404568402'],
  [0.1, '-2.30258509299404568402'],
  [1e300, '690.775527898213705205'],
  [1.0009765625, '0.000976085973055458924'],
];
/** Quantiles of the standard normal distribution. */
const NORMAL: [number, string][] = [
  [0.5, '0'],
  [0.8413447460685429, '1'],
  [0.975, '1.95996398454005423552'],
  [0.99, '2.32634787404084110089'],
  [0.999, '3.09023230616781354152'],
  [1e-9, '-5.99780701500768628'],
];

describe('exact math', () => {
  test('agrees with tables', () => {
    for (const [x, value] of EXP) expect(relative(exp(x), Number(value))).toBeLessThan(1e-14);
    for (const [x, value] of LOG) expect(relative(log(x), Number(value))).toBeLessThan(1e-14);
    for (const [p, value] of NORMAL) {
      const z = Number(value);
      expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(2e-9 * (1 + Math.abs(z)));
    }
  });

  test('agrees with the platform within 1e-13 wherever a float64 is normal', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-13);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(relative(log(x), Math.log(x))).toBeLessThan(1e-13);
      }),
      { numRuns: 2000 },
    );
    for (let i = -1500; i <= 2100; i++) {
      const x = 1 + i / 5000;
      expect(relative(log(x), Math.log(x))).toBeLessThan(1e-13);
    }
  });

  test('exp undoes log, log undoes exp, and powers multiply', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-100, max: 1e100, noNaN: true }), (x) => {
        expect(relative(exp(log(x)), x)).toBeLessThan(1e-13);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
        expect(Math.abs(log(exp(x)) - x)).toBeLessThan(1e-13 * Math.max(1, Math.abs(x)));
      }),
    );
    const base = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const power = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(base, power, power, (x, a, b) => {
        expect(relative(pow(x, a) * pow(x, b), pow(x, a + b))).toBeLessThan(1e-12);
        expect(relative(pow(x, a), x ** a)).toBeLessThan(1e-12);
      }),
    );
  });

  test('keeps to the limits', () => {
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(-745)).toBe(5e-324);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(relative(log(5e-324), Number('-744.440071921381262314'))).toBeLessThan(1e-14);
    expect([exp(Number.NaN), log(Number.NaN), normalQuantile(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect([pow(0, 0), pow(0, 2), pow(0, -1), pow(1, 99)]).toEqual([1, 0, Infinity, 1]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(normalQuantile(1.5)).toBeNaN();
  });

  test('the logistic function and the normal quantile are odd about their middle', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
        expect(relative(logistic(x) + logistic(-x), 1)).toBeLessThan(1e-14);
        expect(relative(logistic(x), 1 / (1 + Math.exp(-x)))).toBeLessThan(1e-13);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => {
        expect(Math.abs(normalQuantile(p) + normalQuantile(1 - p))).toBeLessThan(1e-8);
      }),
    );
  });
});
