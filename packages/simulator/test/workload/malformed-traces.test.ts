import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BeamlineError } from '../../src/base/errors.ts';
import { MAX_LINE_BYTES } from '../../src/workload/index.ts';
import { arrivals, openText, REPLAY, replayed } from '../support/traces.ts';

/** Bad input: one message that names file and line, what was found and what is allowed. */

const azure = (...rows: string[]) =>
  ['TIMESTAMP,ContextTokens,GeneratedTokens', ...rows].join('\n');
const good = '2023-11-16 18:17:03.9799600,4808,10';
const burst = (...rows: string[]) =>
  ['Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type', ...rows].join('\n');
const mooncake = (fields: string) => `{"timestamp": 0, ${fields}}`;
const beamline = (fields: string) => `{"arrivalSeconds": 0, ${fields}}\n`;

const cases: [string, string, string | Uint8Array, RegExp][] = [
  ['an empty file', '', '', /^trace.txt: the trace is empty\. Known formats: azure-llm/],
  ['blank lines only', '', '\n  \n\r\n', /^trace.txt: the trace is empty/],
  ['a header alone', '', azure(), /^trace.txt: the trace holds no request\./],
  ['failed requests alone', '', burst('1,a,5,0,5,b'), /holds no request beside 1 failed ones/],
  [
    'an unknown header',
    '1',
    'time,prompt,answer\n1,2,3',
    /unknown trace format, first line "time,/,
  ],
  ['no header', '1', good, /is no header; a CSV trace starts with its column names/],
  ['a missing column', '1', 'TIMESTAMP,ContextTokens\n', /lacks the column GeneratedTokens/],
  [
    'a misspelt column',
    '1',
    'TIMESTAMP,ContextTokens,GenratedTokens',
    /unknown column "GenratedTokens".*Did you mean "GeneratedTokens"\?/,
  ],
  ['a doubled column', '1', 'TIMESTAMP,ContextTokens,ContextTokens', /"contexttokens" twice/],
  ['too few columns', '3', azure(good, '2023-11-16 18:17:04,3'), /found 2 columns in .*expected 3/],
  ['too many columns', '2', azure(`${good},9`), /found 4 columns/],
  ['a negative length', '2', azure('2023-11-16 18:17:03,-5,10'), /ContextTokens is "-5"; allowed/],
  ['NaN', '2', azure('2023-11-16 18:17:03,5,NaN'), /GeneratedTokens is "NaN"; allowed: a whole/],
  ['a fraction', '2', azure('2023-11-16 18:17:03,5.5,1'), /ContextTokens is "5.5"/],
  ['an empty field', '2', azure('2023-11-16 18:17:03,,1'), /ContextTokens is ""/],
  ['an empty prompt', '2', azure('2023-11-16 18:17:03,0,1'), /"0"; allowed: a whole number from 1/],
  ['too many tokens', '2', azure('2023-11-16 18:17:03,3000000000,1'), /"3000000000".*2147483647/],
  ['no time', '2', azure('yesterday,5,1'), /TIMESTAMP is "yesterday"; allowed: a time such as/],
  ['no such day', '2', azure('2023-02-29 10:00:00,5,1'), /TIMESTAMP is "2023-02-29 10:00:00"/],
  ['no such hour', '2', azure('2023-02-28 24:00:00,5,1'), /TIMESTAMP is/],
  [
    'out of order, though later than the first',
    '4',
    azure(good, '2023-11-16 18:17:05.0000001,1,1', '2023-11-16 18:17:05,1,1'),
    /is 1e-7 s earlier than the line before it; a trace must be in order of time/,
  ],
  ['a second header', '3', azure(good, azure()), /the header line stands a second time/],
  [
    'a last line cut off',
    '3',
    azure(good, '2023-11-16 18:1'),
    /found 1 columns.*no newline: the file may have been cut off/,
  ],
  ['a negative time', '2', burst('-1,a,5,6,11,b'), /Timestamp is "-1"; allowed: seconds/],
  ['an infinite time', '2', burst('Infinity,a,5,6,11,b'), /Timestamp is "Infinity"/],
  ['negative tokens', '2', burst('1,a,5,-6,11,b'), /Response tokens is "-6"/],
  ['no JSON', '1', '{"timestamp": 0, "input_len', /is not valid JSON.*may have been cut off/],
  ['NaN in JSON', '1', mooncake('"input_length": NaN, "output_length": 1'), /not valid JSON/],
  ['a list', '2', `${mooncake('"input_length": 1, "output_length": 1')}\n[1]`, /not a JSON object/],
  ['other JSON', '1', '{"prompt": "hello"}', /unknown trace format/],
  ['a missing key', '1', mooncake('"input_length": 5'), /the key output_length is missing/],
  [
    'an unknown key',
    '1',
    mooncake('"input_length": 5, "output_lenght": 5'),
    /unknown key "output_lenght".*Did you mean "output_length"\?/,
  ],
  [
    'text for a number',
    '1',
    mooncake('"input_length": "5", "output_length": 5'),
    /input_length is "\\"5\\""; allowed/,
  ],
  [
    'a hash that is no whole number',
    '1',
    mooncake('"input_length": 5, "output_length": 5, "hash_ids": [1.5]'),
    /hash_ids holds "1.5"/,
  ],
  [
    'more hashes than blocks',
    '1',
    mooncake('"input_length": 512, "output_length": 5, "hash_ids": [1, 2]'),
    /hash_ids has 2 ids, but a prompt of 512 tokens has at most 1 of 512 tokens each/,
  ],
  [
    'hashes that are no list',
    '1',
    mooncake('"input_length": 512, "output_length": 5, "hash_ids": 3'),
    /hash_ids is "3"; expected a list/,
  ],
  [
    'a negative arrival',
    '2',
    beamline('"inputTokens": 1, "outputTokens": 1') +
      '{"arrivalSeconds": -1, "inputTokens": 1, "outputTokens": 1}',
    /arrivalSeconds is "-1"; allowed: seconds, a number from 0/,
  ],
  [
    'a prefix without its size',
    '1',
    beamline('"inputTokens": 1, "outputTokens": 1, "prefix": {"hashes": [1]}'),
    /the key tokensPerHash is missing/,
  ],
  [
    'a prefix that is no object',
    '1',
    beamline('"inputTokens": 1, "outputTokens": 1, "prefix": 5'),
    /prefix is "5"; expected \{tokensPerHash, hashes\}/,
  ],
  ['bytes that are no text', '2', bytes(azure(), [10, 0xff, 0xc0, 0x80]), /is not UTF-8 text/],
  ['gzip', '', gzipSync(azure(good)), /^trace.txt: the trace is compressed with gzip.*gunzip/],
  ['zstd', '', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0]), /compressed with zstd.*zstd -d/],
  ['UTF-16', '', new Uint8Array([0xff, 0xfe, 0x54, 0]), /is UTF-16 text; save it as UTF-8/],
];

