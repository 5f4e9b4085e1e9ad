import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { runJson } from '../../packages/simulator/src/base/json.ts';
import { engineOf, memoryPlan } from '../../packages/simulator/src/cost/index.ts';
import { simulate } from '../../packages/simulator/src/events/index.ts';
import { expandGrid, sweep } from '../../packages/simulator/src/planning/index.ts';
import { parseScenario } from '../../packages/simulator/src/scenario/parse.ts';
import type { Scenario } from '../../packages/simulator/src/scenario/scenario.ts';
import { type Arrival, arrivalsOf } from '../../packages/simulator/src/workload/index.ts';
import { createScheduler, native, wasm } from './support/schedulers.ts';
import { smallScenario } from './support/small-scenario.ts';
import { type Watch, watchedRun } from './support/watched-run.ts';

/**
 * The laws of docs/laws.md on random small scenarios, through the whole simulator. Each is cited by
 * its number.
 */

vi.setConfig({ testTimeout: 600_000 });

const factory = createScheduler();
/** The seed is fixed: what the draws visit is known, and a law that breaks breaks again. */
const RUNS = { numRuns: 80, seed: 20_231_116 };
const openTrace = () => [];
const ports = { createScheduler: factory, openTrace };

/** The arrivals that the workload gives, read on their own. */
function arrivals(scenario: Scenario): Arrival[] {
  const source = arrivalsOf(scenario, openTrace);
  const all: Arrival[] = [];
  for (let next = source.next(); next !== null; next = source.next()) all.push({ ...next });
  return all;
}

