import { didYouMean } from '../base/errors.ts';
import { quoted } from './trace-lines.ts';
import { type Fail, setTime, type TraceFormat, type TraceRow, tokensOfValue } from './trace-row.ts';

/**
 * The JSONL traces: one object a line.
 *
 * mooncake: `{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47,
 * …]}` with milliseconds; each hash id stands for 512 prompt tokens, the last one for what is left
 * (R. Qin et al., "Mooncake", FAST '25).
 * beamline: `{"arrivalSeconds": 1.5, "inputTokens": 900, "outputTokens": 120,
 * "prefix": {"tokensPerHash": 64, "hashes": [7, 8]}}`; `prefix` may be left out. A recorded run has
 * the same keys and times of what came out (`replay/recorded.ts`), which no arrival reads.
 * vllm: a request log of vLLM, `{"request_id": "a", "input_toks": 9, "output_toks": 5,
 * "arrival_time": 1787267980.08, "queued_ts": 27536.66, …}`; `arrival_time` is read, in seconds.
 */

export const MOONCAKE_TOKENS_PER_HASH = 512;

const MOONCAKE_KEYS = ['timestamp', 'input_length', 'output_length', 'hash_ids'];
const BEAMLINE_KEYS = [
  'arrivalSeconds',
  'inputTokens',
  'outputTokens',
  'prefix',
  'admittedSeconds',
  'firstTokenSeconds',
  'lastTokenSeconds',
  'tokenSeconds',
];
const VLLM_KEYS = [
  'arrival_time',
  'input_toks',
  'output_toks',
  'request_id',
  'queued_ts',
  'scheduled_ts',
  'first_token_ts',
  'last_token_ts',
];
const PREFIX_KEYS = ['tokensPerHash', 'hashes'];

/** The JSONL format that this first line belongs to, or null. */
export function jsonlFormat(first: string, fail: Fail): TraceFormat | null {
  const value = objectOf(first, fail);
  if ('input_length' in value || 'timestamp' in value) {
    return { name: 'mooncake', header: null, parse: parseMooncake };
  }
  if ('arrivalSeconds' in value || 'inputTokens' in value) {
    return { name: 'beamline', header: null, parse: parseBeamline };
  }
  if ('arrival_time' in value || 'input_toks' in value) {
    return { name: 'vllm', header: null, parse: parseVllm };
  }
  return null;
}

function objectOf(line: string, fail: Fail): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail(`${quoted(line)} is not valid JSON; expected one object a line.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${quoted(line)} is not a JSON object; expected one object a line.`);
  }
  return value as Record<string, unknown>;
}

function requireKeys(
  value: Record<string, unknown>,
  keys: readonly string[],
  needed: number,
  fail: Fail,
): void {
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) {
      fail(`unknown key ${quoted(key)}; allowed: ${keys.join(', ')}.${didYouMean(key, keys)}`);
    }
  }
  for (const key of keys.slice(0, needed)) {
    if (value[key] === undefined) fail(`the key ${key} is missing; expected: ${keys.join(', ')}.`);
  }
}

function parseMooncake(line: string, row: TraceRow, fail: Fail): boolean {
  const value = objectOf(line, fail);
  requireKeys(value, MOONCAKE_KEYS, 3, fail);
  const milliseconds = timeOf(value['timestamp'], 'timestamp', 'milliseconds', fail);
  row.seconds = Math.floor(milliseconds / 1000);
  row.nanos = Math.round((milliseconds - row.seconds * 1000) * 1e6);
  row.inputTokens = tokensOfValue(value['input_length'], 'input_length', 1, fail);
  row.outputTokens = tokensOfValue(value['output_length'], 'output_length', 0, fail);
  setHashes(row, value['hash_ids'], MOONCAKE_TOKENS_PER_HASH, 'hash_ids', fail);
  return true;
}

function parseBeamline(line: string, row: TraceRow, fail: Fail): boolean {
  const value = objectOf(line, fail);
  requireKeys(value, BEAMLINE_KEYS, 3, fail);
  setTime(row, timeOf(value['arrivalSeconds'], 'arrivalSeconds', 'seconds', fail));
  row.inputTokens = tokensOfValue(value['inputTokens'], 'inputTokens', 1, fail);
  row.outputTokens = tokensOfValue(value['outputTokens'], 'outputTokens', 0, fail);
  const prefix = value['prefix'];
  if (prefix === undefined || prefix === null) {
    setHashes(row, undefined, 0, 'prefix', fail);
    return true;
  }
  if (typeof prefix !== 'object' || Array.isArray(prefix)) {
    return fail(`prefix is ${quoted(JSON.stringify(prefix))}; expected {tokensPerHash, hashes}.`);
  }
  const { tokensPerHash, hashes } = prefix as Record<string, unknown>;
  requireKeys(prefix as Record<string, unknown>, PREFIX_KEYS, 2, fail);
  const size = tokensOfValue(tokensPerHash, 'prefix.tokensPerHash', 1, fail);
  setHashes(row, hashes, size, 'prefix.hashes', fail);
  return true;
}

function parseVllm(line: string, row: TraceRow, fail: Fail): boolean {
  const value = objectOf(line, fail);
  requireKeys(value, VLLM_KEYS, 3, fail);
  setTime(row, timeOf(value['arrival_time'], 'arrival_time', 'seconds', fail));
  row.inputTokens = tokensOfValue(value['input_toks'], 'input_toks', 1, fail);
  row.outputTokens = tokensOfValue(value['output_toks'], 'output_toks', 0, fail);
  setHashes(row, undefined, 0, '', fail);
  return true;
}

function timeOf(value: unknown, name: string, unit: string, fail: Fail): number {
  if (typeof value === 'number' && value >= 0 && value <= 1e15) return value;
  const found = quoted(JSON.stringify(value) ?? 'nothing');
  return fail(`${name} is ${found}; allowed: ${unit}, a number from 0.`);
}

function setHashes(row: TraceRow, ids: unknown, size: number, name: string, fail: Fail): void {
  row.hashes = null;
  row.tokensPerHash = 0;
  if (ids === undefined) return;
  if (!Array.isArray(ids)) {
    fail(`${name} is ${quoted(JSON.stringify(ids))}; expected a list of whole numbers.`);
  }
  const list = ids as unknown[];
  const most = Math.ceil(row.inputTokens / size);
  if (list.length > most) {
    fail(
      `${name} has ${list.length} ids, but a prompt of ${row.inputTokens} tokens has at most ` +
        `${most} of ${size} tokens each.`,
    );
  }
  for (const id of list) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      fail(
        `${name} holds ${quoted(JSON.stringify(id))}; allowed: whole numbers from 0 to 2^53 - 1.`,
      );
    }
  }
  if (list.length === 0) return;
  row.hashes = list as number[];
  row.tokensPerHash = size;
}
