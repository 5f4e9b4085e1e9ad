/**
 * Law: work-conserving. No empty plan while anyone lives; and where memory is reserved to the end
 * (guaranteed-no-evict), the first waiting request begins as soon as a place in the batch, tokens
 * and blocks are there.
 */
import type { RequestState } from '../state.ts';
import {
  type Checker,
  contextTarget,
  demand,
  type Observation,
  type PlanRecord,
} from './checker.ts';

export class WorkConserving implements Checker {
  readonly law = 'work-conserving';

  check(observation: Observation): void {
    const { options, event, after } = observation;
    if (event.kind !== 'planned') return;
    const { plan } = event;
    const count = plan.contexts.length + plan.generations.length;
    const live = after.active.length + after.waiting.length;
    demand(this.law, count > 0 || live === 0, () => `an empty plan while ${live} requests live`);
    const head = after.waiting[0];
    if (head === undefined || options.capacityPolicy !== 'guaranteed-no-evict') return;
    if (count >= options.maxBatchSize || after.active.some((r) => !r.planned)) return;
    if (options.blockReuse && head.hashes.length > 0) return;
    demand(
      this.law,
      !(this.tokensFor(head, plan, observation) && this.blocksFor(head, plan, observation)),
      () => `request ${head.id} waits though batch, tokens and blocks would take it`,
    );
  }

  private tokensFor(
    head: RequestState,
    plan: PlanRecord,
    { options, after }: Observation,
  ): boolean {
    const drafts = plan.contexts.reduce((sum, c) => sum + c.draftTokens, 0);
    const { contextTokensTotal, generationTokensTotal } = plan.sums;
    const left = after.tokenLimit - contextTokensTotal - generationTokensTotal - drafts;
    const whole = contextTarget(head);
    if (options.contextChunking === 'off') return whole + head.wantedDraft <= left;
    return Math.min(whole, options.chunkUnitTokens) <= left;
  }

  /** Planning does not credit reuse, so blocks that this plan shared came too late for `head`. */
  private blocksFor(
    head: RequestState,
    plan: PlanRecord,
    { options, after }: Observation,
  ): boolean {
    const total = (r: RequestState): number =>
      Math.ceil((r.promptTokens + r.maxNewTokens) / options.tokensPerBlock);
    const reserved = after.active.reduce((sum, r) => sum + total(r) - r.blocks.length, 0);
    const shared = plan.contexts.reduce((sum, c) => sum + c.reusedTokens, 0);
    const available = after.freeBlocks + after.cachedBlocks - reserved;
    return total(head) <= available - shared / options.tokensPerBlock;
  }
}
