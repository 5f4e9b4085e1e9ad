import type { Scheduler } from '@beamline/scheduler';
import { type MetricsCollector, stepLimitOf } from '../metrics/index.ts';
import type { Arrival, ArrivalSource } from '../workload/index.ts';
import { EventQueue } from './event-queue.ts';
import type { Executor, StepReport } from './executor.ts';
import { Fifo } from './fifo.ts';
import type { RequestTable } from './request-table.ts';
import type { Router } from './router.ts';

/**
 * The event loop: arrivals go through the router to an engine's scheduler, the scheduler plans a
 * step, the executor runs it, the scheduler learns what was accepted. Time is integer nanoseconds
 * and never goes back; nothing idles while something could run.
 *
 * Events are (time, priority, sequence): at one instant arrivals come before the steps that could
 * take them. Event −1 is the next arrival; event i ≥ 0 belongs to engine i: its step ends, or it
 * wakes.
 */
const ARRIVAL = -1;
const ARRIVAL_PRIORITY = 0;
const ENGINE_PRIORITY = 1;

export interface Replica {
  readonly scheduler: Scheduler;
  readonly executor: Executor;
}

/** One step of one engine, for a timeline. The object is reused. */
export interface StepRecord extends StepReport {
  replica: number;
  startNs: number;
  durationNs: number;
  contextRequests: number;
  contextTokens: number;
  generationRequests: number;
  generationTokens: number;
  kvBlocksUsed: number;
  queuedRequests: number;
}

export interface SimulationParts {
  source: ArrivalSource;
  replicas: Replica[];
  router: Router;
  requests: RequestTable;
  metrics: MetricsCollector;
  /**
   * Key of a new request's draws and its difficulty; called once per arrival, in order of arrival.
   */
  draw: (id: number) => void;
  /** Whether any engine could ever hold such a request. */
  canEverFit: (inputTokens: number, outputTokens: number) => boolean;
  limits: { maxBatchSize: number; maxNumTokens: number; chunkUnitTokens: number };
  tracksWorstGap: boolean;
  onStep?: (step: StepRecord) => void;
  /** A request is done, its row of the table still in place. */
  onCompleted?: (id: number, nowNs: number) => void;
  onProgress?: (completed: number) => void;
}

interface EngineState {
  stepStartNs: number;
  isRunning: boolean;
}

interface Waiting {
  id: number;
  prefixHashes: Float64Array | null;
  tokensPerHash: number;
}

const PROGRESS_EVERY_STEPS = 1 << 16;

