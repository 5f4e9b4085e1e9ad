import {
  type Device,
  effortOf,
  type Finished,
  idsOf,
  isFailure,
  type KernelRecord,
  type RunResult,
  referenceDevice,
  runVerifyTask,
  type Status,
  verifyCase,
  verifyProbe,
} from '@beamline/bench';
import { type Case, suites, type Tensors } from '@beamline/kernels/suites';
import { describe, expect, it } from 'vitest';
import { encodeTensor } from '../src/tensor-bytes.ts';
import { caseOf, deviceThat, environment, suiteOf } from './support.ts';

/**
 * The reference passes everything, and each defect that a device can have ends with the status that
 * is named after it.
 */

const mask = suiteOf('tree_mask');
const cell = suiteOf('drafter_cell');
const maskCase = mask.cases().find(({ axes }) => axes['requests']! > 1 && axes['treeTokens']! > 4)!;
const cellCase = cell.cases().find(({ axes }) => axes['rows']! > 2 && axes['hidden']! > 4)!;

/** The result with one element of its first output changed. */
function altered(result: RunResult, value: (x: number) => number, at = 0): RunResult {
  const finished = result as Finished;
  const [name, tensor] = Object.entries(finished.outputs)[0]!;
  const data = tensor.data.slice();
  data[at] = value(data[at]!);
  const output = { ...tensor, data };
  return {
    outputs: { ...finished.outputs, [name]: output },
    bits: { ...finished.bits, [name]: encodeTensor(output) },
    trespasses: [],
  };
}

const fault = (message: string): RunResult => ({ status: 'fault', message });
const plus = (x: number) => x + 1;

const defects: [Status, string, Device, 'mask' | 'cell'][] = [
  ['wrong-value', 'a bit is off', deviceThat((result) => altered(result, plus)), 'mask'],
  ['wrong-value', 'a float is off', deviceThat((result) => altered(result, plus)), 'cell'],
  ['nan', 'a NaN of its own', deviceThat((result) => altered(result, () => Number.NaN)), 'cell'],
  [
    'poison-read',
    'an output is left as it was',
    deviceThat((result, _, { poison }) =>
      altered(result, (x) => (poison === 'nan' ? Number.NaN : poison === 'zero' ? 0 : x)),
    ),
    'cell',
  ],
  [
    'poison-read',
    'workspace decides',
    deviceThat((result, _, { poison }) =>
      poison === 'large' ? altered(result, (x) => x ^ 1) : result,
    ),
    'mask',
  ],
  [
    'red-zone',
    'it writes behind its output',
    deviceThat((result) => ({ ...(result as Finished), trespasses: ['wrote 4 bytes'] })),
    'mask',
  ],
  [
    'nondeterministic',
    'the order of threads decides',
    deviceThat((result, _, { schedule }) =>
      schedule === 'reversed' ? altered(result, (x) => x ^ 1) : result,
    ),
    'mask',
  ],
  [
    'nondeterministic',
    'a replay differs',
    deviceThat((result, _, { asGraph }) => (asGraph ? altered(result, (x) => x ^ 1) : result)),
    'mask',
  ],
  [
    'batch-variance',
    'a request alone differs',
    deviceThat((result, call) => (call.id.includes('@') ? altered(result, (x) => x ^ 2) : result)),
    'mask',
  ],
  ['fault', 'it faults', deviceThat(() => fault('race: …, at a.cuh:3')), 'mask'],
  [
    'fault',
    'only the checked build sees it',
    deviceThat((result, _, { isChecked }) => (isChecked ? fault('race') : result)),
    'mask',
  ],
  [
    'unsupported',
    'it does not take the case',
    deviceThat(() => ({ status: 'unsupported', message: 'D = 3' })),
    'mask',
  ],
];

describe('each defect has its status', () => {
  it.each(defects)('%s: %s', async (status, _, device, which) => {
    const [suite, call] = which === 'mask' ? [mask, maskCase] : [cell, cellCase];
    const finding = await verifyCase(device, suite, call, '', effortOf(device, false));
    expect([finding.status, finding.message]).toEqual([status, expect.stringMatching(/./)]);
  });

  it('a device without a defect passes, with all checks made', async () => {
    const device = deviceThat((result) => result);
    const finding = await verifyCase(device, mask, maskCase, '', effortOf(device, false));
    expect(finding).toMatchObject({ status: 'passed', message: '' });
    expect(finding.checks).toEqual([
      'red zones',
      'values',
      'poison',
      'three runs',
      'reversed',
      'checked',
      'graph',
      'batch',
    ]);
  });

  it('a second run that differs is nondeterministic', async () => {
    let runs = 0;
    const device = deviceThat((result) => (++runs === 3 ? altered(result, (x) => x ^ 1) : result));
    const { status } = await verifyCase(device, mask, maskCase, '', effortOf(device, false));
    expect(status).toBe('nondeterministic');
  });

  it('a probe that does not hold is named so', async () => {
    const suite = suiteOf('tree_attention');
    const [probe] = suite.probes();
    const device = deviceThat((result) => altered(result, plus));
    expect((await verifyProbe(device, suite, probe!, '')).status).toMatch(
      /probe-failed|batch-variance/,
    );
    expect((await verifyProbe(referenceDevice('twin'), suite, probe!, '')).status).toBe('passed');
  });
});

