import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { call, Folder } from './harness.ts';

/** `--bands N`: uncertain parameters through the real command. */
const folder = new Folder();
afterAll(() => folder.remove());

const quick = ['--requests', '40'];
const grid = ['--over', 'workload.ratePerSecond=2,60'];

async function run(argv: readonly string[], code = 0) {
  const called = await call(argv, { cwd: folder.path });
  expect(`${called.code} ${called.stderr}`).toMatch(new RegExp(`^${code} `));
  return called.stdout;
}

describe('simulate --bands', () => {
  it('adds bands to the run and changes nothing else in it', async () => {
    const argv = ['simulate', ...quick, '-f', 'json'];
    const plain = JSON.parse(await run(argv));
    const text = await run([...argv, '--bands', '6']);
    const { bands, ...rest } = JSON.parse(text);
    expect(rest).toEqual(plain);
    expect(plain).not.toHaveProperty('bands');
    expect(bands).toMatchObject({ draws: 6, overloadedShare: 0, sloMetShare: null });
    expect(bands.samples).toHaveLength(6);
    for (const all of [bands.metrics, bands.baseline, bands.speedup]) {
      for (const { p10, p50, p90 } of Object.values(all) as Record<string, number>[]) {
        expect(p10).toBeLessThanOrEqual(p50!);
        expect(p50).toBeLessThanOrEqual(p90!);
      }
    }
    const { itlMsMean } = bands.metrics;
    expect(itlMsMean.p90).toBeGreaterThan(itlMsMean.p10);
    expect(await run([...argv, '--bands', '6', '--jobs', '7'])).toBe(text);
  });

  it('a draw is a run that can be had alone: its seed, its parameters', async () => {
    const gpu = { base: 'h100-sxm', spread: { memory: 0, compute: 0, host: 0, request: 0 } };
    folder.file('sure.json', JSON.stringify(gpu));
    const argv = ['simulate', ...quick, '--gpu', './sure.json', '--method', 'none', '-f', 'json'];
    const { bands } = JSON.parse(await run([...argv, '--bands', '2']));
    const alone = [];
    for (const { seed, factors } of bands.samples) {
      expect(factors).toMatchObject({ memory: 1, compute: 1, host: 1, request: 1 });
      alone.push(JSON.parse(await run([...argv, '--seed', String(seed)])).metrics.itlMs.mean);
    }
    alone.sort((a, b) => a - b);
    const { p10, p90 } = bands.metrics.itlMsMean;
    expect(p10).toBeCloseTo(alone[0] + 0.1 * (alone[1] - alone[0]), 9);
    expect(p90).toBeCloseTo(alone[0] + 0.9 * (alone[1] - alone[0]), 9);
  });

  it('moves the parameters of the baseline as those of the run', async () => {
    const width = async (memory: number) => {
      const spread = { memory, compute: 0, host: 0, request: 0 };
      folder.file('spread.json', JSON.stringify({ base: 'h100-sxm', spread }));
      const argv = ['simulate', ...quick, '--gpu', './spread.json', '--bands', '6', '-f', 'json'];
      const { p10, p90 } = JSON.parse(await run(argv)).bands.baseline.itlMsMean;
      return p90 / p10;
    };
    expect(await width(0)).toBeLessThan(1.2);
    expect(await width(0.5)).toBeGreaterThan(1.5);
  });

  it('shows the bands, what was drawn, and how sure the finding is', async () => {
    const stdout = await run(['simulate', ...quick, '--bands', '4', '--slo', 'ttft_p95 < 9s']);
    expect(stdout).toContain('Bands: quantiles over 4 draws (modelled)');
    expect(stdout).toMatch(/odds that a draft token is accepted +\d+ +assumed/);
    expect(stdout).toMatch(
      /Band: speedup [\d.]+× to [\d.]+×, at least 1× in \d+ % of 4 draws; SLO/,
    );
    expect(stdout).toMatch(/Dig deeper: beamline sweep .*--bands 4 --over/);
    const alone = await run(['simulate', ...quick, '--bands', '2', '--method', 'none']);
    expect(alone).toContain('Band: 2 draws.');
  });

  it.each([['1'], ['1001'], ['x']])('refuses %s draws', async (count) => {
    const called = await call(['simulate', '--bands', count]);
    expect(called.code).toBe(2);
    expect(called.stderr).toContain('must be an integer from 2 to 1000');
  });
});

