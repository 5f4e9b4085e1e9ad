import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sharedData, withoutData } from '../../../test/support/shared-data.ts';
import { type CommandName, commandNames } from '../src/options.ts';
import { call, Folder } from './harness.ts';

/**
 * Every command through `main`, with the real simulator: its result, its formats, its exit codes.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const quick = ['--requests', '60'];
const tried = new Set<CommandName>();

async function run(argv: readonly string[], code = 0) {
  tried.add((argv[0] ?? 'demo') as CommandName);
  const called = await call(argv, { cwd: folder.path });
  expect(`${called.code} ${called.stderr}`).toMatch(new RegExp(`^${code} `));
  return called;
}

/** A CSV of RFC 4180 as rows of fields. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.trimEnd().split('\r\n')) {
    const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
    rows.push(fields.map((match) => (match[1]?.replace(/""/g, '"') ?? match[2])!));
  }
  return rows;
}

describe('simulate', () => {
  it('gives a run with its baseline as JSON, twice the same bytes', async () => {
    const argv = ['simulate', ...quick, '--format', 'json'];
    const { stdout } = await run(argv);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'version',
      'scenario',
      'metrics',
      'baseline',
      'speedup',
      'verdict',
      'slo',
      'warnings',
      'provenance',
    ]);
    expect(result.metrics.requests).toEqual({
      arrived: 60,
      completed: 60,
      rejected: 0,
      unfinished: 0,
    });
    expect(result.speedup.itlMean).toBeCloseTo(
      result.baseline.itlMs.mean / result.metrics.itlMs.mean,
      9,
    );
    expect((await run(argv)).stdout).toBe(stdout);
  });

  it('ends with what won, why, and how to dig deeper; says where each number is from', async () => {
    const { stdout } = await run(['simulate', ...quick]);
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^Result: .* ms without drafting/),
      expect.stringMatching(/^Why: stable; .*bound by/),
      expect.stringMatching(/^Dig deeper: beamline sweep .*--over workload\.ratePerSecond=/),
    ]);
    expect(stdout).toContain('Where the numbers come from');
    expect(stdout).toMatch(/output tokens per second +tokens\/s .*modelled/);
  });

  it('leaves out the baseline when asked to', async () => {
    const { stdout } = await run(['simulate', ...quick, '--no-baseline', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ baseline: null, speedup: null });
  });

  it('takes a file, flags on top of it, and a run as a scenario', async () => {
    folder.file('s.yaml', 'seed: 9\nspeculation: { beams: 2 }\nworkload: { requests: 60 }\n');
    const { stdout } = await run(['simulate', 's.yaml', '--beams', '3', '--format', 'json']);
    const { scenario } = JSON.parse(stdout);
    expect(scenario).toMatchObject({ seed: 9, speculation: { beams: 3 } });
    folder.file('run.json', stdout);
    const again = await run(['simulate', 'run.json', '--format', 'json']);
    expect(again.stdout).toBe(stdout);
  });

  it('a later setting of the same field wins', async () => {
    const argv = ['scenario', '--beams', '2', '--set', 'speculation.beams=3', '--format', 'json'];
    expect(JSON.parse((await run(argv)).stdout).speculation.beams).toBe(3);
  });

  it('exits 4 when the SLO is not met, and 0 when it is', async () => {
    const missed = await run(['simulate', ...quick, '--slo', 'ttft_p95 < 1ms'], 4);
    expect(missed.stderr).toContain('SLO not met: ttft_p95 < 1ms (is ');
    expect(missed.stdout).toContain('SLO: not met');
    const met = await run(['simulate', ...quick, '--slo', 'ttft_p95 < 100s']);
    expect(met.stdout).toContain('SLO: met');
  });

  it('exits 5 when the queue grows without end', async () => {
    const { stderr } = await run(['simulate', '--rate', '200', '--no-baseline'], 5);
    expect(stderr).toContain('overloaded: ');
  });

  it('writes a result whole to --out and says so on stderr alone', async () => {
    const { stdout, stderr } = await run(['simulate', ...quick, '-f', 'json', '-o', 'out.json']);
    expect(stdout).toBe('');
    expect(stderr).toBe('Wrote out.json.\n');
    expect(JSON.parse(readFileSync(folder.at('out.json'), 'utf8')).version).toBe(1);
    const quiet = await run(['simulate', ...quick, '-q', '-o', 'out.txt']);
    expect(quiet.stderr).toBe('');
  });

  it('reads an inline model and GPU from files', async () => {
    const config = {
      model_type: 'llama',
      hidden_size: 1024,
      intermediate_size: 4096,
      num_hidden_layers: 8,
      num_attention_heads: 16,
      num_key_value_heads: 4,
      vocab_size: 32000,
    };
    folder.file('config.json', JSON.stringify(config));
    const argv = ['simulate', ...quick, '--model', './config.json', '--format', 'json'];
    expect(JSON.parse((await run(argv)).stdout).scenario.model).toEqual(config);
  });
});

describe('timelines', () => {
  it('hold every step, in the order of time, as Chrome trace JSON', async () => {
    const argv = ['simulate', ...quick, '--replicas', '2', '--perfetto', 't.json', '-f', 'json'];
    const { metrics } = JSON.parse((await run(argv)).stdout);
    const { traceEvents } = JSON.parse(readFileSync(folder.at('t.json'), 'utf8'));
    const steps = traceEvents.filter((event: { ph: string }) => event.ph === 'X');
    const emitted = steps.reduce((sum: number, s: { args: { emitted: number } }) => {
      return sum + s.args.emitted;
    }, 0);
    expect(emitted).toBe(metrics.tokens.output);
    for (const pid of [0, 1]) {
      const own = steps.filter((step: { pid: number }) => step.pid === pid);
      expect(own.length).toBeGreaterThan(0);
      own.slice(1).forEach((step: { ts: number }, i: number) => {
        expect(step.ts + 1e-6).toBeGreaterThanOrEqual(own[i].ts + own[i].dur);
      });
    }
  });
});

describe('replay', () => {
  it('is simulate with a trace: totals are the file’s', async () => {
    const rows = ['2023-11-16 18:15:46.6805900,374,44', '2023-11-16 18:15:50.9951690,396,109'];
    folder.file('t.csv', `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`);
    const { metrics, scenario } = JSON.parse((await run(['replay', 't.csv', '-f', 'json'])).stdout);
    expect(metrics.tokens).toMatchObject({ input: 770, output: 153 });
    expect(scenario.workload).toMatchObject({ kind: 'trace', trace: 't.csv', requests: null });
  });

  it('loses nothing where a line lies across two chunks', async () => {
    const count = 20_000;
    const rows = Array.from(
      { length: count },
      (_, i) =>
        `{"timestamp":${i},"input_length":${1 + (i % 7)},"output_length":1,"hash_ids":[${i}]}`,
    );
    folder.file('long.jsonl', `${rows.join('\n')}\n`);
    const argv = [
      'replay',
      'long.jsonl',
      '--no-baseline',
      '--max-batch-size',
      '4096',
      '-f',
      'json',
    ];
    const { stdout } = await call(argv, { cwd: folder.path });
    const { metrics } = JSON.parse(stdout);
    const input = rows.reduce((sum, _, i) => sum + 1 + (i % 7), 0);
    expect(metrics.requests.arrived).toBe(count);
    expect(metrics.tokens).toMatchObject({ input, output: count });
  });

  it('reads the published chat trace whole', async (context) => {
    const path = 'traces/AzureLLMInferenceTrace_conv.csv';
    const trace = sharedData(path);
    if (trace === null) {
      console.log(withoutData(path));
      return context.skip();
    }
    const lines = readFileSync(trace, 'utf8').trim().split('\n').slice(1);
    const totals = lines.reduce(
      (sum, line) => {
        const [, input, output] = line.split(',').map(Number);
        return { input: sum.input + input!, output: sum.output + output! };
      },
      { input: 0, output: 0 },
    );
    const { stdout } = await call(['replay', trace, '--no-baseline', '-f', 'json']);
    const { metrics } = JSON.parse(stdout);
    expect(metrics.requests.completed).toBe(lines.length);
    expect(metrics.tokens).toMatchObject(totals);
  });
});

describe('sweep', () => {
  const grid = ['--over', 'workload.ratePerSecond=2,16', '--over', 'speculation.beams=1,4'];

  it('gives every point of the grid in order, the last axis fastest', async () => {
    const { stdout } = await run(['sweep', ...quick, ...grid, '-f', 'json']);
    const { points } = JSON.parse(stdout);
    expect(points.map((point: { settings: object }) => Object.values(point.settings))).toEqual([
      [2, 1],
      [2, 4],
      [16, 1],
      [16, 4],
    ]);
    for (const { run: one, settings } of points) {
      expect(one.scenario.speculation.beams).toBe(settings['speculation.beams']);
      expect(one.speedup).not.toBe(null);
    }
  });

  it('gives the same bytes for any number of jobs', async () => {
    const argv = ['sweep', ...quick, ...grid, '-f', 'json', '--jobs'];
    expect((await run([...argv, '1'])).stdout).toBe((await run([...argv, '3'])).stdout);
  });

  it('shows parameters first, then results, then a chart and the finding', async () => {
    const { stdout } = await run(['sweep', ...quick, ...grid]);
    expect(stdout).toMatch(
      /^ratePerSecond \(requests\/s\) +beams \(sequences\) +output \(tokens\/s\)/,
    );
    expect(stdout).toContain('speedup (×) of the generation speed of a request against load');
    expect(stdout).toMatch(/Result: Drafting pays .*for redrafter 1×4/);
  });

  it('keeps finished points in a journal and goes on from there, with the same bytes', async () => {
    const argv = ['sweep', ...quick, ...grid, '-f', 'json', '--journal', 'j.jsonl'];
    const { stdout } = await run(argv);
    const lines = readFileSync(folder.at('j.jsonl'), 'utf8').split('\n');
    expect(lines).toHaveLength(6); // The first line, four points, nothing after the last newline.
    folder.file('j.jsonl', `${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 40)}`);
    expect((await run(argv)).stdout).toBe(stdout);
    expect(readFileSync(folder.at('j.jsonl'), 'utf8').split('\n')).toHaveLength(6);
  });

  it('refuses the journal of another sweep and leaves it alone', async () => {
    folder.file('other.jsonl', 'something else\n');
    const argv = ['sweep', ...quick, ...grid, '--journal', 'other.jsonl'];
    const { stderr } = await run(argv, 2);
    expect(stderr).toContain('other.jsonl: is not the journal of a sweep');
    expect(readFileSync(folder.at('other.jsonl'), 'utf8')).toBe('something else\n');
  });

  it('shows a point that does not fit beside those that do', async () => {
    const argv = ['sweep', ...quick, '--model', 'llama-3.1-70b', '--no-baseline', '-f', 'csv'];
    const { stdout } = await run([...argv, '--over', 'hardware.tensorParallel=1,4']);
    const [head, one, four] = parseCsv(stdout);
    const state = head!.indexOf('state');
    expect([one![state], four![state]]).toEqual(['infeasible', 'stable']);
  });
});

describe('size', () => {
  const argv = ['size', ...quick, '--rate', '20', '--tensor-parallel', '1', '--schedules'];

  it('ranks fleets that meet the level and says what binds', async () => {
    const slo = ['--slo', 'itl_p99 < 200ms and ttft_p95 < 2s'];
    const { stdout } = await run([...argv, 'none,fixed', ...slo, '-f', 'json']);
    const { best, ranking } = JSON.parse(stdout);
    expect(best.status).toBe('meets');
    expect(ranking).toHaveLength(2);
    expect(best.fleet.clauses.every((clause: { met: boolean }) => clause.met)).toBe(true);
  });

  it('exits 4 with the closest when nothing meets it', async () => {
    const slo = ['--slo', 'ttft_p95 < 1ms', '--max-gpus', '2'];
    const { stdout, stderr } = await run([...argv, 'none', ...slo], 4);
    expect(stderr).toContain('SLO not met');
    expect(stdout).toContain('Result: nothing meets the level; closest:');
  });

  it('exits 3 when no candidate fits', async () => {
    const slo = ['--slo', 'ttft_p95 < 1s', '--model', 'llama-3.1-405b'];
    const { stderr } = await run([...argv, 'none', ...slo], 3);
    expect(stderr).toContain('no candidate is feasible');
  });
});

describe('compare and report', () => {
  beforeAll(async () => {
    const over = ['--over', 'workload.ratePerSecond=2,8', '-f', 'json', '-o'];
    await run(['sweep', ...quick, ...over, 'a.json']);
    await run(['sweep', ...quick, '--method', 'none', ...over, 'b.json']);
  });

  it('compare pairs points by load: the same with itself, slower without drafting', async () => {
    const same = JSON.parse((await run(['compare', 'a.json', 'a.json', '-f', 'json'])).stdout);
    expect(same.metrics.map((metric: { verdict: string }) => metric.verdict)).toEqual(
      new Array(6).fill('same'),
    );
    const other = JSON.parse((await run(['compare', 'a.json', 'b.json', '-f', 'json'])).stdout);
    expect(other.metrics[0]).toMatchObject({ pairs: 2, verdict: 'slower' });
    expect(other.differences).toEqual(['B has speculation.method=none']);
  });

  it('compare says when nothing pairs', async () => {
    await run(['sweep', ...quick, '--over', 'seed=7,8', '-f', 'json', '-o', 'c.json']);
    const { stderr } = await run(['compare', 'a.json', 'c.json'], 2);
    expect(stderr).toContain('no two runs have the same load and seed');
  });

  it('report writes every form from the same runs', async () => {
    const names = ['r.html', 'r.svg', 'r.csv', 'r.parquet', 'r.json'];
    const flags = names.flatMap((name) => [
      `--${name === 'r.json' ? 'perfetto' : name.slice(2)}`,
      name,
    ]);
    const { stdout } = await run(['report', 'a.json', ...flags]);
    for (const name of names) expect(stdout).toContain(name);
    const html = readFileSync(folder.at('r.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|src=|@import/);
    expect(html).toContain('Drafting pays');
    expect(readFileSync(folder.at('r.svg'), 'utf8')).toMatch(/^<\?xml[^\n]*\n<svg /);
    const rows = parseCsv(readFileSync(folder.at('r.csv'), 'utf8'));
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    const rate = rows[0]!.indexOf('workload.ratePerSecond');
    expect([rows[1]![rate], rows[2]![rate]]).toEqual(['2', '8']);
    const parquet = readFileSync(folder.at('r.parquet'));
    expect(parquet.subarray(0, 4).toString()).toBe('PAR1');
    expect(parquet.subarray(-4).toString()).toBe('PAR1');
    expect(
      JSON.parse(readFileSync(folder.at('r.json'), 'utf8')).traceEvents.length,
    ).toBeGreaterThan(60);
  });
});

describe('the others', () => {
  it('no arguments: table, chart, crossover, reason, report, and its command', async () => {
    const { stdout } = await run([]);
    expect(stdout).toContain('Azure LLM Inference Trace 2023');
    expect(stdout).toMatch(/▴ 1× at [\d.]+ requests\/s/);
    expect(stdout).toMatch(/Result: Drafting pays up to [\d.]+ requests\/s for chat 4×4/);
    expect(stdout).toMatch(/Why \(chat 4×4\): redrafter 4×4 at 1 request\/s: .* below the knee/);
    expect(stdout).toContain('beamline sweep --over workload.ratePerSecond=');
    expect(stdout).toContain(`Report: ${folder.at('beamline-report.html')}`);
    const html = readFileSync(folder.at('beamline-report.html'), 'utf8');
    expect(html).toContain('<figure class="bl-figure" lang="en">');
    expect(html).not.toMatch(/<script|<link|src=|@import/);
    expect(html).toContain('CC-BY-4.0');
  });

  it('demo takes a place for its report', async () => {
    await run(['demo', '--html', 'elsewhere.html', '--format', 'json']);
    expect(readFileSync(folder.at('elsewhere.html'), 'utf8')).toContain('<svg');
  });

  it('estimate: the operators add up to the step', async () => {
    const { stdout } = await run(['estimate', '--batch', '8', '-f', 'json']);
    const { decode, totals, setting } = JSON.parse(stdout);
    const sum = decode.reduce((total: number, line: { timeNs: number }) => total + line.timeNs, 0);
    expect(Math.abs(sum - totals.decode.timeNs)).toBeLessThanOrEqual(1);
    expect(setting.batch).toBe(8);
    const table = (await run(['estimate', '--batch', '8'])).stdout;
    expect(table).toMatch(/drafting pays above [\d.]+ tokens per step/);
  });

  it('validate names the source of every figure', async () => {
    const { comparisons } = JSON.parse((await run(['validate', '-f', 'json'])).stdout);
    expect(comparisons.length).toBeGreaterThan(20);
    for (const one of comparisons) expect(one.source).not.toBe('');
    const { stdout } = await run(['validate', '-f', 'md']);
    expect(stdout).toContain('| table | cell |');
    expect(stdout).toMatch(/time per output token, ms \| all \| .*median ≤ 6 % \| within/);
    expect(stdout).toContain('overheads fitted on the other model alone');
    expect(stdout).toContain('with the operator curves of h100-sxm');
  });

  it('validate writes its picture and a page that stands alone', async () => {
    await run(['validate', '--svg', 'v.svg', '--html', 'v.html']);
    const svg = readFileSync(join(folder.path, 'v.svg'), 'utf8');
    expect(svg).toMatch(/^<\?xml/);
    expect(svg).toMatch(/\d+ of \d+ predictions lie within 10 % of the measurement/);
    const page = readFileSync(join(folder.path, 'v.html'), 'utf8');
    expect(page).toContain('<h2>With one model or one GPU left out</h2>');
    expect(page).not.toMatch(/<script|https?:[^"]*\.(js|css)/);
  });

  it('calibrate fits an engine to measurements (calibrate.test.ts tries all of it)', async () => {
    const head = 'concurrency,inputTokens,outputTokens,tpotMs';
    folder.file('m.csv', `${head}\n1,64,8,12\n2,64,8,12\n4,64,8,12\n`);
    const { stdout } = await run(['calibrate', 'm.csv', '--method', 'none']);
    expect(stdout).toContain('Result: the calibration helps');
  });

  it('doctor names what gives what', async () => {
    const { findings } = JSON.parse((await run(['doctor', '-f', 'json'])).stdout);
    const node = findings.find((finding: { name: string }) => finding.name === 'Node.js');
    expect(node).toMatchObject({ isPresent: true, detail: process.versions.node });
  });

  it('scenario turns any spelling into any other', async () => {
    const sets = ['--beams', '8', '--rate', '2.5', '--input-tokens', 'uniform:1:9'];
    const yaml = (await run(['scenario', ...sets])).stdout;
    const json = (await run(['scenario', ...sets, '--format', 'json'])).stdout;
    expect(parse(yaml)).toEqual(JSON.parse(json));
    folder.file('spelt.yaml', yaml);
    const url = (await run(['scenario', 'spelt.yaml', '--format', 'url'])).stdout;
    expect(url).toBe(
      '?speculation.beams=8&workload.ratePerSecond=2.5&workload.inputTokens=uniform%3A1%3A9\n',
    );
    const set = (await run(['scenario', 'spelt.yaml', '--format', 'set'])).stdout.trim();
    const back = await run(['scenario', ...set.split(' '), '--format', 'json']);
    expect(back.stdout).toBe(json);
    const schema = JSON.parse((await run(['scenario', '--format', 'schema'])).stdout);
    expect(schema.properties.seed.type).toBe('integer');
  });

  it('completions, help and version', async () => {
    expect((await run(['completions', 'fish'])).stdout).toContain('complete -c beamline');
    expect((await run(['help'])).stdout).toContain('Exit codes');
    expect((await run(['help', 'sweep'])).stdout).toContain('--over PATH=VALUES');
    expect((await run(['help', 'speculation.beams'])).stdout).toContain('from 0 to 64');
    expect((await run(['help', 'beams'])).stdout).toContain('speculation.beams');
    expect((await call(['--help'])).stdout).toContain('Commands');
    expect((await call(['sweep', '--help'])).stdout).toContain('beamline sweep: ');
    expect((await run(['version'])).stdout).toMatch(/^beamline \d+\.\d+\.\d+\n$/);
    expect((await call(['--version'])).stdout).toMatch(/^beamline \d/);
  });

  it('kernels lists the operators of the suite', async () => {
    const { operators } = JSON.parse((await run(['kernels', 'list', '--format', 'json'])).stdout);
    expect(operators.map(({ operator }: { operator: string }) => operator)).toContain('tree_mask');
  });

  it('no command is left untried', () => {
    expect(commandNames.filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe('a terminal', () => {
  it('shows progress on stderr, none when told not to, and colours as asked', async () => {
    const argv = ['sweep', ...quick, '--over', 'workload.ratePerSecond=2,16'];
    const options = { cwd: folder.path, isTerminal: true };
    const seen = await call(argv, options);
    expect(seen.stderr).toMatch(/\r\d of 2 points/);
    expect(seen.stderr).toMatch(/\r +\r$/); // The line is gone at the end.
    expect(seen.stdout).toContain('\u001b[36m');
    expect((await call([...argv, '--no-progress'], options)).stderr).toBe('');
    expect((await call([...argv, '--quiet'], options)).stderr).toBe('');
    expect((await call([...argv, '--no-color'], options)).stdout).not.toContain('\u001b');
    const environment = { LANG: 'C.UTF-8', NO_COLOR: '1' };
    expect((await call(argv, { ...options, environment })).stdout).not.toContain('\u001b');
    expect((await call(argv, { cwd: folder.path })).stderr).toBe('');
  });
});
