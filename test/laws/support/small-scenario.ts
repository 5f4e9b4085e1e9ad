import fc from 'fast-check';
import { parseScenario } from '../../../packages/simulator/src/scenario/parse.ts';
import type {
  PartialScenario,
  Scenario,
} from '../../../packages/simulator/src/scenario/scenario.ts';

/**
 * Small scenarios that visit every corner of the event loop: KV pools that bind, batches of one,
 * queues that refuse, prompts in chunks, every policy, router and schedule. Lengths are short, so
 * that every step of a run can be looked at.
 */

const schedule = fc.oneof(
  fc.constantFrom<'fixed' | 'adaptive' | 'confidence'>('fixed', 'adaptive', 'confidence'),
  fc.constant([{ maxBatch: 2, beams: 3, draftLength: 3 }, { maxBatch: 6, beams: 1 }, { beams: 0 }]),
);

const speculation = fc.record({
  method: fc.constantFrom<Scenario['speculation']['method']>(
    'redrafter',
    'redrafter',
    'none',
    'medusa',
    'eagle-2',
    'ngram',
    'mtp',
  ),
  beams: fc.integer({ min: 1, max: 6 }),
  draftLength: fc.integer({ min: 1, max: 5 }),
  prefixDedup: fc.boolean(),
  placement: fc.constantFrom<'in-engine' | 'runtime'>('in-engine', 'runtime'),
  schedule,
  acceptance: fc.constantFrom('chat', 'code', 'summarise', 'maths'),
  sampling: fc.constantFrom<'greedy' | 'exact' | 'redrafter'>('greedy', 'exact', 'redrafter'),
});

const serving = fc.record({
  maxBatchSize: fc.constantFrom(1, 2, 4, 8, 16),
  maxNumTokens: fc.constantFrom(64, 256, 2048),
  maxQueuedRequests: fc.constantFrom(2, 8, 100_000, 100_000),
  tokensPerBlock: fc.constantFrom(8, 16, 64),
  // Of 8 billion parameters on one H100: some 1,000 to 400,000 tokens of KV cache.
  kvCacheFraction: fc.constantFrom(0.003, 0.006, 0.02, 0.9),
  capacityPolicy: fc.constantFrom<Scenario['serving']['capacityPolicy']>(
    'guaranteed-no-evict',
    'max-utilization',
    'static-batch',
  ),
  contextChunking: fc.constantFrom<Scenario['serving']['contextChunking']>(
    'off',
    'first-come-first-served',
    'equal-progress',
  ),
  blockReuse: fc.boolean(),
});

const length = (max: number) =>
  fc.oneof(
    fc.integer({ min: 1, max }).map((value) => ({ kind: 'constant' as const, value })),
    fc.integer({ min: 2, max }).map((high) => ({ kind: 'uniform' as const, min: 1, max: high })),
  );

const load = fc.oneof(
  fc.record({
    kind: fc.constantFrom<'poisson' | 'burst' | 'ramp'>('poisson', 'burst', 'ramp'),
    ratePerSecond: fc.constantFrom(0.5, 20, 1000, 100_000),
  }),
  fc.record({
    kind: fc.constant('gamma' as const),
    ratePerSecond: fc.constantFrom(5, 200),
    burstiness: fc.constantFrom(0.3, 10),
  }),
  fc.record({
    kind: fc.constant('closed-loop' as const),
    concurrency: fc.integer({ min: 1, max: 30 }),
  }),
);

const hardware = fc.record({
  gpu: fc.constantFrom('h100-sxm', 'h200-sxm'),
  tensorParallel: fc.constantFrom(1, 2),
  replicas: fc.constantFrom(1, 1, 2, 3),
  router: fc.constantFrom<Scenario['hardware']['router']>(
    'round-robin',
    'least-loaded',
    'prefix-affinity',
    'central-queue',
  ),
});

const seed = fc.nat(1_000_000);
const requests = fc.integer({ min: 1, max: 40 });

const anyScenario = fc
  .record({
    seed,
    hardware,
    serving,
    speculation,
    load,
    requests,
    inputTokens: length(500),
    outputTokens: length(40),
  })
  .map(({ load, requests, inputTokens, outputTokens, ...rest }) => {
    const workload = { ...load, requests, inputTokens, outputTokens };
    return parseScenario({ ...rest, workload } as PartialScenario, 'law');
  });

/** Answers that outgrow the pool while they are written: requests are paused and computed again. */
const pressedScenario = fc
  .record({ seed, speculation, requests: fc.integer({ min: 8, max: 30 }), load })
  .map(({ seed, speculation, requests, load }) => {
    const workload = {
      ...load,
      ...(load.kind === 'closed-loop' ? { concurrency: 20 } : { ratePerSecond: 10_000 }),
      requests,
      inputTokens: { kind: 'uniform', min: 1, max: 60 },
      outputTokens: { kind: 'uniform', min: 1, max: 150 },
    };
    const serving = {
      maxBatchSize: 16,
      tokensPerBlock: 8,
      kvCacheFraction: 0.0015,
      capacityPolicy: 'max-utilization',
    };
    return parseScenario({ seed, speculation, serving, workload } as PartialScenario, 'law');
  });

export function smallScenario(): fc.Arbitrary<Scenario> {
  return fc.oneof({ weight: 5, arbitrary: anyScenario }, { weight: 1, arbitrary: pressedScenario });
}
