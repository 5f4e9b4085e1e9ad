/**
 * A random world around a scheduler: commands that fast-check can generate and shrink, and what
 * they do. The same commands give the same calls on any back end, so two of them can be compared.
 */
import fc from 'fast-check';
import type { Scheduler, SchedulerOptions } from '../../src/index.ts';
import { answer } from './drive.ts';

export type Command =
  | {
      kind: 'submit';
      promptTokens: number;
      maxNewTokens: number;
      priority: number;
      family: number;
      deadlineIn: number;
      contextDraft: number;
      retention: number;
    }
  | { kind: 'step'; seed: number }
  | { kind: 'cancel'; pick: number }
  | { kind: 'budget'; tokens: number | null }
  | { kind: 'survival'; pick: number; first: number }
  | { kind: 'tokenLimit'; pick: number };

/** A small pseudo-random hash: tests need variety, not quality. */
export function scramble(seed: number, salt: number): number {
  let x = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35)) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
  return (x ^ (x >>> 13)) >>> 0;
}

export class World {
  readonly scheduler: Scheduler;
  private nextId = 0;
  private now = 0;
  readonly accepted: number[] = [];

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  run(command: Command): void {
    const { scheduler } = this;
    const { options } = scheduler;
    switch (command.kind) {
      case 'submit':
        this.submit(command);
        break;
      case 'step':
        this.step(command.seed);
        break;
      case 'cancel':
        if (this.accepted.length > 0) {
          scheduler.cancel(this.accepted[command.pick % this.accepted.length]!);
        }
        break;
      case 'budget':
        scheduler.setDraftBudget(command.tokens);
        break;
      case 'survival': {
        const live = [...scheduler.inspect().active, ...scheduler.inspect().waiting];
        if (live.length === 0) break;
        const id = live[command.pick % live.length]!.id;
        const { maxDraftTokens } = options;
        const values = Array.from({ length: maxDraftTokens }, (_, i) => command.first / (i + 1));
        scheduler.setSurvival(id, Float32Array.from(values));
        break;
      }
      case 'tokenLimit': {
        const least = Math.max(1 + options.maxDraftTokens, options.chunkUnitTokens);
        const range = options.maxNumTokens - least + 1;
        scheduler.setTokenLimit(least + (command.pick % range));
        break;
      }
    }
  }

  step(seed: number): void {
    const { scheduler } = this;
    if (!scheduler.inspect().pending) {
      scheduler.next(this.now);
      return;
    }
    this.answer(seed);
    this.now += 1;
    scheduler.commitAndNext(this.now);
  }

  answer(seed: number): void {
    const most = this.scheduler.options.maxDraftTokens;
    answer(this.scheduler, {
      emitted: (id, tokens) => 1 + (scramble(seed, id) % tokens),
      nextDraft: (id) => scramble(seed, id + 1000) % (most + 1),
      finished: (id) => scramble(seed, id + 2000) % 16 === 0,
    });
  }

  /** Steps until nothing lives; the bound is the work there can be. */
  drain(most: number): void {
    const { scheduler } = this;
    for (let i = 0; i < most; i++) {
      this.step(i);
      const { plan } = scheduler;
      if (plan.activeRequests + plan.queuedRequests === 0) return;
    }
    throw new Error(`requests still live after ${most} steps`);
  }

  private submit(c: Extract<Command, { kind: 'submit' }>): void {
    const { options } = this.scheduler;
    const id = this.nextId++;
    const space = options.kvBlocks * options.tokensPerBlock;
    const maxNewTokens = Math.min(c.maxNewTokens, Math.max(1, space - 1));
    let promptTokens = Math.max(1, Math.min(c.promptTokens, space - maxNewTokens));
    const contextDraftTokens = Math.min(c.contextDraft, options.maxDraftTokens);
    if (options.contextChunking === 'off') {
      promptTokens = Math.max(1, Math.min(promptTokens, options.maxNumTokens - contextDraftTokens));
    }
    const runs = Math.ceil(promptTokens / 3);
    const request = {
      id,
      promptTokens,
      maxNewTokens,
      priority: c.priority,
      retentionPriority: c.retention,
      contextDraftTokens,
      // Members of a family share a prefix: runs of three tokens, different from a point on.
      ...(c.family > 0
        ? {
            prefix: {
              hashes: Array.from({ length: runs }, (_, i) =>
                i < c.family * 2 ? c.family % 2 : id * 100 + i,
              ),
              tokensPerHash: 3,
            },
          }
        : {}),
      ...(c.deadlineIn > 0 ? { deadlineNs: this.now + c.deadlineIn } : {}),
    };
    if (this.scheduler.submit(request)) this.accepted.push(id);
  }
}

const small = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

export const arbitraryCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      promptTokens: fc.integer({ min: 1, max: 40 }),
      maxNewTokens: fc.integer({ min: 1, max: 25 }),
      priority: fc.constantFrom(0.5, 0.5, 0.5, 0, 0.3, 1),
      family: small(4),
      deadlineIn: fc.constantFrom(0, 0, 0, 1, 5, 20),
      contextDraft: fc.constantFrom(0, 0, 0, 1, 4),
      retention: fc.constantFrom(35, 35, 0, 100),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('step' as const), seed: small(1_000_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: small(1000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('budget' as const),
      tokens: fc.option(small(12)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('survival' as const),
      pick: small(1000),
      first: fc.constantFrom(1, 0.9, 0.5, 0.25),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('tokenLimit' as const), pick: small(1000) }),
  },
);

export const arbitraryOptions: fc.Arbitrary<SchedulerOptions> = fc
  .record({
    maxBatchSize: fc.integer({ min: 1, max: 6 }),
    maxNumTokens: fc.integer({ min: 1, max: 60 }),
    maxQueuedRequests: fc.integer({ min: 1, max: 12 }),
    tokensPerBlock: fc.integer({ min: 1, max: 8 }),
    kvBlocks: fc.integer({ min: 2, max: 24 }),
    capacityPolicy: fc.constantFrom(
      'guaranteed-no-evict' as const,
      'max-utilization' as const,
      'static-batch' as const,
    ),
    contextChunking: fc.constantFrom(
      'off' as const,
      'first-come-first-served' as const,
      'equal-progress' as const,
    ),
    chunkUnitTokens: fc.integer({ min: 1, max: 16 }),
    blockReuse: fc.boolean(),
    maxDraftTokens: fc.constantFrom(0, 1, 5),
  })
  .map((o) => ({
    ...o,
    maxNumTokens: Math.max(o.maxNumTokens, 1 + o.maxDraftTokens, o.chunkUnitTokens),
  }));

export const arbitraryWorld = fc.record({
  options: arbitraryOptions,
  commands: fc.array(arbitraryCommand, { minLength: 1, maxLength: 100, size: 'max' }),
});
