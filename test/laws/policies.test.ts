import { describe, expect, it, vi } from 'vitest';
import { simulate } from '../../packages/simulator/src/events/index.ts';
import type { Metrics } from '../../packages/simulator/src/run.ts';
import { parseScenario } from '../../packages/simulator/src/scenario/parse.ts';
import type { PartialScenario } from '../../packages/simulator/src/scenario/scenario.ts';
import { createScheduler } from './support/schedulers.ts';

/**
 * L13 to L15: what the policies promise, at every load from one request in flight to 256 and from
 * an idle engine to one that is asked for more than it can bear.
 *
 * In a closed loop a schedule is as fast as its output tokens per second; in an open loop, where
 * those follow the arrivals, as fast as its mean time from arrival to end is short. All runs of a
 * load see the same requests. The noise that remains, the end of a run and what each request draws,
 * is below 1 %, and that is the allowance.
 */

vi.setConfig({ testTimeout: 600_000 });

const ALLOWANCE = 0.01;
const ports = { createScheduler: createScheduler(), openTrace: () => [] };

function metricsOf(scenario: PartialScenario): Metrics {
  return simulate(parseScenario(scenario, 'law'), ports, { withBaseline: false }).metrics;
}

interface Pair {
  name: string;
  scenario: PartialScenario;
  method: 'redrafter' | 'draft-model';
  rates: number[];
}

const short = {
  inputTokens: { kind: 'lognormal', mean: 100, p99: 400 },
  outputTokens: { kind: 'lognormal', mean: 200, p99: 800 },
} as const;

const pairs: Pair[] = [
  {
    name: 'ReDrafter, Llama 3.1 8B on one H100',
    scenario: { model: 'llama-3.1-8b', hardware: { gpu: 'h100-sxm' } },
    method: 'redrafter',
    rates: [2, 8, 16, 24, 32],
  },
  {
    name: 'ReDrafter, Llama 2 13B on two A100',
    scenario: { model: 'llama-2-13b', hardware: { gpu: 'a100-sxm', tensorParallel: 2 } },
    method: 'redrafter',
    rates: [2, 4, 8, 12],
  },
  {
    name: 'a draft model, Qwen 2.5 7B in int4 on one L4',
    scenario: {
      model: 'qwen2.5-7b',
      hardware: { gpu: 'l4' },
      precision: { weights: 'int4' },
      workload: short,
    },
    method: 'draft-model',
    rates: [0.5, 2, 4],
  },
];

const loads = (pair: Pair) => [
  ...[1, 2, 4, 8, 16, 32, 64, 128, 256].map((concurrency) => ({
    name: `${concurrency} in flight`,
    workload: { kind: 'closed-loop', concurrency, requests: Math.max(200, 5 * concurrency) },
  })),
  ...pair.rates.map((ratePerSecond) => ({
    name: `${ratePerSecond} requests/s`,
    workload: { kind: 'poisson', ratePerSecond, requests: 800 },
  })),
];

/** Speed of each schedule relative to no drafting, and of the best fixed shape. */
function speeds(pair: Pair, workload: object) {
  const base = {
    ...pair.scenario,
    serving: { maxBatchSize: 256 },
    workload: { ...pair.scenario.workload, ...workload } as PartialScenario['workload'] & object,
  };
  const { method } = pair;
  const none = metricsOf({ ...base, speculation: { method: 'none' } });
  const speedOf = (speculation: object) => {
    const metrics = metricsOf({ ...base, speculation: { method, ...speculation } });
    expect(metrics.tokens.output).toBe(none.tokens.output);
    return 'concurrency' in workload
      ? metrics.outputTokensPerSecond / none.outputTokensPerSecond
      : none.e2eMs.mean / metrics.e2eMs.mean;
  };
  const bounds = { beams: 4, draftLength: 4 };
  const widths = method === 'draft-model' ? [1] : [1, 2, 3, 4];
  const fixed = widths.flatMap((beams) =>
    [1, 2, 3, 4].map((draftLength) => speedOf({ beams, draftLength })),
  );
  return {
    adaptive: speedOf({ ...bounds, schedule: 'adaptive' }),
    confidence: speedOf({ ...bounds, schedule: 'confidence' }),
    bestFixed: Math.max(...fixed),
    widestFixed: fixed.at(-1)!,
  };
}

