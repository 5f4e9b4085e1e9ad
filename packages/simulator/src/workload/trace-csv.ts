import { didYouMean } from '../base/errors.ts';
import { quoted } from './trace-lines.ts';
import { type Fail, setTime, type TraceFormat, type TraceRow, tokensOfField } from './trace-row.ts';

/**
 * The CSV traces.
 *
 * azure-llm: `TIMESTAMP,ContextTokens,GeneratedTokens` with UTC times of up to nine decimals, for
 * example `2023-11-16 18:15:46.6805900,374,44` (Azure Public Dataset, LLM inference traces).
 * burstgpt: `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type`, seconds from
 * the trace's start; later releases add `Session ID` and `Elapsed time`. A row with 0 response
 * tokens is a failed request.
 */

export const AZURE_COLUMNS = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;
export const BURSTGPT_COLUMNS = [
  'Timestamp',
  'Model',
  'Request tokens',
  'Response tokens',
  'Total tokens',
  'Log Type',
] as const;
const BURSTGPT_OPTIONAL = ['Session ID', 'Elapsed time'] as const;

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))?$/;
const SECONDS = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The CSV format that this header belongs to, or null. */
export function csvFormat(header: string, fail: Fail): TraceFormat | null {
  const names = header.split(',').map((name) => name.trim());
  const lower = names.map((name) => name.toLowerCase());
  if (lower.includes('contexttokens') || lower.includes('generatedtokens')) {
    return azureFormat(header, columnsOf(names, AZURE_COLUMNS, [], fail));
  }
  if (lower.includes('request tokens') || lower.includes('response tokens')) {
    return burstgptFormat(header, columnsOf(names, BURSTGPT_COLUMNS, BURSTGPT_OPTIONAL, fail));
  }
  return null;
}

/** Position of each wanted column; an error on a missing, doubled or unknown one. */
function columnsOf(
  names: readonly string[],
  wanted: readonly string[],
  optional: readonly string[],
  fail: Fail,
): { positions: number[]; count: number } {
  const allowed = [...wanted, ...optional];
  const lower = names.map((name) => name.toLowerCase());
  for (const [index, name] of lower.entries()) {
    if (!allowed.some((column) => column.toLowerCase() === name)) {
      fail(
        `the header has an unknown column ${quoted(names[index]!)}; ` +
          `expected: ${wanted.join(',')}.${didYouMean(names[index]!, allowed)}`,
      );
    }
    if (lower.indexOf(name) !== index) fail(`the header has the column ${quoted(name)} twice.`);
  }
  const positions = wanted.map((column) => {
    const position = lower.indexOf(column.toLowerCase());
    return position >= 0
      ? position
      : fail(`the header lacks the column ${column}; expected: ${wanted.join(',')}.`);
  });
  return { positions, count: names.length };
}

function fieldsOf(line: string, header: string, count: number, fail: Fail): string[] {
  const fields = line.split(',');
  if (fields.length === count) return fields;
  return fail(`found ${fields.length} columns in ${quoted(line)}; expected ${count}: ${header}.`);
}

function refuseHeader(line: string, header: string, fail: Fail): void {
  if (line.trim() === header.trim()) {
    fail('the header line stands a second time; were two files joined? Keep the first one only.');
  }
}

function azureFormat(
  header: string,
  { positions, count }: { positions: number[]; count: number },
): TraceFormat {
  const [time, input, output] = positions as [number, number, number];
  return {
    name: 'azure-llm',
    header,
    parse(line, row, fail) {
      refuseHeader(line, header, fail);
      const fields = fieldsOf(line, header, count, fail);
      setDateTime(row, fields[time]!.trim(), fail);
      row.inputTokens = tokensOfField(fields[input]!, 'ContextTokens', 1, fail);
      row.outputTokens = tokensOfField(fields[output]!, 'GeneratedTokens', 0, fail);
      return true;
    },
  };
}

function burstgptFormat(
  header: string,
  { positions, count }: { positions: number[]; count: number },
): TraceFormat {
  const [time, , input, output] = positions as [number, number, number, number];
  return {
    name: 'burstgpt',
    header,
    parse(line, row, fail) {
      refuseHeader(line, header, fail);
      const fields = fieldsOf(line, header, count, fail);
      const seconds = fields[time]!.trim();
      if (!SECONDS.test(seconds) || Number(seconds) > 1e12) {
        fail(`Timestamp is ${quoted(seconds)}; allowed: seconds, a number from 0, as in 12.5.`);
      }
      setTime(row, Number(seconds));
      row.outputTokens = tokensOfField(fields[output]!, 'Response tokens', 0, fail);
      const failed = row.outputTokens === 0;
      row.inputTokens = tokensOfField(fields[input]!, 'Request tokens', failed ? 0 : 1, fail);
      return !failed;
    },
  };
}

function setDateTime(row: TraceRow, text: string, fail: Fail): void {
  const match = DATE_TIME.exec(text);
  if (match === null || !isDateTime(match)) {
    fail(`TIMESTAMP is ${quoted(text)}; allowed: a time such as 2023-11-16 18:15:46.6805900.`);
  }
  const [year, month, day, hour, minute, second] = match!.slice(1, 7).map(Number) as Six;
  const zone =
    (match![8] === '-' ? -1 : 1) * (Number(match![9] ?? 0) * 60 + Number(match![10] ?? 0));
  row.seconds = daysFromEpoch(year, month, day) * 86400 + (hour * 60 + minute - zone) * 60 + second;
  row.nanos = Number((match![7] ?? '').padEnd(9, '0'));
}

type Six = [number, number, number, number, number, number];

function isDateTime(match: RegExpExecArray): boolean {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
  return hour <= 23 && minute <= 59 && second <= 59;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days from 1970-01-01 in the Gregorian calendar, years counted from March so that leap days come
 * last.
 */
function daysFromEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468
  );
}
