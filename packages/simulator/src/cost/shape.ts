/**
 * What one engine step holds, as counts alone: made from the scheduler's plan and the drafting
 * shape. Example: 8 requests that each verify 9 rows over 1,000 past tokens have generationRows 72
 * and generationKvTokens 8,000.
 */
export interface StepShape {
  /** Context chunks in the step, their tokens, and Σ over tokens of the tokens they may see. */
  contextChunks: number;
  contextTokens: number;
  contextPairs: number;
  /** Σ over chunks of KV length after the chunk. */
  contextKvTokens: number;
  /** Chunks that end a prompt: each yields one row of logits. */
  contextLast: number;
  generationRequests: number;
  /** Σ (1 + draft tokens). */
  generationRows: number;
  /** Σ KV length before the step. */
  generationKvTokens: number;
  /** Requests that draft at the end of the step; 0 requests or 0 beams = no drafting. */
  draftRequests: number;
  beams: number;
  draftLength: number;
  /** Σ sequence length of the drafting requests: drafters with a KV cache of their own read it. */
  draftKvTokens: number;
  /** KV rows that compaction moves: accepted tokens that are not in place already. */
  movedTokens: number;
  /** Tree nodes that pruning by confidence considers; 0 = no pruning. */
  prunedFrom: number;
}

/** A step that holds nothing. */
export function emptyStepShape(): StepShape {
  return {
    contextChunks: 0,
    contextTokens: 0,
    contextPairs: 0,
    contextKvTokens: 0,
    contextLast: 0,
    generationRequests: 0,
    generationRows: 0,
    generationKvTokens: 0,
    draftRequests: 0,
    beams: 0,
    draftLength: 0,
    draftKvTokens: 0,
    movedTokens: 0,
    prunedFrom: 0,
  };
}
