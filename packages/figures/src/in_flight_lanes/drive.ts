/**
 * Drives a scheduler step by step with the simulator's acceptance, as an engine would: plan, what
 * the step gives, commit. Both the lanes and the KV blocks are drawn from this one loop.
 *
 * Laws: what stands in a step is the scheduler's own plan; a request ends with exactly its output
 * tokens; the same input gives the same steps, in WebAssembly and native.
 */
import type {
  Scheduler,
  SchedulerFactory,
  SchedulerOptions,
  SchedulerState,
} from '@beamline/scheduler';
import {
  acceptanceOf,
  parseScenario,
  RandomStream,
  randomAt,
  type ShapeAcceptance,
} from '@beamline/simulator';

export interface DrivenRequest {
  promptTokens: number;
  outputTokens: number;
  /** The step before which it arrives, from 0. */
  arrivesAt: number;
  /** Leading prompt tokens that all requests with this field share. */
  sharedTokens?: number;
}

export interface DriveInput {
  requests: readonly DrivenRequest[];
  options: SchedulerOptions;
  beams: number;
  draftLength: number;
  /** Profile of acceptance. */
  acceptance: string;
  seed: number;
  /** Steps after which to stop, whether or not all requests have ended. */
  maxSteps: number;
}

/** A context chunk of a request in a step. Requests are numbered as in the input. */
export interface ContextRun {
  request: number;
  start: number;
  tokens: number;
  isLast: boolean;
  /** Tokens taken from the cache of blocks when the request was admitted. */
  reusedTokens: number;
  isFinished: boolean;
}

export interface GenerationRun {
  request: number;
  /** 1 + draft tokens. */
  rows: number;
  /** KV length before the step. */
  kvTokens: number;
  accepted: number;
  isFinished: boolean;
}

export interface DrivenStep {
  /** From 0. */
  step: number;
  context: ContextRun[];
  generation: GenerationRun[];
  paused: number[];
  /** Requests that have arrived and wait, before the step runs. */
  waiting: number[];
  blocksUsed: number;
  /** The scheduler with the step planned, and after its commit. */
  planned: SchedulerState;
  committed: SchedulerState;
}

interface Progress {
  emitted: number;
  generationSteps: number;
  acceptanceClass: number;
  key: number;
}

class Engine {
  readonly #scheduler: Scheduler;
  readonly #requests: readonly DrivenRequest[];
  readonly #shape: ShapeAcceptance;
  readonly #progress: Progress[];

  constructor(scheduler: Scheduler, input: DriveInput) {
    const { requests, beams, draftLength, acceptance: profile, seed } = input;
    this.#scheduler = scheduler;
    this.#requests = requests;
    const scenario = parseScenario(
      { speculation: { method: 'redrafter', beams, draftLength, acceptance: profile } },
      'steps',
    );
    const { acceptance } = acceptanceOf(scenario);
    this.#shape = acceptance.shape(beams, draftLength);
    const stream = new RandomStream(seed, 'requests');
    this.#progress = requests.map(() => ({
      emitted: 0,
      generationSteps: 0,
      acceptanceClass: acceptance.classOf(stream.uniform()),
      key: stream.uint32(),
    }));
  }

  arrive(step: number): void {
    this.#requests.forEach((request, id) => {
      if (request.arrivesAt !== step) return;
      const { promptTokens, outputTokens, sharedTokens = 0 } = request;
      const { tokensPerBlock } = this.#scheduler.options;
      const shared = Math.floor(sharedTokens / tokensPerBlock);
      const hashes = Array.from({ length: Math.floor(promptTokens / tokensPerBlock) }, (_, i) =>
        i < shared ? i + 1 : 1000 * (id + 1) + i,
      );
      const prefix = { hashes, tokensPerHash: tokensPerBlock };
      this.#scheduler.submit({ id, promptTokens, maxNewTokens: outputTokens, prefix });
    });
  }

  /** Writes what the planned step gives. */
  run(): Pick<DrivenStep, 'context' | 'generation'> {
    const { plan } = this.#scheduler;
    const context = Array.from({ length: plan.contextCount }, (_, i) => this.#fill(i));
    const generation = Array.from({ length: plan.generationCount }, (_, i) => this.#verify(i));
    return { context, generation };
  }

  #fill(i: number): ContextRun {
    const { plan, outcome } = this.#scheduler;
    const request = plan.contextId[i]!;
    const isLast = plan.contextIsLast[i] === 1;
    const progress = this.#progress[request]!;
    if (isLast) progress.emitted++;
    const isFinished = isLast && progress.emitted >= this.#requests[request]!.outputTokens;
    if (isLast) {
      outcome.contextFinished[i] = isFinished ? 1 : 0;
      outcome.contextNextDraft[i] = isFinished ? 0 : this.#draft(progress);
    }
    return {
      request,
      start: plan.contextStart[i]!,
      tokens: plan.contextTokens[i]!,
      isLast,
      reusedTokens: plan.contextReusedTokens[i]!,
      isFinished,
    };
  }

  #verify(i: number): GenerationRun {
    const { plan, outcome } = this.#scheduler;
    const request = plan.generationId[i]!;
    const rows = plan.generationTokens[i]!;
    const progress = this.#progress[request]!;
    const random = randomAt(progress.key, progress.generationSteps);
    const drawn = this.#shape.sampleAccepted(progress.acceptanceClass, random);
    const left = this.#requests[request]!.outputTokens - progress.emitted;
    // The scheduler grants no drafts beyond the last token that is wanted.
    const accepted = Math.min(drawn, rows - 1);
    progress.emitted += accepted + 1;
    const isFinished = accepted + 1 >= left;
    outcome.generationEmitted[i] = accepted + 1;
    outcome.generationFinished[i] = isFinished ? 1 : 0;
    outcome.generationNextDraft[i] = isFinished ? 0 : this.#draft(progress);
    return { request, rows, kvTokens: plan.generationKvTokens[i]!, accepted, isFinished };
  }

  /** Draft tokens for the next step of a request. */
  #draft(progress: Progress): number {
    progress.generationSteps++;
    return this.#shape.sampleDraftTokens(
      randomAt(progress.key, progress.generationSteps + 2 ** 20),
    );
  }
}

/** The steps until every request has ended, at most `maxSteps`. */
export function* drive(
  input: DriveInput,
  createScheduler: SchedulerFactory,
): Generator<DrivenStep, void> {
  const scheduler = createScheduler(input.options);
  try {
    const engine = new Engine(scheduler, input);
    const lastArrival = Math.max(...input.requests.map(({ arrivesAt }) => arrivesAt));
    for (let step = 0; step < input.maxSteps; step++) {
      engine.arrive(step);
      scheduler.next(step);
      const { plan } = scheduler;
      const { blocksUsed } = plan;
      const paused = [...plan.pausedId.subarray(0, plan.pausedCount)];
      const planned = scheduler.inspect();
      const runs = engine.run();
      scheduler.commit();
      const committed = scheduler.inspect();
      const waiting = planned.waiting.map(({ id }) => id);
      yield { step, ...runs, paused, waiting, blocksUsed, planned, committed };
      const isIdle = committed.active.length + committed.waiting.length === 0;
      if (isIdle && step >= lastArrival) return;
    }
  } finally {
    scheduler.free();
  }
}
