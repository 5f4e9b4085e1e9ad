import type { Distribution, Metrics, Run } from '../../src/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/**
 * A run whose figures a test states: what it does not state is 1. Planning is tested on such runs,
 * where the right answer is known beforehand.
 */
export function syntheticRun(
  scenario: Scenario,
  figures: Partial<Metrics> = {},
  verdict: Run['verdict'] = { state: 'stable', binding: 'nothing' },
): Run {
  const one = flat(1);
  const metrics: Metrics = {
    requests: { arrived: 1, completed: 1, rejected: 0, unfinished: 0 },
    tokens: { input: 1, output: 1, drafted: 1, accepted: 1, steps: 1 },
    tokensPerStep: 1,
    outputTokensPerSecond: 1,
    outputTokensPerSecondPerGpu: 1,
    requestsPerSecond: 1,
    goodputRequestsPerSecond: 1,
    ttftMs: one,
    itlMs: one,
    tpotMs: one,
    e2eMs: one,
    queueMs: one,
    stepMs: one,
    batchSize: flat(2),
    kvBlocksUsed: one,
    gpuUtilization: 1,
    memoryBandwidthUtilization: 1,
    averagePowerW: 1,
    joulesPerOutputToken: 1,
    dollarsPerMillionOutputTokens: 1,
    simulatedSeconds: 1,
    ...figures,
  };
  return {
    version: 1,
    scenario,
    metrics,
    baseline: null,
    speedup: null,
    verdict,
    slo: null,
    warnings: [],
    provenance: {},
  };
}

/** A distribution of one value. */
export function flat(value: number): Distribution {
  return { mean: value, p50: value, p90: value, p95: value, p99: value, max: value };
}
