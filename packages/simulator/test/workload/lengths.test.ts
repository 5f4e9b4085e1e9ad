import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';
import type { LengthDistribution } from '../../src/scenario/scenario.ts';
import { lengthSampler, lognormalParameters, Z99 } from '../../src/workload/lengths.ts';

/** Lengths are whole numbers from 1, from the distribution that was asked for. */

function drawn(distribution: LengthDistribution, count: number): number[] {
  const sampler = lengthSampler(distribution, 'workload.inputTokens')!;
  const stream = new RandomStream(11, 'lengths');
  return Array.from({ length: count }, () => sampler(stream));
}

const meanOf = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('lognormal', () => {
  test('its parameters give the mean and the p99 that were asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 1.001, max: 14.9, noNaN: true }),
        (mean, ratio) => {
          const { mu, sigma } = lognormalParameters(mean, mean * ratio, 'x');
          expect(Math.exp(mu + (sigma * sigma) / 2) / mean).toBeCloseTo(1, 9);
          expect(Math.exp(mu + Z99 * sigma) / (mean * ratio)).toBeCloseTo(1, 9);
          expect(sigma).toBeLessThanOrEqual(Z99);
        },
      ),
    );
  });

  test('the worked example: mean 1000, p99 4000', () => {
    const { mu, sigma } = lognormalParameters(1000, 4000, 'x');
    expect(sigma).toBeCloseTo(0.70175, 5);
    expect(mu).toBeCloseTo(6.66153, 5);
  });

  test('drawn lengths have the mean and 1 % above the p99', () => {
    const n = 100_000;
    const values = drawn({ kind: 'lognormal', mean: 1000, p99: 4000 }, n);
    // Standard deviation = mean·√(e^σ² − 1) = 800.
    expect(Math.abs(meanOf(values) - 1000)).toBeLessThan((4 * 800) / Math.sqrt(n));
    const above = values.filter((value) => value > 4000).length;
    expect(Math.abs(above - n / 100)).toBeLessThan(4 * Math.sqrt(n / 100));
  });

  test('refuses what no lognormal can be', () => {
    const refuse = (mean: number, p99: number) => () => lognormalParameters(mean, p99, 'here');
    expect(refuse(100, 100)).toThrow(/here: p99 must exceed the mean, but p99 is 100 and mean/);
    expect(refuse(100, 50)).toThrow(/kind: constant/);
    expect(refuse(100, 1600)).toThrow(/at most 14.9 times the mean/);
    expect(refuse(0, 50)).toThrow(/here.mean: 0 is not a number of tokens from 1/);
    expect(refuse(100, Number.NaN)).toThrow(/here.p99: NaN is not a number of tokens/);
  });
});

describe('uniform, constant and empirical', () => {
  test('uniform draws every whole number of its range, ends included, equally often', () => {
    const counts = new Map<number, number>();
    for (const value of drawn({ kind: 'uniform', min: 3, max: 7 }, 50_000)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([3, 4, 5, 6, 7]);
    for (const count of counts.values()) {
      expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(8000));
    }
  });

  test('empirical is linear between its quantiles', () => {
    const values = drawn(
      {
        kind: 'empirical',
        quantiles: [
          [0, 10],
          [0.5, 100],
          [0.9, 100],
          [1, 1100],
        ],
      },
      100_000,
    );
    const share = (test: (x: number) => boolean) => values.filter(test).length / values.length;
    expect(Math.min(...values)).toBe(10);
    expect(Math.max(...values)).toBeLessThanOrEqual(1100);
    // Rounded to whole tokens: below 55 is below 54.5 of the line from 10 to 100.
    expect(Math.abs(share((x) => x < 55) - (0.5 * 44.5) / 90)).toBeLessThan(0.006);
    expect(Math.abs(share((x) => x === 100) - (0.4 + 0.5 / 180 + 0.05 / 1000))).toBeLessThan(0.007);
    expect(Math.abs(share((x) => x > 600) - 0.05)).toBeLessThan(0.003);
  });

  test('every kind gives whole numbers from 1', () => {
    const kinds: LengthDistribution[] = [
      { kind: 'constant', value: 1 },
      { kind: 'uniform', min: 1, max: 2 },
      { kind: 'lognormal', mean: 1, p99: 14 },
      {
        kind: 'empirical',
        quantiles: [
          [0, 1],
          [1, 1.4],
        ],
      },
    ];
    for (const kind of kinds) {
      for (const value of drawn(kind, 1000))
        expect(Number.isInteger(value) && value >= 1).toBe(true);
    }
  });

  const bad: [LengthDistribution, RegExp][] = [
    [{ kind: 'constant', value: 0 }, /inputTokens.value: 0 is not a number of tokens from 1/],
    [{ kind: 'constant', value: 2.5 }, /2.5 is not a whole number/],
    [{ kind: 'uniform', min: 9, max: 3 }, /min ≤ max; they are 9 and 3/],
    [{ kind: 'empirical', quantiles: [[0, 1]] }, /at least two/],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.1, 1],
          [1, 2],
        ],
      },
      /first probability must be 0/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, 1],
          [0.9, 2],
        ],
      },
      /the last 1/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, 5],
          [0.5, 4],
          [1, 9],
        ],
      },
      /\[1\]: tokens must not fall/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, 5],
          [0, 6],
          [1, 9],
        ],
      },
      /must rise from 0 to 1; found 0/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, 5],
          [Number.NaN, 6],
          [1, 9],
        ],
      },
      /found NaN/,
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, -5],
          [1, 9],
        ],
      },
      /-5 is not a number of tokens/,
    ],
  ];
  for (const [distribution, message] of bad) {
    test(`refuses ${JSON.stringify(distribution)}`, () => {
      expect(() => lengthSampler(distribution, 'workload.inputTokens')).toThrow(message);
    });
  }
});
