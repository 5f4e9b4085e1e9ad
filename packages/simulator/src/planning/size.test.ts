import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, syntheticRun } from '../../test/support/synthetic-run.ts';
import { infeasibleError, inputError } from '../base/errors.ts';
import type { Run } from '../run.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type SizeOptions, size } from './size.ts';

const base = parseScenario({}, 'test');
const SLO = 'ttft_p95 < 500ms and itl_p99 < 50ms';

function scheduleOf(scenario: Scenario): string {
  return scenario.speculation.method === 'none' ? 'none' : String(scenario.speculation.schedule);
}

/** TTFT falls with replicas and crosses 500 ms where `needed` says. */
function monotone(needed: (scenario: Scenario) => number): SizeOptions['run'] {
  return async (scenario) => {
    const { replicas, tensorParallel } = scenario.hardware;
    const ttft = (499 * needed(scenario)) / replicas;
    return syntheticRun(scenario, {
      ttftMs: flat(ttft),
      itlMs: flat(20),
      dollarsPerMillionOutputTokens: replicas * tensorParallel * 2,
      joulesPerOutputToken: 1,
    });
  };
}

describe('size on monotone runs (law: it finds the true minimum)', () => {
  const SCHEDULES = ['none', 'fixed', 'adaptive', 'confidence'];
  const needs = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 16, maxLength: 16 });

  it('for every candidate, and ranks them', async () => {
    await fc.assert(
      fc.asyncProperty(needs, fc.integer({ min: 1, max: 4 }), async (needed, jobs) => {
        const indexOf = (tp: number, schedule: string) =>
          4 * [1, 2, 4, 8].indexOf(tp) + SCHEDULES.indexOf(schedule);
        const neededBy = (scenario: Scenario) =>
          needed[indexOf(scenario.hardware.tensorParallel, scheduleOf(scenario))]!;
        const run = monotone(neededBy);
        const result = await size(base, SLO, { objective: 'gpus', run, jobs });
        expect(result.ranking).toHaveLength(16);
        for (const entry of result.ranking) {
          const want = needed[indexOf(entry.tensorParallel, entry.schedule)]!;
          expect(entry.status).toBe('meets');
          expect(entry.fleet!.replicas).toBe(want);
          expect(entry.fleet!.gpus).toBe(want * entry.tensorParallel);
          expect(scheduleOf(entry.fleet!.scenario)).toBe(entry.schedule);
          // One fewer was simulated and misses; one more was simulated too.
          const at = (n: number) => entry.trials.find((trial) => trial.replicas === n);
          if (want > 1) expect(at(want - 1)?.meets).toBe(false);
          expect(at(want + 1)?.meets).toBe(true);
          expect(entry.trials.length).toBeLessThanOrEqual(2 * Math.log2(want) + 4);
        }
        const gpus = result.ranking.map((entry) => entry.fleet!.gpus);
        expect(gpus).toEqual([...gpus].sort((a, b) => a - b));
        const least = Math.min(
          ...[1, 2, 4, 8].flatMap((tp, i) => needed.slice(4 * i, 4 * i + 4).map((n) => n * tp)),
        );
        expect(result.best!.fleet!.gpus).toBe(least);
        expect(result.closest).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same result for any number of jobs', async () => {
    const run = monotone((s) => 3 + s.hardware.tensorParallel);
    const texts = await Promise.all(
      [1, 3, 16].map(async (jobs) =>
        JSON.stringify(await size(base, SLO, { objective: 'cost', run, jobs })),
      ),
    );
    expect(new Set(texts).size).toBe(1);
  });
});

describe('objectives', () => {
  it('cost and energy can rank otherwise than GPUs', async () => {
    const run: SizeOptions['run'] = async (scenario) => {
      const isSmall = scenario.hardware.gpu === 'l4';
      const { replicas } = scenario.hardware;
      return syntheticRun(scenario, {
        ttftMs: flat(900 / (replicas * (isSmall ? 1 : 3))),
        itlMs: flat(1),
        dollarsPerMillionOutputTokens: replicas * (isSmall ? 1 : 4),
        joulesPerOutputToken: isSmall ? 3 : 2,
      });
    };
    const candidates = {
      gpus: ['l4', 'h100-sxm'],
      tensorParallel: [1],
      schedules: ['fixed' as const],
    };
    const bestOf = async (objective: 'gpus' | 'cost' | 'energy') =>
      (await size(base, 'ttft_p95 < 500ms', { objective, run, candidates })).best;
    expect((await bestOf('gpus'))!.gpu).toBe('h100-sxm');
    expect((await bestOf('gpus'))!.fleet!.gpus).toBe(1);
    expect((await bestOf('cost'))!.gpu).toBe('l4');
    expect((await bestOf('cost'))!.fleet!.objective).toBe(2);
    expect((await bestOf('energy'))!.gpu).toBe('h100-sxm');
  });

  it('energy walks past the fewest replicas while more of them need less', async () => {
    const run: SizeOptions['run'] = async (scenario) => {
      const { replicas } = scenario.hardware;
      return syntheticRun(scenario, {
        ttftMs: flat(1400 / replicas),
        joulesPerOutputToken: Math.abs(replicas - 6) + 1,
      });
    };
    const candidates = { tensorParallel: [1], schedules: ['none' as const] };
    const { best } = await size(base, 'ttft_p95 < 500ms', { objective: 'energy', run, candidates });
    expect(best!.fleet!.replicas).toBe(6);
    expect(best!.binding).toContain('3 replicas meet the level too');
  });
});

describe('what does not fit or does not meet', () => {
  it('names what binds: the clause that one replica fewer misses', async () => {
    const run = monotone(() => 5);
    const candidates = { tensorParallel: [2], schedules: ['fixed' as const] };
    const { best } = await size(base, SLO, { objective: 'gpus', run, candidates });
    expect(best!.fleet!.gpus).toBe(10);
    expect(best!.binding).toBe('with 4: ttft_p95 < 500ms missed with 623.8 ms; nothing');
  });

  it('keeps infeasible candidates as results', async () => {
    const run: SizeOptions['run'] = async (scenario) => {
      if (scenario.hardware.tensorParallel < 4) throw infeasibleError('needs 140 GB');
      return monotone(() => 1)(scenario);
    };
    const { ranking, best } = await size(base, SLO, { objective: 'gpus', run });
    expect(best!.tensorParallel).toBe(4);
    expect(ranking.filter((entry) => entry.status === 'infeasible')).toHaveLength(8);
    expect(ranking.at(-1)).toMatchObject({ status: 'infeasible', binding: 'needs 140 GB' });
  });

  it('takes input wrong for some candidates as a result, for all as an error', async () => {
    const run: SizeOptions['run'] = async (scenario) => {
      if (scenario.hardware.tensorParallel === 8) throw inputError('28 heads do not divide by 8');
      return monotone(() => 1)(scenario);
    };
    const { ranking } = await size(base, SLO, { objective: 'gpus', run });
    expect(ranking.at(-1)!.binding).toBe('28 heads do not divide by 8');
    const broken = size(base, SLO, {
      objective: 'gpus',
      run: async () => {
        throw inputError('trace.csv:3: is not a row');
      },
    });
    await expect(broken).rejects.toThrow('trace.csv:3');
  });

  it('picks nothing when nothing meets: the closest, and why', async () => {
    const run: SizeOptions['run'] = async (scenario) =>
      syntheticRun(scenario, {
        ttftMs: flat(100),
        itlMs: flat(scheduleOf(scenario) === 'confidence' ? 60 : 80),
        batchSize: flat(1),
        queueMs: flat(0),
      });
    const { best, closest, ranking } = await size(base, SLO, { objective: 'gpus', run });
    expect(best).toBeNull();
    expect(closest!.entry.schedule).toBe('confidence');
    expect(closest!.why).toContain('itl_p99 < 50ms missed with 60 ms');
    expect(closest!.why).toContain('every request already runs alone');
    // Alone in the batch from the first fleet on: no second one is tried.
    expect(ranking.every((entry) => entry.trials.length === 1)).toBe(true);
  });

  it('a fleet that refuses requests or whose queue grows without end does not meet', async () => {
    const run: SizeOptions['run'] = async (scenario): Promise<Run> => {
      const { replicas } = scenario.hardware;
      const rejected = replicas < 2 ? 9 : 0;
      return syntheticRun(
        scenario,
        { requests: { arrived: 10, completed: 10 - rejected, rejected, unfinished: 0 } },
        { state: replicas < 3 ? 'overloaded' : 'stable', binding: 'batch size' },
      );
    };
    const candidates = { tensorParallel: [1], schedules: ['none' as const] };
    const { best } = await size(base, SLO, { objective: 'gpus', run, candidates });
    expect(best!.fleet!.replicas).toBe(3);
    expect(best!.binding).toBe('with 2: the queue grows without end; batch size');
    const few = { ...candidates, maxGpus: 1 };
    const none = await size(base, SLO, { objective: 'gpus', run, candidates: few });
    expect(none.closest!.why).toContain('9 requests were refused');
    expect(none.closest!.why).toContain('1 replicas are the most allowed');
  });

  it('notes where the assumption does not hold', async () => {
    const run: SizeOptions['run'] = async (scenario) => {
      const ttft = scenario.hardware.replicas === 2 ? 400 : 600;
      return syntheticRun(scenario, { ttftMs: flat(ttft) });
    };
    const candidates = { tensorParallel: [1], schedules: ['fixed' as const] };
    const { best } = await size(base, SLO, { objective: 'gpus', run, candidates });
    expect(best!.fleet!.replicas).toBe(2);
    expect(best!.notes[0]).toContain('2 meets the level, 3 does not');
  });

  it('without a drafting method only none is a candidate', async () => {
    const plain = parseScenario({ speculation: { method: 'none' } }, 'test');
    const run = monotone(() => 1);
    const { ranking } = await size(plain, SLO, { objective: 'gpus', run });
    expect(ranking.map((entry) => entry.schedule)).toEqual(['none', 'none', 'none', 'none']);
    const wanted = size(plain, SLO, {
      objective: 'gpus',
      run,
      candidates: { schedules: ['fixed'] },
    });
    await expect(wanted).rejects.toThrow('need a drafting method');
    await expect(size(base, 'ttft < 1', { objective: 'gpus', run })).rejects.toThrow('slo:');
  });
});
