/**
 * A batch of packed token trees for the cases of the operators behind pack_beams: what its outputs
 * would be, with requests of no rows in between, as a batch has them whose neighbours do not draft.
 */
import type { Stream } from '../lib/draw.ts';
import { i32 } from '../lib/tensors.ts';
import { offsetsOf, randomBeams } from '../lib/trees.ts';
import type { Tensor } from '../suite-record.ts';
import { packTree } from './reference.ts';

export interface PackedBatch {
  readonly rows: number;
  readonly lengths: number[];
  /** Tensors [ΣT], [ΣT], [B, W, bl], [B + 1]; `unpack` is −1 for a request without rows. */
  readonly packed: Tensor;
  readonly parent: Tensor;
  readonly unpack: Tensor;
  readonly offsets: Tensor;
}

/** `empty[b]` says that request b has no rows. */
export function packedBatch(
  stream: Stream,
  [requests, beams, positions]: readonly [number, number, number],
  vocab: number,
  empty: (request: number) => boolean = () => false,
): PackedBatch {
  const tokens: number[] = [];
  const parent: number[] = [];
  const unpack: number[] = [];
  const lengths: number[] = [];
  for (let b = 0; b < requests; b++) {
    if (empty(b)) {
      lengths.push(0);
      unpack.push(...new Array<number>(beams * positions).fill(-1));
      continue;
    }
    const tree = packTree(randomBeams(stream, beams, positions, vocab), beams, positions);
    tokens.push(...tree.tokens);
    parent.push(...tree.parent);
    unpack.push(...tree.unpack);
    lengths.push(tree.tokens.length);
  }
  const rows = tokens.length;
  return {
    rows,
    lengths,
    packed: i32([rows], tokens),
    parent: i32([rows], parent),
    unpack: i32([requests, beams, positions], unpack),
    offsets: i32([requests + 1], offsetsOf(lengths)),
  };
}
