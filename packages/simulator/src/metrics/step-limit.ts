/**
 * What kept a step from taking in more requests, counted over a run: it names the limit that binds.
 *
 * Worked example: with requests waiting and 64 of at most 64 active, the batch size binds, whatever
 * else is full.
 */
export const STEP_LIMIT = {
  /** No request was waiting. */
  none: 0,
  kvBlocks: 1,
  batchSize: 2,
  tokenBudget: 3,
} as const;

export type StepLimit = (typeof STEP_LIMIT)[keyof typeof STEP_LIMIT];

/**
 * The limit of a step from its plan. Context work that did not fit the token budget leaves the step
 * with all, or (chunk units being whole) nearly all of its tokens spent: less than
 * `chunkUnitTokens` left.
 */
export function stepLimitOf(
  queuedRequests: number,
  activeRequests: number,
  maxBatchSize: number,
  stepTokens: number,
  maxNumTokens: number,
  chunkUnitTokens: number,
): StepLimit {
  if (queuedRequests === 0) return STEP_LIMIT.none;
  if (activeRequests >= maxBatchSize) return STEP_LIMIT.batchSize;
  if (stepTokens + chunkUnitTokens > maxNumTokens) return STEP_LIMIT.tokenBudget;
  return STEP_LIMIT.kvBlocks;
}
