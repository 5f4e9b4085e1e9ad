import { compareTimes, isEnough, NOISE_LIMIT, summarise } from '@beamline/bench';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const times = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 });

describe('a set of samples', () => {
  it('has the median between its ends, whatever the order', () => {
    fc.assert(
      fc.property(times, (samples) => {
        const { median, least, greatest, noise } = summarise(samples);
        expect(median).toBeGreaterThanOrEqual(least);
        expect(median).toBeLessThanOrEqual(greatest);
        expect(noise).toBeGreaterThanOrEqual(0);
        expect(summarise([...samples].reverse())).toEqual({ median, least, greatest, noise });
      }),
    );
  });

  it('has no noise when all are the same', () => {
    expect(summarise(Array(30).fill(5))).toEqual({ median: 5, least: 5, greatest: 5, noise: 0 });
  });

  it('does not move with one wild sample', () => {
    const { median, noise } = summarise([...Array(99).fill(100), 1e9]);
    expect([median, noise]).toEqual([100, 0]);
  });

  it('is enough when the noise is low, or samples or time run out', () => {
    const quiet = Array.from({ length: 20 }, (_, i) => 100 + (i % 2) * 0.1);
    const loud = Array.from({ length: 20 }, (_, i) => 100 + (i % 2) * 50);
    expect(summarise(quiet).noise).toBeLessThanOrEqual(NOISE_LIMIT);
    expect(isEnough(quiet, 1)).toBe(true);
    expect(isEnough(quiet.slice(1), 1)).toBe(false);
    expect(isEnough(loud, 1)).toBe(false);
    expect(isEnough(loud, 3000)).toBe(true);
    expect(
      isEnough(
        Array.from({ length: 2000 }, (_, i) => 1 + (i % 7)),
        1,
      ),
    ).toBe(true);
  });
});

describe('a comparison', () => {
  const quiet = (median: number) => ({ median, noise: 0.001 });

  it.each([
    ['same', 100, 100.5, 100],
    ['faster', 100, 90, 100],
    ['slower', 100, 111, 100],
    ['unclear', 100, 103, 97],
    ['unclear', 100, 101.5, 99],
  ] as const)('%s: %d, %d, %d', (verdict, before, after, again) => {
    expect(compareTimes(quiet(before), quiet(after), quiet(again)).verdict).toBe(verdict);
  });

  it('is unclear where the noise is as large as the difference', () => {
    const loud = { median: 100, noise: 0.05 };
    expect(compareTimes(loud, { median: 92, noise: 0.05 }).verdict).toBe('unclear');
    expect(compareTimes(loud, { median: 100, noise: 0.05 }).verdict).toBe('unclear');
  });

  it('of a kernel with itself is never a difference, and turns round with its sides', () => {
    const side = fc.record({
      median: fc.double({ min: 1, max: 1e6, noNaN: true }),
      noise: fc.double({ min: 0, max: 0.2, noNaN: true }),
    });
    const turned = { faster: 'slower', slower: 'faster', same: 'same', unclear: 'unclear' };
    fc.assert(
      fc.property(side, side, (a, b) => {
        expect(['same', 'unclear']).toContain(compareTimes(a, a).verdict);
        const forth = compareTimes(a, b);
        const back = compareTimes(b, a);
        // The base of a ratio changes with the side: a verdict may only become unclear.
        expect(['unclear', 'same', turned[forth.verdict]]).toContain(back.verdict);
      }),
    );
  });
});
