import { suites } from '@beamline/kernels/suites';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { typedBeams } from '../../test/typed-beams.ts';
import { presetNames } from '../beam_tree/presets.ts';
import { loopInput } from '../beam_tree/step.ts';
import { viewOptions } from '../frame/index.ts';
import { bitOf, hexWords } from './mask-words.ts';
import { type MaskRows, packedMaskModel } from './model.ts';
import { seenColumns } from './seen.ts';
import { packedMaskPicture } from './view.ts';

const own = (typed: string) =>
  packedMaskModel(loopInput('code', { typed, beams: 8, draftLength: 6 }));

/** What the operator's own suite gives for the same parents. */
function wordsOf(parent: readonly number[]): number[] {
  const suite = suites.find(({ operator }) => operator.name === 'tree_mask')!;
  const ints = (values: readonly number[]) => ({
    dtype: 'i32' as const,
    shape: [values.length],
    data: Int32Array.from(values),
  });
  const inputs = { parent: ints(parent), offsets: ints([0, parent.length]) };
  const call = suite.resolve({ operator: 'tree_mask', attributes: {}, inputs });
  return [...suite.reference(call)['words']!.data];
}

const popcount = (mask: MaskRows, row: number) => seenColumns(mask, row).length;

describe('the mask', () => {
  it('is what the reference of tree_mask gives, for any beams', () => {
    fc.assert(
      fc.property(typedBeams, (typed) => {
        const { packed, step } = own(typed);
        expect([...packed.words]).toEqual(wordsOf(step.tree.parent));
      }),
    );
  });

  it('has depth + 1 bits a row, packed or not, and none right of the diagonal', () => {
    fc.assert(
      fc.property(typedBeams, (typed) => {
        const { packed, naive } = own(typed);
        for (const mask of [packed, naive]) {
          mask.depth.forEach((depth, row) => {
            expect(popcount(mask, row)).toBe(depth + 1);
            expect(seenColumns(mask, row).at(-1)).toBe(row);
          });
          expect(mask.pairs).toBe(mask.depth.reduce((sum, depth) => sum + depth + 1, 0));
        }
      }),
    );
  });

  // Parents −1 0 1 2 1 4 2, as in the operator's own example.
  it('gives the worked example bit by bit', () => {
    const { packed, naive, prefix } = packedMaskModel(loopInput('worked-a'));
    expect([...packed.words]).toEqual([0b1, 0b11, 0b111, 0b1111, 0b10011, 0b110011, 0b1000111]);
    expect(hexWords(packed, 5)).toEqual(['0x00000033']);
    expect([naive.rows, packed.rows, prefix]).toEqual([12, 7, 2]);
    // A beam that is not merged sees its own four rows alone.
    expect(seenColumns(naive, 7)).toEqual([4, 5, 6, 7]);
  });

  it('has a second word from the 33rd row on', () => {
    const wide = packedMaskModel(loopInput('chat', { beams: 8, draftLength: 6 }));
    expect(wide.naive.rows).toBe(56);
    expect(wide.naive.stride).toBe(2);
    expect(hexWords(wide.naive, 55)).toHaveLength(2);
    expect(bitOf(wide.naive, 55, 55)).toBe(1);
  });
});

describe('the picture', () => {
  it('keeps the laws of pictures in every preset, packed or not, lit or not', () => {
    for (const preset of presetNames) {
      const model = packedMaskModel(loopInput(preset));
      for (const isNaive of [false, true]) {
        for (const highlight of [null, 'token:2']) {
          expectLawful((options) =>
            packedMaskPicture(model, { isNaive }, { ...options, highlight }),
          );
        }
      }
    }
  });

  it('has a mark for every bit', () => {
    fc.assert(
      fc.property(typedBeams, fc.boolean(), (typed, isNaive) => {
        const model = own(typed);
        const mask = isNaive ? model.naive : model.packed;
        const { svg, table } = packedMaskPicture(model, { isNaive }, viewOptions('t'));
        const marks = svg.match(
          /<g class="t-(?:draft|context)"><(?:rect|circle) class="fill" (?:x|cx)=/g,
        );
        expect(marks!.length).toBe(mask.pairs);
        expect(keysOf(svg, 'mask').length).toBe(mask.rows);
        expect(keysOf(svg, 'row').length).toBe(mask.rows);
        expect(table.rows.map((row) => row.at(-1))).toEqual(
          mask.treeRow.map((_, row) => hexWords(mask, row).join(' ')),
        );
      }),
    );
  });

  it('lights a token as a box, a row and a column', () => {
    const model = packedMaskModel(loopInput('worked-a'));
    for (const highlight of ['token:4', 'slot:4', 'mask:4']) {
      const options = viewOptions('t', { highlight });
      const { svg } = packedMaskPicture(model, { isNaive: false }, options);
      expect(svg.match(/class="(?:fill )?lit"/g)!.length).toBe(3);
    }
  });
});
