/**
 * The board: the memory that JavaScript and the core share, laid out exactly as native/board.h
 * says. Plan and outcome are views on it, sums are read from its header, and arguments are left
 * there, so that a step crosses the boundary once and carries nothing.
 */
import type { StepOutcome, StepPlan } from './scheduler.ts';

/** Header slots, in doubles. */
export const slot = {
  now: 0,
  status: 1,
  detail: 2,
  contextCount: 4,
  generationCount: 5,
  pausedCount: 6,
  expiredCount: 7,
  contextTokensTotal: 8,
  generationTokensTotal: 9,
  generationKvTokensTotal: 10,
  contextPairsTotal: 11,
  contextKvTokensTotal: 12,
  contextLastCount: 13,
  blocksUsed: 14,
  queuedRequests: 15,
  activeRequests: 16,
  id: 32,
  promptTokens: 33,
  maxNewTokens: 34,
  priorityLevel: 35,
  deadline: 36,
  retention: 37,
  tokensPerHash: 38,
  hashCount: 39,
  firstDraft: 40,
  survivalCount: 41,
  limit: 42,
} as const;

const headerSlots = 64;
const none = new Uint32Array(0);

/** The plan as views; `take` points it at a board, again whenever memory has moved. */
export class BoardPlan implements StepPlan {
  header = new Float64Array(headerSlots);
  contextId = none;
  contextStart = new Int32Array(0);
  contextTokens = new Int32Array(0);
  contextReusedTokens = new Int32Array(0);
  contextDraftTokens = new Int32Array(0);
  contextIsLast = new Uint8Array(0);
  generationId = none;
  generationTokens = new Int32Array(0);
  generationKvTokens = new Int32Array(0);
  pausedId = none;
  /** Filled by the wrapper, only when something has expired. */
  expiredId = none;

  get contextCount(): number {
    return this.header[slot.contextCount];
  }
  get generationCount(): number {
    return this.header[slot.generationCount];
  }
  get pausedCount(): number {
    return this.header[slot.pausedCount];
  }
  get expiredCount(): number {
    return this.header[slot.expiredCount];
  }
  get contextTokensTotal(): number {
    return this.header[slot.contextTokensTotal];
  }
  get generationTokensTotal(): number {
    return this.header[slot.generationTokensTotal];
  }
  get generationKvTokensTotal(): number {
    return this.header[slot.generationKvTokensTotal];
  }
  get contextPairsTotal(): number {
    return this.header[slot.contextPairsTotal];
  }
  get contextKvTokensTotal(): number {
    return this.header[slot.contextKvTokensTotal];
  }
  get contextLastCount(): number {
    return this.header[slot.contextLastCount];
  }
  get blocksUsed(): number {
    return this.header[slot.blocksUsed];
  }
  get queuedRequests(): number {
    return this.header[slot.queuedRequests];
  }
  get activeRequests(): number {
    return this.header[slot.activeRequests];
  }
}

export class BoardOutcome implements StepOutcome {
  contextFinished = new Uint8Array(0);
  contextNextDraft = new Int32Array(0);
  contextEmitted = new Int32Array(0);
  generationEmitted = new Int32Array(0);
  generationFinished = new Uint8Array(0);
  generationNextDraft = new Int32Array(0);
}

/** Points plan and outcome at the board; returns the scratch for survivals. */
export function layOut(
  plan: BoardPlan,
  outcome: BoardOutcome,
  buffer: ArrayBuffer,
  offset: number,
  batch: number,
  maxDraft: number,
): Uint16Array {
  let at = offset + headerSlots * 8;
  const words = Math.ceil(batch / 2) * 2;
  const flags = Math.ceil(batch / 8) * 8;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const ints = () => new Int32Array(buffer, take(words * 4), batch);
  const ids = () => new Uint32Array(buffer, take(words * 4), batch);
  const bytes = () => new Uint8Array(buffer, take(flags), batch);
  plan.header = new Float64Array(buffer, offset, headerSlots);
  plan.contextId = ids();
  plan.contextStart = ints();
  plan.contextTokens = ints();
  plan.contextReusedTokens = ints();
  plan.contextDraftTokens = ints();
  plan.generationId = ids();
  plan.generationTokens = ints();
  plan.generationKvTokens = ints();
  plan.pausedId = ids();
  outcome.contextNextDraft = ints();
  outcome.contextEmitted = ints();
  outcome.generationEmitted = ints();
  outcome.generationNextDraft = ints();
  plan.contextIsLast = bytes();
  outcome.contextFinished = bytes();
  outcome.generationFinished = bytes();
  return new Uint16Array(buffer, at, maxDraft);
}
