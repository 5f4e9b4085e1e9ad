/**
 * Validation at the edge: the core assumes clean arguments. Each error says what was given, what is
 * allowed, and for a misspelt option the nearest right name.
 */
import { didYouMean, SchedulerError } from './errors.ts';
import type { RequestSubmission, SchedulerOptions } from './scheduler.ts';

export const capacityPolicies = ['guaranteed-no-evict', 'max-utilization', 'static-batch'] as const;
export const contextChunkings = ['off', 'first-come-first-served', 'equal-progress'] as const;

/** Priorities are compared in steps of 1/1000, so that no float takes part in a decision. */
export const priorityLevels = 1000;
/** Survivals are compared in steps of 1/65535. */
export const survivalLevels = 65535;

const maxTokens = 2 ** 31 - 1;

const optionNames = [
  'maxBatchSize',
  'maxNumTokens',
  'maxQueuedRequests',
  'tokensPerBlock',
  'kvBlocks',
  'capacityPolicy',
  'contextChunking',
  'chunkUnitTokens',
  'blockReuse',
  'maxDraftTokens',
] as const satisfies readonly (keyof SchedulerOptions)[];

const requestNames = [
  'id',
  'promptTokens',
  'maxNewTokens',
  'priority',
  'deadlineNs',
  'prefix',
  'retentionPriority',
  'contextDraftTokens',
] as const satisfies readonly (keyof RequestSubmission)[];

export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

export function checkInteger(name: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) {
    return value;
  }
  throw new SchedulerError(
    `${name} is ${show(value)}; it must be an integer from ${low} to ${high}.`,
  );
}

function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  for (const choice of choices) {
    if (choice === value) return choice;
  }
  const guess = typeof value === 'string' ? didYouMean(value, choices) : '';
  throw new SchedulerError(
    `${name} is ${show(value)}; it must be one of ${choices.join(', ')}.${guess}`,
  );
}

function checkNames(what: string, given: unknown, allowed: readonly string[]): void {
  if (typeof given !== 'object' || given === null) {
    throw new SchedulerError(`${what} must be an object; got ${show(given)}.`);
  }
  for (const name of Object.keys(given)) {
    if (!allowed.includes(name)) {
      throw new SchedulerError(`${what} has no "${name}".${didYouMean(name, allowed)}`);
    }
  }
}

/** The options complete and in range, or a SchedulerError. */
export function checkOptions(given: SchedulerOptions): Required<SchedulerOptions> {
  checkNames('The scheduler options', given, optionNames);
  const tokensPerBlock = checkInteger('tokensPerBlock', given.tokensPerBlock, 1, 65536);
  const maxNumTokens = checkInteger('maxNumTokens', given.maxNumTokens, 1, 2 ** 24);
  const maxDraftTokens = checkInteger('maxDraftTokens', given.maxDraftTokens, 0, 65535);
  const contextChunking = checkChoice('contextChunking', given.contextChunking, contextChunkings);
  let chunkUnitTokens = checkInteger(
    'chunkUnitTokens',
    given.chunkUnitTokens ?? tokensPerBlock,
    1,
    2 ** 24,
  );
  if (typeof given.blockReuse !== 'boolean') {
    throw new SchedulerError(`blockReuse is ${show(given.blockReuse)}; it must be true or false.`);
  }
  if (1 + maxDraftTokens > maxNumTokens) {
    throw new SchedulerError(
      `maxNumTokens is ${maxNumTokens}, less than one generation request with its drafts: ` +
        `1 + maxDraftTokens = ${1 + maxDraftTokens}.`,
    );
  }
  if (chunkUnitTokens > maxNumTokens) {
    if (contextChunking !== 'off') {
      throw new SchedulerError(
        `chunkUnitTokens is ${chunkUnitTokens}, more than maxNumTokens ${maxNumTokens}: ` +
          'no chunk could ever run.',
      );
    }
    chunkUnitTokens = maxNumTokens;
  }
  return {
    maxBatchSize: checkInteger('maxBatchSize', given.maxBatchSize, 1, 65536),
    maxNumTokens,
    maxQueuedRequests: checkInteger('maxQueuedRequests', given.maxQueuedRequests, 1, maxTokens),
    tokensPerBlock,
    kvBlocks: checkInteger('kvBlocks', given.kvBlocks, 1, 2 ** 26),
    capacityPolicy: checkChoice('capacityPolicy', given.capacityPolicy, capacityPolicies),
    contextChunking,
    chunkUnitTokens,
    blockReuse: given.blockReuse,
    maxDraftTokens,
  };
}

