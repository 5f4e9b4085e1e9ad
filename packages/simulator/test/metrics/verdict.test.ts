import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';
import {
  type LoadFacts,
  MetricsCollector,
  STEP_LIMIT,
  speedupOf,
  stepLimitOf,
  verdictOf,
} from '../../src/metrics/index.ts';
import { QueueSeries } from '../../src/metrics/queue-series.ts';

/** The verdict on queues whose theory is known, and the limit in words. */

/** A single server with Poisson arrivals and constant service: M/D/1 at utilisation `rho`. */
function singleServer(rho: number, requests: number, seed: number): LoadFacts {
  const stream = new RandomStream(seed, 'arrivals');
  const collector = new MetricsCollector();
  const serviceNs = 1e8;
  let arrivalNs = 0;
  let freeNs = 0;
  const starts: number[] = [];
  let first = 0;
  for (let i = 0; i < requests; i++) {
    arrivalNs += Math.round((stream.exponential() * serviceNs) / rho);
    const startNs = Math.max(arrivalNs, freeNs);
    freeNs = startNs + serviceNs;
    starts.push(startNs);
    while (starts[first]! <= arrivalNs) first++;
    collector.requestArrived(1, arrivalNs);
    const waiting = starts.length - first;
    collector.queueSample(arrivalNs, waiting);
    collector.stepDone(serviceNs, 1, 1, 1, 1, 1, waiting > 0 ? STEP_LIMIT.batchSize : 0);
    collector.firstToken(freeNs - arrivalNs, startNs - arrivalNs);
    collector.completed({
      e2eNs: freeNs - arrivalNs,
      ttftNs: freeNs - arrivalNs,
      queueNs: startNs - arrivalNs,
      outputTokens: 1,
      worstGapNs: 0,
    });
  }
  return collector.load({ concurrency: 0, peakBytesPerSecond: 1, peakFlops: 1 });
}

const CALM: LoadFacts = {
  closedLoop: false,
  arrived: 2000,
  queueFull: 0,
  unfinished: 0,
  waitingInQuarters: [1, 1, 1, 1],
  waitingAtEnd: 1,
  queueNsP50: 1e6,
  e2eNsP50: 1e9,
  stepsByLimit: [995, 5, 0, 0],
  bandwidthShareBusy: 0.6,
  computeShareBusy: 0.1,
};

describe('state', () => {
  test('M/D/1: stable well below its capacity, overloaded above it', () => {
    for (let seed = 1; seed <= 10; seed++) {
      expect(verdictOf(singleServer(0.5, 2000, seed)).state).toBe('stable');
      expect(verdictOf(singleServer(1.3, 2000, seed)).state).toBe('overloaded');
      expect(verdictOf(singleServer(1.1, 20_000, seed)).state).toBe('overloaded');
      expect(verdictOf(singleServer(0.95, 20_000, seed)).state).not.toBe('overloaded');
    }
  });

  test('the worked example', () => {
    const grown = { ...CALM, waitingInQuarters: [5, 20, 60, 110], waitingAtEnd: 150 };
    expect(verdictOf(grown).state).toBe('overloaded');
    expect(verdictOf({ ...grown, waitingAtEnd: 80 }).state).toBe('stable');
    for (const waitingInQuarters of [
      [5, 90, 60, 110],
      [5, 20, 110, 60],
    ]) {
      expect(verdictOf({ ...grown, waitingInQuarters }).state).toBe('backlogged');
    }
  });

  test('a refused request is overload; an unfinished one, or long waits, a backlog', () => {
    expect(verdictOf(CALM).state).toBe('stable');
    expect(verdictOf({ ...CALM, queueFull: 1 }).state).toBe('overloaded');
    expect(verdictOf({ ...CALM, unfinished: 1 }).state).toBe('backlogged');
    expect(verdictOf({ ...CALM, queueNsP50: 6e8 }).state).toBe('backlogged');
  });

  test('a closed loop cannot be overloaded by its own queue', () => {
    const grown = { ...CALM, waitingInQuarters: [5, 20, 60, 110], waitingAtEnd: 150 };
    expect(verdictOf({ ...grown, closedLoop: true }).state).toBe('stable');
  });
});

describe('binding limit', () => {
  const bindingOf = (change: Partial<LoadFacts>) => verdictOf({ ...CALM, ...change }).binding;

  test('names the limit that held back most steps, and the resource', () => {
    expect(bindingOf({})).toBe(
      'none: requests waited in under 1 % of steps; steps are bound by memory bandwidth ' +
        '(60 % of peak bandwidth, 10 % of peak compute)',
    );
    expect(bindingOf({ stepsByLimit: [100, 700, 200, 0] })).toMatch(/^KV blocks: .* in 78 % of/);
    expect(bindingOf({ stepsByLimit: [100, 7, 200, 0] })).toMatch(/^batch size: serving.maxBatchS/);
    expect(bindingOf({ stepsByLimit: [0, 0, 0, 9] })).toMatch(/^token budget: .* in 100 % of/);
    expect(bindingOf({ computeShareBusy: 0.7 })).toMatch(/bound by compute/);
    expect(bindingOf({ bandwidthShareBusy: 0.2 })).toMatch(/bound by fixed costs/);
    expect(bindingOf({ stepsByLimit: [0, 0, 0, 0] })).toBe('none: nothing ran');
  });

  test('the limit of one step', () => {
    // Waiting, active of at most 64, tokens of at most 8192, chunks of 64.
    expect(stepLimitOf(0, 64, 64, 8192, 8192, 64)).toBe(STEP_LIMIT.none);
    expect(stepLimitOf(3, 64, 64, 8192, 8192, 64)).toBe(STEP_LIMIT.batchSize);
    expect(stepLimitOf(3, 20, 64, 8150, 8192, 64)).toBe(STEP_LIMIT.tokenBudget);
    expect(stepLimitOf(3, 20, 64, 100, 8192, 64)).toBe(STEP_LIMIT.kvBlocks);
  });
});

describe('queue series', () => {
  test('means stay right as the bins double', () => {
    const series = new QueueSeries();
    for (let i = 0; i < 100_000; i++) series.add(i * 1e7, i < 50_000 ? 2 : 6);
    const end = 100_000 * 1e7;
    expect(series.mean(0, end)).toBeCloseTo(4, 1);
    expect(series.mean(0, end * 0.45)).toBe(2);
    expect(series.mean(end * 0.55, end)).toBe(6);
    expect(new QueueSeries().mean(0, 1e9)).toBeNaN();
  });
});

describe('speedup', () => {
  test('is above 1 where this run is better', () => {
    const facts = {
      simulatedNs: 1e9,
      replicas: 1,
      gpusPerReplica: 1,
      idleWatts: 100,
      dollarsPerGpuHour: 1,
      peakBytesPerSecond: 1,
    };
    const collect = (tokens: number, gapNs: number) => {
      const collector = new MetricsCollector();
      collector.firstToken(gapNs, 0);
      collector.generation(0, 0, tokens - 1);
      collector.interToken(gapNs, tokens - 1, tokens - 1);
      const e2eNs = gapNs * tokens;
      collector.completed({
        e2eNs,
        ttftNs: gapNs,
        queueNs: 0,
        outputTokens: tokens,
        worstGapNs: 0,
      });
      return collector.result(facts);
    };
    const speedup = speedupOf(collect(20, 2e6), collect(10, 8e6));
    expect(speedup.outputTokensPerSecond).toBe(2);
    expect(speedup.e2eP50).toBe(2);
    expect(speedup.itlMean).toBe(4);
    expect(speedup.joulesPerOutputToken).toBe(2);
  });
});
