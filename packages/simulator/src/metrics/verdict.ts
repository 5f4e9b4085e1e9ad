import type { Metrics, Speedup, Verdict } from '../run.ts';
import { STEP_LIMIT } from './step-limit.ts';

/**
 * Whether a run's load can be borne, and what binds. All is read from the time in which requests
 * arrived: after the last arrival any queue drains.
 *
 * overloaded — the queue limit refused requests; or, open loop, the queue grew from quarter to
 * quarter of that time and ended above both 1 % of the arrivals and 2·√arrivals. A load ρ above
 * what the engine can bear leaves 1 − 1/ρ of the arrivals waiting; chance alone, at ρ = 1, about
 * √arrivals.
 * backlogged — not overloaded, but half of the requests wait longer than they are served, or the
 * queue ended that high without steady growth, or requests were left unfinished.
 * stable — all else.
 *
 * Example: 2,000 arrivals, 20 waiting in the second quarter, 60, 110 and 150 at the end: above 89,
 * so overloaded.
 */
export interface LoadFacts {
  closedLoop: boolean;
  arrived: number;
  /** Requests refused because the queue was full. */
  queueFull: number;
  unfinished: number;
  /**
   * Mean number of waiting requests in each quarter of the time of arrivals; NaN without a sample.
   */
  waitingInQuarters: readonly number[];
  /** The same over the last sixteenth. */
  waitingAtEnd: number;
  queueNsP50: number;
  e2eNsP50: number;
  /** Steps by `STEP_LIMIT`. */
  stepsByLimit: readonly number[];
  /** Bytes moved per busy second over the peak, and FLOP likewise. */
  bandwidthShareBusy: number;
  computeShareBusy: number;
}

const LEAST_SHARE = 0.01;
const DEVIATIONS = 2;

export function verdictOf(facts: LoadFacts): Verdict {
  return { state: stateOf(facts), binding: bindingOf(facts) };
}

function stateOf(facts: LoadFacts): Verdict['state'] {
  if (facts.queueFull > 0) return 'overloaded';
  const { arrived, waitingAtEnd, waitingInQuarters: quarters } = facts;
  const long = waitingAtEnd > Math.max(LEAST_SHARE * arrived, DEVIATIONS * Math.sqrt(arrived));
  const grows = quarters[1]! < quarters[2]! && quarters[2]! < quarters[3]!;
  if (long && grows && !facts.closedLoop) return 'overloaded';
  const waitsLonger = facts.queueNsP50 > facts.e2eNsP50 / 2;
  return (long && !facts.closedLoop) || waitsLonger || facts.unfinished > 0
    ? 'backlogged'
    : 'stable';
}

const LIMIT_WORDS: Record<number, string> = {
  [STEP_LIMIT.kvBlocks]: 'KV blocks: the KV cache is full',
  [STEP_LIMIT.batchSize]: 'batch size: serving.maxBatchSize is reached',
  [STEP_LIMIT.tokenBudget]: 'token budget: serving.maxNumTokens is spent',
};

/** Below this share of steps with a request waiting, no limit is said to bind. */
const WAITING_MATTERS = 0.01;
/** Below this share of both peaks, a step's time is mostly fixed costs. */
const ROOFLINE_MATTERS = 0.3;

function bindingOf(facts: LoadFacts): string {
  const steps = facts.stepsByLimit.reduce((sum, count) => sum + count, 0);
  if (steps === 0) return 'none: nothing ran';
  const waiting = steps - facts.stepsByLimit[STEP_LIMIT.none]!;
  const resource = resourceOf(facts);
  if (waiting / steps < WAITING_MATTERS) {
    return `none: requests waited in ${percent(waiting / steps)} of steps; ${resource}`;
  }
  let limit = 1;
  for (let i = 2; i < facts.stepsByLimit.length; i++) {
    if (facts.stepsByLimit[i]! > facts.stepsByLimit[limit]!) limit = i;
  }
  const share = percent(facts.stepsByLimit[limit]! / waiting);
  return `${LIMIT_WORDS[limit]} in ${share} of the steps with requests waiting; ${resource}`;
}

function resourceOf(facts: LoadFacts): string {
  const { bandwidthShareBusy: bandwidth, computeShareBusy: compute } = facts;
  const shares = `${percent(bandwidth)} of peak bandwidth, ${percent(compute)} of peak compute`;
  if (Math.max(bandwidth, compute) < ROOFLINE_MATTERS) {
    return `steps are bound by fixed costs such as launches (${shares})`;
  }
  return `steps are bound by ${bandwidth >= compute ? 'memory bandwidth' : 'compute'} (${shares})`;
}

function percent(share: number): string {
  const value = share * 100;
  return value > 0 && value < 1 ? 'under 1 %' : `${Math.round(value)} %`;
}

/** Ratios to the baseline, each so that above 1 is better; NaN where one side has no value. */
export function speedupOf(metrics: Metrics, baseline: Metrics): Speedup {
  return {
    outputTokensPerSecond: metrics.outputTokensPerSecond / baseline.outputTokensPerSecond,
    e2eP50: baseline.e2eMs.p50 / metrics.e2eMs.p50,
    itlMean: baseline.itlMs.mean / metrics.itlMs.mean,
    joulesPerOutputToken: baseline.joulesPerOutputToken / metrics.joulesPerOutputToken,
  };
}
