/** The golden vector of ReDrafter, the bounds of a tree's size, and an oracle with a trie. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { i32 } from '../lib/tensors.ts';
import { outputsOf, treeOf } from '../test/outputs.ts';
import { packBeamsSuite, WORKED_BEAMS } from './suite.ts';

const pack = (shape: number[], beams: number[]) =>
  outputsOf(packBeamsSuite, { beams: i32(shape, beams) });

/** Beams of one request that share their first token. */
const beamsArbitrary = fc
  .record({
    beams: fc.integer({ min: 1, max: 7 }),
    positions: fc.integer({ min: 1, max: 6 }),
    vocab: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ beams, positions, vocab }) =>
    fc
      .array(fc.array(fc.nat(vocab), { minLength: positions - 1, maxLength: positions - 1 }), {
        minLength: beams,
        maxLength: beams,
      })
      .map((rows) => rows.map((row) => [9, ...row])),
  );

describe('pack_beams', () => {
  it('gives the published golden vector', () => {
    const out = pack([2, 3, 4], WORKED_BEAMS);
    expect(out['lengths']).toEqual([7, 9]);
    expect(out['offsets']).toEqual([0, 7, 16]);
    expect(out['packed']).toEqual([
      ...[91, 92, 93, 95, 94, 96, 97],
      ...[93, 94, 95, 92, 95, 96, 93, 97, 96],
    ]);
    expect(out['unpack']).toEqual([
      ...[0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6],
      ...[0, 1, 2, 3, 0, 4, 5, 6, 0, 1, 7, 8],
    ]);
    expect(out['depth']).toEqual([0, 1, 2, 3, 2, 3, 3, 0, 1, 2, 3, 1, 2, 3, 2, 3]);
    expect(out['parent']).toEqual([-1, 0, 1, 2, 1, 4, 2, -1, 0, 1, 2, 0, 4, 5, 1, 7]);
  });

  it('leaves a single beam a chain', () => {
    const out = pack([1, 1, 4], [5, 6, 7, 8]);
    expect(out['packed']).toEqual([5, 6, 7, 8]);
    expect(out['parent']).toEqual([-1, 0, 1, 2]);
  });

  it('gives equal beams one chain', () => {
    const out = pack([1, 3, 3], [4, 5, 6, 4, 5, 6, 4, 5, 6]);
    expect(out['lengths']).toEqual([3]);
    expect(out['unpack']).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  it('does not merge what only agrees again later', () => {
    expect(pack([1, 2, 3], [1, 2, 9, 1, 3, 9])['lengths']).toEqual([5]);
  });

  it('numbers nodes as a trie does that reads beam by beam', () => {
    fc.assert(
      fc.property(beamsArbitrary, (beams) => {
        const rows = new Map<string, number>();
        const unpack: number[] = [];
        const parents: number[] = [];
        for (const beam of beams) {
          beam.forEach((_, j) => {
            const prefix = beam.slice(0, j + 1).join();
            if (!rows.has(prefix)) {
              rows.set(prefix, rows.size);
              parents.push(j === 0 ? -1 : rows.get(beam.slice(0, j).join())!);
            }
            unpack.push(rows.get(prefix)!);
          });
        }
        const tree = treeOf(beams);
        expect(tree.unpack).toEqual(unpack);
        expect(tree.parent).toEqual(parents);
        expect(tree.unpack.map((row) => tree.tokens[row])).toEqual(beams.flat());
      }),
    );
  });

  it('keeps dl + W ≤ T ≤ W·dl + 1 for distinct beams', () => {
    fc.assert(
      fc.property(beamsArbitrary, (all) => {
        const beams = [...new Map(all.map((beam) => [beam.join(), beam])).values()];
        const draftLength = beams[0]!.length - 1;
        const rows = treeOf(beams).tokens.length;
        expect(rows).toBeLessThanOrEqual(beams.length * draftLength + 1);
        if (draftLength > 0) expect(rows).toBeGreaterThanOrEqual(draftLength + beams.length);
      }),
    );
  });

  it('does not depend on what stands beside a request', () => {
    fc.assert(
      fc.property(beamsArbitrary, (beams) => {
        const shape = [1, beams.length, beams[0]!.length];
        const alone = pack(shape, beams.flat());
        const other = beams.flat().map((token, i) => (i % shape[2]! === 0 ? 3 : token % 2));
        const both = pack([2, shape[1]!, shape[2]!], [...other, ...beams.flat()]);
        const start = both['offsets']![1]!;
        expect(both['packed']!.slice(start)).toEqual(alone['packed']);
        expect(both['parent']!.slice(start)).toEqual(alone['parent']);
      }),
    );
  });
});
