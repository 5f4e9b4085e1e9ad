import { existsSync, readFileSync } from 'node:fs';
import { idsOf, isAbsent, parseRecords } from '@beamline/bench';
import { operators } from '@beamline/kernels';
import { suites } from '@beamline/kernels/suites';
import { afterAll, describe, expect, it } from 'vitest';
import { DeviceShelf } from '../src/kernel-libraries.ts';
import { call, Folder } from './harness.ts';

/**
 * `beamline kernels` in every mode. What needs a built library runs where it is built and says what
 * it left out elsewhere.
 */
const folder = new Folder();
afterAll(() => folder.remove());

const isHere = async (name: 'simt' | 'cuda') => !isAbsent(await new DeviceShelf().find(name));
const hasSimt = await isHere('simt');
const hasCuda = await isHere('cuda');
if (!hasSimt) console.log('simt is not built: the tests that need it are left out');
const withSimt = it.skipIf(!hasSimt);

const kernels = (...argv: string[]) => call(['kernels', ...argv], { cwd: folder.path });

async function json(...argv: string[]) {
  const called = await kernels(...argv, '--format', 'json');
  expect([called.stderr, called.code]).toEqual(['', 0]);
  return JSON.parse(called.stdout);
}

/** The worked example of the operators' design: two requests of three beams. */
const worked = {
  operator: 'pack_beams',
  attributes: {},
  inputs: {
    beams: {
      dtype: 'i32',
      shape: [2, 3, 4],
      data: [
        ...[91, 92, 93, 95, 91, 92, 94, 96, 91, 92, 93, 97],
        ...[93, 94, 95, 92, 93, 95, 96, 93, 93, 94, 97, 96],
      ],
    },
  },
};

const workedOutputs = {
  packed: [91, 92, 93, 95, 94, 96, 97, 93, 94, 95, 92, 95, 96, 93, 97, 96],
  depth: [0, 1, 2, 3, 2, 3, 3, 0, 1, 2, 3, 1, 2, 3, 2, 3],
  parent: [-1, 0, 1, 2, 1, 4, 2, -1, 0, 1, 2, 0, 4, 5, 1, 7],
  unpack: [0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6, 0, 1, 2, 3, 0, 4, 5, 6, 0, 1, 7, 8],
  lengths: [7, 9],
  offsets: [0, 7, 16],
};

