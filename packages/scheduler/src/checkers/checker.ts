/**
 * What a law checker sees. It is handed each event of a scheduler's life with the state after it,
 * read from the core's own snapshot, and throws LawBroken when its one law does not hold.
 */
import type { RequestSubmission, SchedulerOptions, StepOutcome, StepPlan } from '../scheduler.ts';
import type { RequestState, SchedulerState } from '../state.ts';

export interface PlannedContext {
  readonly id: number;
  readonly start: number;
  readonly tokens: number;
  readonly isLast: boolean;
  readonly reusedTokens: number;
  readonly draftTokens: number;
}

export interface PlannedGeneration {
  readonly id: number;
  readonly tokens: number;
  readonly kvTokens: number;
}

/** A plan copied out of the scheduler's memory. */
export interface PlanRecord {
  readonly contexts: readonly PlannedContext[];
  readonly generations: readonly PlannedGeneration[];
  readonly paused: readonly number[];
  readonly expired: readonly number[];
  readonly sums: {
    readonly contextTokensTotal: number;
    readonly generationTokensTotal: number;
    readonly generationKvTokensTotal: number;
    readonly contextPairsTotal: number;
    readonly contextKvTokensTotal: number;
    readonly contextLastCount: number;
    readonly blocksUsed: number;
    readonly queuedRequests: number;
    readonly activeRequests: number;
  };
}

/** What the driver said of one planned request that emitted something. */
export interface CommitEntry {
  readonly id: number;
  readonly emitted: number;
  readonly finished: boolean;
  readonly nextDraft: number;
}

export type SchedulerEvent =
  | { readonly kind: 'submitted'; readonly request: RequestSubmission; readonly accepted: boolean }
  | { readonly kind: 'cancelled'; readonly id: number; readonly found: boolean }
  | { readonly kind: 'planned'; readonly plan: PlanRecord; readonly nowNs: number }
  | {
      readonly kind: 'committed';
      readonly plan: PlanRecord;
      readonly entries: readonly CommitEntry[];
    }
  | { readonly kind: 'restored' };

export interface Observation {
  readonly options: Readonly<Required<SchedulerOptions>>;
  readonly event: SchedulerEvent;
  /** The state before the event, and after it. */
  readonly before: SchedulerState;
  readonly after: SchedulerState;
}

export interface Checker {
  readonly law: string;
  /** Throws LawBroken. */
  check(observation: Observation): void;
}

export class LawBroken extends Error {
  readonly law: string;

  constructor(law: string, message: string) {
    super(`${law}: ${message}`);
    this.name = 'LawBroken';
    this.law = law;
  }
}

/** Throws LawBroken unless `holds`; the message is built only then. */
export function demand(law: string, holds: boolean, message: () => string): void {
  if (!holds) throw new LawBroken(law, message());
}

export function requestsOf(state: SchedulerState): RequestState[] {
  return [...state.active, ...state.waiting];
}

export function byId(state: SchedulerState): Map<number, RequestState> {
  return new Map(requestsOf(state).map((r) => [r.id, r]));
}

/** Tokens the context phase must compute: the prompt and what a pause moved into it. */
export function contextTarget(r: RequestState): number {
  return r.promptTokens + r.folded;
}

/** KV tokens of a generating request: the newest token has no KV yet. */
export function kvTokens(r: RequestState): number {
  return r.promptTokens + r.emitted - 1;
}

/** Full prompt blocks that the content ids cover: all that may stand in the reuse tree. */
export function storableBlocks(r: RequestState, tokensPerBlock: number): number {
  const covered = Math.min(r.promptTokens, r.hashes.length * r.tokensPerHash);
  return Math.floor(covered / tokensPerBlock);
}

/** True when `a` stands before `b` in list order: priority, then arrival. */
export function standsBefore(a: RequestState, b: RequestState): boolean {
  return a.priorityLevel !== b.priorityLevel
    ? a.priorityLevel > b.priorityLevel
    : a.sequence < b.sequence;
}

export function recordPlan(plan: StepPlan): PlanRecord {
  const contexts = Array.from({ length: plan.contextCount }, (_, i) => ({
    id: plan.contextId[i]!,
    start: plan.contextStart[i]!,
    tokens: plan.contextTokens[i]!,
    isLast: plan.contextIsLast[i] === 1,
    reusedTokens: plan.contextReusedTokens[i]!,
    draftTokens: plan.contextDraftTokens[i]!,
  }));
  const generations = Array.from({ length: plan.generationCount }, (_, i) => ({
    id: plan.generationId[i]!,
    tokens: plan.generationTokens[i]!,
    kvTokens: plan.generationKvTokens[i]!,
  }));
  return {
    contexts,
    generations,
    paused: Array.from(plan.pausedId.subarray(0, plan.pausedCount)),
    expired: Array.from(plan.expiredId.subarray(0, plan.expiredCount)),
    sums: {
      contextTokensTotal: plan.contextTokensTotal,
      generationTokensTotal: plan.generationTokensTotal,
      generationKvTokensTotal: plan.generationKvTokensTotal,
      contextPairsTotal: plan.contextPairsTotal,
      contextKvTokensTotal: plan.contextKvTokensTotal,
      contextLastCount: plan.contextLastCount,
      blocksUsed: plan.blocksUsed,
      queuedRequests: plan.queuedRequests,
      activeRequests: plan.activeRequests,
    },
  };
}

export function recordOutcome(plan: PlanRecord, outcome: StepOutcome): CommitEntry[] {
  const entries: CommitEntry[] = [];
  plan.contexts.forEach((context, i) => {
    if (!context.isLast) return;
    entries.push({
      id: context.id,
      emitted: outcome.contextEmitted[i]!,
      finished: outcome.contextFinished[i] === 1,
      nextDraft: outcome.contextNextDraft[i]!,
    });
  });
  plan.generations.forEach((generation, i) => {
    entries.push({
      id: generation.id,
      emitted: outcome.generationEmitted[i]!,
      finished: outcome.generationFinished[i] === 1,
      nextDraft: outcome.generationNextDraft[i]!,
    });
  });
  return entries;
}