/** The order of native/options.h. */
export function encodeOptions(o: Required<SchedulerOptions>): Float64Array {
  return Float64Array.of(
    o.maxBatchSize,
    o.maxNumTokens,
    o.maxQueuedRequests,
    o.tokensPerBlock,
    o.kvBlocks,
    capacityPolicies.indexOf(o.capacityPolicy),
    contextChunkings.indexOf(o.contextChunking),
    o.chunkUnitTokens,
    o.blockReuse ? 1 : 0,
    o.maxDraftTokens,
  );
}

/** Throws when the request is malformed or could never run under these options. */
export function checkRequest(r: RequestSubmission, o: Required<SchedulerOptions>): void {
  for (const name in r) {
    if (!(requestNames as readonly string[]).includes(name))
      checkNames('The request', r, requestNames);
  }
  checkInteger('id', r.id, 0, 2 ** 32 - 1);
  checkInteger('promptTokens', r.promptTokens, 1, maxTokens);
  checkInteger('maxNewTokens', r.maxNewTokens, 1, maxTokens);
  const priority = r.priority ?? 0.5;
  if (typeof priority !== 'number' || !(priority >= 0 && priority <= 1)) {
    throw new SchedulerError(`priority is ${show(priority)}; it must be a number from 0 to 1.`);
  }
  const deadlineNs = r.deadlineNs ?? Number.POSITIVE_INFINITY;
  if (typeof deadlineNs !== 'number' || !(deadlineNs >= 0)) {
    throw new SchedulerError(`deadlineNs is ${show(deadlineNs)}; it must be a number from 0 up.`);
  }
  if (r.retentionPriority !== undefined)
    checkInteger('retentionPriority', r.retentionPriority, 0, 100);
  if (r.contextDraftTokens !== undefined) {
    checkInteger('contextDraftTokens', r.contextDraftTokens, 0, o.maxDraftTokens);
  }
  const blocks = Math.ceil((r.promptTokens + r.maxNewTokens) / o.tokensPerBlock);
  if (blocks > o.kvBlocks) {
    throw new SchedulerError(
      `Request ${r.id} can never fit: promptTokens ${r.promptTokens} + maxNewTokens ` +
        `${r.maxNewTokens} need ${blocks} KV blocks of ${o.tokensPerBlock} tokens, ` +
        `and there are ${o.kvBlocks}.`,
    );
  }
  const context = r.promptTokens + (r.contextDraftTokens ?? 0);
  if (o.contextChunking === 'off' && context > o.maxNumTokens) {
    throw new SchedulerError(
      `Request ${r.id} can never run: its context of ${context} tokens is longer than ` +
        `maxNumTokens ${o.maxNumTokens}, and contextChunking is off.`,
    );
  }
  if (r.prefix !== undefined) checkPrefix(r.prefix);
}

function checkPrefix(prefix: NonNullable<RequestSubmission['prefix']>): void {
  checkNames('prefix', prefix, ['hashes', 'tokensPerHash']);
  checkInteger('prefix.tokensPerHash', prefix.tokensPerHash, 1, maxTokens);
  const { hashes } = prefix;
  if (!(hashes instanceof Float64Array) && !Array.isArray(hashes)) {
    throw new SchedulerError(`prefix.hashes must be a list of numbers; got ${show(hashes)}.`);
  }
  for (let i = 0; i < hashes.length; i++) {
    const hash: unknown = hashes[i];
    if (typeof hash !== 'number' || !Number.isSafeInteger(hash) || hash < 0) {
      throw new SchedulerError(
        `prefix.hashes[${i}] is ${show(hash)}; it must be an integer from 0 to 2^53 - 1.`,
      );
    }
  }
}
