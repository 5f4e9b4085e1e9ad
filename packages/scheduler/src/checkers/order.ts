/**
 * Law: order. Lists stand by priority, first come first served inside; a waiting request is
 * overtaken only to hit a shared prefix or for want of a whole chunk; whoever is paused stood
 * behind all that kept running; in the reuse tree a child never outlives its parent, and what is
 * evicted has the lowest priority and the oldest use.
 */
import type { RequestState, SchedulerState } from '../state.ts';
import {
  byId,
  type Checker,
  demand,
  type Observation,
  type PlanRecord,
  standsBefore,
  storableBlocks,
} from './checker.ts';

export class Order implements Checker {
  readonly law = 'order';

  check(observation: Observation): void {
    const { options, event, before, after } = observation;
    this.checkSorted(after.active);
    this.checkSorted(after.waiting);
    this.checkTree(after, options.tokensPerBlock);
    if (event.kind !== 'restored') this.checkEviction(before, after);
    if (event.kind !== 'planned') return;
    this.checkPlanOrder(event.plan, after);
    this.checkPaused(event.plan, before, after);
    this.checkOvertaking(event.plan, observation);
  }

  private checkSorted(list: readonly RequestState[]): void {
    for (let i = 1; i < list.length; i++) {
      const [a, b] = [list[i - 1]!, list[i]!];
      demand(this.law, standsBefore(a, b), () => `request ${b.id} stands behind ${a.id}`);
    }
  }

  private checkPlanOrder(plan: PlanRecord, after: SchedulerState): void {
    const place = new Map(after.active.map((r, i) => [r.id, i]));
    const rising = (ids: readonly number[]): boolean =>
      ids.every((id, i) => i === 0 || place.get(ids[i - 1]!)! < place.get(id)!);
    const inner = plan.contexts.filter((c) => !c.isLast);
    const last = plan.contexts.filter((c) => c.isLast);
    const split = plan.contexts.every((c, i) => c.isLast === i >= inner.length);
    demand(
      this.law,
      split && [inner, last, plan.generations].every((list) => rising(list.map((e) => e.id))),
      () => 'the plan is not in list order, chunks that leave a rest first',
    );
  }

  private checkPaused(plan: PlanRecord, before: SchedulerState, after: SchedulerState): void {
    const old = byId(before);
    const now = byId(after);
    for (const id of plan.paused) {
      const victim = old.get(id)!;
      for (const r of before.active) {
        const stayed = now.get(r.id)?.phase !== 'waiting' && now.has(r.id);
        demand(
          this.law,
          !(stayed && standsBefore(victim, r)),
          () => `request ${id} was paused while ${r.id} behind it kept running`,
        );
      }
    }
  }

  /** A request that began in this plan has nobody waiting in front of it without a reason. */
  private checkOvertaking(plan: PlanRecord, { options, before, after }: Observation): void {
    const old = byId(before);
    const left =
      after.tokenLimit -
      plan.sums.contextTokensTotal -
      plan.sums.generationTokensTotal -
      plan.contexts.reduce((sum, c) => sum + c.draftTokens, 0);
    const shortOfTokens = options.contextChunking !== 'off' && left < options.chunkUnitTokens;
    const now = byId(after);
    const began = plan.contexts.filter((c) => old.get(c.id)!.phase === 'waiting');
    for (const { id } of began) {
      for (const other of after.waiting) {
        if (!standsBefore(other, now.get(id)!)) continue;
        const mayWait = options.blockReuse && other.hashes.length > 0;
        demand(
          this.law,
          mayWait || shortOfTokens,
          () => `request ${id} began before ${other.id}, which waits in front of it`,
        );
      }
    }
  }

  private checkTree(state: SchedulerState, tokensPerBlock: number): void {
    const kids = new Map<number, number>();
    const contents = new Set<string>();
    state.blocks.forEach((block, i) => {
      if (!block.inTree) return;
      const content = `${block.parent} ${block.key}`;
      demand(this.law, !contents.has(content), () => `block ${i} doubles another's content`);
      contents.add(content);
      if (block.parent < 0) return;
      kids.set(block.parent, (kids.get(block.parent) ?? 0) + 1);
      const parent = state.blocks[block.parent]!;
      demand(this.law, parent.inTree, () => `block ${i} outlived its parent ${block.parent}`);
    });
    state.blocks.forEach((block, i) => {
      if (!block.inTree) return;
      const count = kids.get(i) ?? 0;
      demand(this.law, block.kids === count, () => `block ${i} counts ${block.kids}, has ${count}`);
    });
    for (const r of state.active) {
      r.blocks.forEach((block, i) => {
        const stored = state.blocks[block]!.inTree;
        demand(
          this.law,
          stored === i < r.storedBlocks && (!stored || i < storableBlocks(r, tokensPerBlock)),
          () => `block ${i} of request ${r.id} is${stored ? '' : ' not'} in the reuse tree`,
        );
      });
    }
  }

  private checkEviction(before: SchedulerState, after: SchedulerState): void {
    const still = (i: number): boolean => {
      const [a, b] = [before.blocks[i]!, after.blocks[i]!];
      return b.inTree && a.key === b.key && a.parent === b.parent;
    };
    let youngestEvicted = -1n;
    before.blocks.forEach((block, i) => {
      if (block.inTree && block.refs === 0 && !still(i) && block.evictKey > youngestEvicted) {
        youngestEvicted = block.evictKey;
      }
    });
    before.blocks.forEach((block, i) => {
      const waited = block.inTree && block.refs === 0 && block.kids === 0 && still(i);
      const now = after.blocks[i]!;
      if (!waited || now.refs > 0 || now.kids > 0 || now.evictKey !== block.evictKey) return;
      demand(
        this.law,
        block.evictKey > youngestEvicted,
        () => `block ${i} stayed while one with a higher retention or a later use was evicted`,
      );
    });
  }
}