describe.each(pairs)('$name', (pair) => {
  const measure = () =>
    loads(pair).map(({ name, workload }) => ({ name, ...speeds(pair, workload) }));
  let known: ReturnType<typeof measure> | null = null;
  const measured = () => {
    known ??= measure();
    return known;
  };

  it('L13 adaptive is never slower than no drafting', () => {
    for (const { name, adaptive } of measured()) {
      expect(adaptive, name).toBeGreaterThanOrEqual(1 - ALLOWANCE);
    }
  });

  it('L14 confidence is never slower than the best fixed shape, or none', () => {
    for (const { name, confidence, bestFixed } of measured()) {
      expect(confidence / Math.max(1, bestFixed), name).toBeGreaterThanOrEqual(1 - ALLOWANCE);
    }
  });

  it('the fixed shape of the bounds is no such schedule: it loses where the batch is full', () => {
    const lost = measured().filter(({ widestFixed, bestFixed }) => widestFixed < 0.97 * bestFixed);
    expect(lost.length).toBeGreaterThan(0);
    if (pair.method === 'draft-model') {
      expect(Math.min(...measured().map(({ bestFixed }) => bestFixed))).toBeLessThan(0.9);
    }
  });
});

describe('L15 max-utilization against guaranteed-no-evict', () => {
  const both = (scenario: PartialScenario) => {
    const of = (capacityPolicy: 'guaranteed-no-evict' | 'max-utilization') =>
      metricsOf({ ...scenario, serving: { ...scenario.serving, capacityPolicy } });
    return { guaranteed: of('guaranteed-no-evict'), utilized: of('max-utilization') };
  };
  const workload = (ratePerSecond: number): PartialScenario['workload'] & object => ({
    ratePerSecond,
    requests: 800,
    outputTokens: { kind: 'lognormal', mean: 400, p99: 1600 },
  });

  it('is the same run, to the last figure, where the pool does not bind', () => {
    const { guaranteed, utilized } = both({ workload: workload(6) });
    expect(utilized).toEqual(guaranteed);
  });

  it.each(['none', 'redrafter'] as const)(
    'with a pool that binds, %s: sooner in, longer gaps',
    (method) => {
      const { guaranteed, utilized } = both({
        serving: { kvCacheFraction: 0.05, maxBatchSize: 256 },
        speculation: { method },
        workload: workload(8),
      });
      expect(utilized.ttftMs.p50).toBeLessThan(guaranteed.ttftMs.p50);
      expect(utilized.batchSize.mean).toBeGreaterThan(guaranteed.batchSize.mean);
      // A pause is a gap that a reader sees; its request is computed again.
      expect(utilized.itlMs.max).toBeGreaterThan(2 * guaranteed.itlMs.max);
      expect(utilized.itlMs.p99).toBeGreaterThan(guaranteed.itlMs.p99);
      expect(utilized.tokens.output).toBe(guaranteed.tokens.output);
    },
  );

  it('costs throughput where prompts are long and answers short', () => {
    const { guaranteed, utilized } = both({
      serving: { kvCacheFraction: 0.1, maxBatchSize: 256 },
      workload: {
        kind: 'closed-loop',
        concurrency: 100,
        requests: 400,
        inputTokens: { kind: 'uniform', min: 4000, max: 12_000 },
        outputTokens: { kind: 'uniform', min: 100, max: 300 },
      },
    });
    expect(utilized.outputTokensPerSecond).toBeLessThan(guaranteed.outputTokensPerSecond);
    expect(utilized.e2eMs.p99).toBeGreaterThan(guaranteed.e2eMs.p99);
  });
});
