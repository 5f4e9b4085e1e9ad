import { suites } from '@beamline/kernels/suites';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { typedBeams } from '../../test/typed-beams.ts';
import { viewOptions } from '../frame/index.ts';
import { emitted } from '../verify_accept/verify.ts';
import { checkedInput, loopStep } from './loop.ts';
import { beamTreeModel } from './model.ts';
import { type PresetName, presetNames, presets } from './presets.ts';
import { readRows } from './rows.ts';
import { type LoopInput, loopInput } from './step.ts';
import { texts } from './texts.ts';
import { draftBeams, toyDrafter, toyProbabilities, toyTarget, toyText } from './toy.ts';
import { litRow, treeLayout } from './tree-drawing.ts';
import { beamTreePicture } from './view.ts';

const own = (typed: string): LoopInput => loopInput('code', { typed, beams: 8, draftLength: 6 });

/** What the operator's own suite gives for the same beams. */
function packed(tokens: readonly number[], beams: number, positions: number) {
  const suite = suites.find(({ operator }) => operator.name === 'pack_beams')!;
  const data = Int32Array.from(tokens);
  const shape = [1, beams, positions];
  const inputs = { beams: { dtype: 'i32' as const, shape, data } };
  return suite.reference(suite.resolve({ operator: 'pack_beams', attributes: {}, inputs }));
}

describe('beams as a tree', () => {
  it('is what the reference of pack_beams gives, for any beams', () => {
    fc.assert(
      fc.property(typedBeams, (typed) => {
        const { step, rows, positions, saved } = beamTreeModel(own(typed));
        const reference = packed(step.tokens, step.beams, step.positions);
        expect(step.tree.tokens).toEqual([...reference['packed']!.data]);
        expect(step.tree.parent).toEqual([...reference['parent']!.data]);
        expect(step.tree.depth).toEqual([...reference['depth']!.data]);
        expect(step.tree.unpack).toEqual([...reference['unpack']!.data]);
        expect(rows).toBe(reference['lengths']!.data[0]);
        expect(saved).toBeCloseTo(1 - rows / positions, 12);
      }),
    );
  });

  it('unpacks to the beams, parents before children, one level apart', () => {
    fc.assert(
      fc.property(typedBeams, (typed) => {
        const { step } = beamTreeModel(own(typed));
        const { tokens, unpack, parent, depth } = step.tree;
        expect(unpack.map((row) => tokens[row])).toEqual(step.tokens);
        parent.forEach((above, row) => {
          expect(above).toBeLessThan(row);
          expect(depth[row]).toBe(above < 0 ? 0 : depth[above]! + 1);
        });
      }),
    );
  });

  // Apple's recurrent drafting code and TensorRT-LLM's tests share this example.
  it('gives the published worked examples', () => {
    const first = beamTreeModel(loopInput('worked-a'));
    expect(first.words.join(' ')).toBe('91 92 93 95 94 96 97');
    expect(first.step.tree.unpack).toEqual([0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6]);
    expect(first.step.tree.depth).toEqual([0, 1, 2, 3, 2, 3, 3]);
    const second = beamTreeModel(loopInput('worked-b'));
    expect(second.words.join(' ')).toBe('93 94 95 92 95 96 93 97 96');
    expect([second.positions, second.rows, second.saved]).toEqual([12, 9, 0.25]);
    expect(second.rowsAfter).toEqual([4, 7, 9]);
    expect(second.shared).toEqual([3, 2, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('widening the beam never takes a row away', () => {
    for (const preset of ['worked-a', 'worked-b', 'no-sharing', 'all-same'] as const) {
      const rows = [1, 2, 3, 4].map((beams) => beamTreeModel(loopInput(preset, { beams })).rows);
      expect([...rows].sort((a, b) => a - b)).toEqual(rows);
    }
    expect(beamTreeModel(loopInput('all-same')).rows).toBe(4);
    expect(beamTreeModel(loopInput('no-sharing')).rows).toBe(1 + 4 * 3);
  });
});

describe('what a reader types', () => {
  it('is cut to one length and rooted in one token, and the change is counted', () => {
    expect(readRows('1 2 3\n\n 1  2 \n')).toEqual({
      rows: [
        ['1', '2'],
        ['1', '2'],
      ],
      beamsLeftOut: 0,
      wordsLeftOut: 1,
      hasAddedRoot: false,
    });
    expect(readRows('a b\nc d').rows).toEqual([
      ['…', 'a', 'b'],
      ['…', 'c', 'd'],
    ]);
    expect(readRows(Array(11).fill('x y').join('\n')).beamsLeftOut).toBe(3);
    expect(readRows(' \n ').rows).toEqual([]);
  });

  it('never breaks the figure, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        const model = beamTreeModel(own(typed));
        const { svg } = beamTreePicture(model, { merged: 3 }, viewOptions('t'));
        expect(svg).not.toMatch(/undefined|NaN/);
        expect(svg.match(/<script/)).toBe(null);
      }),
    );
  });

  it('keeps hostile inputs within the limits', () => {
    const hostile = { ...loopInput('code'), preset: 'toString' as PresetName, beams: 1e9 };
    expect(checkedInput({ ...hostile, seed: Number.NaN, step: -4, draftLength: 2.7 })).toEqual({
      ...loopInput('code'),
      beams: 8,
      seed: 0,
      step: 0,
      draftLength: 2,
    });
  });
});

