/** Moving accepted rows, by hand and as a copy through a list of tokens. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { outputsOf } from '../test/outputs.ts';
import { compactKvSuite as suite } from './suite.ts';

/** KV of every token of every request, layer by layer, as text. */
function contents(call: Case, pages: ArrayLike<number>): string[][] {
  const { layers, tokensPerBlock, kvHeads, headDim, maxPages } = call.axes as Record<
    string,
    number
  >;
  const size = kvHeads! * headDim!;
  const layer = pages.length / layers!;
  return Array.from(call.inputs['kv_lengths']!.data, (length, b) =>
    Array.from({ length }, (_, token) => {
      const place = Math.floor(token / tokensPerBlock!);
      const page = call.inputs['page_table']!.data[b * maxPages! + place]!;
      const parts: number[] = [];
      for (let l = 0; l < layers!; l++) {
        for (const half of [0, 1]) {
          const slot = (page * 2 + half) * tokensPerBlock! + (token % tokensPerBlock!);
          for (let i = 0; i < size; i++) parts.push(pages[l * layer + slot * size + i]!);
        }
      }
      return parts.join();
    }),
  );
}

describe('compact_kv', () => {
  it('moves keys and values behind the prefix', () => {
    // One layer, pages of 4, one head of one element; keys 0…7 and values 10…17 in two pages.
    const inputs = {
      pages: float(
        'fp32',
        [1, 2, 2, 4, 1, 1],
        [...[0, 1, 2, 3, 10, 11, 12, 13], ...[4, 5, 6, 7, 14, 15, 16, 17]],
      ),
      page_table: i32([1, 2], [0, 1]),
      kv_lengths: i32([1], [8]),
      offsets: i32([2], [0, 6]),
      // Prefix 2; rows 0 2 5 are tokens 2, 4, 7; they go to tokens 2, 3, 4.
      path: i32([1, 4], [0, 2, 5, -1]),
      accepted: i32([1], [2]),
    };
    expect(outputsOf(suite, inputs)['pages']).toEqual([
      ...[0, 1, 2, 4, 10, 11, 12, 14],
      ...[7, 5, 6, 7, 17, 15, 16, 17],
    ]);
  });

  it('leaves the rest alone, and gives the path in order', () => {
    fc.assert(
      fc.property(fc.nat(65535), (seed) => {
        const call = suite.generate(Draw.seeded(seed));
        if (call.axes['layers'] === 0) return;
        const before = contents(call, call.inputs['pages']!.data);
        const after = contents(call, (suite.reference(call) as Tensors)['pages']!.data);
        const positions = call.inputs['path']!.shape[1]!;
        const offsets = call.inputs['offsets']!.data;
        before.forEach((tokens, b) => {
          const rows = offsets[b + 1]! - offsets[b]!;
          const prefix = tokens.length - rows;
          const a = rows > 0 ? call.inputs['accepted']!.data[b]! : 0;
          const path = Array.from(
            call.inputs['path']!.data.slice(b * positions, b * positions + a + 1),
          );
          const expected = [...tokens];
          path.forEach((row, j) => {
            if (rows > 0) expected[prefix + j] = tokens[prefix + row]!;
          });
          expect(after[b]).toEqual(expected);
        });
      }),
      { numRuns: 60 },
    );
  });
});
