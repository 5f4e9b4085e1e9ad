/** Merging undoes splitting. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { splitPhasesSuite } from '../split_phases/suite.ts';
import { outputsOf } from '../test/outputs.ts';
import { mergePhasesSuite as suite } from './suite.ts';

describe('merge_phases', () => {
  it('puts rows back where their request stood', () => {
    const out = outputsOf(suite, {
      types: i32([3], [1, 0, 1]),
      offsets: i32([4], [0, 2, 5, 6]),
      phase_rows: float('fp32', [6, 1], [20, 21, 22, 10, 11, 30]),
    });
    expect(out).toEqual({ indices: [1, 0, 2], rows: [10, 11, 20, 21, 22, 30] });
  });

  it('is the inverse of split_phases', () => {
    fc.assert(
      fc.property(fc.nat(65535), (seed) => {
        const call = splitPhasesSuite.generate(Draw.seeded(seed));
        const split = splitPhasesSuite.reference(call);
        const { types, offsets, rows } = call.inputs;
        const inputs = { types: types!, offsets: offsets!, phase_rows: split['phase_rows']! };
        const merged = outputsOf(suite, inputs);
        expect(merged['rows']).toEqual(Array.from(rows!.data));
        expect(Array.from(split['indices']!.data, (b) => merged['indices']![b])).toEqual(
          Array.from(types!.data, (_, i) => i),
        );
      }),
      { numRuns: 60 },
    );
  });
});
