/**
 * What the event engine asks of a workload: one request after another, in order of time.
 *
 * Law (bounded memory): a source never holds its whole list of requests; `next()` fills one object
 * over and over. Law (same seed, same bytes): arrival times, input lengths and output lengths draw
 * from three separate named streams, so that changing a length distribution moves no arrival.
 */

export interface Arrival {
  /**
   * Integer nanoseconds from the start of the run; 0 in a closed loop, where the engine sets the
   * time.
   */
  arrivalNs: number;
  /** ≥ 1. */
  inputTokens: number;
  /**
   * ≥ 1 from a distribution. A trace may hold 0: such a request is done when its prompt is
   * processed, gives no visible token, has no ttft, and is counted as completed, so that totals
   * stay equal to the file's.
   */
  outputTokens: number;
  /** Content ids of the prompt's blocks, in order; null where the workload knows none. */
  prefixHashes: Float64Array | null;
  /** Prompt tokens that one id stands for; 0 without ids. The last id may stand for fewer. */
  prefixTokensPerHash: number;
}

export interface ArrivalSource {
  /**
   * The next arrival at or after the last one, or null at the end. The object and the array it
   * points to are reused: they hold until the next call. Throws an input error that names file and
   * line on a bad trace.
   */
  next(): Arrival | null;
  /** Closed loop: number of requests in flight to keep; 0 for open loop. */
  readonly concurrency: number;
  /** Requests known to come in total, or null. */
  readonly total: number | null;
  /** No request arrives at or after this time; Infinity when `durationSeconds` is not set. */
  readonly endNs: number;
  /**
   * What a reader of the result should know, for example failed rows left out. Complete once
   * `next()` gave null.
   */
  readonly warnings: readonly string[];
}

/** Synchronous chunks of a file, so that a trace is never held whole. `-` is the standard input. */
export type TraceOpener = (path: string) => Iterable<Uint8Array>;

export function emptyArrival(): Arrival {
  return {
    arrivalNs: 0,
    inputTokens: 0,
    outputTokens: 0,
    prefixHashes: null,
    prefixTokensPerHash: 0,
  };
}
