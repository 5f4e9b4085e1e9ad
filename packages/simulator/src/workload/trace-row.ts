import { MAX_TOKENS } from './lengths.ts';
import { quoted } from './trace-lines.ts';

/** One request of a trace as its line says it; a parser fills the same object for every line. */
export interface TraceRow {
  /** Whole seconds since any fixed moment; only differences count. */
  seconds: number;
  /** 0 to 999,999,999, to be added to `seconds`: together exact where one number would not be. */
  nanos: number;
  inputTokens: number;
  outputTokens: number;
  hashes: readonly number[] | null;
  tokensPerHash: number;
}

/** Throws an input error that names the file and line. */
export type Fail = (message: string) => never;

/** Parses one line into `row`; false = a failed request, to be left out. */
export type RowParser = (line: string, row: TraceRow, fail: Fail) => boolean;

export interface TraceFormat {
  name: 'azure-llm' | 'mooncake' | 'burstgpt' | 'beamline' | 'vllm';
  parse: RowParser;
  /** The header line for CSV, null for JSONL, whose first line is a request. */
  header: string | null;
}

export function emptyRow(): TraceRow {
  return { seconds: 0, nanos: 0, inputTokens: 0, outputTokens: 0, hashes: null, tokensPerHash: 0 };
}

export function setTime(row: TraceRow, seconds: number): void {
  row.seconds = Math.floor(seconds);
  row.nanos = Math.round((seconds - row.seconds) * 1e9);
}

/** A CSV field that must be a whole number of tokens. */
export function tokensOfField(field: string, name: string, least: number, fail: Fail): number {
  const text = field.trim();
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return allowedTokens(value, quoted(text), name, least, fail);
}

/** A JSON value that must be a whole number of tokens. */
export function tokensOfValue(value: unknown, name: string, least: number, fail: Fail): number {
  const number = typeof value === 'number' ? value : Number.NaN;
  return allowedTokens(number, quoted(JSON.stringify(value) ?? 'nothing'), name, least, fail);
}

function allowedTokens(
  value: number,
  found: string,
  name: string,
  least: number,
  fail: Fail,
): number {
  if (Number.isInteger(value) && value >= least && value <= MAX_TOKENS) return value;
  return fail(`${name} is ${found}; allowed: a whole number from ${least} to ${MAX_TOKENS}.`);
}
