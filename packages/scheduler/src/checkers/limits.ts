/**
 * Law: limits. No step passes maxBatchSize, the token limit, the draft budget or a request's draft
 * limit; inner chunks are whole units; the queue refuses exactly when it is full; without eviction
 * nobody is paused; a static batch takes nobody in while it generates.
 */
import { byId, type Checker, demand, type Observation, type PlanRecord } from './checker.ts';

export class Limits implements Checker {
  readonly law = 'limits';

  check(observation: Observation): void {
    const { options, event, before } = observation;
    if (event.kind === 'submitted') {
      const full = before.waiting.length >= options.maxQueuedRequests;
      demand(this.law, event.accepted === !full, () =>
        event.accepted ? 'a full queue took a request' : 'a queue with room refused a request',
      );
    }
    if (event.kind === 'planned') this.checkPlan(event.plan, observation);
  }

  private checkPlan(plan: PlanRecord, { options, before, after }: Observation): void {
    const { contexts, generations } = plan;
    const count = contexts.length + generations.length;
    demand(this.law, count <= options.maxBatchSize, () => `${count} requests in one step`);
    const contextDrafts = contexts.reduce((sum, c) => sum + c.draftTokens, 0);
    const { contextTokensTotal, generationTokensTotal } = plan.sums;
    const tokens = contextTokensTotal + generationTokensTotal + contextDrafts;
    demand(
      this.law,
      tokens <= after.tokenLimit,
      () => `${tokens} tokens in one step; the limit is ${after.tokenLimit}`,
    );
    const drafts = generationTokensTotal - generations.length + contextDrafts;
    const budget = after.draftBudget ?? Number.POSITIVE_INFINITY;
    demand(this.law, drafts <= budget, () => `${drafts} drafts; the budget is ${budget}`);
    for (const g of generations) {
      const most = 1 + options.maxDraftTokens;
      demand(this.law, g.tokens <= most, () => `request ${g.id} gets ${g.tokens} tokens`);
    }
    for (const c of contexts) {
      demand(
        this.law,
        c.isLast || c.tokens % options.chunkUnitTokens === 0,
        () => `the inner chunk of request ${c.id} has ${c.tokens} tokens`,
      );
    }
    demand(
      this.law,
      plan.paused.length === 0 || options.capacityPolicy === 'max-utilization',
      () => `${options.capacityPolicy} paused request ${plan.paused[0]}`,
    );
    const closed =
      options.capacityPolicy === 'static-batch' &&
      before.active.some((r) => r.phase === 'generation' && byId(after).has(r.id));
    const old = byId(before);
    const joined = contexts.find((c) => old.get(c.id)!.phase === 'waiting');
    demand(
      this.law,
      !closed || joined === undefined,
      () => `request ${joined?.id} joined a static batch that generates`,
    );
  }
}