export class Simulation {
  readonly #parts: SimulationParts;
  readonly #queue = new EventQueue();
  readonly #engines: EngineState[];
  readonly #loads: Int32Array;
  /** Requests that waited at each engine when its last step began. */
  readonly #queued: Int32Array;
  /** Requests that wait at the router, oldest first. */
  readonly #waiting = new Fifo<Waiting>();
  /**
   * Requests that ended in the step being settled: the scheduler still knows their ids until
   * commit.
   */
  readonly #ended: number[] = [];
  #nowNs = 0;
  #arrival: Arrival | null = null;
  #steps = 0;
  #completed = 0;
  #record: StepRecord | null = null;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
    this.#engines = parts.replicas.map(() => ({ stepStartNs: 0, isRunning: false }));
    this.#loads = new Int32Array(parts.replicas.length);
    this.#queued = new Int32Array(parts.replicas.length);
  }

  /** Runs to the end of the workload and returns the time of the last event, in ns. */
  run(): number {
    const { concurrency } = this.#parts.source;
    if (concurrency > 0) {
      for (let i = 0; i < concurrency; i++) if (!this.#admitNext(0)) break;
    } else {
      this.#scheduleArrival();
    }
    while (this.#queue.size > 0) {
      this.#nowNs = this.#queue.firstNs;
      const event = this.#queue.pop();
      if (event === ARRIVAL) this.#arrive();
      else this.#advance(event);
    }
    return this.#nowNs;
  }

  // Arrivals

  #scheduleArrival(): void {
    const arrival = this.#parts.source.next();
    if (arrival === null || arrival.arrivalNs >= this.#parts.source.endNs) {
      this.#arrival = null;
      return;
    }
    this.#arrival = arrival;
    this.#queue.push(arrival.arrivalNs, ARRIVAL_PRIORITY, ARRIVAL);
  }

  #arrive(): void {
    this.#accept(this.#arrival!, this.#nowNs);
    this.#scheduleArrival();
  }

  /** Closed loop: the next request comes when another has ended. */
  #admitNext(nowNs: number): boolean {
    if (nowNs >= this.#parts.source.endNs) return false;
    for (;;) {
      const arrival = this.#parts.source.next();
      if (arrival === null) return false;
      if (this.#accept(arrival, nowNs)) return true;
    }
  }

  #accept(arrival: Arrival, nowNs: number): boolean {
    const { requests, metrics, canEverFit, draw } = this.#parts;
    metrics.requestArrived(arrival.inputTokens, nowNs);
    if (!canEverFit(arrival.inputTokens, arrival.outputTokens)) {
      metrics.requestRejected('too-large');
      return false;
    }
    const id = requests.add(nowNs, arrival.inputTokens, arrival.outputTokens, 0);
    draw(id);
    const isRouted = this.#route(id, arrival.prefixHashes, arrival.prefixTokensPerHash);
    if (isRouted) return true;
    requests.remove(id);
    metrics.requestRejected('queue-full');
    return false;
  }

  /** False when the engine refuses the request because its queue is full. */
  #route(id: number, prefixHashes: Float64Array | null, tokensPerHash: number): boolean {
    const index = this.#parts.router.route(this.#loads, prefixHashes?.[0] ?? null);
    if (index < 0) {
      this.#waiting.push({ id, prefixHashes: prefixHashes?.slice() ?? null, tokensPerHash });
      return true;
    }
    return this.#submit(index, id, prefixHashes, tokensPerHash);
  }

  #submit(index: number, id: number, hashes: Float64Array | null, tokensPerHash: number): boolean {
    const { requests, replicas } = this.#parts;
    const submission = {
      id,
      promptTokens: requests.inputTokens[id]!,
      maxNewTokens: Math.max(1, requests.outputTokens[id]!),
    };
    const isQueued = replicas[index]!.scheduler.submit(
      hashes === null ? submission : { ...submission, prefix: { hashes, tokensPerHash } },
    );
    if (!isQueued) return false;
    this.#loads[index]!++;
    const engine = this.#engines[index]!;
    if (!engine.isRunning) {
      engine.isRunning = true;
      engine.stepStartNs = -1;
      this.#queue.push(this.#nowNs, ENGINE_PRIORITY, index);
    }
    return true;
  }

  // Steps

  /** Engine `index` wakes, or its step ends: settle the step, then begin the next one. */
  #advance(index: number): void {
    const engine = this.#engines[index]!;
    const { scheduler, executor } = this.#parts.replicas[index]!;
    if (engine.stepStartNs < 0) {
      scheduler.next(this.#nowNs);
    } else {
      this.#settle(index, engine.stepStartNs);
      this.#replaceEnded();
      scheduler.commitAndNext(this.#nowNs);
      this.#forgetEnded();
    }
    const plan = scheduler.plan;
    if (plan.contextCount + plan.generationCount === 0) {
      if (plan.activeRequests + plan.queuedRequests > 0) {
        throw new Error(`engine ${index} idles with ${plan.queuedRequests} requests waiting`);
      }
      engine.isRunning = false;
      scheduler.commit();
      return;
    }
    const durationNs = executor.execute(plan, scheduler.outcome);
    engine.stepStartNs = this.#nowNs;
    this.#queue.push(this.#nowNs + durationNs, ENGINE_PRIORITY, index);
    this.#measureStep(index, durationNs);
    if (plan.contextCount > 0) this.#markAdmitted(index);
    if (this.#parts.onStep !== undefined) this.#report(index, durationNs);
    this.#steps++;
    if (this.#steps % PROGRESS_EVERY_STEPS === 0) this.#parts.onProgress?.(this.#completed);
  }

  #measureStep(index: number, durationNs: number): void {
    const { metrics, limits, replicas } = this.#parts;
    const { scheduler, executor } = replicas[index]!;
    const plan = scheduler.plan;
    const step = executor.last;
    const limit = stepLimitOf(
      plan.queuedRequests + this.#waiting.length,
      plan.activeRequests,
      limits.maxBatchSize,
      plan.contextTokensTotal + plan.generationTokensTotal,
      limits.maxNumTokens,
      limits.chunkUnitTokens,
    );
    const batchSize = plan.contextCount + plan.generationCount;
    const { bytes, flop, joules } = step;
    metrics.stepDone(durationNs, batchSize, plan.blocksUsed, bytes, flop, joules, limit);
    this.#queued[index] = plan.queuedRequests;
    let waiting = this.#waiting.length;
    for (let i = 0; i < this.#queued.length; i++) waiting += this.#queued[i]!;
    metrics.queueSample(this.#nowNs, waiting);
  }

  #markAdmitted(index: number): void {
    const plan = this.#parts.replicas[index]!.scheduler.plan;
    const { admittedNs } = this.#parts.requests;
    for (let i = 0; i < plan.contextCount; i++) {
      const id = plan.contextId[i]!;
      if (admittedNs[id]! < 0) admittedNs[id] = this.#nowNs;
    }
  }

  /** The step that began at `startNs` ends now: its tokens become visible. */
  #settle(index: number, startNs: number): void {
    const { scheduler, executor } = this.#parts.replicas[index]!;
    const { plan, outcome } = scheduler;
    for (let i = 0; i < plan.contextCount; i++) {
      if (plan.contextIsLast[i] === 0) continue;
      this.#settleContext(index, plan.contextId[i]!, outcome.contextFinished[i] === 1);
    }
    if (plan.generationCount === 0) return;
    const { drafted, accepted } = executor.last;
    const { metrics } = this.#parts;
    metrics.generation(drafted, accepted, plan.generationCount);
    this.#settleGenerations(index, startNs);
  }

  #settleContext(index: number, id: number, isFinished: boolean): void {
    const { requests, metrics } = this.#parts;
    const nowNs = this.#nowNs;
    if (requests.outputTokens[id] === 0) {
      // Such requests stand in traces: their prompt is processed, nothing becomes visible.
      this.#complete(index, id);
      return;
    }
    if (requests.emittedTokens[id] === 0) {
      const arrivalNs = requests.arrivalNs[id]!;
      requests.firstTokenNs[id] = nowNs;
      metrics.firstToken(nowNs - arrivalNs, requests.admittedNs[id]! - arrivalNs);
    } else {
      // A request that was paused has computed its text again; the reader saw one long gap.
      const gapNs = nowNs - requests.lastTokenNs[id]!;
      metrics.generation(0, 0, 1);
      metrics.interToken(gapNs, 1, 1);
      if (gapNs > requests.worstGapNs[id]!) requests.worstGapNs[id] = gapNs;
    }
    requests.emittedTokens[id]!++;
    requests.lastTokenNs[id] = nowNs;
    if (isFinished) this.#complete(index, id);
  }

  #settleGenerations(index: number, startNs: number): void {
    const { plan, outcome } = this.#parts.replicas[index]!.scheduler;
    const { requests, metrics, tracksWorstGap } = this.#parts;
    const { lastTokenNs, emittedTokens, worstGapNs } = requests;
    const { generationId } = plan;
    const { generationEmitted, generationFinished } = outcome;
    const nowNs = this.#nowNs;
    const stepNs = nowNs - startNs;
    // Nearly every request was in the step before as well, so that its gap is this step's length.
    let steady = 0;
    let steadyTokens = 0;
    for (let i = 0; i < plan.generationCount; i++) {
      const id = generationId[i]!;
      const emitted = generationEmitted[i]!;
      const gapNs = nowNs - lastTokenNs[id]!;
      if (gapNs === stepNs) {
        steady++;
        steadyTokens += emitted;
      } else {
        metrics.interToken(gapNs, 1, emitted);
      }
      if (tracksWorstGap && gapNs > worstGapNs[id]!) worstGapNs[id] = gapNs;
      lastTokenNs[id] = nowNs;
      emittedTokens[id]! += emitted;
      if (generationFinished[i] === 1) this.#complete(index, id);
    }
    if (steady > 0) metrics.interToken(stepNs, steady, steadyTokens);
  }

  #complete(index: number, id: number): void {
    const { requests, metrics } = this.#parts;
    const arrivalNs = requests.arrivalNs[id]!;
    metrics.completed({
      e2eNs: this.#nowNs - arrivalNs,
      ttftNs: requests.firstTokenNs[id]! - arrivalNs,
      queueNs: requests.admittedNs[id]! - arrivalNs,
      outputTokens: requests.emittedTokens[id]!,
      worstGapNs: requests.worstGapNs[id]!,
    });
    this.#parts.onCompleted?.(id, this.#nowNs);
    this.#completed++;
    this.#loads[index]!--;
    this.#ended.push(id);
  }

  /**
   * Room at an engine is for those who wait at the router; in a closed loop an end brings the next
   * one.
   */
  #replaceEnded(): void {
    for (let i = 0; i < this.#ended.length; i++) {
      if (this.#waiting.length > 0) this.#releaseWaiting();
      if (this.#parts.source.concurrency > 0) this.#admitNext(this.#nowNs);
    }
  }

  #releaseWaiting(): void {
    const { id, prefixHashes, tokensPerHash } = this.#waiting.first!;
    const index = this.#parts.router.route(this.#loads, prefixHashes?.[0] ?? null);
    if (index < 0) return;
    // An engine with a full queue has work, so the next end comes back here.
    if (this.#submit(index, id, prefixHashes, tokensPerHash)) this.#waiting.shift();
  }

  #forgetEnded(): void {
    for (const id of this.#ended) this.#parts.requests.remove(id);
    this.#ended.length = 0;
  }

  #report(index: number, durationNs: number): void {
    const { scheduler, executor } = this.#parts.replicas[index]!;
    const plan = scheduler.plan;
    this.#record ??= { ...executor.last } as StepRecord;
    Object.assign(this.#record, executor.last, {
      replica: index,
      startNs: this.#nowNs,
      durationNs,
      contextRequests: plan.contextCount,
      contextTokens: plan.contextTokensTotal,
      generationRequests: plan.generationCount,
      generationTokens: plan.generationTokensTotal,
      kvBlocksUsed: plan.blocksUsed,
      queuedRequests: plan.queuedRequests,
    });
    this.#parts.onStep!(this.#record);
  }
}
