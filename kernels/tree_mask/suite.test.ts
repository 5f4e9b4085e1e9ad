/** Bits against paths found by closing the parent relation, and words at their bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { i32, u32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { treeMaskSuite } from './suite.ts';

const mask = (parent: number[], offsets: number[], maxTreeTokens = 0) => {
  const inputs = { parent: i32([parent.length], parent), offsets: i32([offsets.length], offsets) };
  return outputsOf(treeMaskSuite, inputs, { maxTreeTokens })['words']!;
};

const parentsArbitrary = fc
  .array(fc.nat(1000), { minLength: 1, maxLength: 70 })
  .map((draws) => draws.map((draw, row) => (row === 0 ? -1 : draw % row)));

describe('tree_mask', () => {
  it('gives the rows of the worked example', () => {
    expect(mask([-1, 0, 1, 2, 1, 4, 2], [0, 7])).toEqual([
      0b1, 0b11, 0b111, 0b1111, 0b10011, 0b110011, 0b1000111,
    ]);
  });

  it('opens a second word at row 32, and counts columns inside the tree', () => {
    const chain = Array.from({ length: 34 }, (_, row) => row - 1);
    const words = mask([-1, ...chain], [0, 1, 35]);
    expect(words.slice(0, 2)).toEqual([1, 0]);
    expect(words.slice(2 + 2 * 31, 2 + 2 * 32)).toEqual([0xffffffff, 0]);
    expect(words.slice(2 + 2 * 32, 2 + 2 * 33)).toEqual([0xffffffff, 1]);
  });

  it('leaves room when asked for', () => {
    expect(mask([-1, 0], [0, 2], 65)).toEqual([1, 0, 0, 3, 0, 0]);
  });

  it('shows exactly the closure of the parent relation', () => {
    fc.assert(
      fc.property(parentsArbitrary, (parent) => {
        const rows = parent.length;
        const sees = parent.map((_, t) => parent.map((__, c) => c === t));
        // Row t sees what its parent sees; repeating `rows` times closes the relation.
        for (let round = 0; round < rows; round++) {
          parent.forEach((p, t) => {
            for (let c = 0; c < rows; c++) sees[t]![c] ||= p >= 0 && sees[p]![c]!;
          });
        }
        const stride = Math.ceil(rows / 32);
        const words = mask(parent, [0, rows]);
        for (let t = 0; t < rows; t++) {
          for (let c = 0; c < rows; c++) {
            const bit = (words[t * stride + (c >> 5)]! >>> (c & 31)) & 1;
            expect(bit === 1).toBe(sees[t]![c]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('notices one bit', () => {
    const call = treeMaskSuite.cases()[0]!;
    const words = treeMaskSuite.reference(call)['words']!;
    for (let bit = 0; bit < 7; bit++) {
      const data = Array.from(words.data, (word, i) =>
        i === 5 ? (word ^ (1 << bit)) >>> 0 : word,
      );
      expect(compare(treeMaskSuite, call, { words: u32(words.shape, data) })).toHaveLength(1);
    }
  });
});
