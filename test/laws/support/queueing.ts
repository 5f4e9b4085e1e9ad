import { RandomStream } from '../../../packages/simulator/src/base/random.ts';
import {
  type Executor,
  RequestTable,
  Router,
  Simulation,
  type StepReport,
} from '../../../packages/simulator/src/events/index.ts';
import { MetricsCollector } from '../../../packages/simulator/src/metrics/index.ts';
import type { ArrivalSource } from '../../../packages/simulator/src/workload/index.ts';
import { createScheduler } from './schedulers.ts';

/**
 * The real event loop, router and scheduler with an executor whose service time is known, so that
 * queueing theory says what must come out. A request is one prompt token and one output token: one
 * step, one service.
 */

export interface QueueSystem {
  servers: number;
  arrivalsPerSecond: number;
  /** Mean service time, seconds. */
  serviceSeconds: number;
  service: 'exponential' | 'constant';
  customers: number;
  seed: number;
}

export interface QueueRun {
  /** From arrival to the start of service, seconds, in the order of starts. */
  waits: number[];
  /** The drawn times behind them, ns: arrivals in order, services in the order of starts. */
  arrivalsNs: number[];
  servicesNs: number[];
  startsNs: number[];
  /** Requests at each arrival, the arriving one left out (Poisson arrivals see time averages). */
  seen: number[];
  /** ∫ requests in the system dt over the run, from the observed times alone, request-seconds. */
  requestSeconds: number;
  seconds: number;
  metrics: ReturnType<MetricsCollector['result']>;
}

const REPORT: StepReport = { bytes: 0, flop: 0, joules: 0, drafted: 0, accepted: 0, emitted: 1 };

export function runQueue(system: QueueSystem): QueueRun {
  const requests = new RequestTable();
  const metrics = new MetricsCollector();
  const services = new RandomStream(system.seed, 'service');
  const waits: number[] = [];
  const arrivalsNs: number[] = [];
  const servicesNs: number[] = [];
  const startsNs: number[] = [];
  const seen: number[] = [];
  /** Of each engine: the request in service. */
  const inService = new Int32Array(system.servers);
  // Every entry and every leave, for the integral: the executor knows when a service ends.
  const changes: { timeNs: number; by: number }[] = [];
  const executorOf = (index: number): Executor => ({
    last: REPORT,
    execute: (plan, outcome) => {
      if (plan.contextCount !== 1 || plan.generationCount !== 0) throw new Error('not one request');
      inService[index] = plan.contextId[0]!;
      outcome.contextFinished[0] = 1;
      outcome.contextNextDraft[0] = 0;
      const drawn = system.service === 'constant' ? 1 : services.exponential();
      return Math.max(1, Math.round(drawn * system.serviceSeconds * 1e9));
    },
  });
  const replicas = Array.from({ length: system.servers }, (_, index) => ({
    scheduler: createScheduler()({
      maxBatchSize: 1,
      maxNumTokens: 16,
      maxQueuedRequests: 1_000_000,
      tokensPerBlock: 16,
      kvBlocks: 4,
      capacityPolicy: 'guaranteed-no-evict',
      contextChunking: 'off',
      blockReuse: false,
      maxDraftTokens: 0,
    }),
    executor: executorOf(index),
  }));
  const simulation = new Simulation({
    source: poissonSource(system),
    replicas,
    router: new Router('central-queue', 1),
    requests,
    metrics,
    draw: (id) => {
      seen.push(requests.live - 1);
      arrivalsNs.push(requests.arrivalNs[id]!);
      changes.push({ timeNs: requests.arrivalNs[id]!, by: 1 });
    },
    canEverFit: () => true,
    limits: { maxBatchSize: 1, maxNumTokens: 16, chunkUnitTokens: 16 },
    tracksWorstGap: false,
    onStep: ({ replica, startNs, durationNs }) => {
      servicesNs.push(durationNs);
      startsNs.push(startNs);
      waits.push((startNs - requests.arrivalNs[inService[replica]!]!) / 1e9);
      changes.push({ timeNs: startNs + durationNs, by: -1 });
    },
  });
  const endNs = simulation.run();
  for (const { scheduler } of replicas) scheduler.free();
  return {
    waits,
    arrivalsNs,
    servicesNs,
    startsNs,
    seen,
    requestSeconds: integral(changes, endNs) / 1e9,
    seconds: endNs / 1e9,
    metrics: metrics.result({
      simulatedNs: endNs,
      replicas: system.servers,
      gpusPerReplica: 1,
      idleWatts: 0,
      dollarsPerGpuHour: 0,
      peakBytesPerSecond: 1,
    }),
  };
}

function poissonSource(system: QueueSystem): ArrivalSource {
  const gaps = new RandomStream(system.seed, 'arrival');
  const arrival = {
    arrivalNs: 0,
    inputTokens: 1,
    outputTokens: 1,
    prefixHashes: null,
    prefixTokensPerHash: 0,
  };
  let left = system.customers;
  let seconds = 0;
  return {
    concurrency: 0,
    total: system.customers,
    endNs: Number.POSITIVE_INFINITY,
    warnings: [],
    next: () => {
      if (left-- <= 0) return null;
      seconds += gaps.exponential() / system.arrivalsPerSecond;
      arrival.arrivalNs = Math.round(seconds * 1e9);
      return arrival;
    },
  };
}

/** ∫ n(t) dt of a step function that starts at 0, in request-nanoseconds. */
function integral(changes: { timeNs: number; by: number }[], endNs: number): number {
  const sorted = [...changes].sort((a, b) => a.timeNs - b.timeNs);
  let total = 0;
  let count = 0;
  let lastNs = 0;
  for (const { timeNs, by } of sorted) {
    total += count * (timeNs - lastNs);
    count += by;
    lastNs = timeNs;
  }
  return total + count * (endNs - lastNs);
}

/**
 * Starts of service of a first-come first-served queue before k servers, given the same arrivals
 * and services: the recursion of Kiefer and Wolfowitz (1955); for one server Lindley's (1952).
 */
export function startsByRecursion(run: QueueRun, servers: number): number[] {
  const freeNs = new Array<number>(servers).fill(0);
  return run.arrivalsNs.map((arrivalNs, i) => {
    const first = freeNs.indexOf(Math.min(...freeNs));
    const startNs = Math.max(arrivalNs, freeNs[first]!);
    freeNs[first] = startNs + run.servicesNs[i]!;
    return startNs;
  });
}

/** Mean and standard error, from the means of batches that hardly depend on each other. */
export function batchMeans(
  runs: readonly number[][],
  batchSize: number,
): { mean: number; standardError: number; batches: number } {
  const means: number[] = [];
  for (const values of runs) {
    // The first batch starts from an empty system and is left out.
    for (let start = batchSize; start + batchSize <= values.length; start += batchSize) {
      let sum = 0;
      for (let i = start; i < start + batchSize; i++) sum += values[i]!;
      means.push(sum / batchSize);
    }
  }
  const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
  const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (means.length - 1);
  return { mean, standardError: Math.sqrt(variance / means.length), batches: means.length };
}

/** Erlang C: the share of arrivals that wait at k servers under an offered load of a erlangs. */
export function erlangC(k: number, a: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < k; n++) {
    term *= a / n;
    sum += term;
  }
  const last = (term * a) / k / (1 - a / k);
  return last / (sum + last);
}
