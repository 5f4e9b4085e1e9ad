import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { call, Folder } from './harness.ts';

/**
 * Bad input: one clear message on stderr, nothing on stdout, the right exit code, no stack, and
 * what was there before is still there.
 */
const folder = new Folder();
afterAll(() => folder.remove());

async function refused(argv: readonly string[], code: number, message: string): Promise<void> {
  const called = await call(argv, { cwd: folder.path });
  expect(called.stderr).toContain(message);
  expect(called.code).toBe(code);
  expect(called.stdout).toBe('');
  expect(called.stderr).toMatch(/^beamline: [^\n]+\n(?: {2}[^\n]+\n)*$/);
  expect(called.stderr).not.toMatch(/\bat .*\.ts:\d+/);
}

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
model: *e
`;

const malformed: [name: string, content: string | Uint8Array, message: string][] = [
  ['truncated.yaml', 'workload:\n  inputTokens: { kind: lognormal, mean: 10', 'truncated.yaml:2:'],
  ['truncated.json', '{"workload": {"ratePerSecond": 4', 'truncated.json:1:'],
  ['tabs.yaml', 'workload:\n\tratePerSecond: 4\n', 'tabs.yaml:2:'],
  ['indent.yaml', 'workload:\n  requests: 5\n ratePerSecond: 4\n', 'indent.yaml:3:'],
  ['list.yaml', '- seed: 1\n', 'a scenario must be an object'],
  ['scalar.yaml', 'just words\n', 'a scenario must be an object'],
  ['number.json', '42', 'a scenario must be an object'],
  ['type.yaml', 'seed: "1"\n', 'type.yaml:1: seed must be an integer'],
  ['fraction.yaml', 'seed: 1.5\n', 'seed must be an integer'],
  ['negative.yaml', 'seed: 2\nworkload:\n  ratePerSecond: -4\n', 'negative.yaml:3: workload.rate'],
  ['zero.yaml', 'workload: { ratePerSecond: 0 }\n', 'must be a number above 0'],
  ['nan.yaml', 'workload: { ratePerSecond: .nan }\n', 'got NaN'],
  ['infinite.yaml', 'workload: { ratePerSecond: .inf }\n', 'got Infinity'],
  ['huge-number.json', '{"workload": {"ratePerSecond": 1e999}}', 'got Infinity'],
  ['unit.yaml', 'workload: { durationSeconds: 5m }\n', '(s), or null (got the text "5m")'],
  ['key.yaml', 'speculation:\n  beems: 8\n', 'key.yaml:2: speculation.beems is not a field'],
  ['key2.yaml', 'speculation:\n  beems: 8\n', 'Did you mean "beams"?'],
  ['section.yaml', 'servng: {}\n', 'Did you mean "serving"?'],
  ['elsewhere.yaml', 'beams: 8\n', 'Did you mean "speculation.beams"?'],
  ['enum.yaml', 'speculation: { method: redraftr }\n', 'Did you mean "redrafter"?'],
  ['duplicate.yaml', 'seed: 1\nseed: 2\n', 'duplicate.yaml:2:1: Map keys must be unique.'],
  ['duplicate.json', '{"seed": 1, "seed": 2}', 'Map keys must be unique.'],
  ['documents.yaml', 'seed: 1\n---\nseed: 2\n', 'documents.yaml:2'],
  ['tag.yaml', 'seed: !!js/function "x"\n', 'tag.yaml:1'],
  ['alias.yaml', 'model: *nowhere\n', 'nowhere'],
  ['bomb.yaml', bomb, 'bomb.yaml: Excessive alias count'],
  ['binary.yaml', new Uint8Array([0xff, 0xfe, 0x00, 0x81, 0x00]), 'is not text in UTF-8'],
  ['zeros.yaml', 'seed: 1\0\0', 'is a binary file'],
  ['packed.yaml', gzipSync('seed: 1\n'), 'is gzip'],
  ['large.yaml', `# ${'x'.repeat(1 << 20)}\n`, 'is larger than 1048576 bytes'],
  ['proto.json', '{"__proto__": {"polluted": 1}}', '__proto__ is not a field'],
  ['proto2.json', '{"model": {"a": {"__proto__": 1}}}', 'is not a key that data may have'],
  ['constructor.yaml', 'constructor: { prototype: { x: 1 } }\n', 'constructor is not a field'],
  ['null.yaml', 'seed: null\n', 'seed must be an integer'],
  ['object.yaml', 'seed: { a: 1 }\n', 'got an object {a}'],
  ['slo.yaml', 'slo: "ttft_p95 < 500"\n', 'slo'],
  ['slo2.yaml', 'slo: "tfft_p95 < 500ms"\n', 'ttft'],
  ['trace.yaml', 'workload: { kind: trace }\n', 'workload.trace is missing'],
  ['closed.yaml', 'workload: { kind: closed-loop }\n', 'workload.concurrency is missing'],
  ['model.yaml', 'model: lama-3.1-8b\n', 'llama-3.1-8b'],
  ['gpu.yaml', 'hardware: { gpu: h100sxm }\n', 'h100-sxm'],
  ['acceptance.yaml', 'speculation: { acceptance: chatt }\n', 'chat'],
  ['names.yaml', 'model: lama\nhardware: { gpu: h1 }\n', 'names.yaml: 2 problems'],
  ['control.yaml', 'model: "a\\u001b[2Jb"\n', 'has characters that are not text'],
];

