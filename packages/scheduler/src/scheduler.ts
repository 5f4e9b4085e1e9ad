/**
 * What a scheduler is, whichever back end runs it: in-flight batching in the manner of
 * TensorRT-LLM.
 *
 * The driver (a simulator or a real engine) repeats: `next(now)` fills `plan`; the driver runs the
 * step and writes `outcome`; `commit()` applies it. `commitAndNext(now)` does both in one crossing.
 *
 * Worked example: block size 16, a prompt of 40 tokens, 4 draft tokens wanted. Its first plan is
 * the chunk [0, 40) and takes 3 blocks. The commit emits token 1; KV stays 40 tokens long, because
 * a new token has no KV yet. The next plan is 1 + 4 generation tokens over 40 KV tokens; the driver
 * says 3 were emitted (2 accepted + 1), so KV is 43 tokens long and still 3 blocks.
 */

export type CapacityPolicy = 'guaranteed-no-evict' | 'max-utilization' | 'static-batch';
export type ContextChunking = 'off' | 'first-come-first-served' | 'equal-progress';

export interface SchedulerOptions {
  /** Most requests in one step, 1..65536. */
  maxBatchSize: number;
  /** Most tokens in one step; a generation request costs 1 + its draft tokens. */
  maxNumTokens: number;
  /** Most waiting requests; `submit` returns false beyond it. */
  maxQueuedRequests: number;
  tokensPerBlock: number;
  /** KV blocks in all. */
  kvBlocks: number;
  capacityPolicy: CapacityPolicy;
  contextChunking: ContextChunking;
  /** A chunk that is not the last is a multiple of this; default tokensPerBlock. */
  chunkUnitTokens?: number;
  /** Keep full prompt blocks in a tree and reuse them for equal prefixes. */
  blockReuse: boolean;
  /** Most draft tokens one request may ever carry in a step (beams · draftLength). */
  maxDraftTokens: number;
}

export interface RequestSubmission {
  /** uint32, chosen by the caller, unique among live requests. */
  id: number;
  promptTokens: number;
  maxNewTokens: number;
  /** 0..1, default 0.5, higher first, FIFO inside; compared in steps of 0.001. */
  priority?: number;
  /** Absolute; a request not finished by then leaves at the next plan. */
  deadlineNs?: number;
  /** Content ids of the prompt's runs of tokensPerHash tokens, in order: integers below 2^53. */
  prefix?: { hashes: readonly number[] | Float64Array; tokensPerHash: number };
  /** Eviction priority of its KV blocks, 0..100, default 35; lower leaves first. */
  retentionPriority?: number;
  /** Draft tokens that arrive with the prompt, verified behind its last chunk; default 0. */
  contextDraftTokens?: number;
}

/**
 * The step to run. All arrays are views on memory that the scheduler owns and reuses: read as many
 * entries as the count says, before the next call. In WebAssembly a view may be replaced when
 * memory grows, so take arrays from `plan` anew each step.
 */
export interface StepPlan {
  readonly contextCount: number;
  readonly generationCount: number;
  readonly pausedCount: number;
  readonly expiredCount: number;
  /**
   * Context requests; the chunk is [start, start + tokens). Chunks that leave a rest come first.
   */
  readonly contextId: Uint32Array;
  readonly contextStart: Int32Array;
  readonly contextTokens: Int32Array;
  readonly contextIsLast: Uint8Array;
  /** Tokens taken from the reuse cache at admission (first chunk), else 0. */
  readonly contextReusedTokens: Int32Array;
  /** Draft tokens verified behind the last chunk; 0 unless submitted with contextDraftTokens. */
  readonly contextDraftTokens: Int32Array;
  readonly generationId: Uint32Array;
  /** 1 + granted draft tokens. */
  readonly generationTokens: Int32Array;
  /** KV length before this step. */
  readonly generationKvTokens: Int32Array;
  /** Paused by this plan (max-utilization): back in the queue, to be computed again. */
  readonly pausedId: Uint32Array;
  readonly expiredId: Uint32Array;
  readonly contextTokensTotal: number;
  readonly generationTokensTotal: number;
  readonly generationKvTokensTotal: number;
  /** Query-key pairs of the chunks: Σ over chunks of Σ_{i < tokens} (start + i + 1). */
  readonly contextPairsTotal: number;
  /** Σ start + tokens. */
  readonly contextKvTokensTotal: number;
  readonly contextLastCount: number;
  /** After the plan: blocks in use, requests waiting, requests started. */
  readonly blocksUsed: number;
  readonly queuedRequests: number;
  readonly activeRequests: number;
}

/** What the driver writes before commit, at the plan's indices. */
export interface StepOutcome {
  /** For last chunks: 1 = the request ended with its first token. Preset to 0. */
  readonly contextFinished: Uint8Array;
  /** For last chunks: draft tokens wanted for its next step. Preset to 0. */
  readonly contextNextDraft: Int32Array;
  /** For last chunks: 1..1 + contextDraftTokens. Preset to 1. */
  readonly contextEmitted: Int32Array;
  /** 1..generationTokens: accepted draft tokens + 1. Not preset, like the two below. */
  readonly generationEmitted: Int32Array;
  readonly generationFinished: Uint8Array;
  readonly generationNextDraft: Int32Array;
}

export interface Scheduler {
  readonly kind: 'native' | 'wasm';
  readonly options: Readonly<Required<SchedulerOptions>>;
  /** The same objects for the scheduler's life. */
  readonly plan: StepPlan;
  readonly outcome: StepOutcome;
  /** False when the queue is full: nothing has changed. Throws SchedulerError on invalid input. */
  submit(request: RequestSubmission): boolean;
  /** False when no such request lives. A request of the pending step leaves at its commit. */
  cancel(id: number): boolean;
  /** Fills `plan`. Throws when a plan is pending. */
  next(nowNs: number): void;
  /**
   * Reads `outcome`. Throws, changing nothing, when a value is out of range or no plan is pending.
   */
  commit(): void;
  /** Same result as commit(); next(nowNs), in one boundary crossing. */
  commitAndNext(nowNs: number): void;
  /** Most draft tokens of the whole step, or null for no limit. */
  setDraftBudget(tokens: number | null): void;
  /** Node survivals of the request's token tree, descending, kept until set again or paused. */
  setSurvival(id: number, survival: Float32Array): void;
  /** Lowers (or raises again, up to maxNumTokens) the token limit of the steps to come. */
  setTokenLimit(tokens: number): void;
  /** Versioned bytes, equal for equal states, the same from either back end. */
  snapshot(): Uint8Array;
  /** Throws on foreign, corrupt or differently configured bytes, keeping the present state. */
  restore(bytes: Uint8Array): void;
  /** Everything a law checker needs, as plain objects. Slow: for tests and debugging. */
  inspect(): import('./state.ts').SchedulerState;
  free(): void;
}

export type SchedulerFactory = (options: SchedulerOptions) => Scheduler;
