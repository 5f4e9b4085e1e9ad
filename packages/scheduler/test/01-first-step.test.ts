/** Where to start: one request from its prompt to its last token, and the plan/commit protocol. */
import { describe, expect, test } from 'vitest';
import { SchedulerError } from '../src/index.ts';
import { backends, checked } from './support/backends.ts';
import { answer, describePlan, runDry, step } from './support/drive.ts';

describe.each(backends)('one request ($kind)', ({ create }) => {
  test('a prompt is computed whole, then one token a step', () => {
    const scheduler = checked({}, create);
    scheduler.submit({ id: 7, promptTokens: 10, maxNewTokens: 3 });
    expect(runDry(scheduler)).toEqual(['c7[0,10)!', 'g7', 'g7']);
    expect(scheduler.inspect().freeBlocks).toBe(10);
    scheduler.free();
  });

  test('the worked example: KV length after each commit', () => {
    const scheduler = checked({ tokensPerBlock: 16, maxDraftTokens: 4 }, create);
    scheduler.submit({ id: 1, promptTokens: 40, maxNewTokens: 20 });
    scheduler.next(0);
    expect(describePlan(scheduler)).toBe('c1[0,40)!');
    expect(scheduler.plan.blocksUsed).toBe(3);
    scheduler.outcome.contextNextDraft[0] = 4;
    scheduler.commitAndNext(1);
    expect(describePlan(scheduler)).toBe('g1+4');
    expect(scheduler.plan.generationKvTokens[0]).toBe(40);
    answer(scheduler, { emitted: () => 3, nextDraft: () => 4 });
    scheduler.commitAndNext(2);
    expect(scheduler.plan.generationKvTokens[0]).toBe(43);
    expect(scheduler.plan.blocksUsed).toBe(3);
    scheduler.free();
  });

  test('plan and outcome stay the same objects', () => {
    const scheduler = create({ ...checked().options });
    const { plan, outcome } = scheduler;
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 2 });
    scheduler.next(0);
    scheduler.commitAndNext(0);
    expect(scheduler.plan).toBe(plan);
    expect(scheduler.outcome).toBe(outcome);
    scheduler.free();
  });

  test('an empty plan is a plan: it is committed, and work may come in between', () => {
    const scheduler = checked({}, create);
    expect(step(scheduler)).toBe('');
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 1 });
    expect(step(scheduler)).toBe('c1[0,5)!');
    expect(step(scheduler)).toBe('');
    scheduler.free();
  });

  test('next twice, or commit without a plan, is an error that changes nothing', () => {
    const scheduler = checked({}, create);
    expect(() => scheduler.commit()).toThrow(SchedulerError);
    expect(() => scheduler.commit()).toThrow('No plan is pending');
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 2 });
    scheduler.next(0);
    const before = scheduler.snapshot();
    expect(() => scheduler.next(0)).toThrow('A plan is pending');
    expect(scheduler.snapshot()).toEqual(before);
    scheduler.free();
  });

  test('the fused call leaves the same bytes as commit and next', () => {
    const fused = create({ ...checked().options, maxDraftTokens: 3 });
    const apart = create({ ...checked().options, maxDraftTokens: 3 });
    for (const scheduler of [fused, apart]) {
      for (let id = 0; id < 6; id++)
        scheduler.submit({ id, promptTokens: 7 + id, maxNewTokens: 9 });
      scheduler.next(0);
    }
    for (let now = 1; now < 60; now++) {
      for (const scheduler of [fused, apart]) {
        answer(scheduler, {
          emitted: (id, tokens) => 1 + (id % tokens),
          nextDraft: (id) => id % 4,
        });
      }
      fused.commitAndNext(now);
      apart.commit();
      apart.next(now);
      expect(fused.snapshot()).toEqual(apart.snapshot());
    }
    fused.free();
    apart.free();
  });
});
