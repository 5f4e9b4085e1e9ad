import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sharedData, withoutData } from '../../../test/support/shared-data.ts';
import { call, Folder } from './harness.ts';

/**
 * `beamline calibrate`: the measurements of these tests come from an engine whose parameters are
 * hidden from the fit, so that what it should find is known.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const none = ['--method', 'none'];
const hidden = {
  base: 'l40s',
  efficiency: { memory: 0.85, compute: 0.8 },
  overheads: { perStepNs: 2_000_000, perLayerNs: 20_000, perRequestNs: 20_000 },
};

async function run(argv: readonly string[], code = 0) {
  const called = await call(argv, { cwd: folder.path });
  expect(`${called.code} ${called.stderr}`).toMatch(new RegExp(`^${code} `));
  return called;
}

const loads = [
  { concurrency: 1, inputTokens: 512, outputTokens: 32 },
  { concurrency: 8, inputTokens: 256, outputTokens: 64 },
  { concurrency: 16, inputTokens: 1024, outputTokens: 16 },
  { concurrency: 32, inputTokens: 128, outputTokens: 64 },
];

/** What an engine with this GPU does at each load. */
async function measure(gpu: string): Promise<Record<string, number>[]> {
  const rows: Record<string, number>[] = [];
  for (const load of loads) {
    const { concurrency, inputTokens, outputTokens } = load;
    const requests = Math.max(32, 10 * concurrency);
    const argv = ['simulate', ...none, '--gpu', gpu, '--workload', 'closed-loop', '-f', 'json'];
    argv.push('--concurrency', `${concurrency}`, '--requests', `${requests}`);
    argv.push('--input-tokens', `constant:${inputTokens}`);
    argv.push('--output-tokens', `constant:${outputTokens}`);
    const { metrics } = JSON.parse((await run(argv)).stdout);
    rows.push({ ...load, tpotMs: metrics.tpotMs.mean, ttftMs: metrics.ttftMs.mean });
  }
  return rows;
}

function csv(rows: readonly Record<string, number>[]): string {
  const names = Object.keys(rows[0]!);
  return [names.join(','), ...rows.map((row) => names.map((n) => row[n]).join(','))].join('\n');
}

const calibrate = (file: string, ...more: string[]) => [
  'calibrate',
  file,
  ...none,
  '--gpu',
  'l40s',
  ...more,
];

