import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MetricsCollector, parseSlo, type RunFacts, STEP_LIMIT } from '../../src/metrics/index.ts';

/**
 * The metrics as the contract defines them: worked examples by hand, then laws over random runs.
 */

const FACTS: RunFacts = {
  simulatedNs: 10e9,
  replicas: 2,
  gpusPerReplica: 4,
  idleWatts: 100,
  dollarsPerGpuHour: 3.6,
  peakBytesPerSecond: 1e12,
};
const MS = 1e6;

/**
 * Two requests, by hand. A (100 input tokens) arrives at 0, starts at 10 ms, first token at 50 ms,
 * then steps that emit 3, 1 and 2 tokens at 80, 100 and 160 ms: 7 tokens. B (50) arrives at 20,
 * starts at 80, one token at 100 ms. Gaps of A: 30, 0, 0, 20, 60, 0 ms. Its e2e is 160, its tpot
 * (160 − 50)/6.
 */
function twoRequests(slo: string | null = null): MetricsCollector {
  const collector = new MetricsCollector(slo === null ? null : parseSlo(slo));
  collector.requestArrived(100, 0);
  collector.requestArrived(50, 20 * MS);
  collector.firstToken(50 * MS, 10 * MS);
  collector.generation(8, 2, 1);
  collector.interToken(30 * MS, 1, 3);
  collector.generation(8, 0, 1);
  collector.interToken(20 * MS, 1, 1);
  collector.firstToken(80 * MS, 60 * MS);
  collector.completed({
    e2eNs: 80 * MS,
    ttftNs: 80 * MS,
    queueNs: 60 * MS,
    outputTokens: 1,
    worstGapNs: 0,
  });
  collector.generation(8, 1, 1);
  collector.interToken(60 * MS, 1, 2);
  collector.completed({
    e2eNs: 160 * MS,
    ttftNs: 50 * MS,
    queueNs: 10 * MS,
    outputTokens: 7,
    worstGapNs: 60 * MS,
  });
  return collector;
}

describe('two requests, by hand', () => {
  const metrics = twoRequests().result(FACTS);
  const near = (value: number, exact: number) =>
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(0.004 * exact);

  test('requests and tokens', () => {
    expect(metrics.requests).toEqual({ arrived: 2, completed: 2, rejected: 0, unfinished: 0 });
    expect(metrics.tokens).toEqual({ input: 150, output: 8, drafted: 24, accepted: 3, steps: 3 });
    expect(metrics.tokensPerStep).toBe(2);
  });

  test('itl: the first token of a step carries the gap, the rest 0', () => {
    // 0, 0, 0, 20, 30, 60.
    expect(metrics.itlMs.mean).toBeCloseTo(110 / 6, 9);
    expect(metrics.itlMs.p50).toBe(0);
    near(metrics.itlMs.p90, 60);
    expect(metrics.itlMs.max).toBe(60);
  });

  test('tpot leaves out requests of one token; its mean need not be that of itl', () => {
    expect(metrics.tpotMs.mean).toBeCloseTo(110 / 6, 9);
    expect(metrics.tpotMs.max).toBeCloseTo(110 / 6, 9);
  });

  test('ttft, e2e and queue', () => {
    expect([metrics.ttftMs.mean, metrics.ttftMs.max]).toEqual([65, 80]);
    expect([metrics.e2eMs.mean, metrics.e2eMs.max]).toEqual([120, 160]);
    near(metrics.queueMs.p50, 10);
    expect(metrics.queueMs.max).toBe(60);
  });

  test('rates are over the simulated time, per GPU over all eight', () => {
    expect(metrics.outputTokensPerSecond).toBe(0.8);
    expect(metrics.outputTokensPerSecondPerGpu).toBe(0.1);
    expect([metrics.requestsPerSecond, metrics.goodputRequestsPerSecond]).toEqual([0.2, 0.2]);
    // 8 GPUs · $3.6/h · 10 s = $0.08, for 8 tokens.
    expect(metrics.dollarsPerMillionOutputTokens).toBeCloseTo(10_000, 6);
  });

  test('goodput counts requests that meet every clause alone', () => {
    const good = (slo: string) =>
      twoRequests(slo).result(FACTS).goodputRequestsPerSecond * (FACTS.simulatedNs / 1e9);
    expect(good('ttft_p95 < 81ms')).toBe(2);
    expect(good('ttft_p95 < 80ms')).toBe(1);
    expect(good('ttft_p95 <= 80ms')).toBe(2);
    expect(good('itl_p99 < 60ms')).toBe(1);
    expect(good('itl_mean < 18.4ms')).toBe(2);
    expect(good('tpot_p50 < 18ms and queue_max < 50ms')).toBe(0);
    expect(good('e2e_p50 < 100ms')).toBe(1);
  });
});

