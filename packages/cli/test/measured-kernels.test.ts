import { operators } from '@beamline/kernels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, Folder } from './harness.ts';

/**
 * From kernel to capacity: records of the bench move the simulation and mark the lines of the
 * estimate that they replace.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const run = (...argv: string[]) => call(argv, { cwd: folder.path });
// One beam: its tree has a whole number of rows, 5, so that a record's axes can be met exactly.
const shape = ['--beams', '1', '--draft-length', '4', '--batch', '8'];
const estimateArgs = ['estimate', '--model', 'llama-3.1-8b', '--gpu', 'h100-sxm', ...shape];

interface Line {
  operator: string;
  timeNs: number;
  count: number;
  origin: { kind: string; source: string };
}

async function decodeLines(...more: string[]): Promise<Line[]> {
  const called = await run(...estimateArgs, ...more, '--format', 'json');
  expect(called.code).toBe(0);
  return JSON.parse(called.stdout).decode;
}

/** Axes of the step's tree_attention call: what the engine's own call has. */
const axes = {
  requests: 8,
  treeTokens: 8 * 5,
  kvTokens: 8 * (1125 + 5),
  queryHeads: 32,
  kvHeads: 8,
  headDim: 128,
  tokensPerBlock: 64,
  pages: 999,
};

function record(medianNs: number, change: object = {}, timing: object = {}): string {
  const base = {
    version: 1,
    mode: 'perf',
    operator: 'tree_attention',
    case: 'tree_attention/x',
    variant: 'auto',
    device: 'cuda',
    deviceTitle: 'NVIDIA H100 80GB HBM3',
    status: 'passed',
    message: '',
    checks: [],
    axes,
    dtypes: { float: 'bf16', kv: 'bf16' },
    isFunctional: false,
    timing: {
      caches: 'cold',
      launch: 'graph',
      samples: 20,
      launchesPerSample: 1,
      medianNs,
      leastNs: medianNs,
      greatestNs: medianNs,
      noise: 0,
      isSettled: true,
      ...timing,
    },
  };
  return `${JSON.stringify({ ...base, ...change })}\n`;
}

let modelled: Line;
beforeAll(async () => {
  modelled = (await decodeLines()).find(({ operator }) => operator === 'tree_attention')!;
});

const attentionOf = async (content: string, ...more: string[]): Promise<Line> => {
  folder.file('k.jsonl', content);
  const lines = await decodeLines('--kernels', 'k.jsonl', ...more);
  return lines.find(({ operator }) => operator === 'tree_attention')!;
};

describe('estimate --kernels', () => {
  it('takes the time of a record at its own axes and marks the line measured', async () => {
    const line = await attentionOf(record(12345), '--kv-tokens', '1125');
    expect(line.timeNs).toBeCloseTo(32 * 12345, 6);
    expect(line.origin.kind).toBe('measured');
    const { stdout } = await run(...estimateArgs, '--kv-tokens', '1125', '--kernels', 'k.jsonl');
    expect(stdout).toMatch(/tree_attention .* measured/);
  });

  it('scales other shapes, and does not call them measured', async () => {
    const atAxes = await attentionOf(record(12345), '--kv-tokens', '1125');
    const longer = await attentionOf(record(12345), '--kv-tokens', '9000');
    expect(longer.timeNs).toBeGreaterThan(atAxes.timeNs);
    expect(longer.origin.kind).toBe('modelled');
    expect(longer.origin.source).toContain('scaled by the nearest record');
  });

  it('prefers how an engine launches: graph, cold, the library’s choice, the fastest', async () => {
    const all = [
      record(1000, {}, { launch: 'plain' }),
      record(2000, {}, { caches: 'warm' }),
      record(3000, { variant: 'mma16_split' }),
      record(4000),
      record(5000),
    ];
    const at = async (list: string[]) =>
      (await attentionOf(list.join(''), '--kv-tokens', '1125')).timeNs / 32;
    expect(await at(all)).toBeCloseTo(4000, 6);
    expect(await at(all.slice(0, 3))).toBeCloseTo(3000, 6);
    expect(await at(all.slice(0, 2))).toBeCloseTo(2000, 6);
  });

  it('leaves out what was wrong or is of another precision', async () => {
    const others = [
      record(1, { status: 'wrong-value' }),
      record(2, { dtypes: { float: 'fp32', kv: 'fp32' } }),
      record(3, { dtypes: { float: 'bf16', kv: 'fp8' } }),
      record(4, { operator: 'no_such' }),
      record(5, { isFunctional: true, device: 'simt' }),
    ];
    const line = await attentionOf([...others, record(777)].join(''), '--kv-tokens', '1125');
    expect(line.timeNs / 32).toBeCloseTo(777, 6);
  });

  it('says when the records are of other hardware', async () => {
    folder.file('k.jsonl', record(500, { deviceTitle: 'NVIDIA H200' }));
    const { stderr } = await run(...estimateArgs, '--kernels', 'k.jsonl');
    expect(stderr).toContain('was measured on NVIDIA H200, the scenario has h100-sxm');
    expect(stderr).toContain('Measured: 1 calls of tree_attention, from k.jsonl');
  });

  it('knows every axis of every operator’s cost', () => {
    for (const { name, axes: known } of operators) {
      expect([name, known.length > 0]).toEqual([name, true]);
    }
  });
});

describe('simulate --kernels', () => {
  const argv = ['simulate', '--requests', '60', '--rate', '4', '--format', 'json'];
  const itl = (stdout: string) => JSON.parse(stdout).metrics.itlMs.mean;

  it('moves the run by what the kernel gained, and says where the time is from', async () => {
    const plain = await run(...argv);
    const each = modelled.timeNs / modelled.count;
    folder.file('slow.jsonl', record(each * 20));
    folder.file('fast.jsonl', record(each / 20));
    const slow = await run(...argv, '--kernels', 'slow.jsonl');
    const fast = await run(...argv, '--kernels', 'fast.jsonl');
    expect([slow.code, fast.code]).toEqual([0, 0]);
    expect(itl(slow.stdout)).toBeGreaterThan(itl(plain.stdout));
    expect(itl(fast.stdout)).toBeLessThan(itl(plain.stdout));
    const { provenance } = JSON.parse(fast.stdout);
    expect(provenance.kernels).toEqual({
      kind: 'measured',
      source: 'records of the kernel bench: tree_attention',
    });
    expect(JSON.parse(plain.stdout).provenance.kernels).toBeUndefined();
  });
});

describe('bad records', () => {
  it.each<[string, string, string]>([
    ['empty', '', 'holds no record'],
    ['words', 'words\n', 'k.jsonl:1: is not JSON'],
    ['of a CPU', record(5, { isFunctional: true }), 'times of simt are those of a CPU'],
    ['of another precision', record(5, { dtypes: { float: 'fp16' } }), 'none is bf16'],
    ['without a time', record(5, { timing: null }), 'holds no time of a GPU'],
    ['negative', record(-5), 'timing.medianNs is -5'],
  ])('%s', async (_, content, message) => {
    folder.file('k.jsonl', content);
    for (const command of [estimateArgs, ['simulate', '--requests', '5']]) {
      const { code, stdout, stderr } = await run(...command, '--kernels', 'k.jsonl');
      expect(stderr).toContain(message);
      expect([code, stdout]).toEqual([2, '']);
    }
  });

  it('not there', async () => {
    const { code, stderr } = await run('simulate', '--kernels', 'absent.jsonl');
    expect([code, stderr]).toEqual([2, expect.stringContaining('absent.jsonl: cannot be read')]);
  });
});
