import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharedData, withoutData } from '../../../../test/support/shared-data.ts';
import { arrivalsOf } from '../../src/workload/index.ts';
import { TraceRows } from '../../src/workload/trace-rows.ts';
import {
  arrivals,
  openText,
  REPLAY,
  readFileChunks,
  replayed,
  scenarioOf,
  totalsOf,
} from '../support/traces.ts';

/** Traces of every format, as they are and repeated. Law (tokens): totals equal the file's. */

const AZURE = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-12-31 23:59:59.9799600,4808,10
2024-01-01 00:00:00.0319600,3180,8
2024-01-01 00:00:04.0000001,110,27
`;

const MOONCAKE = `{"timestamp": 27482, "input_length": 600, "output_length": 52, "hash_ids":[46,47]}
{"timestamp": 30535, "input_length": 700, "output_length": 26, "hash_ids": [46, 2353]}
{"timestamp": 30535, "input_length": 9, "output_length": 1, "hash_ids": []}
`;

const BURSTGPT = `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,472,18,490,Conversation log
45.25,ChatGPT,1087,0,1087,Conversation log
118,GPT-4,417,276,693,API log
`;

const PREFIX = '{"tokensPerHash": 64, "hashes": [7, 8, 9]}';
const BEAMLINE = `{"arrivalSeconds": 1.5, "inputTokens": 900, "outputTokens": 120}
{"arrivalSeconds": 2.25, "inputTokens": 130, "outputTokens": 0, "prefix": ${PREFIX}}
`;

describe('formats', () => {
  test('azure-llm: times from the first request, seven decimals, across a new year', () => {
    const all = replayed(AZURE);
    expect(all.map((arrival) => arrival.arrivalNs)).toEqual([0, 52_000_000, 4_020_040_100]);
    expect(totalsOf(all)).toEqual([3, 8098, 45]);
    expect(all[0]!.prefixHashes).toBeNull();
  });

  test('azure-llm: time zones, a T, and columns in another order', () => {
    const text = `GeneratedTokens, TIMESTAMP, ContextTokens
