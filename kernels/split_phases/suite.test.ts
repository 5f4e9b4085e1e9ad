/** Both phases in order, on the type vectors that TensorRT-LLM tests with. */
import { describe, expect, it } from 'vitest';
import { float, i32 } from '../lib/tensors.ts';
import { offsetsOf } from '../lib/trees.ts';
import { outputsOf } from '../test/outputs.ts';
import { splitPhasesSuite as suite, TYPE_VECTORS } from './suite.ts';

const split = (types: number[], counts: number[]) => {
  const offsets = offsetsOf(counts);
  const rows = offsets[counts.length]!;
  return outputsOf(suite, {
    types: i32([types.length], types),
    offsets: i32([offsets.length], offsets),
    rows: float(
      'fp32',
      [rows, 1],
      Array.from({ length: rows }, (_, i) => i),
    ),
  });
};

describe('split_phases', () => {
  it('puts context first and keeps the order inside a phase', () => {
    expect(split([1, 0, 1], [2, 3, 1])).toEqual({
      indices: [1, 0, 2],
      counts: [1, 2],
      phase_offsets: [0, 3, 5, 6],
      phase_rows: [2, 3, 4, 0, 1, 5],
    });
  });

  it.each(TYPE_VECTORS)('%s', (_name, types) => {
    const list = Array.from(types, Number);
    const out = split(
      list,
      list.map(() => 1),
    );
    const contexts = list.filter((type) => type === 0).length;
    // These batches have context first already: nothing changes its place.
    expect(out['indices']).toEqual(list.map((_, b) => b));
    expect(out['counts']).toEqual([contexts, list.length - contexts]);
    expect(out['phase_rows']).toEqual(list.map((_, b) => b));
  });

  it('copies nothing when no rows are given', () => {
    const out = outputsOf(suite, {
      types: i32([2], [1, 0]),
      offsets: i32([3], [0, 4, 9]),
      rows: float('bf16', [0, 8], []),
    });
    expect(out['phase_offsets']).toEqual([0, 5, 9]);
    expect(out['phase_rows']).toEqual([]);
  });

  it('takes an empty batch', () => {
    expect(split([], [])).toEqual({
      indices: [],
      counts: [0, 0],
      phase_offsets: [0],
      phase_rows: [],
    });
  });
});
