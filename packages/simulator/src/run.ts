import type { ReplayComparison } from './replay/compare.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { Bands } from './uncertainty/bands.ts';

/**
 * The result of one simulation. Same scenario and seed give the same bytes of JSON
 * (`base/json.ts`), whatever the number of workers, in Node and in a browser.
 */

export interface Distribution {
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Metrics {
  requests: { arrived: number; completed: number; rejected: number; unfinished: number };
  tokens: { input: number; output: number; drafted: number; accepted: number; steps: number };
  /** Mean tokens that one generation step of one request gives: accepted draft tokens + 1. */
  tokensPerStep: number;
  outputTokensPerSecond: number;
  outputTokensPerSecondPerGpu: number;
  requestsPerSecond: number;
  /** Completed requests that met the SLO, per second; equal to requestsPerSecond without an SLO. */
  goodputRequestsPerSecond: number;
  ttftMs: Distribution;
  /**
   * Gap between consecutive visible tokens of a request; tokens of one step arrive together: gap,
   * 0, 0, …
   */
  itlMs: Distribution;
  /** (e2e − ttft) / (output tokens − 1) per request; requests of one token have none. */
  tpotMs: Distribution;
  e2eMs: Distribution;
  queueMs: Distribution;
  stepMs: Distribution;
  /** Requests in a step, weighted by steps. */
  batchSize: Distribution;
  /** Blocks in use, one sample a step. */
  kvBlocksUsed: Distribution;
  gpuUtilization: number;
  memoryBandwidthUtilization: number;
  averagePowerW: number;
  joulesPerOutputToken: number;
  dollarsPerMillionOutputTokens: number;
  simulatedSeconds: number;
}

export interface Speedup {
  outputTokensPerSecond: number;
  e2eP50: number;
  itlMean: number;
  joulesPerOutputToken: number;
}

export interface Verdict {
  state: 'stable' | 'backlogged' | 'overloaded';
  /** The limit that binds, in words. */
  binding: string;
}

/**
 * Where a number comes from. `extrapolated` accompanies a value used outside the range it was
 * fitted in.
 */
export interface Origin {
  kind: 'measured' | 'modelled' | 'assumed';
  source: string;
  extrapolated?: true;
}

export interface Run {
  version: 1;
  scenario: Scenario;
  metrics: Metrics;
  /** The same workload without drafting. */
  baseline: Metrics | null;
  speedup: Speedup | null;
  verdict: Verdict;
  slo: {
    expression: string;
    met: boolean;
    clauses: { text: string; value: number; met: boolean }[];
  } | null;
  warnings: string[];
  provenance: Record<string, Origin>;
  /** What the headline numbers may be; only where bands were asked for. */
  bands?: Bands;
  /** Beside a recorded run of the same requests; only where one was given. */
  replay?: ReplayComparison;
}
