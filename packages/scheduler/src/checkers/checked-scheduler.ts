/**
 * A scheduler with every law checker attached. Each call is followed by a look at the whole state,
 * so it is for tests; the scheduler underneath does all the work.
 */
import type {
  RequestSubmission,
  Scheduler,
  SchedulerOptions,
  StepOutcome,
  StepPlan,
} from '../scheduler.ts';
import type { SchedulerState } from '../state.ts';
import { BlockConservation } from './block-conservation.ts';
import {
  type Checker,
  type PlanRecord,
  recordOutcome,
  recordPlan,
  type SchedulerEvent,
} from './checker.ts';
import { Limits } from './limits.ts';
import { NoStarvation } from './no-starvation.ts';
import { Order } from './order.ts';
import { RequestConservation } from './request-conservation.ts';
import { TokenConservation } from './token-conservation.ts';
import { WorkConserving } from './work-conserving.ts';

export function allCheckers(): Checker[] {
  return [
    new RequestConservation(),
    new BlockConservation(),
    new TokenConservation(),
    new Order(),
    new WorkConserving(),
    new NoStarvation(),
    new Limits(),
  ];
}

export class CheckedScheduler implements Scheduler {
  private readonly inner: Scheduler;
  private checkers: Checker[];
  private state: SchedulerState;
  private planned: PlanRecord;

  constructor(inner: Scheduler) {
    this.inner = inner;
    this.checkers = allCheckers();
    this.state = inner.inspect();
    this.planned = recordPlan(inner.plan);
  }
  get kind(): 'native' | 'wasm' {
    return this.inner.kind;
  }
  get options(): Readonly<Required<SchedulerOptions>> {
    return this.inner.options;
  }
  get plan(): StepPlan {
    return this.inner.plan;
  }
  get outcome(): StepOutcome {
    return this.inner.outcome;
  }
  submit(request: RequestSubmission): boolean {
    const accepted = this.inner.submit(request);
    this.observe({ kind: 'submitted', request, accepted });
    return accepted;
  }
  cancel(id: number): boolean {
    const found = this.inner.cancel(id);
    this.observe({ kind: 'cancelled', id, found });
    return found;
  }
  next(nowNs: number): void {
    this.inner.next(nowNs);
    this.planned = recordPlan(this.inner.plan);
    this.observe({ kind: 'planned', plan: this.planned, nowNs });
  }
  commit(): void {
    const entries = recordOutcome(this.planned, this.inner.outcome);
    this.inner.commit();
    this.observe({ kind: 'committed', plan: this.planned, entries });
  }
  /** As two calls, so that the laws are checked in between; a test shows the fused call equal. */
  commitAndNext(nowNs: number): void {
    this.commit();
    this.next(nowNs);
  }
  setDraftBudget(tokens: number | null): void {
    this.inner.setDraftBudget(tokens);
  }
  setSurvival(id: number, survival: Float32Array): void {
    this.inner.setSurvival(id, survival);
  }
  setTokenLimit(tokens: number): void {
    this.inner.setTokenLimit(tokens);
  }
  snapshot(): Uint8Array {
    return this.inner.snapshot();
  }
  restore(bytes: Uint8Array): void {
    this.inner.restore(bytes);
    this.checkers = allCheckers();
    this.planned = recordPlan(this.inner.plan);
    this.observe({ kind: 'restored' });
  }
  inspect(): SchedulerState {
    return this.inner.inspect();
  }
  free(): void {
    this.inner.free();
  }

  private observe(event: SchedulerEvent): void {
    const before = this.state;
    const after = this.inner.inspect();
    this.state = after;
    const { options } = this.inner;
    for (const checker of this.checkers) checker.check({ options, event, before, after });
  }
}
