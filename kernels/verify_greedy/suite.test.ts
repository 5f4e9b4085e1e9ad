/** Greedy verification by hand, and against decoding token by token. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { randomBeams } from '../lib/trees.ts';
import { outputsOf, treeOf } from '../test/outputs.ts';
import { verifyGreedySuite } from './suite.ts';

const VOCAB = 8;

/** Rows of logits whose argmax is given. */
function leaders(rows: readonly number[]): number[] {
  return rows.flatMap((leader) => Array.from({ length: VOCAB }, (_, v) => (v === leader ? 1 : 0)));
}

function verify(beams: number[][], logits: (row: number) => number[]) {
  const tree = treeOf(beams);
  const rows = tree.tokens.length;
  const data = tree.tokens.flatMap((_, row) => logits(row));
  return outputsOf(verifyGreedySuite, {
    logits: float('fp32', [rows, VOCAB], data),
    tokens: i32([rows], tree.tokens),
    unpack: i32([1, beams.length, beams[0]!.length], tree.unpack),
    offsets: i32([2], [0, rows]),
  });
}

describe('verify_greedy', () => {
  it('keeps the longest beam', () => {
    const argmax = [1, 3, 0, 5];
    const out = verify(
      [
        [7, 1, 2],
        [7, 1, 3],
      ],
      (row) => leaders([argmax[row]!]),
    );
    expect(out).toEqual({ beam: [1], accepted: [2], bonus: [5] });
  });

  it('accepts nothing when the first token is wrong', () => {
    const out = verify(
      [
        [7, 1, 2],
        [7, 2, 3],
      ],
      () => leaders([4]),
    );
    expect(out).toEqual({ beam: [0], accepted: [0], bonus: [4] });
  });

  it('takes the lowest beam and the lowest token on ties', () => {
    // Both beams keep one token; every row has equal logits, so the argmax is token 0.
    const out = verify(
      [
        [7, 0, 2],
        [7, 0, 3],
      ],
      () => new Array(VOCAB).fill(0.5),
    );
    expect(out).toEqual({ beam: [0], accepted: [1], bonus: [0] });
  });

  it('does not let a beam go on after a token that fell', () => {
    // The middle token is wrong although the last would be right.
    const out = verify([[7, 1, 2, 3]], (row) => leaders([[1, 4, 3, 6][row]!]));
    expect(out).toEqual({ beam: [0], accepted: [1], bonus: [4] });
  });

  it('answers for a request without rows', () => {
    const out = outputsOf(verifyGreedySuite, {
      logits: float('fp32', [0, VOCAB], []),
      tokens: i32([0], []),
      unpack: i32([1, 2, 2], [-1, -1, -1, -1]),
      offsets: i32([2], [0, 0]),
    });
    expect(out).toEqual({ beam: [0], accepted: [0], bonus: [-1] });
  });

  it('emits what greedy decoding without drafts emits', () => {
    // A language whose next token depends on all tokens before it.
    const next = (prefix: readonly number[]) =>
      prefix.reduce((hash, token) => (hash * 31 + token + 7) % 1009, 5) % 3;
    fc.assert(
      fc.property(fc.nat(65535), fc.integer({ min: 1, max: 8 }), (seed, w) => {
        const positions = 5;
        const flat = Array.from(randomBeams(new Stream(seed), w, positions, 3));
        const beams = Array.from({ length: w }, (_, i) =>
          flat.slice(i * positions, (i + 1) * positions),
        );
        const tree = treeOf(beams);
        const prefixOf = (row: number): number[] =>
          row < 0 ? [] : [...prefixOf(tree.parent[row]!), tree.tokens[row]!];
        const out = verify(beams, (row) => leaders([next(prefixOf(row))]));
        const { beam, accepted, bonus } = out;
        const text = [...beams[beam![0]!]!.slice(1, accepted![0]! + 1), bonus![0]!];
        const plain: number[] = [];
        for (let i = 0; i < text.length; i++) plain.push(next([beams[0]![0]!, ...plain]));
        expect(text).toEqual(plain);
      }),
    );
  });
});