function dataOf(outputs: Record<string, { data: number[] }>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

describe('kernels run', () => {
  folder.file('one.json', JSON.stringify(worked));
  folder.file('two.json', JSON.stringify([worked, worked]));

  it.each(['reference', ...(hasSimt ? ['simt'] : [])])('the worked example on %s', async (name) => {
    const one = await kernels('run', 'pack_beams', '--device', name, '--case', 'one.json');
    expect(one.stderr).toBe('');
    const result = JSON.parse(one.stdout);
    expect(Object.keys(result)).toEqual(['operator', 'device', 'outputs']);
    expect([result.operator, result.device]).toEqual(['pack_beams', name]);
    expect(dataOf(result.outputs)).toMatchObject(workedOutputs);
    expect(result.outputs.unpack).toMatchObject({ dtype: 'i32', shape: [2, 3, 4] });
    const two = await kernels('run', 'pack_beams', '--device', name, '--case', 'two.json');
    expect(JSON.parse(two.stdout)).toEqual([result, result]);
  });

  it('gives NaN and infinities as texts, and reads them back', async () => {
    const logits = { dtype: 'fp32', shape: [1, 3], data: [1, '-Infinity', 0] };
    const one = { operator: 'draft_topk', attributes: { k: 3, keep: 3 }, inputs: { logits } };
    folder.file('topk.json', JSON.stringify(one));
    const argv = ['run', 'draft_topk', '--device', 'reference', '--case', 'topk.json'];
    const { outputs } = JSON.parse((await kernels(...argv)).stdout);
    expect(outputs.values.data.at(-1)).toBe('-Infinity');
  });

  const beams = worked.inputs.beams;
  it.each<[string, unknown, string]>([
    ['no JSON', '{"operator": ', 'no JSON'],
    ['another operator', { ...worked, operator: 'tree_mask' }, "operator: 'tree_mask' given"],
    ['an unknown field', { ...worked, input: {} }, "input: unknown name; did you mean 'inputs'?"],
    ['no inputs', { operator: 'pack_beams', inputs: {} }, 'inputs.beams: missing'],
    [
      'a wrong tensor name',
      { operator: 'pack_beams', inputs: { beems: beams } },
      "inputs.beems: unknown name; did you mean 'beams'?",
    ],
    [
      'a wrong type',
      { ...worked, inputs: { beams: { ...beams, dtype: 'i23' } } },
      "unknown type i23; did you mean 'i32'?",
    ],
    [
      'a type that it does not take',
      { ...worked, inputs: { beams: { ...beams, dtype: 'u32' } } },
      'inputs.beams.dtype: u32 given, i32 expected',
    ],
    [
      'a shape that lies',
      { ...worked, inputs: { beams: { ...beams, shape: [2, 3, 5] } } },
      'inputs.beams.data: 24 numbers given, 30 for [2, 3, 5]',
    ],
    [
      'a negative extent',
      { ...worked, inputs: { beams: { ...beams, shape: [2, -3, 4] } } },
      'inputs.beams.shape[1]',
    ],
    [
      'a rank',
      { ...worked, inputs: { beams: { ...beams, shape: [6, 4] } } },
      'inputs.beams.shape: rank 2 given',
    ],
    [
      'a fraction',
      { ...worked, inputs: { beams: { ...beams, data: [...beams.data.slice(1), 0.5] } } },
      'inputs.beams.data[23]',
    ],
    [
      'NaN where none may be',
      { ...worked, inputs: { beams: { ...beams, data: ['NaN', ...beams.data.slice(1)] } } },
      'inputs.beams.data[0]',
    ],
    ['an unknown attribute', { ...worked, attributes: { k: 3 } }, 'attributes.k: unknown name'],
  ])('refuses %s', async (_, content, message) => {
    folder.file('bad.json', typeof content === 'string' ? content : JSON.stringify(content));
    const argv = ['run', 'pack_beams', '--device', 'reference', '--case', 'bad.json'];
    const { code, stdout, stderr } = await kernels(...argv);
    expect(stderr).toContain(`beamline: bad.json: `);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  const mask = (parent: number[], offsets = [0, parent.length]) => ({
    operator: 'tree_mask',
    inputs: {
      parent: { dtype: 'i32', shape: [parent.length], data: parent },
      offsets: { dtype: 'i32', shape: [offsets.length], data: offsets },
    },
  });

  it.each<[string, number[], number[], string]>([
    ['a parent behind its child', [-1, 2, 0], [0, 3], 'parent 2 stands after its child 1'],
    ['a cycle', [-1, 1], [0, 2], 'row 1 is its own parent: a cycle'],
    ['two roots', [-1, -1], [0, 2], 'a second root'],
    ['lengths that lie', [-1, 0], [0, 3], 'inputs.offsets.data[1]: 3, but there are 2 rows'],
    ['offsets that fall', [-1, 0], [0, 3, 2], 'offsets never fall'],
  ])('refuses %s', async (_, parent, offsets, message) => {
    folder.file('tree.json', JSON.stringify([mask([-1, 0]), mask(parent, offsets)]));
    const argv = ['run', 'tree_mask', '--device', 'reference', '--case', 'tree.json'];
    const { code, stdout, stderr } = await kernels(...argv);
    expect(stderr).toContain('tree.json: [1].');
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('wrong usage', () => {
  it.each<[string[], number, string]>([
    [[], 2, 'needs a mode: list, verify'],
    [['verfy'], 2, 'verfy: is not a mode of beamline kernels. Did you mean "verify"?'],
    [['verify', 'tree_maks'], 2, 'is not an operator. Did you mean "tree_mask"?'],
    [['verify', '--device', 'cud'], 2, '--device cud: is not a device. Did you mean "cuda"?'],
    [
      ['verify', '--device', 'reference', '--variant', 'twn'],
      2,
      '--variant twn: is not a variant. Did you mean "twin"?',
    ],
    [['verify', '--filter', 'tree_mask/b9_t9_none'], 2, 'fits no case'],
    [['verify', 'tree_mask', '--axis', 'Q=1'], 2, '"Q" is not an axis'],
    [['fuzz', '--time', '60'], 2, 'must be a time such as 60s'],
    [['fuzz', '--seed', '-1'], 2, 'must be an integer from 0'],
    [['fuzz', '--choices', '1,2'], 2, 'needs the one operator'],
    [['fuzz', 'tree_mask', '--choices', '1,x'], 2, '"x" is no whole number'],
    [['perf', '--launch', 'cold-grph'], 2, 'Did you mean "cold-graph"?'],
    [['perf', '--device', 'reference', '--axis', 'T'], 2, 'must be name=values'],
    [['compare'], 2, 'needs two files of records'],
    [['compare', 'a.jsonl'], 2, 'needs two files'],
    [['compare', 'absent.jsonl', 'absent.jsonl'], 2, 'absent.jsonl: cannot be read'],
    [['compare', 'tree_mask'], 2, 'needs --variant A,B'],
    [['run'], 2, 'needs one operator'],
    [['run', 'tree_mask'], 2, 'needs --case FILE'],
    [['run', 'tree_mask', '--case', 'absent.json', '--device', 'reference'], 2, 'cannot be read'],
    [['run', 'tree_mask', '--case', 'x', '--device', 'reference,simt'], 2, 'takes one device'],
    [['report'], 2, 'needs a file of records'],
    [['report', 'absent.jsonl'], 2, 'cannot be read'],
    [['verify', '--timeout', '0'], 2, 'must be an integer from 1'],
  ])('%j', async (argv, code, message) => {
    const called = await kernels(...argv);
    expect(called.stderr).toContain(message);
    expect([called.code, called.stdout]).toEqual([code, '']);
    expect(called.stderr).toMatch(/^beamline: [^\n]+\n$/);
  });
});

describe('no device', () => {
  const none = it.skipIf(hasCuda);

  none('skips with a note and exits with 0', async () => {
    const ids = idsOf(suites.find(({ operator }) => operator.name === 'scan_lengths')!);
    const { code, stdout } = await kernels('verify', 'scan_lengths', '--device', 'cuda');
    const count = `skipped ${ids.length} cases: no CUDA device; compiled \\d+ of ${ids.length}`;
    expect(stdout).toMatch(new RegExp(`^${count}$`, 'm'));
    expect(code).toBe(0);
  });

  none('exits with 3 where the device is required', async () => {
    for (const mode of ['verify', 'fuzz', 'perf', 'support']) {
      const argv = [mode, 'scan_lengths', '--device', 'cuda', '--require-device'];
      const { code, stdout, stderr } = await kernels(...argv);
      expect([mode, code, stdout]).toEqual([mode, 3, '']);
      expect(stderr).toContain('--require-device: not here: cuda (no CUDA device)');
    }
  });

  none('cannot run a case there', async () => {
    const argv = ['run', 'pack_beams', '--device', 'cuda', '--case', 'one.json'];
    const { code, stderr } = await kernels(...argv);
    expect([code, stderr]).toEqual([3, 'beamline: cuda: no CUDA device.\n']);
  });
});

describe('kernels list', () => {
  it('tells of every operator, its cases and its fields', async () => {
    const listed = await json('list');
    const names = listed.operators.map(({ operator }: { operator: string }) => operator);
    expect(names).toEqual(operators.map(({ name }) => name));
    expect(listed.operators.every(({ cases }: { cases: number }) => cases > 0)).toBe(true);
  });

  it('prints ids that the filter accepts', async () => {
    const { cases } = await json('list', 'tree_mask');
    const [first] = cases as { id: string }[];
    const argv = ['verify', '--device', 'reference', '--filter', first!.id];
    const { records } = await json(...argv);
    expect(records.map((record: { case: string }) => record.case)).toEqual([first!.id]);
  });

  it('shows an operator’s fields as a case file spells them', async () => {
    const { stdout } = await kernels('list', 'tree_attention');
    for (const word of ['kv_lengths', 'page_table', 'keyScale', 'bf16']) {
      expect(stdout).toContain(word);
    }
  });
});

describe('kernels verify', () => {
  it('writes a record for each case, which report and parse read', async () => {
    const argv = ['verify', 'tree_mask', '--device', 'reference', '--records', 'r.jsonl'];
    const { records, summary } = await json(...argv);
    const ids = idsOf(suites.find(({ operator }) => operator.name === 'tree_mask')!);
    expect(records.map((record: { case: string }) => record.case)).toEqual(ids);
    expect(summary).toMatchObject({ passed: ids.length, failed: 0 });
    const kept = parseRecords(readFileSync(folder.at('r.jsonl'), 'utf8'), 'r.jsonl');
    expect(kept).toHaveLength(ids.length);
    expect(kept[0]).toMatchObject({ device: 'reference', mode: 'verify', status: 'passed' });
    const report = await kernels('report', 'r.jsonl', '--html', 'r.html');
    expect(report.code).toBe(0);
    expect(readFileSync(folder.at('r.html'), 'utf8')).toContain('none failed');
    const lines = await kernels('report', 'r.jsonl', '--format', 'jsonl');
    expect(lines.stdout).toBe(readFileSync(folder.at('r.jsonl'), 'utf8'));
  });

  it('makes cases from axes, and takes their ids', async () => {
    const argv = ['verify', 'tree_mask', '--device', 'reference'];
    const { records } = await json(...argv, '--axis', 'T=1,33', '--axis', 'B=2');
    expect(records).toHaveLength(2);
    const id = records[1].case;
    expect(id).toContain('treeLength=33');
    const again = await json(...argv, '--filter', id);
    expect(again.records.map((record: { case: string }) => record.case)).toEqual([id]);
  });

  withSimt('forces every variant by name, and covers what there is', async () => {
    const argv = ['verify', 'scan_lengths', '--device', 'simt'];
    const { records } = await json(...argv);
    const device = await new DeviceShelf().find('simt');
    if (isAbsent(device)) throw new Error(device.missing);
    const names = [...device.variants('scan_lengths'), 'auto'];
    const seen = new Set(records.map(({ variant }: { variant: string }) => variant));
    expect([...seen]).toEqual(names);
    const part = await kernels(...argv, '--coverage', '--variant', names[0]!);
    expect(part.code).toBe(1);
    expect(part.stdout).toContain('Variants never forced:');
    expect(part.stderr).toContain('not everything is covered');
  });
});

describe('kernels fuzz', () => {
  withSimt('draws until the time is over and can draw one case again', async () => {
    const argv = ['fuzz', 'scan_lengths', '--device', 'simt', '--variant', 'narrow'];
    const { summary } = await json(...argv, '--time', '2s', '--seed', '3');
    expect(summary.failed).toBe(0);
    expect(summary.passed).toBeGreaterThan(0);
    const replayed = await json(...argv, '--choices', '-');
    expect(replayed.summary.passed).toBe(1);
  });
});

describe('kernels perf, compare, support', () => {
  withSimt('time a kernel that is right and say that it is no GPU', async () => {
    const argv = ['perf', 'tree_attention', '--device', 'simt', '--variant', 'mma16_nosplit'];
    const small = ['--axis', 'L=64', '--axis', 'B=1', '--axis', 'Hq=4', '--axis', 'Hk=1'];
    const called = await kernels(...argv, ...small, '--records', 'p.jsonl');
    expect(called.stderr).toContain('simt is a functional device');
    expect(called.code).toBe(0);
    expect(called.stdout).toContain('measured on a CPU');
    const [record] = parseRecords(readFileSync(folder.at('p.jsonl'), 'utf8'), 'p.jsonl');
    expect(record).toMatchObject({ isFunctional: true, floor: null, share: null });
    expect(record!.multiplyAddsPerSecond).toBeGreaterThan(0);
    expect(record!.timing!.medianNs).toBeGreaterThan(0);
    const same = await json('compare', 'p.jsonl', 'p.jsonl');
    expect(same.pairs).toHaveLength(1);
    expect(['same', 'unclear']).toContain(same.pairs[0].comparison.verdict);
  });

  withSimt('compare two variants live', async () => {
    const argv = ['compare', 'scan_lengths', '--device', 'simt', '--variant', 'narrow,wide'];
    const called = await kernels(...argv, '--axis', 'B=100', '--format', 'json');
    const { pairs } = JSON.parse(called.stdout);
    expect(pairs[0]).toMatchObject({ variants: ['narrow', 'wide'], launch: 'plain' });
  });

  withSimt('count the cases that a variant takes', async () => {
    const { support } = await json('support', 'tree_mask', '--device', 'simt');
    for (const { supported, cases } of support) expect(supported).toBe(cases);
  });

  it('leave out the reference, which takes no times', async () => {
    const called = await kernels('perf', 'tree_mask', '--device', 'reference');
    expect(called.stderr).toContain('reference takes no times');
    expect(called.code).toBe(0);
  });
});

describe('files of records', () => {
  const line = (change: object) =>
    `${JSON.stringify({
      version: 1,
      mode: 'perf',
      operator: 'tree_mask',
      case: 'tree_mask/x',
      variant: 'warp',
      device: 'simt',
      status: 'passed',
      axes: { treeTokens: 4 },
      ...change,
    })}\n`;

  it.each<[string, string, string]>([
    ['empty', '\n', 'holds no record'],
    ['words', 'words\n', 'bad.jsonl:1: is not JSON'],
    ['a list', '[]\n', 'bad.jsonl:1: a record must be an object'],
    ['a version', line({ version: 2 }), 'records of version 1'],
    ['a status', `${line({})}${line({ status: 'pased' })}`, ':2: status "pased" is not known.'],
    ['a device', line({ device: 'gpu' }), 'device "gpu" is not known'],
    ['an axis', line({ axes: { treeTokens: 'x' } }), 'axes.treeTokens'],
    ['a time', line({ timing: { medianNs: -1 } }), 'timing.medianNs is -1'],
    ['no operator', line({ operator: 3 }), 'operator must be a text'],
  ])('%s', async (_, content, message) => {
    folder.file('bad.jsonl', content);
    const { code, stdout, stderr } = await kernels('report', 'bad.jsonl', '--html', 'bad.html');
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(folder.at('bad.html'))).toBe(false);
  });
});
