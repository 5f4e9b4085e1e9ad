import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluateSlo,
  MetricsCollector,
  parseSlo,
  requestMeetsSlo,
  SLO_METRICS,
  SLO_STATISTICS,
  SLO_UNITS,
} from '../../src/metrics/index.ts';

/**
 * The SLO expression of a scenario: read as written, refused with the position of what is wrong.
 */

const FACTS = {
  simulatedNs: 1e9,
  replicas: 1,
  gpusPerReplica: 1,
  idleWatts: 0,
  dollarsPerGpuHour: 1,
  peakBytesPerSecond: 1,
};

describe('reading', () => {
  test('the example of the contract', () => {
    const slo = parseSlo('ttft_p95 < 500ms and itl_p99 < 50ms');
    expect(slo.clauses).toEqual([
      { text: 'ttft_p95 < 500ms', metric: 'ttft', statistic: 'p95', strict: true, boundNs: 5e8 },
      { text: 'itl_p99 < 50ms', metric: 'itl', statistic: 'p99', strict: true, boundNs: 5e7 },
    ]);
  });

  test('every metric, statistic, operator and unit, however spaced', () => {
    const space = fc.constantFrom('', ' ', '   ', '\t');
    fc.assert(
      fc.property(
        fc.constantFrom(...SLO_METRICS),
        fc.constantFrom(...SLO_STATISTICS),
        fc.constantFrom('<', '<='),
        fc.integer({ min: 1, max: 9999 }),
        fc.constantFrom(...(Object.keys(SLO_UNITS) as (keyof typeof SLO_UNITS)[])),
        space,
        (metric, statistic, operator, bound, unit, gap) => {
          const parts = ['', `${metric}_${statistic}`, operator, `${bound}.5`, unit, ''];
          const text = parts.join(gap);
          expect(parseSlo(text).clauses).toEqual([
            {
              text: `${metric}_${statistic} ${operator} ${bound}.5${unit}`,
              metric,
              statistic,
              strict: operator === '<',
              boundNs: (bound + 0.5) * SLO_UNITS[unit],
            },
          ]);
        },
      ),
    );
    expect(parseSlo('e2e_mean<=2s AND tpot_max<3us').clauses).toHaveLength(2);
  });

  const bad: [string, RegExp][] = [
    ['', /at position 1, found the end; a metric such as ttft_p95 expected/],
    ['ttft', /at position 1, found "ttft"; ttft_ followed by mean, p50/],
    ['tfft_p95 < 5ms', /position 1, found "tfft_p95"; a metric expected: .* mean "ttft"\?/],
    ['ttft_p995 < 5ms', /found "ttft_p995"; ttft_ followed by .*\. Did you mean "p95"\? An SLO/],
    ['ttft_p95 > 5ms', /at position 10, found ">"; < or <= expected/],
    ['ttft_p95 == 5ms', /at position 10, found "=="; < or <= expected/],
    ['ttft_p95', /at position 9, found the end; < or <= expected/],
    ['ttft_p95 < ', /at position 12, found the end; a number with a unit expected/],
    ['ttft_p95 < ms', /at position 12, found "ms"; a number above 0 expected/],
    ['ttft_p95 < -5ms', /at position 12, found "-5"; a number above 0 expected/],
    ['ttft_p95 < 0ms', /found "0"; a number above 0/],
    ['ttft_p95 < 1.2.3ms', /found "1.2.3"; a number above 0/],
    ['ttft_p95 < NaN', /found "NaN"/],
    ['ttft_p95 < 5', /at position 13, found the end; a unit: ns, us, ms or s expected/],
    ['ttft_p95 < 5msec', /at position 13, found the unit "msec"; .*Did you mean "ms"\?/],
    ['ttft_p95 < 5 minutes', /at position 14, found the unit "minutes"/],
    ['ttft_p95 < 5toString', /found the unit "toString"; ns, us, ms or s expected/],
    ['ttft_p95 < 5ms or itl_p99 < 5ms', /at position 16, found "or"; "and" or the end expected/],
    ['ttft_p95 < 5ms and', /at position 19, found the end; a metric such as/],
    ['ttft_p95 < 5ms, itl_p99 < 5ms', /at position 15, found ","/],
    ['$ttft < 5ms', /at position 1, found "\$"; a metric expected/],
  ];
  for (const [text, message] of bad) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseSlo(text)).toThrow(message);
      expect(() => parseSlo(text)).toThrow(/An SLO looks like: ttft_p95 < 500ms and itl_p99/);
    });
  }
});

describe('judging', () => {
  const collector = new MetricsCollector();
  for (let i = 1; i <= 100; i++) {
    collector.requestArrived(1, 0);
    collector.firstToken(i * 1e6, 0);
    collector.completed({
      e2eNs: i * 1e6,
      ttftNs: i * 1e6,
      queueNs: 0,
      outputTokens: 1,
      worstGapNs: 0,
    });
  }
  const metrics = collector.result(FACTS);

  test('a run meets its SLO when every clause is met; values are those of the metrics', () => {
    const result = evaluateSlo(parseSlo('ttft_p95 < 97ms and e2e_max <= 100ms'), metrics);
    expect(result.met).toBe(true);
    expect(result.clauses.map((clause) => clause.value)).toEqual([
      metrics.ttftMs.p95,
      metrics.e2eMs.max,
    ]);
    const missed = evaluateSlo(parseSlo('ttft_p95 < 97ms and e2e_max < 100ms'), metrics);
    expect(missed.met).toBe(false);
    expect(missed.clauses.map((clause) => clause.met)).toEqual([true, false]);
    expect(missed.expression).toBe('ttft_p95 < 97ms and e2e_max < 100ms');
  });

  test('a metric without values is met by requests that were completed, not by none', () => {
    expect(evaluateSlo(parseSlo('tpot_p99 < 1ms'), metrics).met).toBe(true);
    const empty = new MetricsCollector().result(FACTS);
    expect(evaluateSlo(parseSlo('tpot_p99 < 1ms'), empty).met).toBe(false);
  });

  test('a request is judged by its own values', () => {
    const request = { ttftNs: 5e6, queueNs: 1e6, e2eNs: 9e6, tpotNs: 2e6, worstGapNs: 4e6 };
    const meets = (text: string) => requestMeetsSlo(parseSlo(text), request);
    expect([meets('ttft_p50 < 5ms'), meets('ttft_p50 <= 5ms')]).toEqual([false, true]);
    expect([meets('queue_p99 < 2ms'), meets('e2e_p99 < 9ms')]).toEqual([true, false]);
    expect([meets('tpot_p99 < 3ms'), meets('itl_mean < 3ms')]).toEqual([true, true]);
    expect([meets('itl_p50 < 3ms'), meets('itl_max < 5ms')]).toEqual([false, true]);
    const lone = { ...request, tpotNs: Number.NaN, worstGapNs: Number.NaN };
    expect(requestMeetsSlo(parseSlo('tpot_p99 < 1ns and itl_p99 < 1ns'), lone)).toBe(true);
  });
});
