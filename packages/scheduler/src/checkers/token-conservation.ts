/**
 * Law: conservation of tokens. Chunks cover the context once and without gaps, starting where reuse
 * ends; emitted tokens are exactly the sum of what the driver committed; a pause moves tokens into
 * the context and loses none; nobody gets more draft tokens than it asked for or could use.
 */
import type { RequestState, SchedulerState } from '../state.ts';
import {
  byId,
  type Checker,
  contextTarget,
  demand,
  kvTokens,
  type Observation,
  type PlannedContext,
  type PlannedGeneration,
  type PlanRecord,
  requestsOf,
} from './checker.ts';

export class TokenConservation implements Checker {
  readonly law = 'conservation of tokens';

  check({ options, event, before, after }: Observation): void {
    if (event.kind === 'planned') {
      this.checkSums(event.plan);
      const old = byId(before);
      const now = byId(after);
      for (const c of event.plan.contexts) {
        this.checkContext(c, old.get(c.id)!, now.get(c.id)!, options.tokensPerBlock);
      }
      for (const g of event.plan.generations) this.checkGeneration(g, old.get(g.id)!);
      for (const id of event.plan.paused) this.checkPause(old.get(id)!, now.get(id)!);
      this.checkUntouched(before, after, new Set(event.plan.paused));
    }
    if (event.kind === 'committed') this.checkCommit(event, before, after);
  }

  private checkContext(
    c: PlannedContext,
    old: RequestState,
    now: RequestState,
    tokensPerBlock: number,
  ): void {
    const begun = old.phase === 'context';
    const start = begun ? old.computed : c.reusedTokens;
    const target = contextTarget(now);
    demand(
      this.law,
      c.start === start && now.computed === start && c.tokens >= 1,
      () => `request ${c.id} computes [${c.start}, +${c.tokens}) where ${start} tokens are done`,
    );
    demand(
      this.law,
      c.start + c.tokens <= target && c.isLast === (c.start + c.tokens === target),
      () => `request ${c.id}: chunk [${c.start}, +${c.tokens}) of ${target}, last ${c.isLast}`,
    );
    const reuse = c.reusedTokens;
    demand(
      this.law,
      reuse % tokensPerBlock === 0 &&
        reuse < target &&
        reuse <= now.promptTokens &&
        !(begun && reuse > 0),
      () => `request ${c.id} reuses ${reuse} of ${target} context tokens`,
    );
    this.checkDrafts(c.id, c.isLast ? c.draftTokens : 0, old);
    demand(this.law, c.isLast || c.draftTokens === 0, () => `drafts behind an inner chunk`);
  }

  private checkGeneration(g: PlannedGeneration, old: RequestState): void {
    const kv = kvTokens(old);
    demand(
      this.law,
      old.phase === 'generation' && g.kvTokens === kv && g.tokens >= 1,
      () => `request ${g.id} generates over ${g.kvTokens} KV tokens; it has ${kv}`,
    );
    this.checkDrafts(g.id, g.tokens - 1, old);
  }

  private checkDrafts(id: number, granted: number, old: RequestState): void {
    const most = Math.max(0, Math.min(old.wantedDraft, old.maxNewTokens - old.emitted - 1));
    demand(
      this.law,
      granted <= most,
      () => `request ${id} gets ${granted} drafts, most is ${most}`,
    );
  }

  private checkPause(old: RequestState, now: RequestState): void {
    demand(
      this.law,
      now.phase === 'waiting' &&
        now.emitted === old.emitted &&
        now.folded === old.emitted &&
        now.computed === 0,
      () => `request ${old.id} was paused with ${old.emitted} tokens and has ${now.folded} folded`,
    );
  }

  private checkUntouched(
    before: SchedulerState,
    after: SchedulerState,
    paused: ReadonlySet<number>,
  ): void {
    const now = byId(after);
    for (const old of requestsOf(before)) {
      const r = now.get(old.id);
      if (r === undefined) continue;
      const same = r.emitted === old.emitted && (paused.has(r.id) || r.folded === old.folded);
      demand(this.law, same, () => `planning changed the tokens of request ${r.id}`);
    }
  }

  private checkCommit(
    event: Extract<Observation['event'], { kind: 'committed' }>,
    before: SchedulerState,
    after: SchedulerState,
  ): void {
    const emitted = new Map(event.entries.map((e) => [e.id, e.emitted]));
    const chunk = new Map(event.plan.contexts.map((c) => [c.id, c.tokens]));
    const old = byId(before);
    for (const r of requestsOf(after)) {
      const was = old.get(r.id)!;
      const expected = was.emitted + (emitted.get(r.id) ?? 0);
      demand(
        this.law,
        r.emitted === expected && r.emitted < r.maxNewTokens,
        () => `request ${r.id} has emitted ${r.emitted} tokens; the commits sum to ${expected}`,
      );
      const computed = was.computed + (chunk.get(r.id) ?? 0);
      demand(
        this.law,
        r.computed === computed,
        () => `request ${r.id} has ${r.computed} context tokens computed, not ${computed}`,
      );
      demand(
        this.law,
        (r.phase === 'generation') === (r.phase !== 'waiting' && r.computed === contextTarget(r)),
        () => `request ${r.id} is in ${r.phase} with ${r.computed} of ${contextTarget(r)} tokens`,
      );
    }
  }

  private checkSums(plan: PlanRecord): void {
    const sum = <T>(list: readonly T[], of: (item: T) => number): number =>
      list.reduce((total, item) => total + of(item), 0);
    const { contexts, generations, sums } = plan;
    const expected: Partial<PlanRecord['sums']> = {
      contextTokensTotal: sum(contexts, (c) => c.tokens),
      contextPairsTotal: sum(contexts, (c) => c.tokens * c.start + (c.tokens * (c.tokens + 1)) / 2),
      contextKvTokensTotal: sum(contexts, (c) => c.start + c.tokens),
      contextLastCount: sum(contexts, (c) => (c.isLast ? 1 : 0)),
      generationTokensTotal: sum(generations, (g) => g.tokens),
      generationKvTokensTotal: sum(generations, (g) => g.kvTokens),
    };
    for (const [name, value] of Object.entries(expected)) {
      const given = sums[name as keyof PlanRecord['sums']];
      demand(this.law, given === value, () => `the plan's ${name} is ${given}, its list ${value}`);
    }
  }
}
