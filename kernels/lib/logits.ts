/**
 * Logits for the cases of the verifying operators: random, with the target's favourite set so that
 * drafted tokens are often right. Values come from few levels, so that ties are common and every
 * float type holds them.
 */
import type { Dtype } from '../record.ts';
import type { Tensor } from '../suite-record.ts';
import type { Stream } from './draw.ts';
import { roundTo } from './float-formats.ts';

export interface TreeRows {
  readonly packed: Tensor;
  readonly parent: Tensor;
  readonly offsets: Tensor;
}

/** Tokens of the children of every row of the batch. */
export function childrenOf({ packed, parent, offsets }: TreeRows): number[][] {
  const children: number[][] = Array.from(packed.data, () => []);
  for (let b = 0; b + 1 < offsets.data.length; b++) {
    const start = offsets.data[b]!;
    for (let row = start; row < offsets.data[b + 1]!; row++) {
      const p = parent.data[row]!;
      if (p >= 0) children[start + p]!.push(packed.data[row]!);
    }
  }
  return children;
}

/**
 * Logits [ΣT, V]: a child's token leads in three rows of four. With `ties`, the leader's value
 * stands at a second token too.
 */
export function targetLogits(
  stream: Stream,
  rows: TreeRows,
  vocab: number,
  dtype: Dtype,
  ties = false,
): Tensor {
  const children = childrenOf(rows);
  const data = new Float64Array(children.length * vocab);
  for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, stream.value(dtype, 2));
  children.forEach((tokens, row) => {
    if (vocab === 0) return;
    const follows = tokens.length > 0 && stream.below(4) > 0;
    const leader = follows ? tokens[stream.below(tokens.length)]! : stream.below(vocab);
    data[row * vocab + leader] = 8;
    if (ties) data[row * vocab + stream.below(vocab)] = 8;
  });
  return { dtype, shape: [children.length, vocab], data };
}
