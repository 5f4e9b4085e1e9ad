import { describe, expect, it } from 'vitest';
import { readRecorded } from '../../src/replay/index.ts';

const read = (...lines: (string | object)[]) => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return readRecorded('log.jsonl', [new TextEncoder().encode(`${text.join('\n')}\n`)]);
};
const one = {
  arrivalSeconds: 1,
  inputTokens: 10,
  outputTokens: 3,
  firstTokenSeconds: 1.5,
  lastTokenSeconds: 2.5,
};
const vllm = {
  request_id: 'a',
  input_toks: 2358,
  output_toks: 531,
  arrival_time: 1787267980,
  queued_ts: 100,
  scheduled_ts: 100.25,
  first_token_ts: 101,
  last_token_ts: 103,
};

describe('a recorded run', () => {
  it('is read as latencies from arrival', () => {
    const run = read(one, { ...one, arrivalSeconds: 2, firstTokenSeconds: 2, lastTokenSeconds: 3 });
    expect(run).toMatchObject({ format: 'beamline', inputTokens: [10, 10], ttftMs: [500, 0] });
    expect(run.e2eMs).toEqual([1500, 1000]);
    expect([run.queueMs, run.itlMs]).toEqual([null, null]);
  });

  it('has gaps where every token was recorded, and waits where every first step was', () => {
    const run = read({ ...one, admittedSeconds: 1.25, tokenSeconds: [1.5, 2, 2.5] });
    expect(run.itlMs).toEqual([500, 500]);
    expect(run.queueMs).toEqual([250]);
    expect(read({ ...one, admittedSeconds: 1.25 }, one).queueMs).toBe(null);
  });

  it('of vLLM is read by differences on one clock: the epoch never meets the other times', () => {
    const run = read(vllm, { ...vllm, arrival_time: 1787267990 });
    expect(run).toMatchObject({ format: 'vllm', ttftMs: [1000, 1000], e2eMs: [3000, 3000] });
    expect(run.queueMs).toEqual([250, 250]);
    expect(read({ ...vllm, arrival_time: 5 })).toEqual(read(vllm));
  });

  it.each<[string, (string | object)[], RegExp]>([
    ['no line', [], /the recorded run is empty/],
    ['no JSON', ['{"arrival'], /^log.jsonl:1: .* is not valid JSON/],
    ['no object', ['[1]'], /log.jsonl:1: .* is not a JSON object/],
    ['a key misspelt', [one, { ...one, firstTokenSecond: 1 }], /:2: .*"firstTokenSeconds"/],
    ['a key missing', [{ ...one, lastTokenSeconds: undefined }], /key lastTokenSeconds is missing/],
    ['a key of vLLM missing', [{ ...vllm, queued_ts: undefined }], /key queued_ts is missing/],
    ['a time that is no number', [{ ...one, arrivalSeconds: '1' }], /arrivalSeconds is "\\"1\\""/],
    ['a negative time', [{ ...one, arrivalSeconds: -1 }], /arrivalSeconds is "-1"; allowed/],
    ['no output', [{ ...one, outputTokens: 0 }], /outputTokens is "0"; allowed/],
    ['times backwards', [{ ...one, lastTokenSeconds: 1.2 }], /:1: its times run backwards/],
    ['arrivals backwards', [one, { ...one, arrivalSeconds: 0.5 }], /:2: .*earlier than/],
    ['tokens that are no list', [{ ...one, tokenSeconds: 4 }], /tokenSeconds must be a list/],
    ['too few token times', [{ ...one, tokenSeconds: [1.5] }], /1 times for 3 output tokens/],
    ['token times backwards', [{ ...one, tokenSeconds: [2, 1, 3] }], /tokenSeconds runs backwards/],
  ])('%s is refused', (_, lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });
});
