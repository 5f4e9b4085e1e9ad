import { inputError } from '../base/errors.ts';
import type { TraceOpener } from './arrival.ts';
import { csvFormat } from './trace-csv.ts';
import { jsonlFormat } from './trace-jsonl.ts';
import { LineReader, quoted } from './trace-lines.ts';
import { emptyRow, type Fail, type TraceFormat, type TraceRow } from './trace-row.ts';

/**
 * The requests of a trace, in order, over and over if asked: pass p is shifted by p·(span + mean
 * gap), so that the seam looks like any other gap. Times count from the first request.
 *
 * The file is read line by line while the run goes on. Only where passes repeat, one pass is
 * remembered, in typed arrays, up to two million requests and four million prefix ids (about 80
 * MB); a longer file is opened again for each pass. Prefix ids of different passes differ: reuse
 * across copies of a conversation would be an artefact. Example: rows at 0, 2 and 4 s have a mean
 * gap of 2 s; the second pass starts at 6 s.
 */

export const KEPT_BOUNDS = { requests: 2097152, hashes: 4194304 };

/** Gap between passes of a trace with a single request, which tells no gap of its own. */
export const LONE_REQUEST_GAP_NS = 1e9;

const FORMATS =
  'azure-llm (CSV: TIMESTAMP,ContextTokens,GeneratedTokens), ' +
  'burstgpt (CSV: Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type), ' +
  'mooncake (JSONL: timestamp, input_length, output_length, hash_ids), ' +
  'beamline (JSONL: arrivalSeconds, inputTokens, outputTokens), ' +
  'vllm (JSONL: arrival_time, input_toks, output_toks)';

/**
 * The format of a trace from its first line; an input error that lists all formats when there is
 * none.
 */
export function detectFormat(first: string, fail: Fail): TraceFormat {
  const isJson = first.trimStart().startsWith('{');
  const format = isJson ? jsonlFormat(first, fail) : csvFormat(first, fail);
  if (format !== null) return format;
  if (/^\d/.test(first.trim()) && first.includes(',')) {
    return fail(
      `the first line, ${quoted(first)}, is no header; a CSV trace starts with its column names. ` +
        `Known formats: ${FORMATS}.`,
    );
  }
  return fail(`unknown trace format, first line ${quoted(first)}. Known formats: ${FORMATS}.`);
}

export class TraceRows {
  /** The current request's time from the first one, over all passes; integer while below 2^53. */
  timeNs = 0;
  inputTokens = 0;
  outputTokens = 0;
  /** Reused; holds until the next call of `next`. */
  prefixHashes: Float64Array | null = null;
  prefixTokensPerHash = 0;
  /** Failed requests that were left out, over the first pass. */
  skipped = 0;
  formatName = '';

  readonly #path: string;
  readonly #open: TraceOpener;
  readonly #repeat: boolean;
  readonly #row = emptyRow();
  readonly #fail: Fail = (message) => this.#lines!.fail(message);
  #lines: LineReader | null = null;
  #format: TraceFormat | null = null;
  #pending: string | null = null;
  #firstSeconds = 0;
  #firstNanos = 0;
  #lastNs = 0;
  #pass = 0;
  #passStartNs = 0;
  #read = 0;
  #hashBase = 0;
  #largestHash = -1;
  #kept: KeptPass | null;
  #replayed = 0;
  #scratch = new Float64Array(64);
  #views: Float64Array[] = [];

  /** `bounds`: how much of one pass is remembered before the file is opened again instead. */
  constructor(path: string, open: TraceOpener, repeat: boolean, bounds = KEPT_BOUNDS) {
    this.#path = path;
    this.#open = open;
    this.#repeat = repeat;
    this.#kept = repeat ? new KeptPass(bounds) : null;
    this.#openFile();
  }

