import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';
import type { LengthDistribution } from '../../src/scenario/scenario.ts';
import {
  BURST_HIGH_SHARE,
  BURST_PERIOD_SECONDS,
  burstInverse,
  gammaVariate,
  rampInverse,
} from '../../src/workload/arrival-times.ts';
import { arrivalsOf } from '../../src/workload/index.ts';
import { arrivals, noTrace, scenarioOf } from '../support/traces.ts';

/** Arrival processes against their theory; law: same seed, same bytes. */

const N = 50_000;

function gapsOf(times: readonly number[]): number[] {
  return times.map((time, i) => time - (i === 0 ? 0 : times[i - 1]!));
}

function moments(values: readonly number[]): { mean: number; variationSquared: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variationSquared: variance / (mean * mean) };
}

const times = (workload: Parameters<typeof arrivals>[0], seed = 1) =>
  arrivals(workload, noTrace, seed).map((arrival) => arrival.arrivalNs);

describe('Poisson and gamma', () => {
  test('Poisson gaps follow the exponential distribution (Kolmogorov–Smirnov, 0.1 %)', () => {
    const gaps = gapsOf(times({ ratePerSecond: 20, requests: N })).sort((a, b) => a - b);
    const rate = 20 / 1e9;
    let distance = 0;
    gaps.forEach((gap, i) => {
      const expected = 1 - Math.exp(-rate * gap);
      distance = Math.max(distance, Math.abs(expected - i / N), Math.abs(expected - (i + 1) / N));
    });
    expect(distance * Math.sqrt(N)).toBeLessThan(1.95);
  });

  test('gamma gaps have the set rate and squared coefficient of variation', () => {
    for (const burstiness of [0.1, 0.5, 1, 4, 16]) {
      const gaps = gapsOf(times({ kind: 'gamma', burstiness, ratePerSecond: 8, requests: 4 * N }));
      const { mean, variationSquared } = moments(gaps);
      const error = Math.sqrt(burstiness / (4 * N));
      expect(Math.abs((mean * 8) / 1e9 - 1)).toBeLessThan(4 * error);
      // Excess kurtosis of a gamma is 6·burstiness: relative error of a sample variance.
      const spread = Math.sqrt((2 + 6 * burstiness) / (4 * N)) + 2 * error;
      expect(Math.abs(variationSquared / burstiness - 1)).toBeLessThan(4 * spread);
    }
  });

  test('gamma of shape 1 is exponential: its third moment is 6', () => {
    const stream = new RandomStream(5, 'gamma');
    let cubes = 0;
    for (let i = 0; i < 4 * N; i++) cubes += gammaVariate(1, stream) ** 3;
    // Variance of x³ is 720 − 36.
    expect(Math.abs(cubes / (4 * N) - 6)).toBeLessThan(4 * Math.sqrt(684 / (4 * N)));
  });

  test('burstiness 0 is evenly spaced', () => {
    expect(times({ kind: 'gamma', burstiness: 0, ratePerSecond: 4, requests: 3 })).toEqual([
      250_000_000, 500_000_000, 750_000_000,
    ]);
  });
});

describe('burst and ramp', () => {
  test('a burst keeps the mean rate and puts 3/4 of the arrivals in the high quarter', () => {
    const all = times({ kind: 'burst', ratePerSecond: 50, requests: null, durationSeconds: 1200 });
    expect(Math.abs(all.length - 60_000)).toBeLessThan(4 * Math.sqrt(60_000));
    const high = all.filter(
      (time) => (time / 1e9) % BURST_PERIOD_SECONDS < BURST_PERIOD_SECONDS * BURST_HIGH_SHARE,
    );
    const share = high.length / all.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / all.length));
  });

  test('a ramp over its duration has 1.05 times the set rate, 1/8 of the time holding 3 %', () => {
    const all = times({ kind: 'ramp', ratePerSecond: 50, requests: null, durationSeconds: 1000 });
    expect(Math.abs(all.length - 52_500)).toBeLessThan(4 * Math.sqrt(52_500));
    // ∫ of 0.1 + 1.9·t over the first eighth: 0.0125 + 0.95/64 of 1.05.
    const early = all.filter((time) => time < 125e9).length;
    const expected = 50_000 * (0.0125 + 0.95 / 64);
    expect(Math.abs(early - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  test('a ramp bounded by requests alone ends about when its length says', () => {
    const all = times({ kind: 'ramp', ratePerSecond: 10, requests: 21_000 });
    expect(Math.abs(all[all.length - 1]! / 2e12 - 1)).toBeLessThan(0.02);
  });

  test('the inverses undo the expected number of arrivals', () => {
    const burstArea = (t: number) => {
      const within = t % 60;
      return t - within + (within < 15 ? within * 3 : 45 + (within - 15) / 3);
    };
    const rampArea = (t: number, length: number) =>
      t <= length ? 0.1 * t + (0.95 * t * t) / length : 1.05 * length + 2 * (t - length);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        (area, length) => {
          expect(burstArea(burstInverse(area))).toBeCloseTo(area, 6);
          expect(rampArea(rampInverse(area, length), length)).toBeCloseTo(area, 5);
        },
      ),
    );
  });
});

