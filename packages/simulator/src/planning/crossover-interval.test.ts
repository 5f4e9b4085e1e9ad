import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossingsOf } from './crossover.ts';
import { crossoverInterval } from './crossover-interval.ts';

/** A curve that falls through 1 at a load, linear in the logarithm. */
const LOADS = [1, 4, 16, 64];
const fallsAt = (zero: number) =>
  LOADS.map((load) => ({ load, speedup: 1 - (Math.log(load) - Math.log(zero)) / 10 }));

describe('the interval of a crossover', () => {
  it('is 10 and 90 % of the draws’ own crossings', () => {
    const zeros = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const interval = crossoverInterval(6, 'falls', zeros.map(fallsAt))!;
    expect(interval.low).toBeCloseTo(2, 6);
    expect(interval.high).toBeCloseTo(10, 6);
  });

  it('has an open end where draws never cross, instead of leaving them out', () => {
    const curves = [8, 10, 12, 1000].map(fallsAt);
    const interval = crossoverInterval(10, 'falls', curves)!;
    expect(interval.low).toBeCloseTo(8, 6);
    expect(interval.high).toBe(Number.POSITIVE_INFINITY);
    const never = [8, 10, 12, 0.01].map(fallsAt);
    expect(crossoverInterval(10, 'falls', never)).toMatchObject({ low: 0 });
    // A second regime: the same curves upside down, so that beyond the loads means the other end.
    const rises = (zero: number) => fallsAt(zero).map((p) => ({ ...p, speedup: 2 - p.speedup }));
    expect(crossoverInterval(10, 'rises', [8, 10, 12, 1000].map(rises))!.high).toBe(Infinity);
  });

  it('takes the crossing of the same direction, the nearest one', () => {
    const curve = [
      { load: 1, speedup: 1.5 },
      { load: 4, speedup: 0.5 },
      { load: 16, speedup: 1.5 },
      { load: 64, speedup: 0.5 },
    ];
    expect(crossoverInterval(2.1, 'falls', [curve])!.low).toBeCloseTo(2, 6);
    expect(crossoverInterval(30, 'falls', [curve])!.low).toBeCloseTo(32, 6);
    expect(crossoverInterval(30, 'rises', [curve])!.low).toBeCloseTo(8, 6);
  });

  it('law: of the curve itself, drawn any number of times, it is the crossing', () => {
    const speedups = fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(speedups, fc.integer({ min: 1, max: 12 }), (values, draws) => {
        const curve = values.map((speedup, i) => ({ load: 2 ** i, speedup }));
        for (const { load, direction } of crossingsOf(curve)) {
          const interval = crossoverInterval(load, direction, new Array(draws).fill(curve));
          expect(interval).toEqual({ low: load, high: load });
        }
      }),
    );
  });

  it('is none without draws', () => {
    expect(crossoverInterval(4, 'falls', [])).toBe(null);
  });
});
