import { describe, expect, it, vi } from 'vitest';
import {
  batchMeans,
  erlangC,
  type QueueSystem,
  runQueue,
  startsByRecursion,
} from './support/queueing.ts';

/**
 * L11: the event loop agrees with queueing theory where theory has an answer. Each system runs from
 * several seeds; the estimate is the mean over batches of customers, its standard error that of the
 * batch means, and the theory's value must lie within four of them (a right loop fails once in
 * about 16,000 draws of seeds; with seeds that are fixed it does so always or never). Sharper than
 * any mean: every single start of service equals that of the recursion over the same drawn times.
 *
 *   M/M/1  W = ρ / (μ − λ)          M/D/1  W = ρ / (2 (μ − λ))
 *   M/M/k  W = C(k, λ/μ) / (kμ − λ), C of Erlang (1917); one queue before all servers.
 */

vi.setConfig({ testTimeout: 600_000 });

const SEEDS = [1, 2, 3, 4, 5, 6];
const CUSTOMERS = 44_000;
const BATCH = 4_000;

interface Case {
  name: string;
  servers: number;
  /** Share of the capacity that is asked for. */
  load: number;
  service: QueueSystem['service'];
}

const SERVICE_SECONDS = 0.02;

function systemOf(queue: Case, seed: number): QueueSystem {
  return {
    servers: queue.servers,
    arrivalsPerSecond: (queue.load * queue.servers) / SERVICE_SECONDS,
    serviceSeconds: SERVICE_SECONDS,
    service: queue.service,
    customers: CUSTOMERS,
    seed,
  };
}

function theoryWait({ servers, load, service }: Case): number {
  const mu = 1 / SERVICE_SECONDS;
  const lambda = load * servers * mu;
  const exponential = erlangC(servers, lambda / mu) / (servers * mu - lambda);
  return service === 'constant' ? exponential / 2 : exponential;
}

const cases: Case[] = [
  { name: 'M/M/1, ρ 0.5', servers: 1, load: 0.5, service: 'exponential' },
  { name: 'M/M/1, ρ 0.8', servers: 1, load: 0.8, service: 'exponential' },
  { name: 'M/D/1, ρ 0.5', servers: 1, load: 0.5, service: 'constant' },
  { name: 'M/D/1, ρ 0.8', servers: 1, load: 0.8, service: 'constant' },
  { name: 'M/M/2, ρ 0.7', servers: 2, load: 0.7, service: 'exponential' },
  { name: 'M/M/8, ρ 0.85', servers: 8, load: 0.85, service: 'exponential' },
];

describe('L11 queueing theory', () => {
  it.each(cases)('mean wait of $name', (queue) => {
    const runs = SEEDS.map((seed) => runQueue(systemOf(queue, seed)));
    const theory = theoryWait(queue);
    const { mean, standardError, batches } = batchMeans(
      runs.map((run) => run.waits),
      BATCH,
    );
    expect(batches).toBe(60);
    expect(standardError / theory).toBeLessThan(0.05);
    expect(Math.abs(mean - theory)).toBeLessThan(4 * standardError);
  });

  it.each(cases)('every start of $name is that of the recursion', (queue) => {
    for (const seed of SEEDS.slice(0, 2)) {
      const run = runQueue(systemOf(queue, seed));
      expect(run.startsNs).toHaveLength(CUSTOMERS);
      expect(run.startsNs).toEqual(startsByRecursion(run, queue.servers));
    }
  });

  it('one server: the wait is the formula of one queue', () => {
    // Erlang C of one server is ρ: the general formula holds the simple one.
    expect(theoryWait(cases[1]!)).toBeCloseTo((0.8 * SERVICE_SECONDS) / (1 - 0.8), 12);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
  });
});

describe('L12 Little: number in the system = arrival rate × time in the system', () => {
  it.each(cases)('$name, on every path and as seen by arrivals', (queue) => {
    const runs = SEEDS.slice(0, 3).map((seed) => runQueue(systemOf(queue, seed)));
    for (const { requestSeconds, seconds, metrics } of runs) {
      // On a run that begins and ends empty the law is an identity, up to the histogram's error.
      const number = requestSeconds / seconds;
      const rate = metrics.requests.completed / seconds;
      expect(metrics.requests.completed).toBe(CUSTOMERS);
      expect(Math.abs(number / (rate * (metrics.e2eMs.mean / 1e3)) - 1)).toBeLessThan(0.004);
    }
    // Poisson arrivals see time averages: what they find is λ·W of theory.
    const lambda = (queue.load * queue.servers) / SERVICE_SECONDS;
    const theory = lambda * (theoryWait(queue) + SERVICE_SECONDS);
    const { mean, standardError } = batchMeans(
      runs.map((run) => run.seen),
      BATCH,
    );
    expect(Math.abs(mean - theory)).toBeLessThan(4 * standardError);
  });
});
