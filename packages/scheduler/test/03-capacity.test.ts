/** The three capacity policies side by side, and what each does when KV memory is short. */
import { describe, expect, test } from 'vitest';
import { backends, checked } from './support/backends.ts';
import { answer, describePlan, runDry, span, step } from './support/drive.ts';

describe.each(backends)('capacity ($kind)', ({ create }) => {
  test('guaranteed-no-evict reserves to the end: the third request waits for memory', () => {
    const scheduler = checked({ maxBatchSize: 8 }, create);
    // 4 blocks each: two fit in ten, the third would need 12.
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 10, maxNewTokens: 30 });
    expect(step(scheduler)).toBe('c0[0,10)! c1[0,10)!');
    expect(scheduler.plan.queuedRequests).toBe(1);
    const steps = runDryAfter(scheduler);
    expect(steps.filter((text) => text.includes('paused'))).toEqual([]);
    expect(span(steps, 2).first).toBe(29);
    scheduler.free();
  });

  test('guaranteed-no-evict: a request that does not fit holds back smaller ones behind it', () => {
    const scheduler = checked({ maxBatchSize: 8 }, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 30 });
    scheduler.submit({ id: 1, promptTokens: 60, maxNewTokens: 10 });
    scheduler.submit({ id: 2, promptTokens: 1, maxNewTokens: 1 });
    expect(step(scheduler)).toBe('c0[0,10)!');
    scheduler.free();
  });

  test('max-utilization takes what fits now and pauses the last when memory runs out', () => {
    const scheduler = checked({ maxBatchSize: 8, capacityPolicy: 'max-utilization' }, create);
    for (let id = 0; id < 3; id++) scheduler.submit({ id, promptTokens: 10, maxNewTokens: 30 });
    expect(step(scheduler)).toBe('c0[0,10)! c1[0,10)! c2[0,10)!');
    const steps = runDryAfter(scheduler);
    // 3 blocks each until 30 KV tokens; the next token needs a twelfth block.
    expect(steps[20]).toBe('g0 g1 paused 2');
    const resumed = steps.find((text) => /c2\[/.test(text));
    expect(resumed).toContain('c2[0,31)!');
    scheduler.free();
  });

  test('max-utilization: a higher priority takes the place of the last one started', () => {
    const scheduler = checked({ capacityPolicy: 'max-utilization' }, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 20 });
    scheduler.submit({ id: 1, promptTokens: 10, maxNewTokens: 20 });
    step(scheduler);
    step(scheduler);
    scheduler.submit({ id: 2, promptTokens: 10, maxNewTokens: 1, priority: 0.9 });
    expect(step(scheduler)).toBe('c2[0,10)! g0 paused 1');
    expect(step(scheduler)).toBe('c1[0,12)! g0');
    scheduler.free();
  });

  test('max-utilization: pausing loses no token', () => {
    const scheduler = checked(
      { maxBatchSize: 4, capacityPolicy: 'max-utilization', maxDraftTokens: 3 },
      create,
    );
    for (let id = 0; id < 4; id++) scheduler.submit({ id, promptTokens: 20, maxNewTokens: 40 });
    const emitted = new Map<number, number>();
    scheduler.next(0);
    while (scheduler.plan.activeRequests > 0) {
      const { plan } = scheduler;
      answer(scheduler, { emitted: (_, tokens) => tokens, nextDraft: () => 3 });
      const add = (id: number, n: number) => emitted.set(id, (emitted.get(id) ?? 0) + n);
      for (let i = 0; i < plan.contextCount; i++)
        if (plan.contextIsLast[i]) add(plan.contextId[i]!, 1);
      for (let i = 0; i < plan.generationCount; i++) {
        add(plan.generationId[i]!, plan.generationTokens[i]!);
      }
      scheduler.commitAndNext(0);
    }
    expect([...emitted.entries()].sort()).toEqual([0, 1, 2, 3].map((id) => [id, 40]));
    scheduler.free();
  });

  test('static-batch takes nobody in until the batch is done', () => {
    const scheduler = checked({ capacityPolicy: 'static-batch', kvBlocks: 100 }, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 2 });
    scheduler.submit({ id: 1, promptTokens: 10, maxNewTokens: 5 });
    scheduler.submit({ id: 2, promptTokens: 10, maxNewTokens: 2 });
    expect(runDry(scheduler)).toEqual([
      'c0[0,10)! c1[0,10)!',
      'g0 g1',
      'g1',
      'g1',
      'g1',
      'c2[0,10)!',
      'g2',
    ]);
    scheduler.free();
  });

  test('static-batch: a context between two chunks goes on while others generate', () => {
    const scheduler = checked(
      {
        capacityPolicy: 'static-batch',
        contextChunking: 'first-come-first-served',
        maxNumTokens: 20,
        kvBlocks: 100,
      },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 3 });
    scheduler.submit({ id: 1, promptTokens: 25, maxNewTokens: 2 });
    expect(runDry(scheduler)).toEqual(['c1[0,10) c0[0,10)!', 'c1[10,25)! g0', 'g0 g1']);
    scheduler.free();
  });

  test('without eviction, a waiting request of higher priority cannot stop a started one', () => {
    // TensorRT-LLM's second pass would stop at request 1 and never compute the rest of request 0.
    const scheduler = checked(
      { contextChunking: 'first-come-first-served', chunkUnitTokens: 10, maxNumTokens: 10 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 30, maxNewTokens: 2 });
    expect(step(scheduler)).toBe('c0[0,10)');
    scheduler.submit({ id: 1, promptTokens: 60, maxNewTokens: 20, priority: 1 });
    expect(step(scheduler)).toBe('c0[10,20)');
    scheduler.free();
  });

  function runDryAfter(scheduler: ReturnType<typeof checked>): string[] {
    const steps: string[] = [];
    for (let text = step(scheduler); text !== ''; text = step(scheduler)) steps.push(text);
    return steps;
  }

  test('the same load: max-utilization starts earlier, guaranteed-no-evict computes once', () => {
    const load = (capacityPolicy: 'guaranteed-no-evict' | 'max-utilization') => {
      const scheduler = checked({ maxBatchSize: 8, capacityPolicy }, create);
      for (let id = 0; id < 6; id++) scheduler.submit({ id, promptTokens: 15, maxNewTokens: 45 });
      let computed = 0;
      let lastStart = 0;
      scheduler.next(0);
      for (let i = 0; scheduler.plan.activeRequests > 0; i++) {
        computed += scheduler.plan.contextTokensTotal;
        if (describePlan(scheduler).includes('[0,15)!')) lastStart = i;
        answer(scheduler);
        scheduler.commitAndNext(0);
      }
      scheduler.free();
      return { computed, lastStart };
    };
    const reserve = load('guaranteed-no-evict');
    const utilise = load('max-utilization');
    expect(reserve.computed).toBe(90);
    expect(utilise.computed).toBeGreaterThan(90);
    expect(utilise.lastStart).toBeLessThan(reserve.lastStart);
  });
});
