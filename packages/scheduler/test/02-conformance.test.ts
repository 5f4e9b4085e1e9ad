/**
 * The vectors of TensorRT-LLM's own unit tests (capacitySchedulerTest.cpp,
 * microBatchSchedulerTest.cpp), re-created: blocks of 10 tokens, 100 KV tokens, two requests,
 * unless said.
 */
import { describe, expect, test } from 'vitest';
import type { SchedulerOptions } from '../src/index.ts';
import { backends, checked } from './support/backends.ts';
import { answer, describePlan, runDry, span, step } from './support/drive.ts';

const both = (promptTokens: number, maxNewTokens: number) => [
  { id: 0, promptTokens, maxNewTokens },
  { id: 1, promptTokens, maxNewTokens },
];

describe.each(backends)('conformance ($kind)', ({ create }) => {
  function run(options: Partial<SchedulerOptions>, prompt: number, output: number): string[] {
    const scheduler = checked(options, create);
    for (const request of both(prompt, output)) scheduler.submit(request);
    const steps = runDry(scheduler);
    scheduler.free();
    return steps;
  }

  test('max-utilization, two P10/N80: pause at 41, resume as P51/N39, 119 iterations', () => {
    const steps = run({ capacityPolicy: 'max-utilization' }, 10, 80);
    expect(steps).toHaveLength(119);
    expect(steps[40]).toBe('g0 g1');
    expect(steps[41]).toBe('g0 paused 1');
    expect(span(steps, 0)).toEqual({ first: 0, last: 79, count: 80 });
    expect(steps[80]).toBe('c1[0,51)!');
    expect(steps.slice(80)).toHaveLength(39);
  });

  test('guaranteed-no-evict, the same: one after the other, 160 iterations', () => {
    const steps = run({}, 10, 80);
    expect(steps).toHaveLength(160);
    expect(span(steps, 0)).toEqual({ first: 0, last: 79, count: 80 });
    expect(span(steps, 1)).toEqual({ first: 80, last: 159, count: 80 });
  });

  test('max-utilization, P30/N60 in chunks of 20: pause at 22, 100 iterations', () => {
    // The original sets the chunks by hand: 20 for the first context, whole for the resumed one.
    // Here the token limit does: 40 for two contexts at once, the whole limit from then on.
    const scheduler = checked(
      {
        capacityPolicy: 'max-utilization',
        contextChunking: 'equal-progress',
        chunkUnitTokens: 20,
      },
      create,
    );
    for (const request of both(30, 60)) scheduler.submit(request);
    scheduler.setTokenLimit(40);
    const steps = [step(scheduler)];
    expect(steps[0]).toBe('c0[0,20) c1[0,20)');
    steps.push(step(scheduler));
    expect(steps[1]).toBe('c0[20,30)! c1[20,30)!');
    scheduler.setTokenLimit(100);
    for (let text = step(scheduler); text !== ''; text = step(scheduler)) steps.push(text);
    expect(steps).toHaveLength(100);
    expect(steps[21]).toBe('g0 g1');
    expect(steps[22]).toBe('g0 paused 1');
    expect(span(steps, 0).last).toBe(60);
    expect(steps[61]).toBe('c1[0,51)!');
    scheduler.free();
  });

  test.each(['guaranteed-no-evict', 'max-utilization'] as const)(
    '%s, P70/N20 in chunks of 40: one after the other, 42 iterations',
    (capacityPolicy) => {
      const steps = run(
        {
          capacityPolicy,
          contextChunking: 'first-come-first-served',
          chunkUnitTokens: 40,
          maxNumTokens: 60,
        },
        70,
        20,
      );
      expect(steps).toHaveLength(42);
      expect(steps.slice(0, 3)).toEqual(['c0[0,40)', 'c0[40,70)!', 'g0']);
      expect(span(steps, 0).last).toBe(20);
      expect(span(steps, 1).first).toBe(21);
    },
  );

  test('guaranteed-no-evict, P50/N40 in chunks of 20, in a pool where both fit: 42', () => {
    const steps = run(
      {
        kvBlocks: 20,
        contextChunking: 'equal-progress',
        chunkUnitTokens: 20,
        maxNumTokens: 40,
      },
      50,
      40,
    );
    expect(steps).toHaveLength(42);
    expect(steps.slice(0, 4)).toEqual([
      'c0[0,20) c1[0,20)',
      'c0[20,40) c1[20,40)',
      'c0[40,50)! c1[40,50)!',
      'g0 g1',
    ]);
  });

  test('priorities {0.5, 0.6, 1.0, 0.3}: order 5,10,2,3,4,9,0,1,11,6,7,8', () => {
    const scheduler = checked({ maxBatchSize: 12, kvBlocks: 100 }, create);
    const of: Record<number, number> = { 5: 1, 10: 1, 2: 0.6, 3: 0.6, 4: 0.6, 9: 0.6 };
    for (const id of [6, 7, 8]) of[id] = 0.3;
    for (let id = 0; id < 12; id++) {
      scheduler.submit({ id, promptTokens: 5, maxNewTokens: 2, priority: of[id] ?? 0.5 });
    }
    scheduler.next(0);
    const order = [5, 10, 2, 3, 4, 9, 0, 1, 11, 6, 7, 8];
    expect(Array.from(scheduler.plan.contextId)).toEqual(order);
    answer(scheduler);
    scheduler.commitAndNext(1);
    expect(Array.from(scheduler.plan.generationId)).toEqual(order);
    scheduler.free();
  });

  test('microbatch: 7 tokens, unit 5, two P12/N5: a last chunk may pass the unit', () => {
    const steps = run(
      { maxNumTokens: 7, chunkUnitTokens: 5, contextChunking: 'first-come-first-served' },
      12,
      5,
    );
    expect(steps.slice(0, 5)).toEqual([
      'c0[0,5)',
      'c0[5,12)!',
      'c1[0,5) g0',
      'c1[5,10) g0',
      'c1[10,12)! g0',
    ]);
  });

  test('four P1024 with 17 draft tokens each, 4096 tokens: only three fit', () => {
    const scheduler = checked(
      { maxBatchSize: 4, maxNumTokens: 4096, kvBlocks: 1000, maxDraftTokens: 17 },
      create,
    );
    for (let id = 0; id < 4; id++) {
      scheduler.submit({ id, promptTokens: 1024, maxNewTokens: 100, contextDraftTokens: 17 });
    }
    scheduler.next(0);
    expect(describePlan(scheduler)).toBe('c0[0,1024)!+17 c1[0,1024)!+17 c2[0,1024)!+17');
    scheduler.free();
  });
});