describe('every open-loop workload', () => {
  const kinds = ['poisson', 'gamma', 'burst', 'ramp'] as const;

  test('arrives in order, at whole nanoseconds, and the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        (kind, seed, ratePerSecond) => {
          const workload = { kind, ratePerSecond, burstiness: 3, requests: 200 };
          const all = times(workload, seed);
          expect(all).toHaveLength(200);
          all.forEach((time, i) => {
            expect(Number.isSafeInteger(time) && time >= (all[i - 1] ?? 0)).toBe(true);
          });
          expect(times(workload, seed)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a change of lengths moves no arrival, a change of arrivals no length', () => {
    const uniform = { kind: 'uniform', min: 1, max: 900 } as const;
    const base = { requests: 50, inputTokens: uniform, outputTokens: uniform };
    const constant = { kind: 'constant', value: 9 } as const;
    expect(times({ ...base, outputTokens: constant })).toEqual(times(base));
    expect(times({ ...base, inputTokens: constant })).toEqual(times(base));
    const lengths = (kind: (typeof kinds)[number]) =>
      arrivals({ ...base, kind, burstiness: 3 }).map((a) => [a.inputTokens, a.outputTokens]);
    for (const kind of kinds) expect(lengths(kind)).toEqual(lengths('poisson'));
    const outputs = (inputTokens: LengthDistribution) =>
      arrivals({ ...base, inputTokens }).map((arrival) => arrival.outputTokens);
    expect(outputs(constant)).toEqual(outputs(uniform));
  });

  test('gaps, input lengths and output lengths are uncorrelated', () => {
    const uniform = { kind: 'uniform', min: 1, max: 1000 } as const;
    const all = arrivals({ requests: N, inputTokens: uniform, outputTokens: uniform });
    const gaps = gapsOf(all.map((arrival) => arrival.arrivalNs));
    const inputs = all.map((arrival) => arrival.inputTokens);
    const outputs = all.map((arrival) => arrival.outputTokens);
    for (const [a, b] of [
      [gaps, inputs],
      [gaps, outputs],
      [inputs, outputs],
    ] as const) {
      const [x, y] = [moments(a), moments(b)];
      const product = a.reduce((sum, value, i) => sum + (value - x.mean) * (b[i]! - y.mean), 0) / N;
      const spread = Math.sqrt(x.variationSquared * y.variationSquared) * x.mean * y.mean;
      expect(Math.abs(product / spread)).toBeLessThan(4 / Math.sqrt(N));
    }
  });

  test('requests and duration both bound, whichever comes first', () => {
    const both = { ratePerSecond: 10, requests: 30 };
    expect(times({ ...both, durationSeconds: 1e6 })).toHaveLength(30);
    const short = times({ ...both, durationSeconds: 1 });
    expect(short.length).toBeLessThan(30);
    expect(short.every((time) => time < 1e9)).toBe(true);
    expect(times({ requests: 0 })).toEqual([]);
  });
});

describe('closed loop', () => {
  test('tells the concurrency and leaves the time to the engine', () => {
    const scenario = scenarioOf({ kind: 'closed-loop', concurrency: 8, requests: 3 });
    const source = arrivalsOf(scenario, noTrace);
    expect([source.concurrency, source.total, source.endNs]).toEqual([8, 3, Infinity]);
    expect([source.next()?.arrivalNs, source.next()?.inputTokens]).toEqual([0, 100]);
    expect([source.next() === null, source.next()]).toEqual([false, null]);
    const timed = scenarioOf({ kind: 'closed-loop', concurrency: 8, durationSeconds: 2.5 });
    expect(arrivalsOf(timed, noTrace).endNs).toBe(2.5e9);
  });
});

describe('settings that cannot be', () => {
  const cases: [Parameters<typeof arrivals>[0], RegExp][] = [
    [{ ratePerSecond: 0 }, /ratePerSecond: 0 is not allowed; it must be above 0/],
    [{ ratePerSecond: -1 }, /ratePerSecond: -1 is not allowed/],
    [{ ratePerSecond: Number.NaN }, /ratePerSecond: NaN is not allowed/],
    [{ kind: 'gamma', burstiness: -1 }, /burstiness: -1 is not allowed/],
    [{ requests: -5 }, /workload.requests: -5 is not a whole number/],
    [{ requests: 1.5 }, /workload.requests: 1.5 is not a whole number/],
    [{ requests: null }, /without an end; set workload.requests or workload.durationSeconds/],
    [{ durationSeconds: 0 }, /durationSeconds: 0 is not allowed/],
    [{ durationSeconds: 1e9 }, /durationSeconds: 1000000000 is not allowed/],
    [{ kind: 'closed-loop' }, /concurrency: null is not allowed; .* closed-loop needs/],
    [{ kind: 'closed-loop', concurrency: 0 }, /concurrency: 0 is not allowed/],
    [{ kind: 'trace' }, /workload.trace: workload.kind trace needs a trace file/],
    [{ inputTokens: { kind: 'from-trace' } }, /kind from-trace needs a trace file/],
    [{ trace: 'x.csv' }, /a trace is given but nothing uses it/],
    [{ ratePerSecond: 1e-7, requests: 10 }, /more than 104 days of simulated time/],
  ];
  for (const [workload, message] of cases) {
    test(JSON.stringify(workload), () => {
      expect(() => arrivals(workload)).toThrow(message);
    });
  }
});
