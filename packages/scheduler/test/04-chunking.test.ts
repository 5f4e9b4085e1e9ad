/** How context tokens share a step: off, first come first served, equal progress. */
import { describe, expect, test } from 'vitest';
import { backends, checked } from './support/backends.ts';
import { runDry, step } from './support/drive.ts';

const roomy = { maxBatchSize: 4, kvBlocks: 1000, chunkUnitTokens: 10 };

describe.each(backends)('chunking ($kind)', ({ create }) => {
  test('off: a context runs whole or not at all, and stops those behind it', () => {
    const scheduler = checked({ ...roomy, maxNumTokens: 50 }, create);
    scheduler.submit({ id: 0, promptTokens: 30, maxNewTokens: 1 });
    scheduler.submit({ id: 1, promptTokens: 30, maxNewTokens: 1 });
    scheduler.submit({ id: 2, promptTokens: 10, maxNewTokens: 1 });
    expect(runDry(scheduler)).toEqual(['c0[0,30)!', 'c1[0,30)! c2[0,10)!']);
    scheduler.free();
  });

  test('contexts that fit together are not cut, whatever the unit', () => {
    const scheduler = checked(
      { ...roomy, contextChunking: 'equal-progress', maxNumTokens: 50 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 27, maxNewTokens: 1 });
    scheduler.submit({ id: 1, promptTokens: 23, maxNewTokens: 1 });
    expect(runDry(scheduler)).toEqual(['c0[0,27)! c1[0,23)!']);
    scheduler.free();
  });

  test('first come first served: the front takes all it can, in units', () => {
    const scheduler = checked(
      { ...roomy, contextChunking: 'first-come-first-served', maxNumTokens: 45 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 70, maxNewTokens: 1 });
    scheduler.submit({ id: 1, promptTokens: 35, maxNewTokens: 1 });
    expect(runDry(scheduler)).toEqual(['c0[0,40)', 'c1[0,10) c0[40,70)!', 'c1[10,35)!']);
    scheduler.free();
  });

  test('equal progress: a unit each, round by round, until nothing fits', () => {
    const scheduler = checked(
      { ...roomy, contextChunking: 'equal-progress', maxNumTokens: 45 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 70, maxNewTokens: 1 });
    scheduler.submit({ id: 1, promptTokens: 35, maxNewTokens: 1 });
    // Second step, by rounds: 10 + 10, 10 + 5, 10 + 0: all 45.
    expect(runDry(scheduler)).toEqual(['c0[0,20) c1[0,20)', 'c0[20,50) c1[20,35)!', 'c0[50,70)!']);
    scheduler.free();
  });

  test('generation is charged before chunks', () => {
    const scheduler = checked(
      { ...roomy, contextChunking: 'first-come-first-served', maxNumTokens: 20 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 4 });
    expect(step(scheduler)).toBe('c0[0,10)!');
    scheduler.submit({ id: 1, promptTokens: 40, maxNewTokens: 1 });
    expect(step(scheduler)).toBe('c1[0,10) g0');
    expect(step(scheduler)).toBe('c1[10,20) g0');
    expect(step(scheduler)).toBe('c1[20,30) g0');
    expect(step(scheduler)).toBe('c1[30,40)!');
    scheduler.free();
  });

  test('drafts behind a last chunk reach the unit boundary and no further', () => {
    const scheduler = checked(
      {
        ...roomy,
        contextChunking: 'first-come-first-served',
        maxNumTokens: 40,
        maxDraftTokens: 8,
      },
      create,
    );
    // 27 and 3 to the boundary; 40 fit, so the drafts of 0 are cut to 3 and 10 are left for 1.
    scheduler.submit({ id: 0, promptTokens: 27, maxNewTokens: 20, contextDraftTokens: 8 });
    scheduler.submit({ id: 1, promptTokens: 20, maxNewTokens: 20, contextDraftTokens: 8 });
    expect(step(scheduler)).toBe('c1[0,10) c0[0,27)!+3');
    scheduler.free();
  });

  test('context drafts are verified with the last chunk and can be accepted', () => {
    const scheduler = checked({ ...roomy, maxDraftTokens: 4 }, create);
    scheduler.submit({ id: 0, promptTokens: 18, maxNewTokens: 20, contextDraftTokens: 4 });
    expect(step(scheduler)).toBe('c0[0,18)!+4');
    expect(scheduler.plan.blocksUsed).toBe(3);
    scheduler.outcome.contextEmitted[0] = 2;
    scheduler.outcome.contextNextDraft[0] = 0;
    scheduler.commitAndNext(0);
    expect(scheduler.plan.generationKvTokens[0]).toBe(19);
    expect(scheduler.plan.blocksUsed).toBe(2);
    scheduler.free();
  });

  test('off: a resumed context longer than the step is cut, or it could never run again', () => {
    const scheduler = checked(
      { capacityPolicy: 'max-utilization', maxNumTokens: 40, maxBatchSize: 2 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 38, maxNewTokens: 40 });
    scheduler.submit({ id: 1, promptTokens: 38, maxNewTokens: 40 });
    const steps = runDry(scheduler);
    const resumed = steps.filter((text) => text.includes('c1['));
    // Request 0 needs its sixth block in step 13; request 1 has emitted 12 tokens by then.
    expect(resumed).toEqual(['c1[0,38)! g0', 'c1[0,40)', 'c1[40,50)!']);
    scheduler.free();
  });
});
