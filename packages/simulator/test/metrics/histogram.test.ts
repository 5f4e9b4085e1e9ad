import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HISTOGRAM_RELATIVE_ERROR,
  Histogram,
  LARGEST_VALUE,
  SMALLEST_VALUE,
} from '../../src/metrics/index.ts';

/**
 * Law: quantiles within the stated error of the exact order statistic; count, mean, extremes exact.
 */

const PROBABILITIES = [0, 0.001, 0.07, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

function histogramOf(values: readonly number[], options = {}): Histogram {
  const histogram = new Histogram(options);
  for (const value of values) histogram.add(value);
  return histogram;
}

/** Nearest rank by sorting: the smallest value that a share p of the values do not exceed. */
function exactQuantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const reached = sorted.findIndex((_, i) => (i + 1) / sorted.length >= p - 1e-12);
  return sorted[reached]!;
}

const anyValue = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 300 }),
  fc.double({ min: SMALLEST_VALUE, max: 1e19, noNaN: true }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);
/** Whole numbers that are summed without error, in any order. */
const manyCounts = fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { minLength: 1, maxLength: 100 });
const manyValues = fc.array(anyValue, { minLength: 1, maxLength: 300 });

describe('histogram', () => {
  test('quantiles are within 0.4 % of the order statistic', () => {
    expect(HISTOGRAM_RELATIVE_ERROR).toBe(0.004);
    for (const wholeNumbers of [false, true]) {
      fc.assert(
        fc.property(manyValues, (drawn) => {
          const values = wholeNumbers ? drawn.map(Math.floor) : drawn;
          const histogram = histogramOf(values, { wholeNumbers });
          for (const p of PROBABILITIES) {
            const exact = exactQuantile(values, p);
            const error = Math.abs(histogram.quantile(p) - exact);
            expect(error).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR * exact);
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  test('every bucket edge is inside the error, down to the smallest value', () => {
    for (let x = SMALLEST_VALUE; x < LARGEST_VALUE / 4; x *= 1.00391) {
      for (const value of [x, x * (1 + 2 ** -7) * (1 - 2 ** -52)]) {
        const histogram = histogramOf([value / 2, value, value * 2]);
        expect(Math.abs(histogram.quantile(0.5) / value - 1)).toBeLessThanOrEqual(0.004);
      }
    }
  });

  test('whole numbers up to 256 are exact', () => {
    for (let value = 0; value <= 256; value++) {
      const histogram = histogramOf([value, value, value + 1000], { wholeNumbers: true });
      expect(histogram.quantile(0.5)).toBe(value);
    }
  });

  test('count, minimum, maximum and the mean of whole numbers are exact', () => {
    const entries = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 ** 44 }), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(entries, (list) => {
        const histogram = new Histogram();
        let sum = 0n;
        for (const [value, count] of list) {
          histogram.add(value, count);
          sum += BigInt(value) * BigInt(count);
        }
        const counted = list.filter(([, count]) => count > 0);
        expect(histogram.count).toBe(counted.reduce((total, [, count]) => total + count, 0));
        // One rounding, to the nearest float64.
        expect(histogram.sum).toBe(Number(sum));
        if (counted.length === 0) return;
        expect(histogram.min).toBe(Math.min(...counted.map(([value]) => value)));
        expect(histogram.max).toBe(Math.max(...counted.map(([value]) => value)));
      }),
    );
  });

  test('merging is the same as adding everything to one', () => {
    fc.assert(
      fc.property(manyCounts, manyCounts, (a, b) => {
        const whole = [...a, ...b];
        const merged = histogramOf(a);
        merged.merge(histogramOf(b));
        const together = histogramOf(whole);
        expect(merged.distribution()).toEqual(together.distribution());
        expect([merged.count, merged.min, merged.sum]).toEqual([
          together.count,
          together.min,
          together.sum,
        ]);
      }),
    );
  });

  test('a count stands for as many single values', () => {
    const once = new Histogram();
    once.add(5, 3);
    once.add(9, 0);
    expect(once.distribution()).toEqual(histogramOf([5, 5, 5]).distribution());
    expect(once.max).toBe(5);
  });

  test('ranks are not thrown off by the rounding of p·n', () => {
    // 0.07·100 is 7.000000000000001 in floating point; the rank is 7.
    const histogram = histogramOf(
      Array.from({ length: 100 }, (_, i) => i + 1),
      { wholeNumbers: true },
    );
    expect(histogram.quantile(0.07)).toBe(7);
    expect(histogram.quantile(0.95)).toBe(95);
    expect(histogram.quantile(0.951)).toBe(96);
  });

  test('an empty one has no values; zeros count', () => {
    const empty = new Histogram();
    expect([empty.count, empty.sum]).toEqual([0, 0]);
    expect([empty.mean, empty.min, empty.max, empty.quantile(0.5)]).toEqual([NaN, NaN, NaN, NaN]);
    const zeros = histogramOf([0, 0, 0, 8]);
    expect([zeros.quantile(0.75), zeros.quantile(0.76), zeros.mean]).toEqual([0, 8, 2]);
    expect(zeros.quantile(1.5)).toBeNaN();
  });

  test('refuses what is no quantity and changes nothing', () => {
    const histogram = histogramOf([1]);
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, LARGEST_VALUE]) {
      expect(() => histogram.add(value)).toThrow(RangeError);
    }
    expect(() => histogram.add(1, -1)).toThrow(RangeError);
    expect([histogram.count, histogram.sum]).toEqual([1, 1]);
  });
});