describe('steps', () => {
  test('utilisation, power with idle time, and energy, by hand', () => {
    const collector = twoRequests();
    // 4 s busy of 2 replicas · 10 s; each step moves 0.5 TB per GPU and takes 1 kJ over 4 GPUs.
    for (let i = 0; i < 4; i++) {
      collector.stepDone(1e9, i + 1, 100 * (i + 1), 0.5e12, 1e15, 1000, STEP_LIMIT.none);
    }
    const metrics = collector.result(FACTS);
    expect(metrics.gpuUtilization).toBeCloseTo(0.2, 12);
    expect(metrics.memoryBandwidthUtilization).toBeCloseTo(0.1, 12);
    // 4 kJ and 16 s · 4 GPUs · 100 W idle = 6.4 kJ.
    expect(metrics.averagePowerW).toBeCloseTo(1040, 9);
    expect(metrics.joulesPerOutputToken).toBeCloseTo(1300, 9);
    expect(metrics.batchSize).toEqual({ mean: 2.5, p50: 2, p90: 4, p95: 4, p99: 4, max: 4 });
    expect(metrics.kvBlocksUsed.max).toBe(400);
    expect(metrics.stepMs.mean).toBe(1000);
    const load = collector.load({ concurrency: 0, peakBytesPerSecond: 1e12, peakFlops: 4e15 });
    expect(load.bandwidthShareBusy).toBeCloseTo(0.5, 12);
    expect(load.computeShareBusy).toBeCloseTo(0.25, 12);
    expect(load.stepsByLimit).toEqual([4, 0, 0, 0]);
  });

  test('waiting requests by quarter of the time of arrivals', () => {
    const collector = new MetricsCollector();
    for (let second = 0; second <= 160; second++) {
      collector.requestArrived(1, second * 1e9);
      collector.queueSample(second * 1e9, second);
    }
    const load = collector.load({ concurrency: 0, peakBytesPerSecond: 1, peakFlops: 1 });
    [20, 60, 100, 140].forEach((mean, quarter) => {
      expect(Math.abs(load.waitingInQuarters[quarter]! - mean)).toBeLessThan(3);
    });
    expect(Math.abs(load.waitingAtEnd - 155)).toBeLessThan(3);
  });
});