7,2024-02-29T23:30:00+00:00,5
8,2024-03-01T01:00:00.5+01:00,6
9,2024-02-29 19:00:01Z,7
`;
    expect(() => replayed(text)).toThrow(/trace.txt:4: .*earlier than the line before/);
    const all = replayed(text.split('\n').slice(0, 3).join('\n'));
    expect(all.map((arrival) => arrival.arrivalNs)).toEqual([0, 1_800_500_000_000]);
    expect(totalsOf(all)).toEqual([2, 11, 15]);
  });

  test('mooncake: milliseconds and one prefix id for each 512 tokens', () => {
    const all = replayed(MOONCAKE);
    expect(all.map((arrival) => arrival.arrivalNs)).toEqual([0, 3_053_000_000, 3_053_000_000]);
    expect(all.map((arrival) => arrival.prefixHashes)).toEqual([[46, 47], [46, 2353], null]);
    expect(all.map((arrival) => arrival.prefixTokensPerHash)).toEqual([512, 512, 0]);
    expect(totalsOf(all)).toEqual([3, 1309, 79]);
  });

  test('burstgpt: failed requests are left out and counted', () => {
    const scenario = scenarioOf(REPLAY);
    const source = arrivalsOf(scenario, openText(BURSTGPT).open);
    const times: number[] = [];
    for (let next = source.next(); next !== null; next = source.next()) times.push(next.arrivalNs);
    expect(times).toEqual([0, 113e9]);
    expect(source.warnings).toEqual([
      '1 failed requests of the burstgpt trace (0 response tokens) left out.',
    ]);
    const later = BURSTGPT.replace('Timestamp,Model', 'Timestamp,Session ID,Elapsed time,Model')
      .replaceAll(',ChatGPT', ',s1,2.5,ChatGPT')
      .replaceAll(',GPT-4', ',,,GPT-4');
    expect(replayed(later)).toEqual(replayed(BURSTGPT));
  });

  test('beamline: seconds, a prefix, and a request without output', () => {
    const all = replayed(BEAMLINE);
    expect(all.map((arrival) => arrival.arrivalNs)).toEqual([0, 750_000_000]);
    expect(all[1]!.prefixHashes).toEqual([7, 8, 9]);
    expect(all[1]!.prefixTokensPerHash).toBe(64);
    expect(totalsOf(all)).toEqual([2, 1030, 120]);
  });

  test('CRLF, a byte order mark, blank lines and no last newline change nothing', () => {
    for (const text of [AZURE, MOONCAKE, BURSTGPT, BEAMLINE]) {
      const plain = replayed(text);
      expect(replayed(text.replaceAll('\n', '\r\n'))).toEqual(plain);
      expect(replayed(`\uFEFF${text}`)).toEqual(plain);
      expect(replayed(`\n${text.replaceAll('\n', '\n\n  \n')}`)).toEqual(plain);
      expect(replayed(text.trimEnd())).toEqual(plain);
    }
  });

  test('the size of the chunks changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(AZURE, MOONCAKE, BURSTGPT, BEAMLINE),
        fc.integer({ min: 1, max: 300 }),
        (text, size) => {
          expect(replayed(text, {}, size)).toEqual(replayed(text));
        },
      ),
    );
  });
});

describe('load and end', () => {
  test('timeScale 0.5 is twice the load; requests and duration bound', () => {
    const scaled = replayed(AZURE, { timeScale: 0.5 }).map((arrival) => arrival.arrivalNs);
    expect(scaled).toEqual([0, 26_000_000, 2_010_020_050]);
    expect(replayed(AZURE, { requests: 2 })).toHaveLength(2);
    expect(replayed(AZURE, { durationSeconds: 4 })).toHaveLength(2);
    expect(() => replayed(AZURE, { timeScale: 0 })).toThrow(/timeScale: 0 is not allowed/);
  });

  test('the file is closed when the run ends before it does, and after an error', () => {
    for (const settings of [{ requests: 1 }, { durationSeconds: 1 }, {}]) {
      const { open, calls } = openText(AZURE, 16);
      arrivals({ ...REPLAY, ...settings }, open);
      expect(calls).toEqual({ opened: 1, closed: 1 });
    }
    const { open, calls } = openText(AZURE.replace(',8\n', ',-8\n'), 16);
    expect(() => arrivals(REPLAY, open)).toThrow();
    expect(calls).toEqual({ opened: 1, closed: 1 });
  });
});

describe('repeated traces', () => {
  const rows = fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: 1e6 }),
      input: fc.integer({ min: 1, max: 5000 }),
      output: fc.integer({ min: 0, max: 500 }),
      hashes: fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 3 }),
    }),
    { minLength: 2, maxLength: 30 },
  );

  test('pass p is the first one, shifted by p·(span + mean gap), with its own prefix ids', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), (list, requests) => {
        let time = 0;
        const lines = list.map(({ gap, input, output, hashes }, i) => {
          time += i === 0 ? 0 : gap;
          const prefix = { tokensPerHash: 1, hashes: hashes.slice(0, input) };
          const seconds = time / 1e6;
          return JSON.stringify({
            arrivalSeconds: seconds,
            inputTokens: input,
            outputTokens: output,
            prefix,
          });
        });
        const once = replayed(lines.join('\n'));
        const many = replayed(lines.join('\n'), { requests });
        const span = once[once.length - 1]!.arrivalNs;
        const shift = span + Math.round(span / (once.length - 1));
        const base = 1 + Math.max(-1, ...once.flatMap((arrival) => arrival.prefixHashes ?? []));
        expect(many).toHaveLength(requests);
        many.forEach((arrival, i) => {
          const pass = Math.floor(i / once.length);
          const first = once[i % once.length]!;
          expect(arrival).toEqual({
            ...first,
            arrivalNs: first.arrivalNs + pass * shift,
            prefixHashes: first.prefixHashes?.map((hash) => hash + pass * base) ?? null,
          });
        });
      }),
      { numRuns: 100 },
    );
  });

  test('one request alone repeats a second apart; the file is opened once', () => {
    const { open, calls } = openText('{"arrivalSeconds": 9, "inputTokens": 1, "outputTokens": 1}');
    const all = arrivals({ ...REPLAY, requests: 4 }, open);
    expect(all.map((arrival) => arrival.arrivalNs)).toEqual([0, 1e9, 2e9, 3e9]);
    expect(calls).toEqual({ opened: 1, closed: 1 });
  });

  test('a trace too long to remember is opened again for each pass, with the same arrivals', () => {
    const read = (rows: TraceRows, count: number) =>
      Array.from({ length: count }, () => {
        expect(rows.next()).toBe(true);
        const { timeNs, inputTokens, outputTokens, prefixHashes } = rows;
        return { timeNs, inputTokens, outputTokens, hashes: [...(prefixHashes ?? [])] };
      });
    for (const text of [AZURE, MOONCAKE, BURSTGPT, BEAMLINE]) {
      const kept = read(new TraceRows('x', openText(text).open, true), 10);
      for (const bounds of [
        { requests: 1, hashes: 100 },
        { requests: 100, hashes: 1 },
      ]) {
        const { open, calls } = openText(text);
        const reopened = read(new TraceRows('x', open, true, bounds), 10);
        expect(reopened).toEqual(kept);
        if (bounds.requests === 1) expect(calls.opened).toBeGreaterThan(3);
      }
    }
    const piped = new TraceRows('-', openText(AZURE).open, true, { requests: 1, hashes: 0 });
    read(piped, 3);
    expect(() => piped.next()).toThrow(/standard input .* cannot be read twice; give it as a file/);
  });

  test('a trace under other lengths keeps its times and loses its prefixes', () => {
    const outputTokens = { kind: 'constant', value: 5 } as const;
    const own = replayed(MOONCAKE);
    expect(replayed(MOONCAKE, { outputTokens })).toEqual(
      own.map((arrival) => ({ ...arrival, outputTokens: 5 })),
    );
    const drawn = replayed(MOONCAKE, { inputTokens: { kind: 'constant', value: 7 } });
    expect(drawn.map((arrival) => [arrival.arrivalNs, arrival.inputTokens])).toEqual(
      own.map((arrival) => [arrival.arrivalNs, 7]),
    );
    expect(drawn.every((arrival) => arrival.prefixHashes === null)).toBe(true);
  });

  test('lengths from a trace keep their order under drawn arrivals, and repeat', () => {
    const settings = {
      kind: 'poisson',
      requests: 5,
      trace: 'x',
      outputTokens: { kind: 'from-trace' },
    } as const;
    const all = arrivals(settings, openText(AZURE).open);
    expect(all.map((arrival) => arrival.outputTokens)).toEqual([10, 8, 27, 10, 8]);
    expect(all[0]!.inputTokens).toBe(100);
  });
});

describe('real traces', () => {
  const csv = (line: string) => line.split(',').slice(1).map(Number) as [number, number];
  const json = (line: string): [number, number] => {
    const found = /"input_length": (\d+), "output_length": (\d+)/.exec(line)!;
    return [Number(found[1]), Number(found[2])];
  };
  const files: [string, number, (line: string) => [number, number]][] = [
    ['traces/AzureLLMInferenceTrace_conv.csv', 1, csv],
    ['traces/AzureLLMInferenceTrace_code.csv', 1, csv],
    ['traces/mooncake_fast25_conversation_trace.jsonl', 0, json],
  ];
  for (const [name, headers, lengths] of files) {
    const path = sharedData(name);
    test.skipIf(path === null)(
      path === null ? `${name}: skipped, ${withoutData(name)}` : `${name}: totals equal the file's`,
      () => {
        const lines = readFileSync(path!, 'utf8').split(/\r?\n/).slice(headers);
        const rows = lines.filter((line) => line !== '').map(lengths);
        const input = rows.reduce((sum, [tokens]) => sum + tokens, 0);
        const output = rows.reduce((sum, [, tokens]) => sum + tokens, 0);
        const settings = { ...REPLAY, trace: path };
        expect(totalsOf(arrivals(settings, readFileChunks))).toEqual([rows.length, input, output]);
        const twice = arrivals({ ...settings, requests: 2 * rows.length }, readFileChunks);
        expect(totalsOf(twice)).toEqual([2 * rows.length, 2 * input, 2 * output]);
      },
    );
  }
});
