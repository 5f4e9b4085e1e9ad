import { describe, expect, it } from 'vitest';
import { parseMeasurements, scenarioAt } from '../../src/calibration/deployment.ts';
import { parseScenario } from '../../src/scenario/index.ts';

const head = 'concurrency,inputTokens,outputTokens,tpotMs,ttftMs';
const three = `${head}\n1,1024,128,8.5,40\n8,1024,128,9.4,\n64,1024,128,21,900\n`;

describe('measurements', () => {
  it('are read from CSV: an empty field was not measured', () => {
    const points = parseMeasurements(three, 'm.csv');
    expect(points.map(({ concurrency }) => concurrency)).toEqual([1, 8, 64]);
    expect(points[1]).toMatchObject({
      where: 'm.csv:3',
      label: '8 in flight, 1024 in, 128 out',
      values: [{ quantity: 'tpotMs', value: 9.4 }],
      requests: null,
    });
    expect(points[0]!.values).toHaveLength(2);
  });

  it('are the same from JSONL, with Windows line ends, a mark at the start, blank lines', () => {
    const rows = [
      { concurrency: 1, inputTokens: 1024, outputTokens: 128, tpotMs: 8.5, ttftMs: 40 },
      { concurrency: 8, inputTokens: 1024, outputTokens: 128, tpotMs: 9.4, ttftMs: null },
      { concurrency: 64, inputTokens: 1024, outputTokens: 128, tpotMs: 21, ttftMs: 900 },
    ];
    const plain = (points: object[]) => points.map((point) => ({ ...point, where: '' }));
    const lines = rows.map((row) => JSON.stringify(row)).join('\r\n\r\n');
    const fromJson = parseMeasurements(`\ufeff${lines}`, 'm.jsonl');
    expect(plain(fromJson)).toEqual(plain(parseMeasurements(three, 'm.csv')));
    expect(fromJson[1]!.where).toBe('m.jsonl:3');
  });

  it.each<[string, string, RegExp]>([
    ['nothing', ' \n', /^m.csv: holds no measurement; its columns may be concurrency/],
    ['a column misspelt', 'concurency,x\n1,2', /^m.csv:1: "concurency" .*Did you mean "concurr/],
    ['a column without a name', 'concurrency,\n1,2', /:1: an empty name is not a column/],
    ['a column twice', 'tpotMs,tpotMs\n1,2', /:1: the column tpotMs stands twice/],
    ['a field too many', `${head}\n1,1,1,1,1,1`, /:2: has 6 fields, and the header 5 columns/],
    ['text for a number', `${head}\nmany,1,1,1,1`, /:2: concurrency is "many"; allowed: a whole/],
    ['half a request', `${head}\n1.5,1,1,1,1`, /:2: concurrency is 1.5; allowed: a whole number/],
    ['a negative time', `${head}\n1,1,1,-4,1`, /:2: tpotMs is -4; allowed: a number above 0/],
    ['no load', `${head}\n,1,1,1,1`, /:2: has neither of concurrency and ratePerSecond/],
    ['two loads', 'concurrency,ratePerSecond\n1,2', /:2: has both of concurrency and rateP/],
    ['no length', `${head}\n1,,1,1,1`, /:2: inputTokens is missing/],
    ['nothing measured', `${head}\n1,1,1,,`, /:2: nothing was measured; give one of ttftMs/],
    ['two points', three.split('\n').slice(0, 3).join('\n'), /holds 2 measurements; .* 3 to 200/],
    ['no JSON', '{"concurrency": 1', /^m.csv:1: is not a JSON object/],
    ['an unknown key', '{"tpot": 1}', /:1: "tpot" is not a column.*Did you mean "tpotMs"/],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseMeasurements(text, 'm.csv')).toThrow(message);
  });
});

describe('the scenario of a point', () => {
  const base = parseScenario({ serving: { maxBatchSize: 16 }, slo: 'ttft_p95 < 1s' }, 'test');
  const [point] = parseMeasurements(three, 'm.csv');

  it('keeps that many requests in flight, and an engine that holds them', () => {
    const scenario = scenarioAt(base, { ...point!, concurrency: 64 });
    expect(scenario.workload).toMatchObject({
      kind: 'closed-loop',
      concurrency: 64,
      requests: 640,
      inputTokens: { kind: 'constant', value: 1024 },
    });
    expect(scenario.serving.maxBatchSize).toBe(64);
    expect(parseScenario(scenario, 'again')).toEqual(scenario);
  });

  it('or sends them at a rate, as many as were sent', () => {
    const open = { ...point!, concurrency: null, ratePerSecond: 3, requests: 50 };
    const scenario = scenarioAt(base, open);
    expect(scenario.workload).toMatchObject({ kind: 'poisson', ratePerSecond: 3, requests: 50 });
    expect(scenario.serving.maxBatchSize).toBe(16);
    expect(parseScenario(scenario, 'again')).toEqual(scenario);
  });
});