function bytes(text: string, more: number[]): Uint8Array {
  return new Uint8Array([...new TextEncoder().encode(text), ...more]);
}

describe('malformed traces', () => {
  for (const [what, line, text, message] of cases) {
    test(what, () => {
      for (const size of [65536, 3]) {
        let caught: unknown;
        try {
          replayed(text, {}, size);
        } catch (error) {
          caught = error;
        }
        expect(caught).toBeInstanceOf(BeamlineError);
        const found = caught as BeamlineError;
        expect(found.code).toBe('input');
        expect(found.message).toMatch(message);
        if (line !== '') expect(found.message.startsWith(`trace.txt:${line}: `)).toBe(true);
        expect(found.message).not.toContain('\n');
        expect(found.message.length).toBeLessThan(600);
      }
    });
  }

  test('a line of 100 MB is refused after its first MiB, and no more is read', () => {
    let given = 0;
    function* endless(): Iterable<Uint8Array> {
      const chunk = new Uint8Array(65536).fill(0x61);
      for (; given < 100e6; given += chunk.length) yield chunk;
    }
    const run = () => arrivals({ ...REPLAY, trace: 'big.csv' }, endless);
    expect(run).toThrow(/^big.csv:1: the line is longer than 1048576 bytes, the most allowed/);
    expect(given).toBeLessThanOrEqual(MAX_LINE_BYTES + 65536);
  });

  test('a bad line far down is found when the run gets there, with its own number', () => {
    const rows = Array.from({ length: 5000 }, (_, i) =>
      JSON.stringify({ arrivalSeconds: i, inputTokens: 1, outputTokens: i === 4321 ? -1 : 1 }),
    );
    expect(() => replayed(rows.join('\r\n'))).toThrow(/^trace.txt:4322: outputTokens is "-1"/);
    expect(replayed(rows.join('\r\n'), { requests: 4321 })).toHaveLength(4321);
  });

  test('the carriage return of a CRLF file is no part of what was found', () => {
    expect(() => replayed(azure('5,6', '').replaceAll('\n', '\r\n'))).toThrow(
      /in "5,6"; expected 3/,
    );
  });

  test('standard input is read like a file', () => {
    const { open } = openText(azure(good));
    expect(arrivals({ ...REPLAY, requests: 3, trace: '-' }, open)).toHaveLength(3);
  });
});
