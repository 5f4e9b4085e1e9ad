import { describe, expect, it } from 'vitest';
import { flat, syntheticRun } from '../../test/support/synthetic-run.ts';
import { engineOf } from '../cost/index.ts';
import type { Run } from '../run.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { PartialScenario } from '../scenario/scenario.ts';
import { kneeRowsOf, reasonOf } from './reason.ts';

/** A run whose steps hold `requests` generating requests with `draft` draft tokens each. */
function runWith(requests: number, draft: number, scenario: PartialScenario = {}): Run {
  const engineSteps = 1000;
  const steps = engineSteps * requests;
  return syntheticRun(parseScenario(scenario, 'test'), {
    requests: { arrived: steps / 100, completed: steps / 100, rejected: 0, unfinished: 0 },
    tokens: {
      input: 10 * steps,
      output: 2 * steps,
      drafted: draft * steps,
      accepted: steps,
      steps,
    },
    tokensPerStep: 2,
    gpuUtilization: 0.5,
    simulatedSeconds: 20,
    stepMs: flat(10),
    kvBlocksUsed: flat(16 * requests),
  });
}

describe('the reason for a speedup', () => {
  it('reads requests and rows of a step from the run', () => {
    const reason = reasonOf(runWith(16, 8))!;
    expect(reason.requestsPerStep).toBeCloseTo(16, 9);
    expect(reason.rowsPerStep).toBeCloseTo(16 * 9, 9);
    // 0.5 of 20 s are busy in steps of 10 ms: 1000 steps.
    expect(reason.promptShare).toBeGreaterThan(0);
    expect(reason.promptShare).toBeLessThan(1);
  });

  it('law: verification costs a larger share of a step the more requests are in it', () => {
    const shares = [1, 4, 16, 64, 256].map((n) => reasonOf(runWith(n, 8))!.verifyShare);
    for (let i = 1; i < shares.length; i++) expect(shares[i]!).toBeGreaterThan(shares[i - 1]!);
    // Nearly free for one request, dear for many.
    expect(shares[0]!).toBeLessThan(0.2);
    expect(shares.at(-1)!).toBeGreaterThan(1);
  });

  it('names the knee, and on which side of it the step stands', () => {
    const knee = kneeRowsOf(engineOf(parseScenario({}, 'test')));
    // 989 TFLOP/s over 3.35 TB/s are 295 FLOP per byte; the shares that are reached move it little.
    expect(knee).toBeGreaterThan(200);
    expect(knee).toBeLessThan(400);
    expect(reasonOf(runWith(8, 8))!.sentence).toContain('72 rows for 8 requests, below the knee');
    expect(reasonOf(runWith(64, 8))!.sentence).toContain('576 rows for 64 requests, past the knee');
    const narrow = parseScenario({ precision: { weights: 'int4' } }, 'test');
    expect(kneeRowsOf(engineOf(narrow))).toBeLessThan(knee);
  });

  it('a dearer drafter costs a larger share', () => {
    const share = (beams: number, draftLength: number) =>
      reasonOf(runWith(4, 8, { speculation: { beams, draftLength } }))!.draftShare;
    expect(share(4, 8)).toBeGreaterThan(share(4, 2));
    expect(share(1, 2)).toBeGreaterThan(0);
  });

  it('there is none where nothing was drafted or nothing ran', () => {
    expect(reasonOf(runWith(4, 0))).toBeNull();
    expect(
      reasonOf({
        ...runWith(4, 8),
        metrics: syntheticRun(parseScenario({}, 'test'), {
          tokens: { input: 0, output: 0, drafted: 0, accepted: 0, steps: 0 },
          stepMs: flat(Number.NaN),
          simulatedSeconds: 0,
        }).metrics,
      }),
    ).toBeNull();
  });
});
