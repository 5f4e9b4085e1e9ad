import { inputError } from '../base/errors.ts';
import { RandomStream } from '../base/random.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Arrival, type ArrivalSource, emptyArrival, type TraceOpener } from './arrival.ts';
import { type ArrivalTimes, arrivalTimes } from './arrival-times.ts';
import { type LengthSampler, lengthSampler } from './lengths.ts';
import { TraceRows } from './trace-rows.ts';

/**
 * From a scenario's workload to its arrivals. `requests` and `durationSeconds` both bound a run;
 * whichever comes first ends it. A trace brings its own lengths; `requests: null` is the whole file
 * once.
 *
 * The three random streams are named after what they draw, so that a change of one setting leaves
 * the draws of the others as they were.
 */
export function arrivalsOf(scenario: Scenario, openTrace: TraceOpener): ArrivalSource {
  const { workload } = scenario;
  requireBounds(workload);
  if (workload.kind === 'trace') return new TraceSource(scenario, openTrace);
  return new DrawnSource(scenario, openTrace);
}

function requireBounds(workload: Scenario['workload']): void {
  const { kind, requests, durationSeconds } = workload;
  if (requests !== null && !(Number.isInteger(requests) && requests >= 0)) {
    throw inputError(`workload.requests: ${requests} is not a whole number from 0, or null.`);
  }
  if (durationSeconds !== null && !(durationSeconds > 0 && durationSeconds * 1e9 <= MAX_NS)) {
    throw inputError(
      `workload.durationSeconds: ${durationSeconds} is not allowed; it must be above 0 and at ` +
        `most ${MAX_NS / 1e9} seconds, or null.`,
    );
  }
  if (kind !== 'trace' && requests === null && durationSeconds === null) {
    throw inputError(
      'workload: a workload without an end; set workload.requests or workload.durationSeconds. ' +
        'Only a trace ends by itself.',
    );
  }
}

/** Times are whole nanoseconds that a number holds exactly: 104 days. */
const MAX_NS = Number.MAX_SAFE_INTEGER;

function requireTime(timeNs: number): void {
  if (timeNs <= MAX_NS) return;
  throw inputError(
    'workload: the run goes on for more than 104 days of simulated time; lower ' +
      'workload.requests or workload.timeScale, or set workload.durationSeconds.',
  );
}

function endOf(workload: Scenario['workload']): number {
  return workload.durationSeconds === null
    ? Number.POSITIVE_INFINITY
    : Math.round(workload.durationSeconds * 1e9);
}

function rowsOf(workload: Scenario['workload'], why: string, open: TraceOpener, repeat: boolean) {
  if (workload.trace === null || workload.trace === '') {
    throw inputError(`workload.trace: ${why} needs a trace file; give its path, or - for stdin.`);
  }
  return new TraceRows(workload.trace, open, repeat);
}

function warnSkipped(rows: TraceRows | null, warnings: string[]): void {
  if (rows === null || rows.skipped === 0) return;
  warnings.push(
    `${rows.skipped} failed requests of the ${rows.formatName} trace (0 response tokens) left out.`,
  );
}

/** Lengths of each request, drawn or from the current row of a trace. */
class Lengths {
  readonly #input: LengthSampler | null;
  readonly #output: LengthSampler | null;
  readonly #inputStream: RandomStream;
  readonly #outputStream: RandomStream;

  constructor({ workload, seed }: Scenario) {
    this.#inputStream = new RandomStream(seed, 'workload.input-length');
    this.#outputStream = new RandomStream(seed, 'workload.output-length');
    this.#input = lengthSampler(workload.inputTokens, 'workload.inputTokens');
    this.#output = lengthSampler(workload.outputTokens, 'workload.outputTokens');
  }

  get needTrace(): boolean {
    return this.#input === null || this.#output === null;
  }

  /** A prefix comes with the prompt that it belongs to; a drawn prompt has none. */
  fill(arrival: Arrival, rows: TraceRows | null): void {
    if (this.#input === null) {
      arrival.inputTokens = rows!.inputTokens;
      arrival.prefixHashes = rows!.prefixHashes;
      arrival.prefixTokensPerHash = rows!.prefixTokensPerHash;
    } else {
      arrival.inputTokens = this.#input(this.#inputStream);
    }
    arrival.outputTokens =
      this.#output === null ? rows!.outputTokens : this.#output(this.#outputStream);
  }
}

