import type {
  Distribution,
  Metrics,
  PartialScenario,
  Run,
  Speedup,
} from '../../packages/simulator/src/index.ts';
import { parseScenario } from '../../packages/simulator/src/index.ts';

/** Runs with chosen results, for tests of what is made of a run: figures, tables, comparisons. */

export function flat(value: number): Distribution {
  return { mean: value, p50: value, p90: value, p95: value, p99: value, max: value };
}

export function someMetrics(changed: Partial<Metrics> = {}): Metrics {
  return {
    requests: { arrived: 100, completed: 100, rejected: 0, unfinished: 0 },
    tokens: { input: 100_000, output: 25_000, drafted: 80_000, accepted: 15_000, steps: 10_000 },
    tokensPerStep: 2.5,
    outputTokensPerSecond: 1000,
    outputTokensPerSecondPerGpu: 1000,
    requestsPerSecond: 4,
    goodputRequestsPerSecond: 4,
    ttftMs: flat(50),
    itlMs: flat(5),
    tpotMs: flat(5),
    e2eMs: flat(1250),
    queueMs: flat(1),
    stepMs: flat(12),
    batchSize: flat(8),
    kvBlocksUsed: flat(100),
    gpuUtilization: 0.5,
    memoryBandwidthUtilization: 0.4,
    averagePowerW: 400,
    joulesPerOutputToken: 0.4,
    dollarsPerMillionOutputTokens: 0.8,
    simulatedSeconds: 25,
    ...changed,
  };
}

export interface RunParts {
  scenario?: PartialScenario;
  metrics?: Partial<Metrics>;
  speedup?: Partial<Speedup> | null;
  state?: Run['verdict']['state'];
}

export function someRun({ scenario = {}, metrics, speedup, state = 'stable' }: RunParts): Run {
  const even = { outputTokensPerSecond: 1, e2eP50: 1, itlMean: 1, joulesPerOutputToken: 1 };
  return {
    version: 1,
    scenario: parseScenario(scenario, 'test'),
    metrics: someMetrics(metrics),
    baseline: speedup === null ? null : someMetrics(),
    speedup: speedup === null ? null : { ...even, ...speedup },
    verdict: { state, binding: 'memory bandwidth' },
    slo: null,
    warnings: [],
    provenance: { 'step time': { kind: 'modelled', source: 'roofline' } },
  };
}

/** A run at an arrival rate with a speedup of every measure. */
export function runAt(rate: number, speedup: number, parts: RunParts = {}): Run {
  const workload = { ...parts.scenario?.workload, ratePerSecond: rate };
  return someRun({
    ...parts,
    scenario: { ...parts.scenario, workload },
    speedup: {
      outputTokensPerSecond: 1,
      e2eP50: speedup,
      itlMean: speedup,
      joulesPerOutputToken: 1,
    },
  });
}