describe('toy models', () => {
  const text = toyText(texts.chat);

  it('give probabilities that are positive and sum to 1', () => {
    const context = fc.array(fc.integer({ min: 0, max: text.words.length - 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(context, fc.constantFrom(toyTarget, toyDrafter), (before, model) => {
        const p = toyProbabilities(text, model, before);
        expect(Math.min(...p)).toBeGreaterThan(0);
        expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('counts by hand: after “a”, of “a b a b a c”, b twice and c once', () => {
    const small = toyText('a b a b a c');
    const none = 1 / 3;
    const single = (count: number) => (count + none) / 7;
    const p = toyProbabilities(small, { reach: 1, smoothing: 1 }, [0]);
    expect(p[1]).toBeCloseTo((2 + single(2)) / 4, 12);
    expect(p[2]).toBeCloseTo((1 + single(1)) / 4, 12);
  });

  it('draft beams that differ, best first, with the sum of their log-probabilities', () => {
    const { rows, scores } = draftBeams(text, [0, 1], 5, 3);
    expect(new Set(rows.map((row) => row.join(' '))).size).toBe(5);
    expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    const first = rows[0]!.slice(1).reduce((sum, token, j) => {
      const q = toyProbabilities(text, toyDrafter, rows[0]!.slice(0, j + 1));
      return sum + Math.log(q[token]!);
    }, 0);
    expect(scores[0]).toBeCloseTo(first, 5);
  });
});

describe('the loop', () => {
  it('goes on from what the step before committed', () => {
    for (const rule of ['greedy', 'exact', 'redrafter'] as const) {
      for (const preset of presetNames.filter((name) => name !== 'empty')) {
        for (let step = 0; step < 4; step++) {
          const before = loopStep(loopInput(preset, { rule, step, seed: 3 }));
          const after = loopStep(loopInput(preset, { rule, step: step + 1, seed: 3 }));
          expect(after.committed).toEqual([...before.committed, ...emitted(before, step)]);
          expect(after.tree.tokens[0]).toBe(after.committed.at(-1));
        }
      }
    }
  });

  it('starts from the beams that a preset gives', () => {
    for (const name of presetNames) {
      const step = loopStep(loopInput(name));
      expect(step.beams).toBe(presets[name].beams);
      expect(Math.max(0, step.positions - 1)).toBe(presets[name].draftLength);
    }
  });
});

describe('the picture', () => {
  it('keeps the laws of pictures in every preset and stage', () => {
    for (const preset of presetNames) {
      const model = beamTreeModel(loopInput(preset));
      for (const merged of [0, 1, model.step.beams]) {
        expectLawful((options) => beamTreePicture(model, { merged }, options));
      }
    }
  });

  it('draws every row of the tree once, and every position of the beams', () => {
    fc.assert(
      fc.property(typedBeams, (typed) => {
        const model = beamTreeModel(own(typed));
        const { svg, table } = beamTreePicture(model, { merged: 8 }, viewOptions('t'));
        expect(keysOf(svg, 'tree')).toEqual(model.words.map((_, row) => `token:${row}`));
        expect(keysOf(svg, 'beams').length).toBe(model.positions);
        expect(table.rows.length).toBe(model.positions);
      }),
    );
  });

  it('lays boxes apart and lets no edge cross another', () => {
    fc.assert(
      fc.property(typedBeams, fc.integer({ min: 0, max: 30 }), (typed, extra) => {
        const model = beamTreeModel(own(typed));
        const extraAfter = extra % model.rows;
        const area = { left: 0, top: 0, width: 500, lanePitch: 40, columns: 8, extraAfter };
        const { places } = treeLayout(model, area);
        expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(places.length);
        const parent = [...model.step.tree.parent, extraAfter];
        const spans = parent.flatMap((above, row) =>
          above < 0 ? [] : [{ above, from: places[above]!, to: places[row]! }],
        );
        for (const one of spans) {
          for (const other of spans) {
            if (one.above === other.above || one.from.x !== other.from.x) continue;
            expect(one.to.y < other.from.y || other.to.y < one.from.y).toBe(true);
          }
        }
      }),
    );
  });

  it('lights the same row from a box, a beam position, a slot and a mask row', () => {
    const model = beamTreeModel(loopInput('worked-a'));
    for (const key of ['token:4', 'cell:1:2', 'slot:4', 'mask:4', 'naive:6']) {
      expect(litRow(key, model), key).toBe(4);
    }
    for (const key of ['token:99', 'token:x', 'other:1', '', null]) {
      expect(litRow(key, model)).toBe(-1);
    }
    const { svg } = beamTreePicture(
      model,
      { merged: 3 },
      viewOptions('t', { highlight: 'token:1' }),
    );
    expect(svg.match(/ lit"/g)!.length).toBe(1 + 3);
  });
});