/**
 * A trace replayed: its times, multiplied by `timeScale`, and, unless other lengths are asked for,
 * its lengths and prefixes.
 */
class TraceSource implements ArrivalSource {
  readonly concurrency = 0;
  readonly total: number | null;
  readonly endNs: number;
  readonly warnings: string[] = [];
  readonly #rows: TraceRows;
  readonly #lengths: Lengths;
  readonly #timeScale: number;
  readonly #arrival = emptyArrival();
  #left: number;
  #ended = false;

  constructor(scenario: Scenario, openTrace: TraceOpener) {
    const { workload } = scenario;
    const { requests, timeScale } = workload;
    if (!(timeScale > 0 && timeScale <= 1e6)) {
      throw inputError(
        `workload.timeScale: ${timeScale} is not allowed; it must be above 0 and at most 1000000.`,
      );
    }
    this.#lengths = new Lengths(scenario);
    this.#rows = rowsOf(workload, 'workload.kind trace', openTrace, requests !== null);
    this.#timeScale = timeScale;
    this.#left = requests ?? Number.POSITIVE_INFINITY;
    this.endNs = endOf(workload);
    this.total = workload.durationSeconds === null ? requests : null;
  }

  next(): Arrival | null {
    const rows = this.#rows;
    if (this.#left <= 0 || this.#ended || !rows.next()) return this.#end();
    const arrival = this.#arrival;
    arrival.arrivalNs = Math.round(rows.timeNs * this.#timeScale);
    if (arrival.arrivalNs >= this.endNs) return this.#end();
    requireTime(arrival.arrivalNs);
    this.#lengths.fill(arrival, rows);
    this.#left--;
    return arrival;
  }

  #end(): null {
    if (!this.#ended) {
      this.#ended = true;
      this.#rows.close();
      warnSkipped(this.#rows, this.warnings);
    }
    return null;
  }
}

/** Drawn arrivals, or a closed loop; lengths from distributions or, in order, from a trace. */
class DrawnSource implements ArrivalSource {
  readonly concurrency: number;
  readonly total: number | null;
  readonly endNs: number;
  readonly warnings: string[] = [];
  readonly #times: ArrivalTimes | null;
  readonly #lengths: Lengths;
  readonly #rows: TraceRows | null;
  readonly #arrival = emptyArrival();
  #left: number;
  #ended = false;

  constructor(scenario: Scenario, openTrace: TraceOpener) {
    const { workload, seed } = scenario;
    const closed = workload.kind === 'closed-loop';
    this.concurrency = closed ? concurrencyOf(workload) : 0;
    const stream = new RandomStream(seed, 'workload.arrival');
    this.#times = closed ? null : arrivalTimes(workload, stream);
    this.#lengths = new Lengths(scenario);
    this.#rows = this.#lengthRows(workload, openTrace);
    this.#left = workload.requests ?? Number.POSITIVE_INFINITY;
    this.endNs = endOf(workload);
    this.total = workload.durationSeconds === null ? workload.requests : null;
  }

  next(): Arrival | null {
    if (this.#left <= 0 || this.#ended) return this.#end();
    const arrival = this.#arrival;
    if (this.#times !== null) {
      arrival.arrivalNs = this.#times();
      if (arrival.arrivalNs >= this.endNs) return this.#end();
      requireTime(arrival.arrivalNs);
    }
    this.#rows?.next();
    this.#lengths.fill(arrival, this.#rows);
    this.#left--;
    return arrival;
  }

  #lengthRows(workload: Scenario['workload'], openTrace: TraceOpener): TraceRows | null {
    if (this.#lengths.needTrace) {
      return rowsOf(workload, 'a length of kind from-trace', openTrace, true);
    }
    if (workload.trace !== null) {
      throw inputError(
        'workload.trace: a trace is given but nothing uses it; set workload.kind to trace, or ' +
          'workload.inputTokens or workload.outputTokens to {kind: from-trace}.',
      );
    }
    return null;
  }

  #end(): null {
    if (!this.#ended) {
      this.#ended = true;
      this.#rows?.close();
      warnSkipped(this.#rows, this.warnings);
    }
    return null;
  }
}

function concurrencyOf(workload: Scenario['workload']): number {
  const { concurrency } = workload;
  if (concurrency !== null && Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw inputError(
    `workload.concurrency: ${concurrency} is not allowed; workload.kind closed-loop needs the ` +
      'number of requests to keep in flight, a whole number from 1.',
  );
}
