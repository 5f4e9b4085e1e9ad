import { type Finished, plainRun, referenceDevice } from '@beamline/bench';
import { suites } from '@beamline/kernels/suites';
import { describe, expect, it } from 'vitest';
import { differingOutput, requestsToSlice, sliceRequest } from '../src/batch-slice.ts';
import { caseOf, suiteOf } from './support.ts';

const device = referenceDevice('twin');
const ABOUT_THE_BATCH = ['prune_tree', 'split_phases', 'merge_phases', 'scan_lengths'];

describe('a request alone', () => {
  it.each(suites.map((suite) => [suite.operator.name, suite] as const))('%s', (name, suite) => {
    let sliced = 0;
    for (const call of suite.cases()) {
      for (const request of requestsToSlice(suite, call)) {
        const batch = device.run(suite, call, plainRun) as Finished;
        const alone = sliceRequest(suite, call, request, batch.outputs);
        if (alone === null) continue;
        sliced++;
        const result = device.run(suite, alone, plainRun) as Finished;
        const output = differingOutput(suite, call, request, batch, result);
        expect([alone.id, output]).toEqual([alone.id, null]);
      }
    }
    if (ABOUT_THE_BATCH.includes(name)) expect(sliced).toBe(0);
    else expect(sliced).toBeGreaterThan(3);
  });

  it('cuts the worked example: the second request has nine rows', () => {
    const suite = suiteOf('pack_beams');
    const call = caseOf(suite, 'pack_beams/b2_w3_bl4');
    const batch = device.run(suite, call, plainRun) as Finished;
    const alone = sliceRequest(suite, call, 1, batch.outputs)!;
    expect(alone.axes).toMatchObject({ requests: 1, beams: 3, treeTokens: 9 });
    expect([...suite.reference(alone)['packed']!.data]).toEqual([
      93, 94, 95, 92, 95, 96, 93, 97, 96,
    ]);
  });

  it('sees a difference in the request’s rows, and only there', () => {
    const suite = suiteOf('tree_mask');
    const call = suite
      .cases()
      .find(({ axes, inputs }) => axes['requests']! > 2 && inputs['offsets']!.data[1]! > 0)!;
    const batch = device.run(suite, call, plainRun) as Finished;
    const alone = sliceRequest(suite, call, 0, batch.outputs)!;
    const result = device.run(suite, alone, plainRun) as Finished;
    const words = batch.bits['words']!.slice();
    words[words.length - 1]! ^= 1;
    const late = { ...batch, bits: { words } };
    expect(differingOutput(suite, call, 0, late, result)).toBeNull();
    const first = batch.bits['words']!.slice();
    first[0]! ^= 1;
    const early = { ...batch, bits: { words: first } };
    expect(differingOutput(suite, call, 0, early, result)).toBe('words');
  });
});
