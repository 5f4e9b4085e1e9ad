/** Rotation by hand and by its law: a score depends on the distance of positions alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { float, i32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { kvAppendSuite as suite } from './suite.ts';

/** Stored key of one row of one head at a position. */
function stored(key: number[], position: number, attributes = {}): number[] {
  const size = key.length;
  const inputs = {
    k: float('fp32', [1, 1, size], key),
    v: float('fp32', [1, 1, size], key),
    positions: i32([1], [position]),
    offsets: i32([2], [0, 1]),
    kv_lengths: i32([1], [1]),
    page_table: i32([1, 1], [0]),
    pages: float('fp32', [1, 2, 1, 1, size], new Array(2 * size).fill(0)),
  };
  return outputsOf(suite, inputs, attributes)['pages']!.slice(0, size);
}

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

describe('kv_append', () => {
  it('turns a pair by position times frequency', () => {
    expect(stored([1, 0], 1)[0]).toBeCloseTo(0.5403023058681398, 14);
    expect(stored([1, 0], 1)[1]).toBeCloseTo(0.8414709848078965, 14);
    expect(stored([0, 1], 2)[0]).toBeCloseTo(-0.9092974268256817, 14);
  });

  it('pairs the halves, each slower than the one before', () => {
    // D = 4: pair (0, 2) turns by 1, pair (1, 3) by 10000^(−2/4) = 0.01.
    const key = stored([1, 1, 0, 0], 1);
    expect(key[0]).toBeCloseTo(Math.cos(1), 14);
    expect(key[2]).toBeCloseTo(Math.sin(1), 14);
    expect(key[1]).toBeCloseTo(Math.cos(0.01), 14);
    expect(key[3]).toBeCloseTo(Math.sin(0.01), 14);
  });

  it('turns only the first rotaryDim elements, and divides by the scale', () => {
    const key = stored([1, 0, 8, 16], 1, { rotaryDim: 2, keyScale: 2 });
    expect(key[0]).toBeCloseTo(Math.cos(1) / 2, 14);
    expect(key.slice(2)).toEqual([4, 8]);
  });

  it('keeps lengths, and scores depend on the distance alone', () => {
    const vector = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(vector, vector, fc.nat(5000), fc.nat(5000), fc.nat(5000), (q, k, m, n, shift) => {
        const a = dot(stored(q, m), stored(k, n));
        const b = dot(stored(q, m + shift), stored(k, n + shift));
        expect(a).toBeCloseTo(b, 8);
        expect(dot(stored(k, n), stored(k, n))).toBeCloseTo(dot(k, k), 8);
      }),
    );
  });

  it('writes rows behind the prefix, through the page table', () => {
    const inputs = {
      k: float('bf16', [2, 1, 2], [1, 2, 3, 4]),
      v: float('bf16', [2, 1, 2], [5, 6, 7, 8]),
      positions: i32([2], [0, 0]),
      offsets: i32([3], [0, 0, 2]),
      // Request 1 holds one old token, so its rows are tokens 1 and 2: pages 2 and 0.
      kv_lengths: i32([2], [0, 3]),
      page_table: i32([2, 2], [9, 9, 2, 0]),
      pages: float('bf16', [3, 2, 2, 1, 2], new Array(24).fill(-1)),
    };
    const pages = outputsOf(suite, inputs)['pages']!;
    // [page][key/value][place][head][element]
    const at = (page: number, half: number, place: number) => {
      const start = ((page * 2 + half) * 2 + place) * 2;
      return pages.slice(start, start + 2);
    };
    expect(at(2, 0, 1)).toEqual([1, 2]);
    expect(at(2, 1, 1)).toEqual([5, 6]);
    expect(at(0, 0, 0)).toEqual([3, 4]);
    expect(at(0, 1, 0)).toEqual([7, 8]);
    expect(pages.filter((x) => x === -1)).toHaveLength(24 - 8);
  });

  it('notices a slot that should not have changed', () => {
    const call = suite.cases().find(({ id }) => id.endsWith('_ragged') || id.includes('p64'))!;
    const { pages } = suite.reference(call);
    const data = suite.twin(call)['pages']!.data.slice() as Float64Array;
    expect(compare(suite, call, { pages: { ...pages!, data } })).toEqual([]);
    const untouched = data.findIndex((x, i) => x === 3 && call.inputs['pages']!.data[i] === 3);
    data[untouched] = 3.015625;
    expect(compare(suite, call, { pages: { ...pages!, data } })).toHaveLength(1);
  });
});