describe('malformed scenarios', () => {
  it.each(malformed)('%s', async (name, content, message) => {
    folder.file(name, content);
    await refused(['simulate', name], 2, message);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('tells all problems of a file together', async () => {
    folder.file('many.yaml', 'sead: 1\nspeculation: { beams: -1 }\nslo: 3\n');
    const { stderr, code } = await call(['simulate', 'many.yaml'], { cwd: folder.path });
    expect(code).toBe(2);
    expect(stderr.match(/many\.yaml:\d: /g)).toHaveLength(3);
  });

  it('names the flag that was wrong, not the file', async () => {
    folder.file('good.yaml', 'seed: 1\n');
    await refused(['simulate', 'good.yaml', '--rate', '-4'], 2, '--rate: workload.ratePerSecond');
    await refused(['simulate', 'good.yaml', '--set', 'seed=x'], 2, '--set seed: seed must be');
  });
});

describe('odd but right files are read', () => {
  it.each<[string, string | Uint8Array, number]>([
    ['empty.yaml', '', 1],
    ['comment.yaml', '# nothing\n', 1],
    ['bom.yaml', '\ufeffseed: 7\n', 7],
    ['crlf.yaml', 'seed: 7\r\nslo: null\r\n', 7],
    ['noeol.yaml', 'seed: 7', 7],
    ['bom.json', '\ufeff{"seed": 7}', 7],
    ['empty.json', '{}', 1],
    ['sections.yaml', 'serving:\nworkload:\nseed: 7\n', 7],
    ['flow.yaml', '{seed: 7, speculation: {beams: 2}}', 7],
    ['anchor.yaml', 'seed: &s 7\n', 7],
  ])('%s', async (name, content, seed) => {
    folder.file(name, content);
    const called = await call(['scenario', name, '--format', 'json'], { cwd: folder.path });
    expect(called.stderr).toBe('');
    expect(JSON.parse(called.stdout).seed).toBe(seed);
  });
});

describe('files that are not there or not files', () => {
  it.each([
    [['simulate', 'absent.yaml'], 'absent.yaml: no such scenario file'],
    [['simulate', '.'], '.: is a folder, not a file'],
    [['simulate', '--model', './absent.json'], './absent.json: cannot be read: no such file'],
    [['simulate', '--acceptance', './absent.json'], './absent.json: cannot be read'],
    [['replay', 'absent.csv'], 'absent.csv: cannot be read: no such file'],
    [['replay', '.'], '.: is a folder'],
    [['replay'], 'needs a trace'],
    [['report', 'absent.json', '--html', 'x.html'], 'absent.json: cannot be read'],
    [['compare', 'absent.json', 'absent.json'], 'absent.json: cannot be read'],
  ])('%j', async (argv, message) => {
    await refused(argv, 2, message);
  });

  it('a packed trace that is cut, or that unpacks to no trace', async () => {
    const whole = gzipSync('TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,10,5\n');
    folder.file('cut.csv.gz', whole.subarray(0, whole.length - 12));
    await refused(['replay', 'cut.csv.gz'], 2, 'cut.csv.gz: is not a whole gzip file');
    folder.file('words.csv.gz', gzipSync('no trace at all\n'));
    await refused(['replay', 'words.csv.gz'], 2, 'words.csv.gz');
  });

  it('a trace line that does not parse is named by file and line', async () => {
    const rows = '2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,many,109\n';
    folder.file('bad.csv', `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows}`);
    await refused(['replay', 'bad.csv'], 2, 'bad.csv:3');
  });
});

describe('results that are no results', () => {
  it.each([
    ['empty.json', '', 'is empty'],
    ['words.json', 'words', 'is not JSON'],
    ['array.json', '[]', 'is not a run or a sweep'],
    ['other.json', '{"a": 1}', 'is not a run or a sweep'],
    ['points.json', '{"points": [7]}', 'points[0]'],
    ['scenario.json', '{"scenario": {}, "metrics": {}, "verdict": {}}', 'metric'],
    [
      'wrong.json',
      '{"scenario": {"sead": 1}, "metrics": {}, "verdict": {}}',
      'Did you mean "seed"?',
    ],
  ])('%s', async (name, content, message) => {
    folder.file(name, content);
    await refused(['report', name, '--html', 'out.html'], 2, message);
    expect(existsSync(folder.at('out.html'))).toBe(false);
  });
});

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [['simulat'], 'simulat: is not a command. Did you mean "simulate"?'],
    [['frobnicate'], 'frobnicate: is not a command. See beamline help.'],
    [['simulate', '--bems', '4'], 'Did you mean "--beams"?'],
    [['simulate', '--set', 'speculation.beems=4'], 'Did you mean "beams"?'],
    [['simulate', '--set', 'speculation.beams'], 'must be path=value'],
    [['simulate', '--set', '__proto__.x=1'], 'is not a field'],
    [['simulate', '--beams'], 'needs a value'],
    [['simulate', '--beams', '--rate', '4'], 'needs a value'],
    [['simulate', '--format', 'jsn'], 'Did you mean "json"?'],
    [['simulate', '--format', 'json', '--format', 'csv'], 'is given twice'],
    [['simulate', '--quiet=yes'], 'takes no value'],
    [['simulate', '--jobs', '0'], 'must be an integer from 1 to 256'],
    [['simulate', '--jobs', '1.5'], 'must be an integer'],
    [['simulate', 'a.yaml', 'b.yaml'], 'one argument too many'],
    [['validate', 'x'], 'takes no argument'],
    [['validate', '--data', '.'], 'holds none of the tables of measurements'],
    [['validate', '--data', 'nowhere'], 'is no folder'],
    [['compare', 'a.json'], 'needs two result files'],
    [['compare', '--threshold', '-1', 'a', 'b'], 'must be a number from 0 to 100'],
    [['sweep'], 'needs what to sweep'],
    [['sweep', '--over', 'speculation.beams=0:5'], 'is not a range'],
    [['sweep', '--over', 'speculation.beams'], 'must be path=values'],
    [['size'], 'needs what to meet'],
    [['size', '--slo', 'ttft_p95 < 1s', '--schedules', 'adaptve'], 'Did you mean "adaptive"?'],
    [['size', '--slo', 'ttft_p95 < 1s', '--tensor-parallel', '1,x'], 'integers from 1 to 64'],
    [['size', '--slo', 'ttft_p95 < 1s', '--objective', 'price'], 'must be one of gpus, cost'],
    [['report'], 'needs a run or a sweep'],
    [['report', 'a.json'], 'say what to write'],
    [['completions'], 'needs a shell'],
    [['completions', 'bsh'], 'Did you mean "bash"?'],
    [['help', 'simulat'], 'Did you mean "simulate"?'],
    [['demo', '--html'], 'needs a value'],
    [['--frobnicate'], 'is not an option'],
  ])('%j', async (argv, message) => {
    await refused(argv, 2, message);
  });
});

