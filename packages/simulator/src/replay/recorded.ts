import { didYouMean } from '../base/errors.ts';
import { LineReader, quoted } from '../workload/trace-lines.ts';
import { tokensOfValue } from '../workload/trace-row.ts';

/**
 * A recorded run: what a real engine did with each request, one JSON object a line, in order of
 * arrival. Two formats; every time is in seconds.
 *
 * beamline: `{"arrivalSeconds": 1.5, "inputTokens": 900, "outputTokens": 120,
 * "firstTokenSeconds": 1.9, "lastTokenSeconds": 4.2}`, all on one clock. May be added:
 * `admittedSeconds`, when its first step began, and `tokenSeconds`, the time of every visible
 * token, from which the gaps between tokens are read.
 *
 * vllm: vLLM's request log, `arrival_time` in epoch seconds and `queued_ts`, `scheduled_ts`,
 * `first_token_ts`, `last_token_ts` on another clock that has no relation to it. Only differences
 * on one clock are taken: latencies count from `queued_ts`, when the engine took the request in,
 * and the arrivals' distances are those of `arrival_time`. What the server's front end took
 * between the two stands in no figure.
 *
 * Example: queued at 27536.66 and first token at 27537.35 is a time to first token of 690 ms.
 */
export interface RecordedRun {
  format: 'beamline' | 'vllm';
  inputTokens: number[];
  outputTokens: number[];
  /** From arrival to the first and to the last visible token, ms. */
  ttftMs: number[];
  e2eMs: number[];
  /** From arrival to the first step, ms; null where it was not recorded for every request. */
  queueMs: number[] | null;
  /** Gaps between consecutive visible tokens of all requests, ms; null where not recorded. */
  itlMs: number[] | null;
}

interface Recorded {
  inputTokens: number;
  outputTokens: number;
  /** Seconds on one clock. */
  from: number;
  admitted: number | null;
  first: number;
  last: number;
  tokens: number[] | null;
}

interface Keys {
  format: RecordedRun['format'];
  required: readonly string[];
  optional: readonly string[];
}

const beamline: Keys = {
  format: 'beamline',
  required: [
    'arrivalSeconds',
    'inputTokens',
    'outputTokens',
    'firstTokenSeconds',
    'lastTokenSeconds',
  ],
  optional: ['admittedSeconds', 'tokenSeconds', 'prefix'],
};
const vllm: Keys = {
  format: 'vllm',
  required: [
    'arrival_time',
    'input_toks',
    'output_toks',
    'queued_ts',
    'first_token_ts',
    'last_token_ts',
  ],
  optional: ['scheduled_ts', 'request_id'],
};

/** Most requests that a recorded run is compared on: their latencies are held in memory. */
export const MAX_RECORDED = 2_000_000;

/**
 * Reads a recorded run.
 * @throws BeamlineError `input` naming file and line: a line that is no object, an unknown or
 * missing key with the nearest spelling, a time that runs backwards
 */
export function readRecorded(file: string, chunks: Iterable<Uint8Array>): RecordedRun {
  const lines = new LineReader(file, chunks);
  const run: RecordedRun = {
    format: 'beamline',
    inputTokens: [],
    outputTokens: [],
    ttftMs: [],
    e2eMs: [],
    queueMs: [],
    itlMs: [],
  };
  let keys: Keys | null = null;
  let arrivedAt = Number.NEGATIVE_INFINITY;
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const value = objectOf(line, lines);
    keys ??= 'input_toks' in value || 'arrival_time' in value ? vllm : beamline;
    checkKeys(value, keys, lines);
    const arrival = seconds(value, keys.required[0]!, lines);
    if (arrival < arrivedAt) {
      lines.fail(`${keys.required[0]} is earlier than on the line before; sort it by that first.`);
    }
    arrivedAt = arrival;
    add(run, requestOf(value, keys, lines), lines);
  }
  if (keys === null) return lines.fail('the recorded run is empty; expected one request a line.');
  return { ...run, format: keys.format, queueMs: whole(run, 'queueMs'), itlMs: gaps(run) };
}