describe('sweep --bands', () => {
  const argv = ['sweep', ...quick, ...grid, '--bands', '4', '-f', 'json'];

  it('gives points bands and the crossover an interval, for any number of jobs', async () => {
    const text = await run([...argv, '--jobs', '1']);
    expect(await run([...argv, '--jobs', '5'])).toBe(text);
    const { points, crossovers } = JSON.parse(text);
    const factors = points.map((point: { run: { bands: { samples: { factors: object }[] } } }) =>
      point.run.bands.samples.map((sample) => sample.factors),
    );
    expect(factors[1]).toEqual(factors[0]);
    for (const { low, load, high } of crossovers) {
      if (low !== null && high !== null) expect(low).toBeLessThanOrEqual(high);
      expect(load).toBeGreaterThan(0);
    }
    const plain = JSON.parse(await run(['sweep', ...quick, ...grid, '-f', 'json']));
    expect(plain).not.toHaveProperty('crossovers');
    expect(points[0].run.metrics).toEqual(plain.points[0].run.metrics);
  });

  it('keeps bands in its journal, and refuses one with other draws', async () => {
    const journal = [...argv, '--journal', 'j.jsonl'];
    const text = await run(journal);
    const lines = readFileSync(folder.at('j.jsonl'), 'utf8').split('\n');
    folder.file('j.jsonl', `${lines.slice(0, 2).join('\n')}\n`);
    expect(await run(journal)).toBe(text);
    const other = ['sweep', ...quick, ...grid, '--bands', '5', '--journal', 'j.jsonl'];
    const called = await call(other, { cwd: folder.path });
    expect(called.stderr).toContain('is the journal of a sweep with another program');
    expect(called.code).toBe(2);
  });

  it('is drawn and tabled by report', async () => {
    folder.file('s.json', await run(argv));
    await run(['report', 's.json', '--svg', 's.svg', '--csv', 's.csv', '--parquet', 's.parquet']);
    expect(readFileSync(folder.at('s.svg'), 'utf8')).toContain('10 to 90 % of 4 draws');
    const [head, first] = readFileSync(folder.at('s.csv'), 'utf8').split('\r\n');
    expect(head!.split(',').slice(-2)).toEqual([
      'band.speedup.joulesPerOutputToken.p10',
      'band.speedup.joulesPerOutputToken.p90',
    ]);
    const { points } = JSON.parse(readFileSync(folder.at('s.json'), 'utf8'));
    const { p90 } = points[0].run.bands.speedup.joulesPerOutputToken;
    expect(Number(first!.split(',').at(-1))).toBe(p90);
    folder.file('plain.json', await run(['sweep', ...quick, ...grid, '-f', 'json']));
    await run(['report', 'plain.json', '--csv', 'plain.csv']);
    expect(readFileSync(folder.at('plain.csv'), 'utf8')).not.toContain('band.');
  });

  it('a result file with broken bands is refused', async () => {
    const whole = JSON.parse(await run(argv));
    const broken: [string, (bands: Record<string, unknown>) => void][] = [
      ['no number of draws', (bands) => delete bands['draws']],
      ['too few samples', (bands) => (bands['samples'] as unknown[]).pop()],
      ['a band without an end', (bands) => delete (bands['speedup'] as never)['itlMean']['p10']],
      ['a metric missing', (bands) => delete (bands['metrics'] as never)['tpotMsP50']],
    ];
    for (const [, damage] of broken) {
      const copy = structuredClone(whole);
      damage(copy.points[0].run.bands);
      folder.file('broken.json', JSON.stringify(copy));
      const called = await call(['report', 'broken.json', '--svg', 'b.svg'], { cwd: folder.path });
      expect(called.stderr).toContain('broken.json: points[0].run: bands is not a run');
      expect(called.code).toBe(2);
    }
  });
});