describe('calibrate', () => {
  it('finds the engine and writes a GPU that predicts what was measured', async () => {
    folder.file('hidden.json', JSON.stringify(hidden));
    const rows = await measure('./hidden.json');
    folder.file('m.csv', csv(rows));
    const argv = calibrate('m.csv', '--out-hardware', 'mine.json', '-f', 'json');
    const { stdout } = await run(argv);
    const { before, crossValidated, improves, targets, hardware, written } = JSON.parse(stdout);
    expect(improves).toBe(true);
    expect(before.mean).toBeGreaterThan(0.15);
    expect(crossValidated.mean).toBeLessThan(before.mean / 2);
    expect(written).toBe('mine.json');
    expect(JSON.parse(readFileSync(folder.at('mine.json'), 'utf8'))).toEqual(hardware);
    // The file in use gives what the fit said.
    const again = await measure('./mine.json');
    const fitted = targets.map((target: { fitted: number }) => target.fitted);
    const used = again.flatMap(({ tpotMs, ttftMs }) => [ttftMs!, tpotMs!]);
    used.forEach((value, i) => {
      expect(value / fitted[i]).toBeCloseTo(1, 2);
    });
    expect((await run(argv)).stdout).toBe(stdout);
    const jsonl = rows.map((row) => JSON.stringify(row)).join('\n');
    folder.file('m.jsonl', jsonl);
    const other = JSON.parse((await run(calibrate('m.jsonl', '-f', 'json'))).stdout);
    expect(other.factors).toEqual(JSON.parse(stdout).factors);
    const provenance = (
      await run(['simulate', ...none, '--gpu', './mine.json', '--requests', '20'])
    ).stdout;
    expect(provenance).toMatch(/overheads +modelled +beamline calibrate on 8 figures of m\.csv/);
  });

  it('shows errors before and after, the parameters, and the way on', async () => {
    folder.file('hidden.json', JSON.stringify(hidden));
    folder.file('m.csv', csv(await measure('./hidden.json')));
    const { stdout } = await run(calibrate('m.csv', '--out-hardware', 'mine.json'));
    expect(stdout).toContain('after, each point left out of its own fit');
    expect(stdout).toMatch(/host time per step and per layer +µs/);
    expect(stdout).toMatch(
      /Result: the calibration helps: mean error [\d.]+ % before, [\d.]+ % af/,
    );
    expect(stdout).toContain('Dig deeper: beamline simulate --gpu mine.json');
    const open = await run(calibrate('m.csv'));
    expect(open.stdout).toContain('--out-hardware hardware.json');
  });

  it('does not make it worse: nothing is written, unless it is forced to', async () => {
    folder.file('right.csv', csv(await measure('l40s')));
    folder.file('kept.json', 'old');
    const argv = calibrate('right.csv', '--out-hardware', 'kept.json');
    const { stdout } = await run(argv);
    expect(stdout).toContain('Result: the calibration does not help');
    expect(stdout).toContain('kept.json is not written (--force would)');
    expect(readFileSync(folder.at('kept.json'), 'utf8')).toBe('old');
    const forced = await run([...argv, '--force']);
    expect(forced.stdout).toContain('does not help, and is written all the same');
    expect(JSON.parse(readFileSync(folder.at('kept.json'), 'utf8')).base).toBe('l40s');
  });

  it('takes a recorded run in two halves, each predicted by the fit of the other', async () => {
    const plan = Array.from({ length: 24 }, (_, i) => {
      const arrivalSeconds = i / 8;
      const first = arrivalSeconds + 0.12;
      const paceSeconds = i < 12 ? 0.045 : 0.05;
      const times = { firstTokenSeconds: first, lastTokenSeconds: first + 20 * paceSeconds };
      return JSON.stringify({ arrivalSeconds, inputTokens: 400, outputTokens: 21, ...times });
    });
    folder.file('log.jsonl', plan.join('\n'));
    const { stdout } = await run(calibrate('log.jsonl', '-f', 'json'));
    const { targets, before, crossValidated } = JSON.parse(stdout);
    expect(targets.map((target: { label: string }) => target.label)).toEqual([
      ...new Array(3).fill('requests 1 to 12'),
      ...new Array(3).fill('requests 13 to 24'),
    ]);
    expect([targets[1].measured, targets[4].measured]).toEqual([
      expect.closeTo(45, 6),
      expect.closeTo(50, 6),
    ]);
    expect(crossValidated.mean).toBeLessThan(before.mean);
  });

  it.each<[string, string[], string]>([
    ['no file', ['calibrate'], 'needs a file of measurements'],
    ['stdin', ['calibrate', '-'], 'needs a file of measurements'],
    ['a file that is not there', ['calibrate', 'no.csv'], 'no.csv: cannot be read: no such file'],
    ['a wrong column', ['calibrate', 'bad.csv'], 'bad.csv:1: "ttft" is not a column of measure'],
    ['a wrong scenario', ['calibrate', 'ok.csv', 'no.yaml'], 'no.yaml: no such scenario file'],
    [
      'a quantity without a value',
      ['calibrate', 'one.csv', ...none],
      'one.csv:2: tpotMs cannot be predicted',
    ],
    [
      'a place that cannot be written',
      calibrate('hard.csv', '--out-hardware', 'no/such/x.json', '--force'),
      'no/such/x.json: cannot be written',
    ],
  ])('%s is refused', async (_, argv, message) => {
    folder.file('bad.csv', 'ttft,x\n1,2\n');
    const three = (tokens: number) => [
      'concurrency,inputTokens,outputTokens,tpotMs',
      ...[1, 2, 3].map((c) => `${c},9,${tokens},5`),
    ];
    folder.file('ok.csv', three(8).join('\n'));
    folder.file('hard.csv', three(8).join('\n'));
    folder.file('one.csv', three(1).join('\n'));
    const { stdout, stderr } = await run(argv, 2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(existsSync(folder.at('no'))).toBe(false);
  });

  it('an interruption ends it with 130 and leaves the file as it was', async () => {
    folder.file('ok.csv', 'concurrency,inputTokens,outputTokens,tpotMs\n1,9,9,1\n2,9,9,1\n3,9,9,1');
    folder.file('kept.json', 'old');
    const argv = calibrate('ok.csv', '--out-hardware', 'kept.json', '--force');
    const called = await call(argv, { cwd: folder.path, interrupt: AbortSignal.abort() });
    expect([called.code, called.stdout]).toEqual([130, '']);
    expect(readFileSync(folder.at('kept.json'), 'utf8')).toBe('old');
  });

  it('a model that does not fit is infeasible', async () => {
    folder.file('ok.csv', 'concurrency,inputTokens,outputTokens,tpotMs\n1,9,9,1\n2,9,9,1\n3,9,9,1');
    const argv = ['calibrate', 'ok.csv', ...none, '--model', 'deepseek-v3', '--gpu', 'l4'];
    expect((await run(argv, 3)).stderr).toContain('GB');
  });

  it('on one half of a real log predicts the other within what is asked', async (context) => {
    const path = 'vllm/RTX4090_Llama-3.1-8B/requests.jsonl';
    const log = sharedData(path);
    if (log === null) {
      console.log(withoutData(path));
      return context.skip();
    }
    const engine = ['--gpu', 'rtx-4090', '--max-num-tokens', '2048', '--max-batch-size', '256'];
    engine.push('--set', 'serving.tokensPerBlock=16', '--capacity-policy', 'max-utilization');
    const { stdout } = await run(['calibrate', log, ...none, ...engine, '-f', 'json']);
    const { targets, improves } = JSON.parse(stdout);
    expect(improves).toBe(true);
    const bounds: Record<string, number> = { ttftMs: 0.15, e2eMs: 0.05, tpotMs: 0.06 };
    for (const { quantity, measured, heldOut } of targets) {
      expect(Math.abs(heldOut / measured - 1)).toBeLessThan(bounds[quantity]!);
    }
  });
});
