/**
 * Law: conservation of requests. Whoever was accepted lives, once, until the driver finishes it, it
 * reaches maxNewTokens, it is cancelled, or its deadline passes; nobody else lives.
 */
import { byId, type Checker, demand, type Observation, requestsOf } from './checker.ts';

export class RequestConservation implements Checker {
  readonly law = 'conservation of requests';

  check({ event, before, after }: Observation): void {
    if (event.kind === 'restored') return;
    const expected = new Set(requestsOf(before).map((r) => r.id));
    const old = byId(before);
    switch (event.kind) {
      case 'submitted':
        if (event.accepted) expected.add(event.request.id);
        break;
      case 'cancelled':
        if (event.found && !old.get(event.id)!.planned) expected.delete(event.id);
        break;
      case 'planned':
        for (const r of requestsOf(before)) {
          if (r.deadlineNs <= event.nowNs) expected.delete(r.id);
        }
        this.same(
          new Set(event.plan.expired),
          new Set([...old.keys()].filter((id) => !expected.has(id))),
          'expired',
        );
        break;
      case 'committed':
        for (const entry of event.entries) {
          const r = old.get(entry.id)!;
          const ended = entry.finished || r.emitted + entry.emitted >= r.maxNewTokens;
          if (ended) expected.delete(r.id);
        }
        for (const r of requestsOf(before)) {
          if (r.planned && r.cancelled) expected.delete(r.id);
        }
        break;
    }
    const live = requestsOf(after).map((r) => r.id);
    demand(this.law, new Set(live).size === live.length, () => `an id lives twice: ${live}`);
    this.same(new Set(live), expected, `live after ${event.kind}`);
    if (event.kind !== 'planned') return;
    const { sums } = event.plan;
    demand(
      this.law,
      sums.queuedRequests === after.waiting.length && sums.activeRequests === after.active.length,
      () =>
        `the plan counts ${sums.queuedRequests} + ${sums.activeRequests} requests, ` +
        `the state ${after.waiting.length} + ${after.active.length}`,
    );
  }

  private same(given: ReadonlySet<number>, expected: ReadonlySet<number>, what: string): void {
    for (const id of expected) {
      demand(this.law, given.has(id), () => `request ${id} is missing among those ${what}`);
    }
    for (const id of given) {
      demand(this.law, expected.has(id), () => `request ${id} should not be among those ${what}`);
    }
  }
}
