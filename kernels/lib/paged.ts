/**
 * Paged KV caches for cases: a pool, a table with the pages in random order, and NaN in every slot
 * that no request uses, so that a kernel that reads too far cannot pass.
 */
import type { Dtype } from '../record.ts';
import type { Tensor } from '../suite-record.ts';
import type { Stream } from './draw.ts';
import { i32 } from './tensors.ts';

export interface PoolShape {
  /** L of each request. */
  readonly lengths: readonly number[];
  readonly tokensPerBlock: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly dtype: Dtype;
  /** Pages that nobody uses, on top. */
  readonly spare?: number;
}

/** What an entry behind a request's last page holds: reading through it faults. */
export const NO_PAGE = 2147483647;

export interface PageTable {
  readonly table: Tensor;
  readonly pages: number;
}

/** Hands out pages in random order. */
export function pageTable(stream: Stream, shape: PoolShape): PageTable {
  const counts = shape.lengths.map((length) => Math.ceil(length / shape.tokensPerBlock));
  const width = Math.max(0, ...counts);
  const used = counts.reduce((sum, count) => sum + count, 0);
  const pages = used + (shape.spare ?? 2);
  const order = stream.permutation(pages);
  const data = new Int32Array(counts.length * width).fill(NO_PAGE);
  let next = 0;
  counts.forEach((count, b) => {
    for (let p = 0; p < count; p++) data[b * width + p] = order[next++]!;
  });
  return { table: i32([counts.length, width], data), pages };
}

/** Index of element 0 of a slot's head: `half` 0 = keys, 1 = values. */
export function elementOf(
  shape: Pick<PoolShape, 'tokensPerBlock' | 'kvHeads' | 'headDim'>,
  slot: number,
  half: 0 | 1,
  head: number,
): number {
  const { tokensPerBlock, kvHeads, headDim } = shape;
  const page = Math.floor(slot / tokensPerBlock);
  const place = slot % tokensPerBlock;
  return (((page * 2 + half) * tokensPerBlock + place) * kvHeads + head) * headDim;
}

/**
 * Pool [pages, 2, P, Hk, D]: random where a request has tokens, `rest` (NaN by default) elsewhere.
 */
export function pool(
  stream: Stream,
  shape: PoolShape,
  { table, pages }: PageTable,
  scale = 1,
  rest = Number.NaN,
): Tensor {
  const { tokensPerBlock, kvHeads, headDim, dtype } = shape;
  const extents = [pages, 2, tokensPerBlock, kvHeads, headDim];
  const data = new Float64Array(pages * 2 * tokensPerBlock * kvHeads * headDim).fill(rest);
  const width = table.shape[1]!;
  shape.lengths.forEach((length, b) => {
    for (let t = 0; t < length; t++) {
      const page = table.data[b * width + Math.floor(t / tokensPerBlock)]!;
      const slot = page * tokensPerBlock + (t % tokensPerBlock);
      for (const half of [0, 1] as const) {
        const at = elementOf(shape, slot, half, 0);
        for (let i = 0; i < kvHeads * headDim; i++) data[at + i] = stream.value(dtype, scale);
      }
    }
  });
  return { dtype, shape: extents, data };
}
