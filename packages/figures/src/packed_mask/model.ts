/**
 * The packed row and its mask: what the target sees of one request in one step. The bit words are
 * those of tree_mask's reference, as the attention kernel gets them; the same for beams that are
 * not merged, each a chain of its own.
 *
 * Laws: popcount of a row = depth + 1; no bit stands right of the diagonal; bits of row t are those
 * of its parent and bit t.
 */
import { maskWords } from '@beamline/kernels/reference';
import { loopStep } from '../beam_tree/loop.ts';
import { type BeamTree, beamTreeOf } from '../beam_tree/model.ts';
import type { LoopInput, LoopStep } from '../beam_tree/step.ts';
import { bitOf } from './mask-words.ts';

/** Rows that are verified together, and which of them each one sees. */
export interface MaskRows {
  readonly rows: number;
  /** Tree row that each one stands for. */
  readonly treeRow: readonly number[];
  readonly depth: readonly number[];
  /** 32-bit words, `stride` a row. */
  readonly words: Uint32Array;
  readonly stride: number;
  /** Bits set: pairs of a row and a row that it sees. */
  readonly pairs: number;
}

export interface PackedMask {
  readonly step: LoopStep;
  readonly tree: BeamTree;
  readonly packed: MaskRows;
  readonly naive: MaskRows;
  /** KV entries before the step's rows: all committed tokens but the newest. */
  readonly prefix: number;
}

export function packedMaskModel(input: LoopInput): PackedMask {
  return packedMaskOf(loopStep(input));
}

export function packedMaskOf(step: LoopStep): PackedMask {
  const { tree, tokens, positions } = step;
  // Without merging every position is a row, and its parent the position before it.
  const chain = tokens.map((_, i) => (i % positions === 0 ? -1 : i - 1));
  return {
    step,
    tree: beamTreeOf(step),
    packed: maskOf(
      tree.tokens.map((_, row) => row),
      tree.depth,
      tree.parent,
    ),
    naive: maskOf(
      tree.unpack,
      tokens.map((_, i) => i % positions),
      chain,
    ),
    prefix: Math.max(0, step.committed.length - 1),
  };
}

function maskOf(
  treeRow: readonly number[],
  depth: readonly number[],
  parent: readonly number[],
): MaskRows {
  const rows = parent.length;
  const stride = Math.ceil(rows / 32);
  const words = maskWords(Int32Array.from(parent), Int32Array.of(0, rows), stride);
  let pairs = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < rows; column++) pairs += bitOf({ words, stride }, row, column);
  }
  return { rows, treeRow, depth, words, stride, pairs };
}
