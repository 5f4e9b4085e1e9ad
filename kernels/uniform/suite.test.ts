/** Philox against the known answers of its authors' library, and the shape of the draws. */
import { describe, expect, it } from 'vitest';
import { i32, u32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { philox } from './reference.ts';
import { uniformSuite } from './suite.ts';

const draws = (seed: number[], ids: number[], steps: number[], count: number) =>
  outputsOf(
    uniformSuite,
    {
      seed: u32([2], seed),
      request_ids: i32([ids.length], ids),
      steps: i32([steps.length], steps),
    },
    { draws: count },
  )['uniforms']!;

describe('uniform', () => {
  // The three vectors for philox4x32 with 10 rounds in the Random123 library.
  it('agrees with the published known answers', () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    const counter = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    expect(philox(counter, [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  it('takes the upper 24 bits of each word in turn', () => {
    expect(draws([0, 0], [0], [0], 3)).toEqual([
      0x6627e8 / 2 ** 24,
      0xe169c5 / 2 ** 24,
      0xbc57ac / 2 ** 24,
    ]);
  });

  it('counts a new block every four draws', () => {
    const nine = draws([1, 2], [3], [4], 9);
    expect(nine[4]).toBe((philox([3, 4, 1, 0], [1, 2])[0]! >>> 8) / 2 ** 24);
    expect(nine[8]).toBe((philox([3, 4, 2, 0], [1, 2])[0]! >>> 8) / 2 ** 24);
  });

  it('is flat: the mean and every tenth are as expected', () => {
    const ids = Array.from({ length: 400 }, (_, i) => i);
    const all = draws([7, 8], ids, ids, 50);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    // 20,000 draws: the standard error of the mean is 0.002, of a tenth's share 0.0021.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = all.filter((u) => Math.floor(u * 10) === tenth).length / all.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.0105);
    }
  });
});
