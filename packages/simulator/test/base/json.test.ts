import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, canonicalNumber, runJson } from '../../src/base/json.ts';
import type { Distribution, Metrics, Run } from '../../src/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/** Law (same seed, same bytes): the text depends on the values alone. */

const distribution = (value: number): Distribution => ({
  mean: value,
  p50: value,
  p90: value,
  p95: value,
  p99: value,
  max: value,
});

function metricsOf(value: number): Metrics {
  return {
    requests: { arrived: 2, completed: 2, rejected: 0, unfinished: 0 },
    tokens: { input: 12_038_038_690, output: 2 ** 53 - 1, drafted: 0, accepted: 0, steps: 0 },
    tokensPerStep: value,
    outputTokensPerSecond: value,
    outputTokensPerSecondPerGpu: value,
    requestsPerSecond: value,
    goodputRequestsPerSecond: value,
    ttftMs: distribution(value),
    itlMs: distribution(value),
    tpotMs: distribution(value),
    e2eMs: distribution(value),
    queueMs: distribution(value),
    stepMs: distribution(value),
    batchSize: distribution(value),
    kvBlocksUsed: distribution(value),
    gpuUtilization: value,
    memoryBandwidthUtilization: value,
    averagePowerW: value,
    joulesPerOutputToken: value,
    dollarsPerMillionOutputTokens: value,
    simulatedSeconds: value,
  };
}

function runOf(value: number): Run {
  return {
    version: 1,
    scenario: { version: 1, seed: 1, workload: { ratePerSecond: 0.1 + 0.2 } } as Scenario,
    metrics: metricsOf(value),
    baseline: null,
    speedup: { outputTokensPerSecond: 1, e2eP50: 2, itlMean: 3, joulesPerOutputToken: 4 },
    verdict: { state: 'stable', binding: 'none' },
    slo: null,
    warnings: [],
    provenance: {
      b: { kind: 'modelled', source: 'x' },
      a: { kind: 'measured', source: 'y' },
    },
  };
}

/** The same value with the keys of every object put in the other order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

describe('JSON of a run', () => {
  test('does not depend on the order in which results were put together', () => {
    const run = runOf(1 / 3);
    const other = { ...(reversed(run) as Run), scenario: run.scenario };
    expect(runJson(other)).toBe(runJson(run));
    const keys = Object.keys(JSON.parse(runJson(run)));
    expect(keys).toEqual(
      'version scenario metrics baseline speedup verdict slo warnings provenance'.split(' '),
    );
  });

  test('hides the noise of sums and keeps counts exact', () => {
    expect(runJson(runOf(0.1 + 0.2))).toBe(runJson(runOf(0.3)));
    const { metrics } = JSON.parse(runJson(runOf(1 / 3))) as Run;
    expect(metrics.tokens.input).toBe(12_038_038_690);
    expect(metrics.tokens.output).toBe(Number.MAX_SAFE_INTEGER);
    expect(metrics.ttftMs.mean).toBe(0.333333333333);
  });

  test('leaves the scenario as given, so that it can be run again', () => {
    const { scenario } = JSON.parse(runJson(runOf(1))) as Run;
    expect(scenario.workload.ratePerSecond).toBe(0.1 + 0.2);
  });

  test('writes null where there is no value, and never −0', () => {
    const { metrics } = JSON.parse(runJson(runOf(Number.NaN)));
    expect(metrics.tokensPerStep).toBeNull();
    expect(metrics.itlMs.p99).toBeNull();
    expect(canonicalJson([Number.POSITIVE_INFINITY, -0, Number.NaN], 0)).toBe('[null,0,null]');
  });

  test('holds every metric', () => {
    expect(Object.keys(JSON.parse(runJson(runOf(1))).metrics)).toEqual(Object.keys(metricsOf(1)));
  });

  test('rounding is within 5e-12, changes nothing the second time, and keeps the order', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const y = canonicalNumber(x)!;
        expect(Math.abs(y - x)).toBeLessThanOrEqual(5.0001e-12 * Math.abs(x));
        expect(canonicalNumber(y)).toBe(y);
      }),
    );
    const pair = fc.tuple(
      fc.double({ noNaN: true, min: 0, max: 1e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(pair, ([x, step]) => {
        expect(canonicalNumber(x + step)!).toBeGreaterThanOrEqual(canonicalNumber(x)!);
      }),
    );
  });
});
