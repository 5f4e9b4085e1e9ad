/**
 * Random beams and token trees for cases. A parent always stands before its child, so a tree is
 * drawn by choosing each row's parent among the rows before it.
 *
 * Example: `randomParents(stream, 4, 'star')` gives −1, 0, 0, 0.
 */
import type { Stream } from './draw.ts';

export type TreeShape = 'random' | 'chain' | 'star' | 'deep';

/** Parents of one tree of `rows` rows, −1 at the root. `deep` is a chain with twigs. */
export function randomParents(stream: Stream, rows: number, shape: TreeShape): Int32Array {
  const parent = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (row === 0) parent[row] = -1;
    else if (shape === 'chain') parent[row] = row - 1;
    else if (shape === 'star') parent[row] = 0;
    else if (shape === 'deep') parent[row] = Math.max(0, row - 1 - stream.below(3));
    else parent[row] = stream.below(row);
  }
  return parent;
}

/** Trees of several requests, one behind the other. */
export function forest(
  stream: Stream,
  lengths: readonly number[],
  shape: TreeShape = 'random',
): { parent: Int32Array; offsets: Int32Array } {
  const offsets = offsetsOf(lengths);
  const parent = new Int32Array(offsets[lengths.length]!);
  lengths.forEach((rows, b) => {
    parent.set(randomParents(stream, rows, shape), offsets[b]);
  });
  return { parent, offsets };
}

export function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, b) => {
    offsets[b + 1] = offsets[b]! + length;
  });
  return offsets;
}

/** Depth of every row, 0 at the root. */
export function depthsOf(parent: Int32Array, offsets: Int32Array): Int32Array {
  const depth = new Int32Array(parent.length);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      depth[row] = parent[row]! < 0 ? 0 : depth[offsets[b]! + parent[row]!]! + 1;
    }
  }
  return depth;
}

/**
 * Beams of one request as a beam search leaves them: each takes over a prefix of an earlier beam
 * and goes on by itself. With few tokens some beams are equal.
 */
export function randomBeams(
  stream: Stream,
  beams: number,
  positions: number,
  vocab: number,
): Int32Array {
  const out = new Int32Array(beams * positions);
  const golden = stream.below(vocab);
  for (let i = 0; i < beams; i++) {
    const from = i === 0 ? 0 : stream.below(i);
    const shared = i === 0 ? 0 : 1 + stream.below(Math.max(1, positions - 1));
    for (let j = 0; j < positions; j++) {
      const token = j === 0 ? golden : stream.below(vocab);
      out[i * positions + j] = j < shared ? out[from * positions + j]! : token;
    }
  }
  return out;
}