function onRandomRuns(check: (watch: Watch, scenario: Scenario) => void): void {
  fc.assert(
    fc.property(smallScenario(), (scenario) => check(watchedRun(scenario, factory), scenario)),
    RUNS,
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('conservation', () => {
  it('L1 requests: every one that arrives is completed or refused, once', () => {
    onRandomRuns((watch, scenario) => {
      const { arrived, completed, rejected, unfinished } = watch.run.metrics.requests;
      expect(arrived).toBe(scenario.workload.requests);
      expect(completed + rejected).toBe(arrived);
      expect(unfinished).toBe(0);
      expect(watch.done).toHaveLength(completed);
      expect(watch.submitted - watch.refused).toBe(completed);
      expect(rejected - watch.refused).toBeGreaterThanOrEqual(0);
      expect(watch.leftLive).toBe(0);
    });
  });

  it('L2 KV blocks: free + cached + used = all; at the end none is used', () => {
    onRandomRuns((watch, scenario) => {
      const { kvCacheFraction, tokensPerBlock, maxNumTokens } = scenario.serving;
      const engine = engineOf(scenario);
      const { kvBlocks } = memoryPlan(engine, kvCacheFraction, tokensPerBlock, maxNumTokens);
      expect(watch.endStates).toHaveLength(scenario.hardware.replicas);
      for (const { freeBlocks, cachedBlocks, usedBlocks, active, waiting } of watch.endStates) {
        expect(freeBlocks + cachedBlocks + usedBlocks).toBe(kvBlocks);
        expect(usedBlocks).toBe(0);
        expect(active.length + waiting.length).toBe(0);
      }
      for (const { kvBlocksUsed } of watch.steps)
        expect(kvBlocksUsed).toBeLessThanOrEqual(kvBlocks);
    });
  });

  it('L3 tokens: emitted = Σ accepted + 1 per step, and each answer is as long as it is', () => {
    onRandomRuns((watch, scenario) => {
      const { tokens, requests } = watch.run.metrics;
      const steps = watch.done.flatMap((life) => life.steps);
      for (const life of watch.done) expect(life.emitted).toBe(life.maxNewTokens);
      for (const { emitted, drafted } of steps) {
        expect(emitted).toBeGreaterThanOrEqual(1);
        expect(emitted).toBeLessThanOrEqual(1 + drafted);
      }
      const output = sum(watch.done.map((life) => life.maxNewTokens));
      // After a pause the last context chunk gives a token as a generation step would.
      const again = sum(watch.done.map((life) => life.contextTokens - 1));
      expect(tokens.output).toBe(output);
      expect(tokens.steps).toBe(steps.length + again);
      expect(tokens.accepted).toBe(sum(steps.map((step) => step.emitted - 1)));
      expect(tokens.drafted).toBe(sum(steps.map((step) => step.drafted)));
      expect(tokens.output).toBe(requests.completed + tokens.steps + tokens.accepted);
      if (watch.paused === 0) expect(again).toBe(0);
      const all = arrivals(scenario);
      expect(tokens.input).toBe(sum(all.map((arrival) => arrival.inputTokens)));
      if (requests.rejected === 0) {
        expect(output).toBe(sum(all.map((arrival) => arrival.outputTokens)));
      }
      expect(sum(watch.steps.map((step) => step.emitted))).toBe(output);
      if (scenario.speculation.method === 'none') expect(tokens.drafted).toBe(0);
    });
  });
});

describe('time', () => {
  it('L4 causality: arrival ≤ admitted < first token ≤ done', () => {
    onRandomRuns((watch, scenario) => {
      for (const { admittedNs, firstTokenNs, doneNs } of watch.done) {
        expect(admittedNs).toBeGreaterThanOrEqual(0);
        expect(firstTokenNs).toBeGreaterThan(admittedNs);
        expect(doneNs).toBeGreaterThanOrEqual(firstTokenNs);
      }
      const { ttftMs, queueMs, e2eMs } = watch.run.metrics;
      if (watch.done.length === 0) return;
      expect(queueMs.max).toBeLessThanOrEqual(ttftMs.max);
      expect(ttftMs.max).toBeLessThanOrEqual(e2eMs.max);
      if (scenario.workload.kind === 'closed-loop' || watch.run.metrics.requests.rejected > 0)
        return;
      // By order of arrival: the n-th admission is not before the n-th arrival.
      const admitted = watch.done.map((life) => life.admittedNs).sort((a, b) => a - b);
      const arrived = arrivals(scenario).map((arrival) => arrival.arrivalNs);
      admitted.forEach((timeNs, i) => {
        expect(timeNs).toBeGreaterThanOrEqual(arrived[i]!);
      });
    });
  });

  it('L5 the clock never goes back, and steps of an engine do not overlap', () => {
    onRandomRuns((watch, scenario) => {
      const endNs = new Array<number>(scenario.hardware.replicas).fill(0);
      let nowNs = 0;
      for (const { startNs, durationNs, replica } of watch.steps) {
        expect(Number.isSafeInteger(startNs) && Number.isSafeInteger(durationNs)).toBe(true);
        expect(durationNs).toBeGreaterThanOrEqual(1);
        expect(startNs).toBeGreaterThanOrEqual(nowNs);
        expect(startNs).toBeGreaterThanOrEqual(endNs[replica]!);
        nowNs = startNs;
        endNs[replica] = startNs + durationNs;
      }
      if (watch.steps.length === 0) return;
      expect(watch.run.metrics.simulatedSeconds).toBeGreaterThanOrEqual(Math.max(...endNs) / 1e9);
    });
  });

  it('L6 work-conserving: an engine rests only with nothing to do, wakes with an arrival', () => {
    onRandomRuns((watch, scenario) => {
      for (const live of watch.idlePlans) expect(live).toBe(0);
      if (scenario.hardware.replicas > 1 || scenario.workload.kind === 'closed-loop') return;
      const arrivalNs = new Set(arrivals(scenario).map((arrival) => arrival.arrivalNs));
      let endNs = -1;
      for (const { startNs, durationNs } of watch.steps) {
        if (startNs !== endNs) expect(arrivalNs.has(startNs)).toBe(true);
        endNs = startNs + durationNs;
      }
    });
  });

  it('L7 no step passes a limit', () => {
    onRandomRuns((watch, { serving }) => {
      for (const step of watch.steps) {
        const requests = step.contextRequests + step.generationRequests;
        expect(requests).toBeGreaterThanOrEqual(1);
        expect(requests).toBeLessThanOrEqual(serving.maxBatchSize);
        expect(step.contextTokens + step.generationTokens).toBeLessThanOrEqual(
          serving.maxNumTokens,
        );
      }
    });
  });
});

it('the random scenarios visit what the laws are about', () => {
  const seen = { paused: 0, refused: 0, tooLarge: 0, idle: 0, drafted: 0, chunked: 0 };
  onRandomRuns((watch) => {
    const { requests, tokens } = watch.run.metrics;
    if (watch.paused > 0) seen.paused++;
    if (watch.refused > 0) seen.refused++;
    if (requests.rejected > watch.refused) seen.tooLarge++;
    if (watch.idlePlans.length > 1) seen.idle++;
    if (tokens.drafted > 0) seen.drafted++;
    if (watch.steps.some((step) => step.contextTokens > 0 && step.emitted === 0)) seen.chunked++;
  });
  for (const [what, runs] of Object.entries(seen)) expect(runs, what).toBeGreaterThanOrEqual(1);
});

describe('sameness', () => {
  it('L8 same seed, same bytes: a second time, and on the other core', () => {
    fc.assert(
      fc.property(smallScenario(), (scenario) => {
        const first = runJson(simulate(scenario, ports));
        expect(runJson(simulate(scenario, ports))).toBe(first);
        if (native === null || wasm === null) return;
        const other = factory === native ? wasm : native;
        expect(runJson(simulate(scenario, { createScheduler: other, openTrace }))).toBe(first);
      }),
      RUNS,
    );
    if (native === null || wasm === null) {
      console.warn('L8: one scheduler core is not built here; only the other one was run.');
    }
  });

  it('L8 same bytes for any number of jobs, and another seed gives others', async () => {
    const points = expandGrid({ workload: { requests: 60 } }, [
      'workload.ratePerSecond=4,64',
      'speculation.schedule=fixed,adaptive,confidence',
      'seed=1,2',
    ]);
    const texts = await Promise.all(
      [1, 2, 7].map(async (jobs) => {
        const run = async (point: { scenario: Scenario }) => simulate(point.scenario, ports);
        return JSON.stringify((await sweep(points, { run, jobs })).records);
      }),
    );
    expect(new Set(texts).size).toBe(1);
    const records = JSON.parse(texts[0]!) as { run: { metrics: unknown } }[];
    expect(records).toHaveLength(12);
    expect(records[0]!.run.metrics).not.toEqual(records[1]!.run.metrics);
  });

  it('L9 a request takes the same steps in whatever batch it is', () => {
    // Without clipped drafts and pauses, a request's steps are its own: neither the batch, nor the
    // number of engines, nor the order of arrivals at one instant changes what it accepts.
    const changes = fc.array(
      fc.record({
        replicas: fc.integer({ min: 1, max: 4 }),
        maxBatchSize: fc.constantFrom(1, 3, 64),
        router: fc.constantFrom<Scenario['hardware']['router']>('round-robin', 'central-queue'),
        ratePerSecond: fc.constantFrom(1, 50, 100_000),
      }),
      { minLength: 2, maxLength: 3 },
    );
    const method = fc.constantFrom<Scenario['speculation']['method']>(
      'redrafter',
      'eagle-2',
      'mtp',
    );
    fc.assert(
      fc.property(fc.nat(1000), method, changes, (seed, method, variants) => {
        const tokens = variants.map(({ replicas, maxBatchSize, router, ratePerSecond }) => {
          const scenario = parseScenario(
            {
              seed,
              hardware: { replicas, router },
              serving: { maxBatchSize, maxNumTokens: 100_000 },
              speculation: { method, beams: 3, draftLength: 4 },
              workload: {
                requests: 30,
                ratePerSecond,
                inputTokens: { kind: 'uniform', min: 1, max: 200 },
                outputTokens: { kind: 'uniform', min: 1, max: 60 },
              },
            },
            'law',
          );
          return simulate(scenario, ports, { withBaseline: false }).metrics.tokens;
        });
        for (const other of tokens) expect(other).toEqual(tokens[0]);
      }),
      { numRuns: 40 },
    );
  });

  it('L9 engines that share nothing do not feel each other', () => {
    // Round-robin over two engines is two runs of every second request: nothing of one shows in
    // the other's steps. A third engine that gets nothing changes no step either.
    const workload = { requests: 1, inputTokens: { kind: 'constant', value: 100 } } as const;
    const lone = parseScenario({ workload }, 'law');
    const crowd = parseScenario({ workload, hardware: { replicas: 3 } }, 'law');
    const steps = (scenario: Scenario) => watchedRun(scenario, factory).steps;
    expect(steps(crowd)).toEqual(steps(lone));
  });
});

describe('L10 an empty input is a valid input', () => {
  const empties: [string, Scenario][] = [
    ['no request before the end', scenarioOf({ ratePerSecond: 1e-6, durationSeconds: 1e-3 })],
    ['a count of none', withRequests(scenarioOf({}), 0)],
    ['a closed loop of none', withRequests(scenarioOf({ kind: 'closed-loop', concurrency: 4 }), 0)],
  ];

  function scenarioOf(workload: object): Scenario {
    return parseScenario({ workload }, 'law');
  }

  function withRequests(scenario: Scenario, requests: number): Scenario {
    return { ...scenario, workload: { ...scenario.workload, requests } };
  }

  it.each(empties)('%s', (_, scenario) => {
    for (const schedule of ['fixed', 'adaptive', 'confidence'] as const) {
      const speculation = { ...scenario.speculation, schedule };
      const run = simulate({ ...scenario, speculation }, ports);
      const nothing = { arrived: 0, completed: 0, rejected: 0, unfinished: 0 };
      expect(run.metrics.requests).toEqual(nothing);
      expect(run.metrics.tokens.output).toBe(0);
      expect(run.metrics.simulatedSeconds).toBe(0);
      expect(run.verdict.state).toBe('stable');
      expect(JSON.parse(runJson(run)).metrics.tokensPerStep).toBeNull();
    }
  });
});
