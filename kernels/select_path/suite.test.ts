/** The next step's start, by hand. */
import { describe, expect, it } from 'vitest';
import { float, i32 } from '../lib/tensors.ts';
import { outputsOf } from '../test/outputs.ts';
import { selectPathSuite as suite } from './suite.ts';

/** The tree of the worked example: beams 91 92 93 95 / 91 92 94 96 / 91 92 93 97. */
const select = (beam: number, accepted: number, bonus: number) =>
  outputsOf(suite, {
    unpack: i32([1, 3, 4], [0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6]),
    offsets: i32([2], [0, 7]),
    beam: i32([1], [beam]),
    accepted: i32([1], [accepted]),
    bonus: i32([1], [bonus]),
    packed: i32([7], [91, 92, 93, 95, 94, 96, 97]),
    kv_lengths: i32([1], [20]),
    hidden: float(
      'fp32',
      [7, 2],
      Array.from({ length: 14 }, (_, i) => i),
    ),
  });

describe('select_path', () => {
  it('takes tokens, hidden state and lengths of the best beam', () => {
    expect(select(1, 2, 9)).toEqual({
      tokens: [92, 94, 9, -1],
      path: [0, 1, 4, -1],
      hidden: [8, 9],
      positions: [16],
      lengths: [16],
    });
  });

  it('starts from the golden token when nothing was accepted', () => {
    expect(select(2, 0, 5)).toEqual({
      tokens: [5, -1, -1, -1],
      path: [0, -1, -1, -1],
      hidden: [0, 1],
      positions: [14],
      lengths: [14],
    });
  });

  it('fills all places when everything was accepted', () => {
    const out = select(2, 3, 5);
    expect(out['tokens']).toEqual([92, 93, 97, 5]);
    expect(out['hidden']).toEqual([12, 13]);
    expect(out['lengths']).toEqual([17]);
  });

  it('leaves a request without rows as it is', () => {
    const out = outputsOf(suite, {
      unpack: i32([1, 1, 2], [-1, -1]),
      offsets: i32([2], [0, 0]),
      beam: i32([1], [99]),
      accepted: i32([1], [99]),
      bonus: i32([1], [-1]),
      packed: i32([0], []),
      kv_lengths: i32([1], [31]),
      hidden: float('fp32', [0, 2], []),
    });
    expect(out).toEqual({
      tokens: [-1, -1],
      path: [-1, -1],
      hidden: [0, 0],
      positions: [31],
      lengths: [31],
    });
  });
});
