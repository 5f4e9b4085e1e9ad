/** Draft tokens: what is asked, what is granted, what is rewound. */
import { describe, expect, test } from 'vitest';
import { backends, checked } from './support/backends.ts';
import { answer, describePlan, step } from './support/drive.ts';

const roomy = { maxBatchSize: 4, kvBlocks: 1000, maxDraftTokens: 8 };

describe.each(backends)('drafts ($kind)', ({ create }) => {
  test('the number may change every step, down to none', () => {
    const scheduler = checked(roomy, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 50 });
    step(scheduler);
    expect(step(scheduler, { nextDraft: () => 8 })).toBe('g0+8');
    expect(step(scheduler, { nextDraft: () => 0 })).toBe('g0');
    expect(step(scheduler, { nextDraft: () => 3 })).toBe('g0+3');
    scheduler.free();
  });

  test('blocks that only rejected drafts needed are given back', () => {
    const scheduler = checked({ ...roomy, tokensPerBlock: 4 }, create);
    scheduler.submit({ id: 0, promptTokens: 8, maxNewTokens: 50 });
    step(scheduler);
    expect(scheduler.plan.blocksUsed).toBe(2);
    step(scheduler, { nextDraft: () => 8 });
    expect(scheduler.plan.blocksUsed).toBe(5); // 8 + 9 tokens
    answer(scheduler, { emitted: () => 2 });
    scheduler.commit();
    expect(scheduler.inspect().usedBlocks).toBe(3); // 10 tokens stay
    scheduler.free();
  });

  test('no more drafts than tokens the request may still emit', () => {
    const scheduler = checked(roomy, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 4 });
    step(scheduler);
    // One token is out: three remain, one of them is the step's own.
    expect(step(scheduler, { nextDraft: () => 8 })).toBe('g0+2');
    scheduler.free();
  });

  test('a budget is shared in list order where no survivals are known', () => {
    const scheduler = checked(roomy, create);
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 4, maxNewTokens: 50 });
    scheduler.setDraftBudget(7);
    step(scheduler);
    expect(step(scheduler, { nextDraft: () => 5 })).toBe('g0+5 g1+2 g2');
    scheduler.setDraftBudget(0);
    expect(step(scheduler, { nextDraft: () => 5 })).toBe('g0 g1 g2');
    scheduler.setDraftBudget(null);
    expect(step(scheduler, { nextDraft: () => 5 })).toBe('g0+5 g1+5 g2+5');
    scheduler.free();
  });

  test('a budget goes to the nodes most likely to survive, of all trees together', () => {
    const scheduler = checked(roomy, create);
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 4, maxNewTokens: 50 });
    step(scheduler);
    scheduler.setSurvival(0, Float32Array.of(0.3, 0.2, 0.1));
    scheduler.setSurvival(1, Float32Array.of(0.9, 0.8, 0.7, 0.25));
    scheduler.setSurvival(2, Float32Array.of(0.5, 0.4, 0.05));
    scheduler.setDraftBudget(6);
    // Best six: 0.9 0.8 0.7 (request 1), 0.5 0.4 (2), 0.3 (0).
    expect(step(scheduler, { nextDraft: () => 4 })).toBe('g0+1 g1+3 g2+2');
    scheduler.setDraftBudget(8);
    expect(step(scheduler, { nextDraft: () => 4 })).toBe('g0+2 g1+4 g2+2');
    // More than all known nodes: the rest goes to unknown nodes in list order.
    scheduler.setDraftBudget(12);
    expect(step(scheduler, { nextDraft: () => 4 })).toBe('g0+4 g1+4 g2+4');
    scheduler.setDraftBudget(11);
    expect(step(scheduler, { nextDraft: () => 4 })).toBe('g0+4 g1+4 g2+3');
    scheduler.free();
  });

  test('equal survivals go by list order', () => {
    const scheduler = checked(roomy, create);
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 4, maxNewTokens: 50 });
    step(scheduler);
    for (let id = 0; id < 3; id++) scheduler.setSurvival(id, Float32Array.of(0.5, 0.5, 0.5));
    scheduler.setDraftBudget(5);
    expect(step(scheduler, { nextDraft: () => 3 })).toBe('g0+3 g1+2 g2');
    scheduler.free();
  });

  test('sharing by survival equals sorting all nodes, on many random trees', () => {
    for (let round = 0; round < 200; round++) {
      const scheduler = create({ ...checked().options, ...roomy });
      const trees: number[][] = [];
      for (let id = 0; id < 4; id++) {
        scheduler.submit({ id, promptTokens: 4, maxNewTokens: 50 });
        // Few levels, so that ties are common: far apart in even rounds, and in odd rounds so close
        // that their upper bytes are equal.
        const values = Array.from({ length: 8 }, (_, i) => {
          const level = (round * 37 + id * 11 + i * 53) % 97;
          return round % 2 === 0 ? level / 255 : (30_000 + (level % 24)) / 65_535;
        });
        trees.push(values.sort((a, b) => b - a));
      }
      const budget = (round * 7) % 33;
      scheduler.next(0);
      trees.forEach((values, id) => void scheduler.setSurvival(id, Float32Array.from(values)));
      scheduler.setDraftBudget(budget);
      answer(scheduler, { nextDraft: () => 8 });
      scheduler.commitAndNext(0);
      const nodes = trees
        .flatMap((values, id) => values.map((value, i) => ({ id, i, value })))
        .sort((a, b) => b.value - a.value || a.id - b.id || a.i - b.i)
        .slice(0, budget);
      const expected = [0, 1, 2, 3].map((id) => 1 + nodes.filter((n) => n.id === id).length);
      expect(Array.from(scheduler.plan.generationTokens)).toEqual(expected);
      scheduler.free();
    }
  });

  test('a step short of tokens stops at the first generation request that does not fit', () => {
    const scheduler = checked({ ...roomy, maxNumTokens: 20 }, create);
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 4, maxNewTokens: 50 });
    step(scheduler);
    expect(step(scheduler, { nextDraft: () => 8 })).toBe('g0+8 g1+8');
    answer(scheduler);
    scheduler.commitAndNext(0);
    expect(describePlan(scheduler)).toBe('g0 g1 g2+8');
    scheduler.free();
  });
});
