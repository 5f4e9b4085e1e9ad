/** Drivers for tests: what a step contained, as short text, and loops that run a scheduler dry. */
import { type PlanRecord, recordPlan } from '../../src/checkers/index.ts';
import type { Scheduler } from '../../src/index.ts';

/** `c0[0,20)` a chunk, `c0[20,30)!` a last chunk, `g1` a generation, `g1+4` with four drafts. */
export function describePlan(scheduler: Scheduler): string {
  const plan = recordPlan(scheduler.plan);
  return describe(plan);
}

export function describe(plan: PlanRecord): string {
  const contexts = plan.contexts.map((c) => {
    const reused = c.reusedTokens > 0 ? `~${c.reusedTokens}` : '';
    const drafts = c.draftTokens > 0 ? `+${c.draftTokens}` : '';
    return `c${c.id}[${c.start},${c.start + c.tokens})${c.isLast ? '!' : ''}${drafts}${reused}`;
  });
  const generations = plan.generations.map(
    (g) => `g${g.id}${g.tokens > 1 ? `+${g.tokens - 1}` : ''}`,
  );
  const paused = plan.paused.map((id) => `paused ${id}`);
  const expired = plan.expired.map((id) => `expired ${id}`);
  return [...contexts, ...generations, ...paused, ...expired].join(' ');
}

export interface Emit {
  /** Tokens a generation request emits of `tokens` verified; default 1. */
  emitted?: (id: number, tokens: number) => number;
  /** Draft tokens it wants next; default 0. */
  nextDraft?: (id: number) => number;
  /** True when it ends now; default never before maxNewTokens. */
  finished?: (id: number) => boolean;
}

/** Writes the outcome of the planned step. */
export function answer(scheduler: Scheduler, emit: Emit = {}): void {
  const { plan, outcome } = scheduler;
  for (let i = 0; i < plan.contextCount; i++) {
    const id = plan.contextId[i]!;
    outcome.contextNextDraft[i] = emit.nextDraft?.(id) ?? 0;
    outcome.contextFinished[i] = emit.finished?.(id) ? 1 : 0;
  }
  for (let i = 0; i < plan.generationCount; i++) {
    const id = plan.generationId[i]!;
    outcome.generationEmitted[i] = emit.emitted?.(id, plan.generationTokens[i]!) ?? 1;
    outcome.generationNextDraft[i] = emit.nextDraft?.(id) ?? 0;
    outcome.generationFinished[i] = emit.finished?.(id) ? 1 : 0;
  }
}

/** The next plan as text; the step before it is answered first when one is pending. */
export function step(scheduler: Scheduler, emit: Emit = {}, nowNs = 0): string {
  if (scheduler.inspect().pending) {
    answer(scheduler, emit);
    scheduler.commitAndNext(nowNs);
  } else {
    scheduler.next(nowNs);
  }
  return describePlan(scheduler);
}

/**
 * Runs until an empty plan and returns each step's text; an empty plan is committed, not listed.
 */
export function runDry(scheduler: Scheduler, emit: Emit = {}, most = 100_000): string[] {
  const steps: string[] = [];
  scheduler.next(0);
  while (scheduler.plan.contextCount + scheduler.plan.generationCount > 0) {
    if (steps.length >= most) throw new Error(`still running after ${most} steps`);
    steps.push(describePlan(scheduler));
    answer(scheduler, emit);
    scheduler.commitAndNext(steps.length);
  }
  scheduler.commit();
  return steps;
}

/** The first and last step in which the request has tokens, and how many steps that are. */
export function span(
  steps: readonly string[],
  id: number,
): { first: number; last: number; count: number } {
  const mine = steps.flatMap((text, i) => (new RegExp(`[cg]${id}(?![0-9])`).test(text) ? [i] : []));
  return { first: mine[0] ?? -1, last: mine.at(-1) ?? -1, count: mine.length };
}
