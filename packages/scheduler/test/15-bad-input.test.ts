/** Malformed options, requests, outcomes: one clear message each, and nothing has changed. */
import { describe, expect, test } from 'vitest';
import { type RequestSubmission, SchedulerError, type SchedulerOptions } from '../src/index.ts';
import { backends, checked, create, smallOptions } from './support/backends.ts';
import { step } from './support/drive.ts';

const badOptions: [Record<string, unknown>, string][] = [
  [{ maxBatchSize: 0 }, 'maxBatchSize is 0; it must be an integer from 1 to 65536.'],
  [{ maxBatchSize: 1.5 }, 'maxBatchSize is 1.5'],
  [{ maxBatchSize: Number.NaN }, 'maxBatchSize is NaN'],
  [{ maxBatchSize: '8' }, 'maxBatchSize is "8"'],
  [{ maxNumTokens: -1 }, 'maxNumTokens is -1'],
  [{ maxQueuedRequests: Number.POSITIVE_INFINITY }, 'maxQueuedRequests is Infinity'],
  [{ tokensPerBlock: undefined }, 'tokensPerBlock is undefined'],
  [{ kvBlocks: null }, 'kvBlocks is null'],
  [{ capacityPolicy: 'max-utilisation' }, 'Did you mean "max-utilization"?'],
  [{ contextChunking: 'fcfs' }, 'must be one of off, first-come-first-served, equal-progress'],
  [{ blockReuse: 1 }, 'blockReuse is 1; it must be true or false.'],
  [{ maxBatchsize: 4 }, 'no "maxBatchsize". Did you mean "maxBatchSize"?'],
  [{ tokenPerBlock: 4 }, 'Did you mean "tokensPerBlock"?'],
  [{ colour: 'red' }, 'The scheduler options has no "colour".'],
  [{ maxDraftTokens: 100, maxNumTokens: 100 }, '1 + maxDraftTokens = 101'],
  [
    { contextChunking: 'equal-progress', chunkUnitTokens: 200 },
    'chunkUnitTokens is 200, more than maxNumTokens 100',
  ],
];

test.each(badOptions)('options %j', (change, message) => {
  const options = { ...smallOptions, ...change } as SchedulerOptions;
  expect(() => create(options)).toThrow(SchedulerError);
  expect(() => create(options)).toThrow(message);
});

test('options that are no object', () => {
  for (const wrong of [null, undefined, 7, 'fast']) {
    expect(() => create(wrong as unknown as SchedulerOptions)).toThrow('must be an object');
  }
});

const badRequests: [Record<string, unknown>, string][] = [
  [{ id: -1 }, 'id is -1'],
  [{ id: 2 ** 32 }, 'id is 4294967296; it must be an integer from 0 to 4294967295.'],
  [{ promptTokens: 0 }, 'promptTokens is 0'],
  [{ maxNewTokens: 0.5 }, 'maxNewTokens is 0.5'],
  [{ priority: 2 }, 'priority is 2; it must be a number from 0 to 1.'],
  [{ priority: Number.NaN }, 'priority is NaN'],
  [{ deadlineNs: Number.NaN }, 'deadlineNs is NaN'],
  [{ retentionPriority: 101 }, 'retentionPriority is 101'],
  [{ contextDraftTokens: 1 }, 'contextDraftTokens is 1; it must be an integer from 0 to 0.'],
  [{ promptToken: 4 }, 'no "promptToken". Did you mean "promptTokens"?'],
  [{ promptTokens: 60, maxNewTokens: 50 }, 'need 11 KV blocks of 10 tokens, and there are 10.'],
  [{ prefix: { hashes: [1, -2], tokensPerHash: 5 } }, 'prefix.hashes[1] is -2'],
  [{ prefix: { hashes: [2 ** 60], tokensPerHash: 5 } }, 'from 0 to 2^53 - 1'],
  [{ prefix: { hashes: 'abc', tokensPerHash: 5 } }, 'must be a list of numbers'],
  [{ prefix: { hashes: [1], tokensPerHash: 0 } }, 'prefix.tokensPerHash is 0'],
  [{ prefix: { hash: [1], tokensPerHash: 1 } }, 'prefix has no "hash". Did you mean "hashes"?'],
];

test.each(badRequests)('request %j', (change, message) => {
  const scheduler = checked();
  const before = scheduler.snapshot();
  const request = { id: 1, promptTokens: 5, maxNewTokens: 5, ...change } as RequestSubmission;
  expect(() => scheduler.submit(request)).toThrow(SchedulerError);
  expect(() => scheduler.submit(request)).toThrow(message);
  expect(scheduler.snapshot()).toEqual(before);
  scheduler.free();
});

