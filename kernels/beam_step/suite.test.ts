/** Beam steps by hand, and against a beam search that lists all continuations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { beamStepSuite } from './suite.ts';

interface Sizes {
  w: number;
  k: number;
  j: number;
}

const step = (
  { w, k, j }: Sizes,
  scores: number[],
  values: number[],
  tokens: number[],
  histories: number[],
) =>
  outputsOf(beamStepSuite, {
    scores: float('fp32', [1, w], scores),
    values: float('fp32', [1, w, k], values),
    tokens: i32([1, w, k], tokens),
    histories: i32([1, w, j], histories),
    states: float(
      'fp32',
      [1, w, 1],
      Array.from({ length: w }, (_, i) => i + 0.5),
    ),
  });

describe('beam_step', () => {
  it('ranks all continuations of all beams', () => {
    const out = step(
      { w: 2, k: 2, j: 2 },
      [-1, -2],
      [-1, -3, -0.5, -1],
      [10, 11, 20, 21],
      [7, 1, 7, 2],
    );
    expect(out['scores']).toEqual([-2, -2.5]);
    expect(out['parents']).toEqual([0, 1]);
    expect(out['tokens']).toEqual([10, 20]);
    expect(out['histories']).toEqual([7, 1, 10, 7, 2, 20]);
    expect(out['states']).toEqual([0.5, 1.5]);
  });

  it('lets only beam 0 live at the first step', () => {
    const out = step({ w: 2, k: 2, j: 1 }, [0, 0], [-3, -4, -1, -1], [1, 2, 3, 4], [9, 9]);
    expect(out['parents']).toEqual([0, 0]);
    expect(out['tokens']).toEqual([1, 2]);
    expect(out['scores']).toEqual([-3, -4]);
  });

  it('fills places from dead beams when beam 0 has too few continuations', () => {
    const out = step({ w: 3, k: 1, j: 1 }, [0, 0, 0], [-3, -1, -2], [1, 2, 3], [9, 9, 9]);
    expect(out['parents']).toEqual([0, 1, 2]);
    expect(out['scores']).toEqual([-3, -50001, -50002]);
  });

  it('breaks ties by the lowest flat index', () => {
    const out = step(
      { w: 3, k: 2, j: 2 },
      [-1, -1, -1],
      [-1, -1, -1, -1, -1, -1],
      [1, 2, 3, 4, 5, 6],
      [9, 1, 9, 2, 9, 3],
    );
    expect(out['tokens']).toEqual([1, 2, 3]);
    expect(out['parents']).toEqual([0, 0, 1]);
  });

  it('adds in fp32, so that sums that differ only beyond it are a tie', () => {
    // 1e-9 vanishes beside −100 in fp32: both sums are −100, and the lower index wins.
    const tiny = Math.fround(-1e-9);
    const out = step({ w: 2, k: 1, j: 2 }, [-100, -100], [tiny, 0], [1, 2], [9, 1, 9, 2]);
    expect(out['parents']).toEqual([0, 1]);
    expect(out['scores']).toEqual([-100, -100]);
  });

  it('marks places without continuations', () => {
    const out = step({ w: 2, k: 0, j: 1 }, [-1, -2], [], [], [9, 9]);
    expect(out['scores']).toEqual([-Infinity, -Infinity]);
    expect(out['parents']).toEqual([-1, -1]);
    expect(out['histories']).toEqual([-1, -1, -1, -1]);
    expect(out['states']).toEqual([0, 0]);
  });

  it('keeps the best: nothing left out is above what was kept', () => {
    fc.assert(
      fc.property(fc.nat(65535), (seed) => {
        const call = beamStepSuite.generate(Draw.seeded(seed));
        const { requests, beams, candidates, step: j } = call.axes as Record<string, number>;
        const out = beamStepSuite.reference(call);
        const size = beams! * candidates!;
        for (let b = 0; b < requests!; b++) {
          const sums: number[] = [];
          for (let flat = 0; flat < size; flat++) {
            const beam = Math.floor(flat / candidates!);
            const old =
              j! <= 1 && beam > 0 ? -50000 : call.inputs['scores']!.data[b * beams! + beam]!;
            sums.push(Math.fround(old + call.inputs['values']!.data[b * size + flat]!));
          }
          const best = [...sums].sort((x, y) => y - x).slice(0, beams);
          const kept = Array.from(out['scores']!.data.slice(b * beams!, (b + 1) * beams!));
          if (size > 0) expect(kept).toEqual(best);
        }
      }),
      { numRuns: 60 },
    );
  });
});