async function recordsOf(device: Device, name: string, ids?: string[]): Promise<KernelRecord[]> {
  const suite = suiteOf(name);
  const records: KernelRecord[] = [];
  const task = {
    operator: name,
    variant: device.variants(name)[0] ?? '',
    device: device.name,
    cases: { kind: 'listed' as const, ids: ids ?? idsOf(suite) },
  };
  await runVerifyTask(task, device, suite, environment, (event) => {
    if (event.kind === 'end') records.push(event.record);
  });
  return records;
}

describe('the reference passes every case and probe', () => {
  it.each(suites.map(({ operator }) => operator.name))('%s', async (name) => {
    const failed = (await recordsOf(referenceDevice('twin'), name))
      .filter(({ status }) => status !== 'passed')
      .map(({ case: id, status, message }) => [id, status, message]);
    expect(failed).toEqual([]);
  });
});

describe('fuzzing', () => {
  const suite = suiteOf('pack_beams');
  const isWide = (call: Case) => call.axes['beams']! >= 3 && call.axes['requests']! >= 1;
  const swapped = (outputs: Tensors): boolean => outputs['lengths']!.data.length > 0;
  const device = deviceThat((result, call) =>
    !isFailure(result) && isWide(call) && swapped(result.outputs) ? altered(result, plus) : result,
  );

  async function drawn(cases: Parameters<typeof runVerifyTask>[0]['cases']) {
    const ends: { record: KernelRecord; choices: readonly number[]; shrunk: readonly number[] }[] =
      [];
    const task = { operator: 'pack_beams', variant: '', device: device.name, cases };
    await runVerifyTask(task, device, suite, environment, (event) => {
      if (event.kind !== 'end') return;
      const { record, drawn: how } = event;
      ends.push({ record, choices: how!.choices, shrunk: how!.shrunk ?? [] });
    });
    return ends;
  }

  it('finds the defect, shrinks it, and the choices replay it', async () => {
    const ends = await drawn({ kind: 'drawn', seed: 5, from: 0, count: 12 });
    const failed = ends.filter(({ record }) => record.status !== 'passed');
    expect(failed.length).toBeGreaterThan(0);
    for (const { record, shrunk } of failed) {
      expect(record.mode).toBe('fuzz');
      expect([record.axes['beams'], record.axes['requests']]).toEqual([3, 1]);
      const [again] = await drawn({ kind: 'choices', choices: shrunk });
      expect([again!.record.status, again!.record.case]).toEqual([record.status, record.case]);
    }
  });

  it('draws the same cases from the same seed, whole or in pieces', async () => {
    const whole = await drawn({ kind: 'drawn', seed: 9, from: 0, count: 6 });
    const parts = [
      ...(await drawn({ kind: 'drawn', seed: 9, from: 0, count: 2 })),
      ...(await drawn({ kind: 'drawn', seed: 9, from: 2, count: 4 })),
    ];
    expect(parts.map(({ choices }) => choices)).toEqual(whole.map(({ choices }) => choices));
    const other = await drawn({ kind: 'drawn', seed: 10, from: 0, count: 6 });
    expect(other.map(({ choices }) => choices)).not.toEqual(whole.map(({ choices }) => choices));
  });
});

describe('tasks', () => {
  it('tell of each case before and after', async () => {
    const ids = idsOf(mask).slice(0, 3);
    const told: string[] = [];
    const device = referenceDevice('twin');
    const cases = { kind: 'listed' as const, ids };
    const task = { operator: 'tree_mask', variant: 'twin', device: device.name, cases };
    await runVerifyTask(task, device, mask, environment, (event) => {
      told.push(event.kind === 'begin' ? `begin ${event.id}` : `end ${event.record.case}`);
    });
    expect(told).toEqual(ids.flatMap((id) => [`begin ${id}`, `end ${id}`]));
  });

  it('refuse a case that is not there', async () => {
    const asked = recordsOf(referenceDevice('twin'), 'tree_mask', ['tree_mask/none']);
    await expect(asked).rejects.toThrow('tree_mask/none: is no case of tree_mask');
    expect(caseOf(mask, 'tree_mask/none')).toBeUndefined();
  });
});
