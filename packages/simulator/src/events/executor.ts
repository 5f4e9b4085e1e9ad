import type { StepOutcome, StepPlan } from '@beamline/scheduler';
import { randomAt } from '../base/random.ts';
import { emptyStepShape, type StepCost, type StepShape } from '../cost/index.ts';
import { type Candidate, draftTokensOf } from '../speculation/schedule/candidate.ts';
import type { Schedule } from '../speculation/schedule/schedule.ts';
import type { RequestTable } from './request-table.ts';

/**
 * Runs the steps that a scheduler plans. The simulated executor below asks the cost model how long
 * a step takes and the acceptance model what was accepted; an engine that really computes walks the
 * same path, and the scheduler cannot tell which of the two drives it.
 */
export interface Executor {
  /**
   * Executes one planned step: writes its outcome and returns how long it takes, integer ns, at
   * least 1.
   */
  execute(plan: StepPlan, outcome: StepOutcome): number;
  /** What the last step did. */
  readonly last: StepReport;
}

export interface StepReport {
  bytes: number;
  flop: number;
  joules: number;
  /** Draft tokens verified, and how many of them were accepted. */
  drafted: number;
  accepted: number;
  /** Tokens that became visible. */
  emitted: number;
}

export class SimulatedExecutor implements Executor {
  readonly last: StepReport = {
    bytes: 0,
    flop: 0,
    joules: 0,
    drafted: 0,
    accepted: 0,
    emitted: 0,
  };
  readonly #requests: RequestTable;
  readonly #cost: StepCost;
  readonly #schedule: Schedule;
  readonly #shape: StepShape = emptyStepShape();

  constructor(requests: RequestTable, cost: StepCost, schedule: Schedule) {
    this.#requests = requests;
    this.#cost = cost;
    this.#schedule = schedule;
  }

  /**
   * Verifies first, then drafts: how many requests go on is known before the next draft is chosen.
   */
  execute(plan: StepPlan, outcome: StepOutcome): number {
    const schedule = this.#schedule;
    const last = this.last;
    last.accepted = 0;
    last.emitted = 0;
    last.drafted = plan.generationTokensTotal - plan.generationCount;
    const drafting = this.#finishContexts(plan, outcome) + this.#verify(plan, outcome);
    schedule.load.observe(plan, drafting);
    const choice = schedule.choose();
    const candidate = schedule.candidates[choice]!;
    this.#draftAll(plan, outcome, choice, candidate);
    schedule.load.produced(last.emitted);
    return this.#price(plan, candidate, drafting);
  }

  /**
   * A request whose last chunk this is gives its next token. Returns how many go on to generate.
   */
  #finishContexts(plan: StepPlan, outcome: StepOutcome): number {
    const requests = this.#requests;
    let going = 0;
    for (let i = 0; i < plan.contextCount; i++) {
      if (plan.contextIsLast[i] === 0) continue;
      const id = plan.contextId[i]!;
      const remaining = requests.outputTokens[id]! - requests.emittedTokens[id]!;
      outcome.contextFinished[i] = remaining <= 1 ? 1 : 0;
      if (remaining > 1) going++;
      if (remaining > 0) this.last.emitted++;
    }
    return going;
  }

  /** Returns how many requests go on to generate. */
  #verify(plan: StepPlan, outcome: StepOutcome): number {
    const { outputTokens, emittedTokens } = this.#requests;
    const { generationId, generationTokens, generationCount: count } = plan;
    const { generationEmitted, generationFinished } = outcome;
    let accepted = 0;
    let finished = 0;
    for (let i = 0; i < count; i++) {
      const id = generationId[i]!;
      const granted = generationTokens[i]! - 1;
      const remaining = outputTokens[id]! - emittedTokens[id]!;
      let emitted = 1;
      if (granted > 0) emitted += this.#accept(id, granted);
      if (emitted >= remaining) {
        emitted = remaining;
        generationFinished[i] = 1;
        finished++;
      } else {
        generationFinished[i] = 0;
      }
      accepted += emitted - 1;
      generationEmitted[i] = emitted;
    }
    this.last.accepted = accepted;
    this.last.emitted += accepted + count;
    return count - finished;
  }

  #draftAll(plan: StepPlan, outcome: StepOutcome, choice: number, next: Candidate): void {
    const { contextId, contextIsLast, contextCount, generationId, generationCount } = plan;
    const { contextNextDraft, generationNextDraft, contextFinished, generationFinished } = outcome;
    for (let i = 0; i < contextCount; i++) {
      if (contextIsLast[i] === 0) continue;
      const goes = contextFinished[i] === 0;
      contextNextDraft[i] = goes ? this.#draft(contextId[i]!, choice, next) : 0;
    }
    for (let i = 0; i < generationCount; i++) {
      const goes = generationFinished[i] === 0;
      generationNextDraft[i] = goes ? this.#draft(generationId[i]!, choice, next) : 0;
    }
  }

  #accept(id: number, granted: number): number {
    const requests = this.#requests;
    const candidate = this.#schedule.candidates[requests.draftShape[id]!]!;
    const shape = candidate.shape;
    if (shape === null) return 0;
    const random = randomAt(requests.key[id]!, requests.generationSteps[id]!);
    const acceptanceClass = requests.acceptanceClass[id]!;
    const isWhole = candidate.keptByClass === null && granted >= requests.draftTokens[id]!;
    const accepted = isWhole
      ? shape.sampleAccepted(acceptanceClass, random)
      : shape.samplePruned(acceptanceClass, granted, random);
    return accepted < granted ? accepted : granted;
  }

  #draft(id: number, choice: number, next: Candidate): number {
    const requests = this.#requests;
    const step = ++requests.generationSteps[id]!;
    const tokens =
      next.shape === null
        ? 0
        : draftTokensOf(next, requests.acceptanceClass[id]!, requests.key[id]!, step);
    requests.draftShape[id] = choice;
    requests.draftTokens[id] = tokens;
    return tokens;
  }

  #price(plan: StepPlan, candidate: Candidate, going: number): number {
    const shape = this.#shape;
    const drafting = candidate.beams === 0 ? 0 : going;
    shape.contextChunks = plan.contextCount;
    shape.contextTokens = plan.contextTokensTotal;
    shape.contextPairs = plan.contextPairsTotal;
    shape.contextKvTokens = plan.contextKvTokensTotal;
    shape.contextLast = plan.contextLastCount;
    shape.generationRequests = plan.generationCount;
    shape.generationRows = plan.generationTokensTotal;
    shape.generationKvTokens = plan.generationKvTokensTotal;
    shape.draftRequests = drafting;
    shape.beams = candidate.beams;
    shape.draftLength = candidate.draftLength;
    shape.draftKvTokens = drafting === 0 ? 0 : plan.generationKvTokensTotal;
    shape.movedTokens = candidate.beams > 1 ? this.last.accepted : 0;
    shape.prunedFrom = drafting * candidate.nodesPerRequest;
    const { timeNs, bytes, flop, joules } = this.#cost.evaluate(shape);
    this.last.bytes = bytes;
    this.last.flop = flop;
    this.last.joules = joules;
    return timeNs;
  }
}
