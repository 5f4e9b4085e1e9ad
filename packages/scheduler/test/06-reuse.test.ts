/** Prefix reuse: which blocks are shared, for how long, and in which order they leave. */
import { describe, expect, test } from 'vitest';
import { backends, checked } from './support/backends.ts';
import { runDry, step } from './support/drive.ts';

const reuse = { maxBatchSize: 4, kvBlocks: 20, blockReuse: true };
const prefix = (...hashes: number[]) => ({ hashes, tokensPerHash: 10 });

describe.each(backends)('block reuse ($kind)', ({ create }) => {
  test('a finished prompt stays cached, full blocks only', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 2, prefix: prefix(1, 2, 3) });
    runDry(scheduler);
    expect(scheduler.inspect()).toMatchObject({ cachedBlocks: 2, usedBlocks: 0, freeBlocks: 18 });
    scheduler.submit({ id: 1, promptTokens: 28, maxNewTokens: 1, prefix: prefix(1, 2, 4) });
    expect(step(scheduler)).toBe('c1[20,28)!~20');
    scheduler.free();
  });

  test('the last context token is always computed', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 20, maxNewTokens: 1, prefix: prefix(1, 2) });
    runDry(scheduler);
    expect(scheduler.inspect().cachedBlocks).toBe(2);
    scheduler.submit({ id: 1, promptTokens: 20, maxNewTokens: 1, prefix: prefix(1, 2) });
    expect(step(scheduler)).toBe('c1[10,20)!~10');
    scheduler.free();
  });

  test('a different id, or the same id after a different one, is not shared', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 30, maxNewTokens: 1, prefix: prefix(1, 2, 3) });
    runDry(scheduler);
    scheduler.submit({ id: 1, promptTokens: 30, maxNewTokens: 1, prefix: prefix(9, 2, 3) });
    expect(step(scheduler)).toBe('c1[0,30)!');
    scheduler.free();
  });

  test('ids of long runs map to many blocks, ids of short runs to one block each several', () => {
    const scheduler = checked({ ...reuse, kvBlocks: 100 }, create);
    const long = (...hashes: number[]) => ({ hashes, tokensPerHash: 40 });
    scheduler.submit({ id: 0, promptTokens: 90, maxNewTokens: 1, prefix: long(5, 6, 7) });
    runDry(scheduler);
    expect(scheduler.inspect().cachedBlocks).toBe(9);
    scheduler.submit({ id: 1, promptTokens: 90, maxNewTokens: 1, prefix: long(5, 8) });
    expect(step(scheduler)).toBe('c1[40,90)!~40');
    step(scheduler);
    const short = (...hashes: number[]) => ({ hashes, tokensPerHash: 5 });
    scheduler.submit({ id: 2, promptTokens: 32, maxNewTokens: 1, prefix: short(1, 2, 3, 4, 5, 6) });
    step(scheduler);
    step(scheduler);
    scheduler.submit({ id: 3, promptTokens: 32, maxNewTokens: 1, prefix: short(1, 2, 3, 9, 5, 6) });
    expect(step(scheduler)).toBe('c3[10,32)!~10');
    scheduler.free();
  });

  test('equal ids of different run lengths are no match', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 1, prefix: prefix(1, 2) });
    runDry(scheduler);
    const other = { hashes: [1, 2], tokensPerHash: 20 };
    scheduler.submit({ id: 1, promptTokens: 25, maxNewTokens: 1, prefix: other });
    expect(step(scheduler)).toBe('c1[0,25)!');
    scheduler.free();
  });

  test('a waiting request is skipped while an earlier one computes the prefix it shares', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 3, prefix: prefix(1, 2) });
    scheduler.submit({ id: 1, promptTokens: 25, maxNewTokens: 3, prefix: prefix(1, 2) });
    scheduler.submit({ id: 2, promptTokens: 5, maxNewTokens: 3 });
    expect(step(scheduler)).toBe('c0[0,25)! c2[0,5)!');
    expect(step(scheduler)).toBe('c1[20,25)!~20 g0 g2');
    scheduler.free();
  });

  test('a running request shares its blocks: they are counted once', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 9, prefix: prefix(1, 2) });
    scheduler.submit({ id: 1, promptTokens: 25, maxNewTokens: 9, prefix: prefix(1, 2) });
    step(scheduler);
    step(scheduler);
    expect(scheduler.plan.blocksUsed).toBe(4); // two shared, one each
    scheduler.free();
  });

  test('a pause keeps the prompt cached and the resumed request finds it', () => {
    const scheduler = checked(
      { ...reuse, kvBlocks: 10, capacityPolicy: 'max-utilization', maxBatchSize: 2 },
      create,
    );
    scheduler.submit({ id: 0, promptTokens: 20, maxNewTokens: 60, prefix: prefix(1, 2) });
    scheduler.submit({ id: 1, promptTokens: 20, maxNewTokens: 60, prefix: prefix(3, 4) });
    const steps = runDry(scheduler);
    const resumed = steps.find((text) => /c1\[.*~/.test(text));
    // Request 0 needed 8 blocks before it ended: both blocks of request 1 could stay.
    expect(resumed).toContain('~20');
    scheduler.free();
  });

  test('eviction: lowest priority first, then the longest unused, children before parents', () => {
    const scheduler = checked({ ...reuse, kvBlocks: 6, maxBatchSize: 1 }, create);
    const submit = (id: number, hash: number, retentionPriority: number) => {
      const request = { id, promptTokens: 21, maxNewTokens: 1, retentionPriority };
      scheduler.submit({ ...request, prefix: prefix(hash, hash + 1) });
      runDry(scheduler);
    };
    const cached = () =>
      scheduler
        .inspect()
        .blocks.filter((b) => b.inTree)
        .map((b) => b.retentionPriority)
        .sort((a, b) => a - b);
    submit(0, 10, 50);
    submit(1, 20, 10);
    expect(cached()).toEqual([10, 10, 50, 50]);
    // Three blocks needed, two are free: one of priority 10 leaves, the child.
    submit(2, 30, 60);
    expect(cached()).toEqual([10, 50, 50, 60, 60]);
    scheduler.submit({ id: 3, promptTokens: 15, maxNewTokens: 1, prefix: prefix(20) });
    expect(step(scheduler)).toBe('c3[10,15)!~10');
    scheduler.free();
  });

  test('two requests that computed the same blocks at once keep one copy', () => {
    const scheduler = checked({ ...reuse, capacityPolicy: 'static-batch' }, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 4, prefix: prefix(1, 2) });
    scheduler.submit({ id: 1, promptTokens: 25, maxNewTokens: 4, prefix: prefix(1, 2) });
    expect(step(scheduler)).toBe('c0[0,25)! c1[0,25)!');
    expect(scheduler.plan.blocksUsed).toBe(6);
    step(scheduler);
    expect(scheduler.plan.blocksUsed).toBe(4);
    scheduler.free();
  });

  test('generated tokens never enter the tree', () => {
    const scheduler = checked(reuse, create);
    scheduler.submit({ id: 0, promptTokens: 12, maxNewTokens: 60, prefix: prefix(1, 2) });
    runDry(scheduler);
    expect(scheduler.inspect().cachedBlocks).toBe(1);
    scheduler.free();
  });

  test('off: nothing is cached', () => {
    const scheduler = checked({ ...reuse, blockReuse: false }, create);
    scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 2, prefix: prefix(1, 2) });
    runDry(scheduler);
    expect(scheduler.inspect()).toMatchObject({ cachedBlocks: 0, freeBlocks: 20 });
    scheduler.free();
  });
});
