/**
 * The long blast: 20,000 random steps with 0, 1 and 5 draft tokens, memory starved, under all laws;
 * then everything ends and not one block is missing. It also counts that what it is meant to stress
 * did happen: pauses, reuse, evictions, rejected drafts.
 */
import { describe, expect, test } from 'vitest';
import type { SchedulerOptions } from '../src/index.ts';
import { backends, checked } from './support/backends.ts';
import { scramble, World } from './support/world.ts';

const starved: SchedulerOptions = {
  maxBatchSize: 6,
  maxNumTokens: 48,
  maxQueuedRequests: 8,
  tokensPerBlock: 4,
  kvBlocks: 24,
  capacityPolicy: 'max-utilization',
  contextChunking: 'first-come-first-served',
  blockReuse: true,
  maxDraftTokens: 5,
};

const cases = [0, 1, 5].flatMap((maxDraftTokens) =>
  (['max-utilization', 'guaranteed-no-evict'] as const).map((capacityPolicy) => ({
    maxDraftTokens,
    capacityPolicy,
  })),
);

describe.each(backends)('blast ($kind)', ({ kind, create }) => {
  test.each(cases)('$capacityPolicy, $maxDraftTokens drafts', (options) => {
    const scheduler = checked({ ...starved, ...options }, create);
    const world = new World(scheduler);
    const seen = { paused: 0, reused: 0, evicted: 0, rejected: 0, refused: 0 };
    const steps = kind === 'native' ? 20_000 / cases.length : 1000;
    for (let i = 0; i < steps; i++) {
      const random = scramble(i, 77);
      if (random % 3 === 0) {
        const accepted = world.accepted.length;
        world.run({
          kind: 'submit',
          promptTokens: 1 + ((random >>> 8) % 40),
          maxNewTokens: 1 + ((random >>> 16) % 30),
          priority: [0.5, 0.5, 0.9][random % 7] ?? 0.5,
          family: (random >>> 4) % 5,
          deadlineIn: (random >>> 12) % 40 === 0 ? 7 : 0,
          contextDraft: 0,
          retention: (random >>> 20) % 2 === 0 ? 35 : 80,
        });
        if (world.accepted.length === accepted) seen.refused++;
      }
      if (random % 101 === 0) world.run({ kind: 'cancel', pick: random >>> 3 });
      const cachedBefore = scheduler.inspect().cachedBlocks;
      world.step(random);
      const { plan } = scheduler;
      seen.paused += plan.pausedCount;
      for (let k = 0; k < plan.contextCount; k++) seen.reused += plan.contextReusedTokens[k]!;
      if (scheduler.inspect().cachedBlocks < cachedBefore) seen.evicted++;
      seen.rejected += plan.generationTokensTotal - plan.generationCount;
    }
    world.drain(10_000);
    const { usedBlocks, cachedBlocks, freeBlocks } = scheduler.inspect();
    expect({ usedBlocks, rest: cachedBlocks + freeBlocks }).toEqual({ usedBlocks: 0, rest: 24 });
    expect(seen.paused > 0).toBe(options.capacityPolicy === 'max-utilization');
    expect(seen.reused).toBeGreaterThan(0);
    expect(seen.evicted).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.rejected > 0).toBe(options.maxDraftTokens > 0);
    scheduler.free();
  });
});