describe('the ends of the range', () => {
  test('an empty run is a valid run', () => {
    const metrics = new MetricsCollector().result({ ...FACTS, simulatedNs: 0 });
    expect(metrics.requests.arrived).toBe(0);
    expect([metrics.outputTokensPerSecond, metrics.gpuUtilization]).toEqual([0, 0]);
    expect([metrics.tokensPerStep, metrics.ttftMs.p99, metrics.joulesPerOutputToken]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
  });

  test('a request without output is completed, queued and timed, and gives no token', () => {
    const collector = new MetricsCollector(parseSlo('ttft_p99 < 1ms and e2e_p99 < 1s'));
    collector.requestArrived(30, 0);
    collector.completed({ e2eNs: 5e6, ttftNs: 0, queueNs: 2e6, outputTokens: 0, worstGapNs: 0 });
    const metrics = collector.result(FACTS);
    expect(metrics.requests).toEqual({ arrived: 1, completed: 1, rejected: 0, unfinished: 0 });
    expect([metrics.tokens.input, metrics.tokens.output]).toEqual([30, 0]);
    expect([metrics.queueMs.max, metrics.e2eMs.max, metrics.ttftMs.max]).toEqual([2, 5, NaN]);
    expect(metrics.goodputRequestsPerSecond).toBe(0.1);
  });

  test('rejected and unfinished requests are told apart', () => {
    const collector = new MetricsCollector();
    for (let i = 0; i < 5; i++) collector.requestArrived(1, i);
    collector.requestRejected();
    collector.completed({ e2eNs: 1, ttftNs: 1, queueNs: 0, outputTokens: 1, worstGapNs: 0 });
    const { requests } = collector.result(FACTS);
    expect(requests).toEqual({ arrived: 5, completed: 1, rejected: 1, unfinished: 3 });
    collector.requestRejected('too-large');
    expect(collector.result(FACTS).requests.rejected).toBe(2);
    const load = collector.load({ concurrency: 0, peakBytesPerSecond: 1, peakFlops: 1 });
    expect([load.queueFull, load.unfinished]).toEqual([1, 2]);
  });
});

describe('laws over random runs', () => {
  /** Output tokens of each step after the first token, and the gap before it. */
  const request = fc.array(
    fc.record({ accepted: fc.nat({ max: 5 }), gapNs: fc.integer({ min: 1, max: 1e9 }) }),
    { maxLength: 20 },
  );

  test('tokens are conserved, one itl value for each token but the first, and sums agree', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 20 }), (requests) => {
        const collector = new MetricsCollector();
        let gaps = 0;
        let tokens = 0;
        for (const steps of requests) {
          collector.requestArrived(1, 0);
          collector.firstToken(1000, 10);
          for (const { accepted, gapNs } of steps) {
            collector.generation(5, accepted, 1);
            collector.interToken(gapNs, 1, accepted + 1);
          }
          const decodeNs = steps.reduce((sum, step) => sum + step.gapNs, 0);
          const emitted = steps.reduce((sum, step) => sum + step.accepted + 1, 0);
          gaps += decodeNs;
          tokens += emitted;
          collector.completed({
            e2eNs: 1000 + decodeNs,
            ttftNs: 1000,
            queueNs: 10,
            outputTokens: 1 + emitted,
            worstGapNs: 0,
          });
        }
        const metrics = collector.result(FACTS);
        const { output, accepted, steps } = metrics.tokens;
        expect(output).toBe(requests.length + tokens);
        expect(output).toBe(requests.length + steps + accepted);
        if (tokens === 0) return;
        // Σ itl = Σ (e2e − ttft): the mean over tokens but the first.
        expect(metrics.itlMs.mean / (gaps / tokens / 1e6)).toBeCloseTo(1, 12);
        expect(metrics.averagePowerW).toBeCloseTo(
          metrics.joulesPerOutputToken * metrics.outputTokensPerSecond,
          6,
        );
      }),
    );
  });

  test('one call for many requests is the same as one call for each', () => {
    const steps = fc.array(
      fc.record({
        requests: fc.integer({ min: 1, max: 64 }),
        gapNs: fc.integer({ min: 1, max: 1e8 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const [single, together] = [new MetricsCollector(), new MetricsCollector()];
        for (const { requests, gapNs } of list) {
          for (let i = 0; i < requests; i++) {
            single.generation(4, i % 3, 1);
            single.interToken(gapNs, 1, 1 + (i % 3));
          }
          const accepted = Array.from({ length: requests }, (_, i) => i % 3).reduce(
            (a, b) => a + b,
          );
          together.generation(4 * requests, accepted, requests);
          together.interToken(gapNs, requests, requests + accepted);
        }
        expect(together.result(FACTS)).toEqual(single.result(FACTS));
      }),
    );
  });
});
