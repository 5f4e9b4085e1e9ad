import type {
  RequestSubmission,
  Scheduler,
  SchedulerFactory,
  SchedulerState,
} from '@beamline/scheduler';
import {
  CheckedScheduler,
  type PlanRecord,
  recordOutcome,
  recordPlan,
} from '@beamline/scheduler/checkers';
import { type StepRecord, simulate } from '../../../packages/simulator/src/events/index.ts';
import type { Run } from '../../../packages/simulator/src/run.ts';
import type { Scenario } from '../../../packages/simulator/src/scenario/scenario.ts';

/**
 * A simulation that is watched from the scheduler's side: every law checker of the scheduler is
 * attached, and what happened to every request is written down independently of the event loop's
 * own tables and metrics.
 */

export interface Life {
  replica: number;
  id: number;
  promptTokens: number;
  maxNewTokens: number;
  /** Start of the first step that it is part of; time of its first token; of its last one. */
  admittedNs: number;
  firstTokenNs: number;
  doneNs: number;
  emitted: number;
  /** Tokens that each of its generation steps gave, and the draft tokens that it verified. */
  steps: { emitted: number; drafted: number }[];
  /** Times that its last context chunk gave a token: once, and again after each pause. */
  contextTokens: number;
}

class WatchedScheduler extends CheckedScheduler {
  readonly live = new Map<number, Life>();
  readonly #replica: number;
  readonly #watch: Watch;
  #plan: PlanRecord | null = null;
  #nowNs = 0;

  constructor(inner: Scheduler, replica: number, watch: Watch) {
    super(inner);
    this.#replica = replica;
    this.#watch = watch;
  }

  override submit(request: RequestSubmission): boolean {
    const accepted = super.submit(request);
    this.#watch.submitted++;
    if (!accepted) {
      this.#watch.refused++;
      return false;
    }
    const { id, promptTokens, maxNewTokens } = request;
    const times = { admittedNs: -1, firstTokenNs: -1, doneNs: -1 };
    const counts = { emitted: 0, steps: [], contextTokens: 0 };
    const replica = this.#replica;
    this.live.set(id, { replica, id, promptTokens, maxNewTokens, ...times, ...counts });
    return true;
  }

  override next(nowNs: number): void {
    super.next(nowNs);
    this.#nowNs = nowNs;
    this.#plan = recordPlan(this.plan);
    const { contexts, generations, paused } = this.#plan;
    this.#watch.paused += paused.length;
    for (const { id } of [...contexts, ...generations]) {
      const life = this.live.get(id)!;
      if (life.admittedNs < 0) life.admittedNs = nowNs;
    }
    if (contexts.length + generations.length === 0) this.#watch.idlePlans.push(this.live.size);
  }

  override commitAndNext(nowNs: number): void {
    this.#nowNs = nowNs;
    super.commitAndNext(nowNs);
  }

  override commit(): void {
    const plan = this.#plan!;
    const entries = recordOutcome(plan, this.outcome);
    super.commit();
    const drafted = new Map(plan.generations.map(({ id, tokens }) => [id, tokens - 1]));
    for (const { id, emitted, finished } of entries) {
      const life = this.live.get(id)!;
      if (life.emitted === 0) life.firstTokenNs = this.#nowNs;
      const draft = drafted.get(id);
      if (draft === undefined) life.contextTokens++;
      else life.steps.push({ emitted, drafted: draft });
      life.emitted += emitted;
      if (finished || life.emitted >= life.maxNewTokens) {
        life.doneNs = this.#nowNs;
        this.live.delete(id);
        this.#watch.done.push(life);
      }
    }
  }

  override free(): void {
    this.#watch.endStates.push(this.inspect());
    this.#watch.leftLive += this.live.size;
    super.free();
  }
}

export interface Watch {
  submitted: number;
  refused: number;
  paused: number;
  done: Life[];
  /** Requests that were live whenever a scheduler planned nothing. */
  idlePlans: number[];
  leftLive: number;
  endStates: SchedulerState[];
  steps: StepRecord[];
  run: Run;
}

/** Simulates without the baseline, watched. */
export function watchedRun(scenario: Scenario, factory: SchedulerFactory): Watch {
  const watch: Omit<Watch, 'run'> = {
    submitted: 0,
    refused: 0,
    paused: 0,
    done: [],
    idlePlans: [],
    leftLive: 0,
    endStates: [],
    steps: [],
  };
  let replicas = 0;
  const run = simulate(
    scenario,
    {
      createScheduler: (options) =>
        new WatchedScheduler(factory(options), replicas++, watch as Watch),
      openTrace: () => [],
      onStep: (step) => void watch.steps.push({ ...step }),
    },
    { withBaseline: false },
  );
  return { ...watch, run };
}
