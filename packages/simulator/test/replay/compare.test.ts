import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareQuantity, ksDistance, medianOf, quantileOf } from '../../src/replay/index.ts';

const values = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
const sorted = values.map((list) => [...list].sort((a, b) => a - b));

describe('the distance of Kolmogorov and Smirnov', () => {
  it('of the worked example is a quarter', () => {
    expect(ksDistance([1, 2, 3, 4], [2, 3, 4, 5])).toBe(0.25);
  });

  it('is the largest difference of the distribution functions, found by trying every value', () => {
    const share = (list: number[], x: number) => list.filter((v) => v <= x).length / list.length;
    fc.assert(
      fc.property(sorted, sorted, (a, b) => {
        const tried = [...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x)));
        expect(ksDistance(a, b)).toBeCloseTo(Math.max(...tried), 12);
        expect(ksDistance(b, a)).toBe(ksDistance(a, b));
        expect(ksDistance(a, a)).toBe(0);
      }),
    );
  });

  it('is 1 where nothing overlaps, and no number where a side is empty', () => {
    expect(ksDistance([1, 2], [3])).toBe(1);
    expect(ksDistance([], [3])).toBeNaN();
  });
});

describe('quantiles', () => {
  it('are the nearest rank', () => {
    expect(quantileOf([10, 20, 30, 40], 0.5)).toBe(20);
    expect(quantileOf([10, 20, 30, 40], 0.51)).toBe(30);
    expect(quantileOf([10, 20, 30, 40], 0.99)).toBe(40);
    expect(quantileOf([], 0.5)).toBeNaN();
  });

  it('law: a side that is k times the other is off by k − 1 everywhere', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 5 }), (list, k) => {
        const scaled = list.map((value) => k * value);
        const one = compareQuantity('e2eMs', list, scaled);
        expect(one.meanError).toBeCloseTo(k - 1, 9);
        expect(one.medianQuantileError).toBeCloseTo(k - 1, 9);
        for (const { recorded, simulated } of one.quantiles) expect(simulated).toBe(k * recorded);
      }),
    );
  });

  it('of the same values differ in nothing; order and missing values do not count', () => {
    const one = compareQuantity('ttftMs', [3, 1, Number.NaN, 2], [1, 2, 3]);
    expect(one).toMatchObject({ meanError: 0, medianQuantileError: 0, ksDistance: 0 });
    expect([one.recordedCount, one.simulatedCount]).toEqual([3, 3]);
  });

  it('recorded as 0 give no relative error', () => {
    expect(compareQuantity('itlMs', [0, 0, 0, 4], [1, 1, 1, 6]).medianQuantileError).toBe(0.5);
  });

  it('the median lies between the two middle values', () => {
    expect(medianOf([4, 1, 3])).toBe(3);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf([])).toBeNaN();
  });
});
