import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossingsOf } from './crossover.ts';

describe('the crossover', () => {
  it('of the worked example lies in the middle of the logarithms', () => {
    const curve = [
      { load: 32, speedup: 0.8 },
      { load: 8, speedup: 1.2 },
    ];
    const crossings = crossingsOf(curve);
    expect(crossings).toHaveLength(1);
    expect(crossings[0]!.load).toBeCloseTo(16, 9);
    expect(crossings[0]!.direction).toBe('falls');
  });

  it('of a curve that is linear in the logarithm is exact, wherever it is sampled', () => {
    const loads = fc.uniqueArray(fc.double({ min: 0.1, max: 1e4, noNaN: true }), {
      minLength: 2,
      maxLength: 12,
    });
    const where = fc.double({ min: 0.1, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(loads, where, fc.constantFrom(-0.5, 0.5), (given, zero, slope) => {
        const curve = given.map((load) => ({
          load,
          speedup: 1 + slope * (Math.log(load) - Math.log(zero)),
        }));
        const crossings = crossingsOf(curve);
        const pays = curve.map((point) => point.speedup >= 1);
        const crosses = pays.includes(true) && pays.includes(false);
        expect(crossings).toHaveLength(crosses ? 1 : 0);
        if (!crosses) return;
        const [{ load, before, after, direction }] = crossings as [(typeof crossings)[0]];
        expect(Math.abs(Math.log(load / zero))).toBeLessThan(1e-6);
        expect(load).toBeGreaterThanOrEqual(before.load);
        expect(load).toBeLessThanOrEqual(after.load);
        expect(direction).toBe(slope < 0 ? 'falls' : 'rises');
      }),
    );
  });

  it('alternates in direction and keeps its place between its neighbours', () => {
    const point = fc.record({
      load: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      speedup: fc.oneof(fc.double({ min: 0.1, max: 4, noNaN: true }), fc.constantFrom(1, NaN)),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (curve) => {
        const crossings = crossingsOf(curve);
        for (const [i, crossing] of crossings.entries()) {
          const { load, before, after, direction } = crossing;
          expect(load).toBeGreaterThanOrEqual(before.load);
          expect(load).toBeLessThanOrEqual(after.load);
          expect(direction === 'falls').toBe(before.speedup >= 1);
          if (i > 0) expect(direction).not.toBe(crossings[i - 1]!.direction);
        }
        // Between crossings the side of 1 does not change.
        const byLoad = new Map(curve.filter((p) => p.speedup > 0).map((p) => [p.load, p]));
        const points = [...byLoad.values()].sort((a, b) => a.load - b.load);
        const changes = points.filter(
          (p, i) => i > 0 && p.speedup >= 1 !== points[i - 1]!.speedup >= 1,
        );
        expect(crossings).toHaveLength(changes.length);
      }),
    );
  });

  it('may be none, or several', () => {
    const directions = (speedups: number[]) =>
      crossingsOf(speedups.map((speedup, i) => ({ load: 2 ** i, speedup }))).map(
        ({ load, direction }) => `${direction} ${load.toFixed(2)}`,
      );
    expect(directions([1.9, 1.3])).toEqual([]);
    expect(directions([0.9])).toEqual([]);
    expect(directions([])).toEqual([]);
    // A second regime, as with long contexts at high load: halfway in the logarithm, 2^0.5 and
    // 2^1.5.
    expect(directions([1.5, 0.5, 1.5])).toEqual(['falls 1.41', 'rises 2.83']);
  });
});