test('with chunking off, a context longer than a step is refused', () => {
  const scheduler = checked({ maxNumTokens: 20 });
  expect(() => scheduler.submit({ id: 1, promptTokens: 21, maxNewTokens: 1 })).toThrow(
    'its context of 21 tokens is longer than maxNumTokens 20',
  );
  scheduler.free();
});

describe.each(backends)('outcomes and setters ($kind)', ({ create: make }) => {
  function generating() {
    const scheduler = checked({ maxDraftTokens: 3 }, make);
    scheduler.submit({ id: 7, promptTokens: 5, maxNewTokens: 20 });
    step(scheduler);
    step(scheduler, { nextDraft: () => 3 });
    return scheduler;
  }

  test.each([
    ['generationEmitted', 0, 'outcome.generationEmitted[0] is 0 for request 7; allowed are 1 to 4'],
    ['generationEmitted', 5, 'outcome.generationEmitted[0] is 5'],
    ['generationNextDraft', -1, 'outcome.generationNextDraft[0] is -1'],
    ['generationNextDraft', 4, 'allowed are 0 to maxDraftTokens 3'],
  ] as const)('%s = %i commits nothing', (field, value, message) => {
    const scheduler = generating();
    const before = scheduler.snapshot();
    scheduler.outcome.generationEmitted[0] = 2;
    scheduler.outcome.generationNextDraft[0] = 1;
    scheduler.outcome[field][0] = value;
    expect(() => scheduler.commit()).toThrow(message);
    expect(scheduler.snapshot()).toEqual(before);
    scheduler.outcome.generationEmitted[0] = 2;
    scheduler.outcome.generationNextDraft[0] = 1;
    scheduler.commit();
    scheduler.free();
  });

  test.each([
    ['contextNextDraft', 4, 'outcome.contextNextDraft[0] is 4 for request 1'],
    ['contextEmitted', 2, 'outcome.contextEmitted[0] is 2 for request 1'],
    ['contextEmitted', 0, 'allowed are 1 to 1 + 0 draft tokens'],
  ] as const)('%s = %i commits nothing', (field, value, message) => {
    const scheduler = checked({ maxDraftTokens: 3 }, make);
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 20 });
    step(scheduler);
    scheduler.outcome[field][0] = value;
    expect(() => scheduler.commit()).toThrow(message);
    scheduler.free();
  });

  test('setters', () => {
    const scheduler = generating();
    expect(() => scheduler.setDraftBudget(-1)).toThrow('The draft budget is -1');
    expect(() => scheduler.setDraftBudget(1.5)).toThrow('The draft budget is 1.5');
    expect(() => scheduler.setTokenLimit(3)).toThrow('from 10 to 100');
    expect(() => scheduler.setTokenLimit(101)).toThrow('The token limit is 101');
    expect(() => scheduler.setSurvival(8, Float32Array.of(0.5))).toThrow('No live request has');
    expect(() => scheduler.setSurvival(7, Float32Array.of(0.5, 0.6))).toThrow('descend');
    expect(() => scheduler.setSurvival(7, Float32Array.of(1.5))).toThrow('from 0 to 1');
    expect(() => scheduler.setSurvival(7, Float32Array.of(Number.NaN))).toThrow('from 0 to 1');
    expect(() => scheduler.cancel(-3)).toThrow('id is -3');
    scheduler.free();
  });

  test('a time that is none changes nothing, the fused call commits nothing', () => {
    const scheduler = make(smallOptions);
    expect(() => scheduler.next(-1)).toThrow('nowNs is -1; it must be a number from 0 up.');
    scheduler.submit({ id: 1, promptTokens: 5, maxNewTokens: 5 });
    scheduler.next(0);
    const before = scheduler.snapshot();
    expect(() => scheduler.commitAndNext(Number.NaN)).toThrow('nowNs is NaN');
    expect(scheduler.snapshot()).toEqual(before);
    scheduler.free();
  });

  test('after free, every call is an error and freeing again is harmless', () => {
    const scheduler = make(smallOptions);
    scheduler.free();
    scheduler.free();
    expect(() => scheduler.next(0)).toThrow('has been freed');
    expect(() => scheduler.submit({ id: 1, promptTokens: 1, maxNewTokens: 1 })).toThrow('freed');
    expect(() => scheduler.snapshot()).toThrow('freed');
  });
});
