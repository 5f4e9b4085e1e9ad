/** Pruning by hand, and against the best of all ancestor-closed choices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { forest } from '../lib/trees.ts';
import { outputsOf } from '../test/outputs.ts';
import { pruneTreeSuite as suite } from './suite.ts';

const prune = (survival: number[], parent: number[], offsets: number[], budget: number) =>
  outputsOf(suite, {
    survival: float('fp32', [parent.length], survival),
    parent: i32([parent.length], parent),
    packed: i32(
      [parent.length],
      parent.map((_, row) => 100 + row),
    ),
    offsets: i32([offsets.length], offsets),
    budget: i32([], [budget]),
  });

describe('prune_tree', () => {
  const survival = [1, 0.5, 0.25, 1, 0.5, 0.125];
  const parent = [-1, 0, 1, -1, 0, 0];

  it('keeps roots, then the most probable nodes of the batch', () => {
    expect(prune(survival, parent, [0, 3, 6], 4)).toEqual({
      nodes: [0, 1, 3, 4],
      parent: [-1, 0, -1, 0],
      depth: [0, 1, 0, 1],
      packed: [100, 101, 103, 104],
      lengths: [2, 2],
      offsets: [0, 2, 4],
    });
  });

  it('takes the lowest (request, node) on ties', () => {
    expect(prune(survival, parent, [0, 3, 6], 3)['nodes']).toEqual([0, 1, 3]);
  });

  it('never drops a root, and never asks for more than there is', () => {
    expect(prune(survival, parent, [0, 3, 6], 0)['nodes']).toEqual([0, 3]);
    expect(prune(survival, parent, [0, 3, 6], 99)['nodes']).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('renames parents when a sibling before them goes', () => {
    const out = prune([1, 0.1, 0.9, 0.8].map(Math.fround), [-1, 0, 0, 2], [0, 4], 3);
    expect(out['nodes']).toEqual([0, 2, 3]);
    expect(out['parent']).toEqual([-1, 0, 1]);
  });

  it('leaves requests without rows empty', () => {
    expect(prune([1], [-1], [0, 0, 1, 1], 1)['lengths']).toEqual([0, 1, 0]);
  });

  it('has the largest expected acceptance of all closed choices of its size', () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.integer({ min: 2, max: 9 }), (seed, budget) => {
        const stream = new Stream(seed);
        const { parent: parents, offsets } = forest(stream, [5, 4]);
        const values = new Array<number>(9);
        parents.forEach((p, row) => {
          const start = row < 5 ? 0 : 5;
          values[row] = p < 0 ? 1 : stream.below(values[start + p]! * 64 + 1) / 64;
        });
        const kept = prune(values, Array.from(parents), Array.from(offsets), budget)['nodes']!;
        expect(kept).toHaveLength(budget);
        const worth = (nodes: number[]) => nodes.reduce((sum, row) => sum + values[row]!, 0);
        let best = 0;
        for (let set = 0; set < 512; set++) {
          const nodes = Array.from({ length: 9 }, (_, row) => row).filter(
            (row) => (set >> row) & 1,
          );
          const isClosed =
            [0, 5].every((root) => (set >> root) & 1) &&
            nodes.every((row) => {
              const start = row < 5 ? 0 : 5;
              return parents[row]! < 0 || (set >> (start + parents[row]!)) & 1;
            });
          if (isClosed && nodes.length === budget) best = Math.max(best, worth(nodes));
        }
        expect(worth(kept)).toBe(best);
      }),
      { numRuns: 50 },
    );
  });
});
