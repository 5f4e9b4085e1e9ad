/** Sums by hand, and by prefix for any lengths. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { i32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { scanLengthsSuite } from './suite.ts';

const scan = (lengths: number[]) =>
  outputsOf(scanLengthsSuite, { lengths: i32([lengths.length], lengths) });

describe('scan_lengths', () => {
  it('gives offsets, total and maximum', () => {
    expect(scan([7, 0, 9])).toEqual({ offsets: [0, 7, 7, 16], total: [16], max: [9] });
    expect(scan([])).toEqual({ offsets: [0], total: [0], max: [0] });
  });

  it('sums every prefix', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 3000 }), (lengths) => {
        const { offsets, total, max } = scan(lengths);
        const at = Math.floor(lengths.length / 2);
        expect(offsets![at]).toBe(lengths.slice(0, at).reduce((a, b) => a + b, 0));
        expect(total).toEqual([lengths.reduce((a, b) => a + b, 0)]);
        expect(max).toEqual([Math.max(0, ...lengths)]);
        expect(offsets).toHaveLength(lengths.length + 1);
      }),
      { numRuns: 30 },
    );
  });
});
