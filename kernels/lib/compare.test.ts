/** The comparer lets through what the number format explains, and nothing else. */
import { describe, expect, it } from 'vitest';
import { drafterCellSuite } from '../drafter_cell/suite.ts';
import { scanLengthsSuite } from '../scan_lengths/suite.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { treeAttentionSuite } from '../tree_attention/suite.ts';
import { compare } from './compare.ts';
import { roundTo } from './float-formats.ts';
import { i32 } from './tensors.ts';

const call = drafterCellSuite.cases().find(({ id }) => id === 'drafter_cell/r4_h4096_bf16')!;

/** The right answer in bf16, with one element changed. */
function answer(at: number, change: (x: number) => number): Tensors {
  const state = drafterCellSuite.twin(call)['state']!;
  const data = state.data.slice() as Float64Array;
  data[at] = change(data[at]!);
  return { state: { ...state, data } };
}

const problems = (outputs: Tensors) => compare(drafterCellSuite, call, outputs);

describe('floats', () => {
  it('pass when they are rounded as declared', () => {
    expect(problems(answer(0, (x) => x))).toEqual([]);
  });

  it('fail when they are off by one and a half per cent', () => {
    expect(problems(answer(5000, (x) => roundTo('bf16', x * 1.015)))[0]!.message).toMatch(
      /^row at \[1, 904\]: error .* allowed .* worst at \[1, 904\]/,
    );
  });

  it('never pass as NaN or infinity', () => {
    expect(problems(answer(7, () => Number.NaN))[0]!.message).toMatch(/^\[0, 7\] is NaN/);
    expect(problems(answer(7, () => Number.POSITIVE_INFINITY))).toHaveLength(1);
  });

  it('may be twice as far off as the twin in a row, not more', () => {
    const attention = treeAttentionSuite
      .cases()
      .find(({ id }) => id === 'tree_attention/b1_t16_l90_h4x2_d64_p16_bf16')!;
    const exact = treeAttentionSuite.reference(attention);
    const twin = treeAttentionSuite.twin(attention);
    const stretched = (factor: number): Tensors => ({
      o: {
        ...exact['o']!,
        data: exact['o']!.data.map(
          (x, i) => x + factor * (twin['o']!.data[i]! - x),
        ) as Float64Array,
      },
      lse: exact['lse']!,
    });
    expect(compare(treeAttentionSuite, attention, stretched(1.9))).toEqual([]);
    expect(compare(treeAttentionSuite, attention, stretched(2.2))).toHaveLength(1);
  });
});

describe('shapes and integers', () => {
  const scan = scanLengthsSuite.cases()[0]! as Case;
  const right = scanLengthsSuite.reference(scan);

  it('are exact', () => {
    expect(compare(scanLengthsSuite, scan, right)).toEqual([]);
    const wrong = { ...right, offsets: i32([4], [0, 7, 8, 16]) };
    expect(compare(scanLengthsSuite, scan, wrong)).toEqual([
      { output: 'offsets', message: '[2] is 8, expected 7' },
    ]);
  });

  it('must be there', () => {
    const { max, ...rest } = right;
    expect(compare(scanLengthsSuite, scan, rest)).toEqual([{ output: 'max', message: 'missing' }]);
    const reshaped = { ...right, max: { ...max!, shape: [1] } };
    expect(compare(scanLengthsSuite, scan, reshaped)[0]!.message).toBe(
      'i32 [1] given, i32 [] expected',
    );
  });
});
