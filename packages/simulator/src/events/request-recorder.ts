import type { RequestTable } from './request-table.ts';

/**
 * Latencies of every single request, by its place in the order of arrival, for comparisons with a
 * recorded run. Filled only when someone asks: a run alone keeps histograms.
 */
export interface RequestLatencies {
  /** Per arrival; NaN for a request that was refused. */
  ttftMs: number[];
  e2eMs: number[];
  queueMs: number[];
  inputTokens: number[];
  outputTokens: number[];
}

/** Hooks that tell arrivals' places: they see each arrival once, in order. */
export class RequestRecorder {
  readonly latencies: RequestLatencies = {
    ttftMs: [],
    e2eMs: [],
    queueMs: [],
    inputTokens: [],
    outputTokens: [],
  };
  readonly #requests: RequestTable;
  /** Place of the live request that has an id. */
  readonly #place: number[] = [];
  #arrived = 0;

  constructor(requests: RequestTable) {
    this.#requests = requests;
  }

  /** An arrival, before it is known whether it is taken. */
  arrived(inputTokens: number, outputTokens: number): void {
    this.#arrived++;
    const { ttftMs, e2eMs, queueMs } = this.latencies;
    for (const list of [ttftMs, e2eMs, queueMs]) list.push(Number.NaN);
    this.latencies.inputTokens.push(inputTokens);
    this.latencies.outputTokens.push(outputTokens);
  }

  /** The arrival that came last has this id. */
  named(id: number): void {
    this.#place[id] = this.#arrived - 1;
  }

  completed(id: number, nowNs: number): void {
    const { arrivalNs, firstTokenNs, admittedNs } = this.#requests;
    const place = this.#place[id]!;
    const from = arrivalNs[id]!;
    this.latencies.ttftMs[place] = (firstTokenNs[id]! - from) / 1e6;
    this.latencies.e2eMs[place] = (nowNs - from) / 1e6;
    this.latencies.queueMs[place] = (admittedNs[id]! - from) / 1e6;
  }
}