  /** Moves to the next request; false at the end of a trace that is not repeated. */
  next(): boolean {
    if (this.#lines === null) return this.#replay();
    while (!this.#readRow()) {
      if (!this.#repeat) return false;
      this.#startPass();
      if (this.#lines === null) return this.#replay();
    }
    return true;
  }

  /** Lets go of the file. */
  close(): void {
    this.#lines?.close();
  }

  #openFile(): void {
    const lines = new LineReader(this.#path, this.#open(this.#path));
    this.#lines = lines;
    const first = lines.next();
    if (first === null) {
      throw inputError(`${this.#path}: the trace is empty. Known formats: ${FORMATS}.`);
    }
    this.#format = detectFormat(first, this.#fail);
    this.formatName = this.#format.name;
    this.#pending = this.#format.header === null ? first : null;
    this.#read = 0;
  }

  /** One line into the fields; false at the file's end. */
  #readRow(): boolean {
    const row = this.#row;
    for (;;) {
      const line = this.#pending ?? this.#lines!.next();
      this.#pending = null;
      if (line === null) {
        this.#requireRequests();
        return false;
      }
      if (this.#format!.parse(line, row, this.#fail)) break;
      if (this.#pass === 0) this.skipped++;
    }
    this.#setRow();
    return true;
  }

  #requireRequests(): void {
    if (this.#read > 0) return;
    const failed = this.skipped > 0 ? ` beside ${this.skipped} failed ones` : '';
    throw inputError(`${this.#path}: the trace holds no request${failed}.`);
  }

  #setRow(): void {
    const row = this.#row;
    if (this.#read === 0) {
      this.#firstSeconds = row.seconds;
      this.#firstNanos = row.nanos;
      this.#lastNs = 0;
    }
    const time = (row.seconds - this.#firstSeconds) * 1e9 + (row.nanos - this.#firstNanos);
    if (time < this.#lastNs) {
      this.#fail(
        `the request is ${(this.#lastNs - time) / 1e9} s earlier than the line before it; ` +
          'a trace must be in order of time. Sort it by its time first.',
      );
    }
    this.#lastNs = time;
    this.#read++;
    this.timeNs = this.#passStartNs + time;
    this.inputTokens = row.inputTokens;
    this.outputTokens = row.outputTokens;
    this.#setHashes();
    if (this.#kept !== null && !this.#kept.add(time, row)) this.#kept = null;
  }

  #setHashes(): void {
    const { hashes, tokensPerHash } = this.#row;
    this.prefixTokensPerHash = tokensPerHash;
    if (hashes === null) {
      this.prefixHashes = null;
      return;
    }
    const view = this.#view(hashes.length);
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i]!;
      if (hash > this.#largestHash && this.#pass === 0) this.#largestHash = hash;
      view[i] = hash + this.#hashBase;
    }
    this.prefixHashes = view;
  }

  #startPass(): void {
    const gap = this.#read > 1 ? Math.round(this.#lastNs / (this.#read - 1)) : LONE_REQUEST_GAP_NS;
    this.#pass++;
    this.#passStartNs += this.#lastNs + gap;
    // Ids beyond 2^53 would not be told apart; there, passes share their ids.
    const base = this.#pass * (this.#largestHash + 1);
    this.#hashBase = base + this.#largestHash < Number.MAX_SAFE_INTEGER ? base : 0;
    if (this.#kept !== null) {
      this.#lines = null;
      this.#replayed = 0;
      return;
    }
    if (this.#path === '-') {
      throw inputError(
        'the trace from standard input has more requests than are remembered and cannot be ' +
          'read twice; give it as a file, or set workload.requests to at most its length.',
      );
    }
    this.#openFile();
  }

  #replay(): boolean {
    const kept = this.#kept!;
    if (this.#replayed === kept.count) this.#startPass();
    const i = this.#replayed++;
    this.timeNs = this.#passStartNs + kept.times[i]!;
    this.inputTokens = kept.inputs[i]!;
    this.outputTokens = kept.outputs[i]!;
    const start = kept.hashStarts[i]!;
    const length = kept.hashStarts[i + 1]! - start;
    this.prefixHashes = null;
    this.prefixTokensPerHash = 0;
    if (length > 0) {
      const view = this.#view(length);
      for (let k = 0; k < length; k++) view[k] = kept.hashes[start + k]! + this.#hashBase;
      this.prefixHashes = view;
      this.prefixTokensPerHash = kept.tokensPerHash[i]!;
    }
    return true;
  }

  /** A view of `length` ids on the scratch memory; made once for each length. */
  #view(length: number): Float64Array {
    if (length > this.#scratch.length) {
      this.#scratch = new Float64Array(length * 2);
      this.#views = [];
    }
    this.#views[length] ??= this.#scratch.subarray(0, length);
    return this.#views[length]!;
  }
}

/** One pass of a trace in typed arrays that double as they fill, up to a bound. */
class KeptPass {
  count = 0;
  times = new Float64Array(1024);
  inputs = new Int32Array(1024);
  outputs = new Int32Array(1024);
  tokensPerHash = new Int32Array(1024);
  /** Ids of request i stand in `hashes` from entry i to entry i + 1 of this array. */
  hashStarts = new Uint32Array(1025);
  hashes = new Float64Array(0);
  readonly #bounds: typeof KEPT_BOUNDS;

  constructor(bounds: typeof KEPT_BOUNDS) {
    this.#bounds = bounds;
  }

  /** False when the bound is reached. */
  add(time: number, row: TraceRow): boolean {
    const i = this.count;
    if (i >= this.#bounds.requests) return false;
    if (i === this.times.length) this.#grow();
    this.times[i] = time;
    this.inputs[i] = row.inputTokens;
    this.outputs[i] = row.outputTokens;
    this.tokensPerHash[i] = row.tokensPerHash;
    const start = this.hashStarts[i]!;
    const added = row.hashes === null ? 0 : row.hashes.length;
    if (start + added > this.#bounds.hashes) return false;
    if (start + added > this.hashes.length) {
      const larger = new Float64Array(Math.max(1024, 2 * (start + added)));
      larger.set(this.hashes);
      this.hashes = larger;
    }
    for (let k = 0; k < added; k++) this.hashes[start + k] = row.hashes![k]!;
    this.hashStarts[i + 1] = start + added;
    this.count++;
    return true;
  }

  #grow(): void {
    const size = this.times.length * 2;
    this.times = copied(this.times, new Float64Array(size));
    this.inputs = copied(this.inputs, new Int32Array(size));
    this.outputs = copied(this.outputs, new Int32Array(size));
    this.tokensPerHash = copied(this.tokensPerHash, new Int32Array(size));
    this.hashStarts = copied(this.hashStarts, new Uint32Array(size + 1));
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
