import type { Metrics } from '../run.ts';
import { Histogram } from './histogram.ts';
import { QueueSeries } from './queue-series.ts';
import { type RequestLatency, requestMeetsSlo, type Slo } from './slo.ts';
import type { StepLimit } from './step-limit.ts';
import type { LoadFacts } from './verdict.ts';

/**
 * Takes in what happens in a run and gives the run's metrics. One collector serves all replicas of
 * a run.
 *
 * The methods on the hot path take numbers, allocate nothing and cost a few nanoseconds: a run of a
 * million requests calls them tens of millions of times. Where many requests of a step share the
 * same numbers, one call with their count stands for all. Nothing is trimmed: every request from
 * first to last counts, so that totals equal the trace's.
 *
 * Law (tokens): output = first tokens + steps + accepted, where `steps` counts generation steps of
 * single requests. Example: a request of 5 output tokens whose steps emit 3 and 1 after the first
 * token has steps 2, accepted 2.
 */

/** A request that is done; times count from its arrival. */
export interface CompletedRequest {
  e2eNs: number;
  /** Not looked at without output tokens: such a request had no `firstToken` (see `Arrival`). */
  ttftNs: number;
  /** Until its first step began. */
  queueNs: number;
  outputTokens: number;
  /**
   * Largest gap between two of its tokens; not looked at below two tokens or without an SLO on itl.
   */
  worstGapNs: number;
}

/** What the metrics need beside the events; power, price and bandwidth are of one GPU. */
export interface RunFacts {
  /** From the start to the end of the last event. */
  simulatedNs: number;
  replicas: number;
  gpusPerReplica: number;
  idleWatts: number;
  dollarsPerGpuHour: number;
  peakBytesPerSecond: number;
}

const ARRIVED = 0;
const REJECTED = 1;
const COMPLETED = 2;
const GOOD = 3;
const INPUT = 4;
const OUTPUT = 5;
const DRAFTED = 6;
const ACCEPTED = 7;
const GENERATION_STEPS = 8;
const BYTES = 9;
const FLOP = 10;
const JOULES = 11;
const SAME_STEP_TOKENS = 12;
const LAST_ARRIVAL_NS = 13;
const QUEUE_FULL = 14;
const TOTALS = 15;

const NS_PER_MS = 1e6;

