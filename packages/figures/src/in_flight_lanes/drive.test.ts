import {
  createNativeScheduler,
  loadWasmScheduler,
  nativeAvailable,
  type SchedulerFactory,
} from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DriveInput, type DrivenRequest, type DrivenStep, drive } from './drive.ts';

const wasm: SchedulerFactory = loadWasmScheduler(readWasmModule());

const requests: fc.Arbitrary<DrivenRequest[]> = fc.array(
  fc.record({
    promptTokens: fc.integer({ min: 1, max: 40 }),
    outputTokens: fc.integer({ min: 1, max: 30 }),
    arrivesAt: fc.integer({ min: 0, max: 8 }),
    sharedTokens: fc.constantFrom(0, 8),
  }),
  { minLength: 1, maxLength: 8 },
);

const inputs: fc.Arbitrary<DriveInput> = fc.record({
  requests,
  options: fc.record({
    maxBatchSize: fc.integer({ min: 1, max: 8 }),
    maxNumTokens: fc.integer({ min: 48, max: 96 }),
    maxQueuedRequests: fc.constant(8),
    tokensPerBlock: fc.constant(4),
    kvBlocks: fc.integer({ min: 18, max: 60 }),
    capacityPolicy: fc.constantFrom('guaranteed-no-evict', 'max-utilization'),
    contextChunking: fc.constantFrom('first-come-first-served', 'equal-progress'),
    blockReuse: fc.boolean(),
    maxDraftTokens: fc.constant(6),
  }),
  beams: fc.constant(2),
  draftLength: fc.constant(3),
  acceptance: fc.constant('chat'),
  seed: fc.integer({ min: 1, max: 99 }),
  maxSteps: fc.constant(400),
});

/** A step without the scheduler's own state, which holds big integers. */
function plain({ planned: _planned, committed: _committed, ...rest }: DrivenStep) {
  return rest;
}

describe('driving a scheduler', () => {
  it('gives every request exactly its output tokens, and then stops', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const steps = [...drive(input, wasm)];
        expect(steps.length).toBeLessThan(input.maxSteps);
        input.requests.forEach(({ outputTokens }, request) => {
          let tokens = 0;
          for (const { context, generation } of steps) {
            const first = context.find((run) => run.request === request && run.isLast);
            const run = generation.find((one) => one.request === request);
            tokens += (first ? 1 : 0) + (run ? run.accepted + 1 : 0);
          }
          expect(tokens).toBe(outputTokens);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('shows the plans as the scheduler made them', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plans: unknown[] = [];
        const recording: SchedulerFactory = (options) => {
          const scheduler = wasm(options);
          const next = scheduler.next.bind(scheduler);
          scheduler.next = (now) => {
            next(now);
            const { plan } = scheduler;
            plans.push({
              context: Array.from({ length: plan.contextCount }, (_, i) => [
                plan.contextId[i],
                plan.contextStart[i],
                plan.contextTokens[i],
              ]),
              generation: Array.from({ length: plan.generationCount }, (_, i) => [
                plan.generationId[i],
                plan.generationTokens[i],
                plan.generationKvTokens[i],
              ]),
              paused: [...plan.pausedId.subarray(0, plan.pausedCount)],
            });
          };
          return scheduler;
        };
        const driven = [...drive(input, recording)].map(({ context, generation, paused }) => ({
          context: context.map((run) => [run.request, run.start, run.tokens]),
          generation: generation.map((run) => [run.request, run.rows, run.kvTokens]),
          paused,
        }));
        expect(driven).toEqual(plans);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same in WebAssembly and native', () => {
    if (!nativeAvailable()) {
      console.log('skipped: the native scheduler is not built');
      return;
    }
    fc.assert(
      fc.property(inputs, (input) => {
        const native = [...drive(input, createNativeScheduler)].map(plain);
        expect([...drive(input, wasm)].map(plain)).toEqual(native);
      }),
      { numRuns: 40 },
    );
  });

  it('accepts no more than was drafted and verifies at the length that KV has', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { generation, committed } of drive(input, wasm)) {
          for (const { request, rows, accepted, kvTokens, isFinished } of generation) {
            expect(accepted).toBeGreaterThanOrEqual(0);
            expect(accepted).toBeLessThan(rows);
            const after = committed.active.find(({ id }) => id === request);
            expect(after === undefined).toBe(isFinished);
            if (after === undefined) continue;
            const length = after.promptTokens + after.emitted - 1;
            expect(length).toBe(kvTokens + accepted + 1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