/** A column only counts when every request has it. */
function whole(run: RecordedRun, name: 'queueMs'): number[] | null {
  return run[name]!.length === run.ttftMs.length ? run[name] : null;
}

function gaps(run: RecordedRun): number[] | null {
  return run.itlMs!.length > 0 ? run.itlMs : null;
}

function objectOf(line: string, lines: LineReader): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    lines.fail(`${quoted(line)} is not valid JSON; expected one object a line.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    lines.fail(`${quoted(line)} is not a JSON object; expected one object a line.`);
  }
  return value as Record<string, unknown>;
}

function checkKeys(value: Record<string, unknown>, keys: Keys, lines: LineReader): void {
  const known = [...keys.required, ...keys.optional];
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const guess = didYouMean(key, known);
    lines.fail(`unknown key ${quoted(key)}; allowed: ${known.join(', ')}.${guess}`);
  }
  for (const key of keys.required) {
    if (value[key] !== undefined) continue;
    lines.fail(`the key ${key} is missing; a recorded run has ${keys.required.join(', ')}.`);
  }
}

function seconds(value: Record<string, unknown>, name: string, lines: LineReader): number {
  const found = value[name];
  if (typeof found === 'number' && Number.isFinite(found) && found >= 0) return found;
  const shown = quoted(JSON.stringify(found) ?? 'nothing');
  return lines.fail(`${name} is ${shown}; allowed: seconds, a number from 0.`);
}

function requestOf(value: Record<string, unknown>, keys: Keys, lines: LineReader): Recorded {
  const at = (name: string) => seconds(value, name, lines);
  const orNull = (name: string) => (value[name] === undefined ? null : at(name));
  const fail = (message: string) => lines.fail(message);
  if (keys === vllm) {
    return {
      inputTokens: tokensOfValue(value['input_toks'], 'input_toks', 1, fail),
      outputTokens: tokensOfValue(value['output_toks'], 'output_toks', 1, fail),
      from: at('queued_ts'),
      admitted: orNull('scheduled_ts'),
      first: at('first_token_ts'),
      last: at('last_token_ts'),
      tokens: null,
    };
  }
  return {
    inputTokens: tokensOfValue(value['inputTokens'], 'inputTokens', 1, fail),
    outputTokens: tokensOfValue(value['outputTokens'], 'outputTokens', 1, fail),
    from: at('arrivalSeconds'),
    admitted: orNull('admittedSeconds'),
    first: at('firstTokenSeconds'),
    last: at('lastTokenSeconds'),
    tokens: tokenTimes(value['tokenSeconds'], lines),
  };
}

function tokenTimes(value: unknown, lines: LineReader): number[] | null {
  if (value === undefined) return null;
  const isTimes = Array.isArray(value) && value.every((one) => typeof one === 'number' && one >= 0);
  if (!isTimes) lines.fail('tokenSeconds must be a list of seconds, one for each visible token.');
  return value as number[];
}

function add(run: RecordedRun, request: Recorded, lines: LineReader): void {
  const { from, admitted, first, last, tokens, outputTokens } = request;
  const times = [from, ...(admitted === null ? [] : [admitted]), first, last];
  if (times.some((time, i) => i > 0 && time < times[i - 1]!)) {
    lines.fail('its times run backwards: arrival ≤ first step ≤ first token ≤ last token.');
  }
  if (run.ttftMs.length === MAX_RECORDED) {
    lines.fail(`a recorded run holds at most ${MAX_RECORDED} requests; cut it.`);
  }
  run.inputTokens.push(request.inputTokens);
  run.outputTokens.push(outputTokens);
  run.ttftMs.push((first - from) * 1e3);
  run.e2eMs.push((last - from) * 1e3);
  if (admitted !== null) run.queueMs!.push((admitted - from) * 1e3);
  if (tokens === null) return;
  if (tokens.length !== outputTokens) {
    lines.fail(`tokenSeconds has ${tokens.length} times for ${outputTokens} output tokens.`);
  }
  for (let i = 1; i < tokens.length; i++) {
    if (tokens[i]! < tokens[i - 1]!) lines.fail('tokenSeconds runs backwards.');
    run.itlMs!.push((tokens[i]! - tokens[i - 1]!) * 1e3);
  }
}
