import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputShapes } from '../lib/compare.ts';
import { i32 } from '../lib/tensors.ts';
import { openSuite, type Suite, suitePath } from '../suite.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { runCase, toBytes } from '../test/device-run.ts';
import { testOperator } from '../test/operator-tests.ts';
import { treeAttention } from './operator.ts';
import { treeAttentionSuite } from './suite.ts';

// The kernels of tree_attention against their record, see ../test/operator-tests.ts, and what only
// they promise.

testOperator(treeAttentionSuite);

/** Cases of bf16 with several tiles of rows or several splits of keys. */
const cases = treeAttentionSuite
  .cases()
  .filter(({ axes, dtypes }) => axes['kvTokens']! > 128 && dtypes.float === 'bf16')
  .filter(({ axes }) => axes['headDim'] === 64 && axes['requests']! <= 4);

const bitsOf = (outputs: Tensors) => [...outputs['o']!.data, ...outputs['lse']!.data];

/** Outputs of a captured call, replayed after the lengths were changed in place. */
function replayed(suite: Suite, captured: Case, lengths: Int32Array): number[][] {
  const inputs = treeAttention.inputs.map(({ name }) => {
    const { dtype, shape } = captured.inputs[name]!;
    return suite.tensorOf(dtype, shape, toBytes(captured.inputs[name]!));
  });
  const shapes = outputShapes(treeAttentionSuite, captured);
  const outputs = ['o', 'lse'].map((name) =>
    suite.tensor(shapes[name]!.dtype, shapes[name]!.shape),
  );
  const attributes = treeAttention.attributes.map(({ name }) => captured.attributes[name]!);
  const name = treeAttention.name;
  const workspace = suite.alloc(suite.workspaceBytes(name, '', inputs, outputs, { attributes }));
  const graph = suite.capture(() =>
    suite.call(name, '', inputs, outputs, { attributes, workspace }),
  );
  const lse = new Float32Array(shapes['lse']!.shape.reduce((a, b) => a * b));
  const runs = [toBytes(captured.inputs['kv_lengths']!), lengths].map((values) => {
    suite.upload(inputs[3]!, values);
    graph.replay();
    return [...suite.download(outputs[1]!, lse)];
  });
  graph.free();
  for (const { address } of [...inputs, ...outputs, workspace]) suite.free({ address });
  return runs;
}

describe.skipIf(!existsSync(suitePath('simt')))('tree_attention on simt', () => {
  const suite = existsSync(suitePath('simt')) ? openSuite(suitePath('simt')) : null;

  it('gives the same bits in tiles of 64 and 128 rows', () => {
    expect(cases.length).toBeGreaterThan(3);
    for (const call of cases) {
      const [narrow, wide] = ['mma64_split', 'mma128_split'].map((variant) =>
        bitsOf(runCase(suite!, treeAttentionSuite, call, variant)),
      );
      expect(wide, call.id).toEqual(narrow);
    }
  });

  it('replays as a graph with other lengths', () => {
    const call = cases.find(({ axes }) => axes['kvTokens']! > 1000)!;
    const long = call.inputs['kv_lengths']!;
    // The tree's rows move to other keys: what matters is that the same graph follows.
    const shorter = i32(
      long.shape,
      Int32Array.from(long.data, (length) => length >> 1),
    );
    const other: Case = { ...call, inputs: { ...call.inputs, kv_lengths: shorter } };
    const expected = [call, other].map((one) => [
      ...runCase(suite!, treeAttentionSuite, one, '')['lse']!.data,
    ]);
    expect(expected[1]).not.toEqual(expected[0]);
    expect(replayed(suite!, call, toBytes(shorter) as Int32Array)).toEqual(expected);
  });
});
