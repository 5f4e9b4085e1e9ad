/** How requests leave early, and what a full queue does. */
import { describe, expect, test } from 'vitest';
import { backends, checked } from './support/backends.ts';
import { answer, describePlan, runDry, step } from './support/drive.ts';

describe.each(backends)('coming and going ($kind)', ({ create }) => {
  test('cancel: a waiting request leaves at once, a running one at its commit', () => {
    const scheduler = checked({ maxBatchSize: 1 }, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 20 });
    scheduler.submit({ id: 1, promptTokens: 10, maxNewTokens: 20 });
    step(scheduler);
    expect(scheduler.cancel(1)).toBe(true);
    expect(scheduler.inspect().waiting).toEqual([]);
    expect(scheduler.cancel(0)).toBe(true);
    expect(scheduler.inspect().usedBlocks).toBe(1);
    expect(scheduler.cancel(0)).toBe(false);
    answer(scheduler);
    scheduler.commit();
    expect(scheduler.inspect()).toMatchObject({ active: [], usedBlocks: 0 });
    expect(scheduler.cancel(5)).toBe(false);
    scheduler.free();
  });

  test('an id is free again after its request has left', () => {
    const scheduler = checked({}, create);
    scheduler.submit({ id: 4, promptTokens: 10, maxNewTokens: 1 });
    expect(() => scheduler.submit({ id: 4, promptTokens: 5, maxNewTokens: 1 })).toThrow(
      'Request id 4 is already in use',
    );
    runDry(scheduler);
    expect(scheduler.submit({ id: 4, promptTokens: 5, maxNewTokens: 1 })).toBe(true);
    scheduler.free();
  });

  test('the driver may end a request at any token', () => {
    const scheduler = checked({}, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 20 });
    scheduler.submit({ id: 1, promptTokens: 10, maxNewTokens: 20 });
    expect(step(scheduler)).toBe('c0[0,10)! c1[0,10)!');
    expect(step(scheduler, { finished: (id) => id === 0 })).toBe('g1');
    expect(step(scheduler, { finished: () => true })).toBe('');
    scheduler.free();
  });

  test('deadlines: running and waiting requests leave at the first plan that is due', () => {
    const scheduler = checked({ maxBatchSize: 1 }, create);
    scheduler.submit({ id: 0, promptTokens: 10, maxNewTokens: 50, deadlineNs: 100 });
    scheduler.submit({ id: 1, promptTokens: 10, maxNewTokens: 50, deadlineNs: 50 });
    scheduler.submit({ id: 2, promptTokens: 10, maxNewTokens: 50 });
    expect(step(scheduler, {}, 10)).toBe('c0[0,10)!');
    expect(step(scheduler, {}, 49)).toBe('g0');
    expect(step(scheduler, {}, 50)).toBe('g0 expired 1');
    expect(step(scheduler, {}, 2000)).toBe('c2[0,10)! expired 0');
    expect(step(scheduler, {}, 2001)).toBe('g2');
    scheduler.free();
  });

  test('more may expire at once than a batch holds', () => {
    const scheduler = checked({ maxBatchSize: 1, maxQueuedRequests: 2000 }, create);
    for (let id = 0; id < 1000; id++) {
      scheduler.submit({ id, promptTokens: 1, maxNewTokens: 1, deadlineNs: 1000 - id });
    }
    scheduler.next(1000);
    expect(scheduler.plan.expiredCount).toBe(1000);
    const ids = Array.from(scheduler.plan.expiredId.subarray(0, 1000));
    expect(ids).toEqual(Array.from({ length: 1000 }, (_, i) => 999 - i));
    expect(describePlan(scheduler)).toMatch(/^expired 999 /);
    scheduler.free();
  });

  test('a full queue refuses and keeps what it has; pausing never loses one', () => {
    const scheduler = checked({ maxQueuedRequests: 2 }, create);
    for (let id = 0; id < 2; id++) {
      expect(scheduler.submit({ id, promptTokens: 5, maxNewTokens: 5 })).toBe(true);
    }
    const before = scheduler.snapshot();
    expect(scheduler.submit({ id: 2, promptTokens: 5, maxNewTokens: 5 })).toBe(false);
    expect(scheduler.snapshot()).toEqual(before);
    expect(step(scheduler)).toBe('c0[0,5)! c1[0,5)!');
    expect(scheduler.submit({ id: 2, promptTokens: 5, maxNewTokens: 5 })).toBe(true);
    scheduler.free();
  });

  test('priorities differ in steps of 0.001; inside a step it is first come first served', () => {
    const scheduler = checked({ maxBatchSize: 4 }, create);
    scheduler.submit({ id: 0, promptTokens: 5, maxNewTokens: 5, priority: 0.7 });
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 5, priority: 0.7001 });
    scheduler.submit({ id: 2, promptTokens: 5, maxNewTokens: 5, priority: 0.701 });
    scheduler.submit({ id: 3, promptTokens: 5, maxNewTokens: 5, priority: 0 });
    expect(step(scheduler)).toBe('c2[0,5)! c0[0,5)! c1[0,5)! c3[0,5)!');
    scheduler.free();
  });
});