export class MetricsCollector {
  readonly #totals = new Float64Array(TOTALS);
  readonly #limits = new Float64Array(4);
  readonly #ttft = new Histogram();
  readonly #gaps = new Histogram();
  readonly #tpot = new Histogram();
  readonly #e2e = new Histogram();
  readonly #queue = new Histogram();
  readonly #step = new Histogram();
  readonly #batch = new Histogram({ wholeNumbers: true });
  readonly #blocks = new Histogram({ wholeNumbers: true });
  readonly #waiting = new QueueSeries();
  readonly #slo: Slo | null;
  readonly #latency: RequestLatency = {
    ttftNs: 0,
    queueNs: 0,
    e2eNs: 0,
    tpotNs: 0,
    worstGapNs: 0,
  };

  constructor(slo: Slo | null = null) {
    this.#slo = slo;
  }

  requestArrived(inputTokens: number, arrivalNs: number): void {
    const totals = this.#totals;
    totals[ARRIVED]! += 1;
    totals[INPUT]! += inputTokens;
    if (arrivalNs > totals[LAST_ARRIVAL_NS]!) totals[LAST_ARRIVAL_NS] = arrivalNs;
  }

  /**
   * The request will not be served: the queue was full, which is a sign of overload, or it is too
   * large for any engine at any load, which is not.
   */
  requestRejected(reason: 'queue-full' | 'too-large' = 'queue-full'): void {
    this.#totals[REJECTED]! += 1;
    if (reason === 'queue-full') this.#totals[QUEUE_FULL]! += 1;
  }

  /**
   * Requests that have arrived and that no engine has admitted yet, over all replicas; about once a
   * step.
   */
  queueSample(nowNs: number, waiting: number): void {
    this.#waiting.add(nowNs, waiting);
  }

  /**
   * One engine step. `bytes` and `flop` are of one GPU, `joules` of all GPUs of the replica, idle
   * power included. `batchSize` counts the requests in the step, both phases.
   */
  stepDone(
    durationNs: number,
    batchSize: number,
    kvBlocksUsed: number,
    bytes: number,
    flop: number,
    joules: number,
    limit: StepLimit,
  ): void {
    this.#step.add(durationNs);
    this.#batch.add(batchSize);
    this.#blocks.add(kvBlocksUsed);
    const totals = this.#totals;
    totals[BYTES]! += bytes;
    totals[FLOP]! += flop;
    totals[JOULES]! += joules;
    this.#limits[limit]! += 1;
  }

  /** A request's first visible token; `queueNs` is the time from arrival to its first step. */
  firstToken(ttftNs: number, queueNs: number): void {
    this.#ttft.add(ttftNs);
    this.#queue.add(queueNs);
    this.#totals[OUTPUT]! += 1;
  }

  /**
   * Generation steps of `requests` requests, one each, and the sums of their drafted and accepted
   * tokens. A step of a request emits accepted + 1 tokens: `accepted` leaves out draft tokens
   * beyond the request's end.
   */
  generation(drafted: number, accepted: number, requests: number): void {
    const totals = this.#totals;
    totals[OUTPUT]! += accepted + requests;
    totals[DRAFTED]! += drafted;
    totals[ACCEPTED]! += accepted;
    totals[GENERATION_STEPS]! += requests;
  }

  /**
   * Visible tokens of `requests` requests, `tokens` in sum, each request's first `gapNs` after its
   * token before: the first carries the gap, the rest of its step 0.
   */
  interToken(gapNs: number, requests: number, tokens: number): void {
    this.#gaps.add(gapNs, requests);
    this.#totals[SAME_STEP_TOKENS]! += tokens - requests;
  }

  /** A request is done, all its tokens visible. */
  completed(request: CompletedRequest): void {
    const { e2eNs, queueNs, outputTokens } = request;
    this.#totals[COMPLETED]! += 1;
    this.#e2e.add(e2eNs);
    const tpotNs = outputTokens > 1 ? (e2eNs - request.ttftNs) / (outputTokens - 1) : Number.NaN;
    if (outputTokens > 1) this.#tpot.add(tpotNs);
    else if (outputTokens === 0) this.#queue.add(queueNs);
    if (this.#slo === null) {
      this.#totals[GOOD]! += 1;
      return;
    }
    const latency = this.#latency;
    latency.e2eNs = e2eNs;
    latency.ttftNs = outputTokens > 0 ? request.ttftNs : Number.NaN;
    latency.queueNs = queueNs;
    latency.tpotNs = tpotNs;
    latency.worstGapNs = outputTokens > 1 ? request.worstGapNs : Number.NaN;
    if (requestMeetsSlo(this.#slo, latency)) this.#totals[GOOD]! += 1;
  }

  /** The metrics; values without any observation are NaN, which the JSON writes as null. */
  result(facts: RunFacts): Metrics {
    const totals = this.#totals;
    const seconds = facts.simulatedNs / 1e9;
    const gpus = facts.replicas * facts.gpusPerReplica;
    const output = totals[OUTPUT]!;
    const joules = totals[JOULES]! + this.#idleJoules(facts);
    const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
    return {
      requests: this.#requests(),
      tokens: {
        input: totals[INPUT]!,
        output,
        drafted: totals[DRAFTED]!,
        accepted: totals[ACCEPTED]!,
        steps: totals[GENERATION_STEPS]!,
      },
      tokensPerStep: (totals[ACCEPTED]! + totals[GENERATION_STEPS]!) / totals[GENERATION_STEPS]!,
      outputTokensPerSecond: perSecond(output),
      outputTokensPerSecondPerGpu: perSecond(output) / gpus,
      requestsPerSecond: perSecond(totals[COMPLETED]!),
      goodputRequestsPerSecond: perSecond(totals[GOOD]!),
      ttftMs: this.#ttft.distribution(NS_PER_MS),
      itlMs: this.#itl().distribution(NS_PER_MS),
      tpotMs: this.#tpot.distribution(NS_PER_MS),
      e2eMs: this.#e2e.distribution(NS_PER_MS),
      queueMs: this.#queue.distribution(NS_PER_MS),
      stepMs: this.#step.distribution(NS_PER_MS),
      batchSize: this.#batch.distribution(),
      kvBlocksUsed: this.#blocks.distribution(),
      gpuUtilization: perSecond(this.#step.sum / 1e9) / facts.replicas,
      memoryBandwidthUtilization:
        perSecond(totals[BYTES]!) / (facts.replicas * facts.peakBytesPerSecond),
      averagePowerW: perSecond(joules),
      joulesPerOutputToken: joules / output,
      dollarsPerMillionOutputTokens:
        (((gpus * facts.dollarsPerGpuHour * seconds) / 3600) * 1e6) / output,
      simulatedSeconds: seconds,
    };
  }

  /** What the verdict is read from; peaks are of one GPU. */
  load(facts: { concurrency: number; peakBytesPerSecond: number; peakFlops: number }): LoadFacts {
    const totals = this.#totals;
    const window = totals[LAST_ARRIVAL_NS]!;
    const busySeconds = this.#step.sum / 1e9;
    return {
      closedLoop: facts.concurrency > 0,
      arrived: totals[ARRIVED]!,
      queueFull: totals[QUEUE_FULL]!,
      unfinished: this.#requests().unfinished,
      waitingInQuarters: [0, 1, 2, 3].map((quarter) =>
        this.#waiting.mean((window * quarter) / 4, (window * (quarter + 1)) / 4),
      ),
      waitingAtEnd: this.#waiting.mean((window * 15) / 16, window),
      queueNsP50: this.#queue.quantile(0.5),
      e2eNsP50: this.#e2e.quantile(0.5),
      stepsByLimit: Array.from(this.#limits),
      bandwidthShareBusy: totals[BYTES]! / (busySeconds * facts.peakBytesPerSecond),
      computeShareBusy: totals[FLOP]! / (busySeconds * facts.peakFlops),
    };
  }

  /**
   * Gaps between consecutive tokens as evenly spaced quantiles, ms, ascending: a sample that stands
   * for all of them to within the histogram's stated error. Empty when there was no gap.
   */
  itlSample(size = 2000): number[] {
    const gaps = this.#itl();
    if (gaps.count === 0) return [];
    return Array.from({ length: size }, (_, i) => gaps.quantile((i + 0.5) / size) / NS_PER_MS);
  }

  #requests(): Metrics['requests'] {
    const totals = this.#totals;
    const arrived = totals[ARRIVED]!;
    const completed = totals[COMPLETED]!;
    const rejected = totals[REJECTED]!;
    return { arrived, completed, rejected, unfinished: arrived - completed - rejected };
  }

  /** Gaps and the tokens that came with another in the same step, at 0. */
  #itl(): Histogram {
    const all = new Histogram();
    all.merge(this.#gaps);
    all.add(0, this.#totals[SAME_STEP_TOKENS]!);
    return all;
  }

  #idleJoules(facts: RunFacts): number {
    const idleNs = Math.max(0, facts.replicas * facts.simulatedNs - this.#step.sum);
    return (idleNs / 1e9) * facts.gpusPerReplica * facts.idleWatts;
  }
}