describe('what cannot be', () => {
  it('a model that does not fit is infeasible, in any command', async () => {
    const argv = ['--model', 'deepseek-v3', '--gpu', 'l4'];
    await refused(['simulate', ...argv], 3, 'GB');
    await refused(['estimate', ...argv], 3, 'GB');
    const sweep = ['sweep', ...argv, '--over', 'seed=1,2'];
    const called = await call(sweep, { cwd: folder.path });
    expect(called.code).toBe(3);
    expect(called.stdout).toContain('infeasible');
  });
});

describe('places that cannot be written', () => {
  const quick = ['--requests', '20', '--no-baseline'];

  it.each([
    ['a folder that is not there', ['simulate', ...quick, '--out', 'no/such/run.json']],
    ['a folder in its place', ['simulate', ...quick, '--out', '.']],
    ['no permission', ['simulate', ...quick, '--out', '/proc/beamline.json']],
    ['a full disk', ['simulate', ...quick, '--out', '/dev/full']],
    ['a timeline on a full disk', ['simulate', ...quick, '--perfetto', '/dev/full']],
    ['a timeline without permission', ['simulate', ...quick, '--perfetto', '/proc/x.json']],
    [
      'a journal without permission',
      ['sweep', ...quick, '--over', 'seed=1', '--journal', '/proc/j'],
    ],
    ['a report without permission', ['demo', '--html', '/proc/report.html']],
  ])('%s', async (_, argv) => {
    await refused(argv, 2, 'cannot be written');
  });

  it('leaves the old file as it was, and nothing beside it', async () => {
    folder.file('kept.json', 'old');
    await refused(['simulate', 'absent.yaml', '--out', 'kept.json'], 2, 'no such scenario file');
    await refused(['simulate', '--model', 'deepseek-v3', '--out', 'kept.json'], 3, 'GB');
    expect(readFileSync(folder.at('kept.json'), 'utf8')).toBe('old');
  });
});
