/**
 * Cases of tree_attention: trees and KV lengths on either side of every tile, page and split bound
 * that a kernel may have, each small enough for a CPU. Unused slots hold NaN and unused table
 * entries no page, so a kernel that reads too far fails.
 *
 * An id tells the shape: `b2_t7_l33_h8x2_d128_p16_bf16` is two requests, trees up to 7 rows, KV up
 * to 33 tokens, 8 query heads on 2 KV heads, D = 128, pages of 16.
 */
import type { Build } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { type PageTable, type PoolShape, pageTable, pool } from '../lib/paged.ts';
import { float, i32, u32 } from '../lib/tensors.ts';
import { forest, type TreeShape } from '../lib/trees.ts';
import type { Dtype } from '../record.ts';
import type { Case, Tensor } from '../suite-record.ts';
import { maskWords } from '../tree_mask/reference.ts';

export interface AttentionShape {
  /** T of each request, 0 allowed. */
  readonly trees: readonly number[];
  /** L of each request, tree included. */
  readonly lengths: readonly number[];
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly tokensPerBlock: number;
  readonly float: Dtype;
  readonly kv: Dtype;
  readonly tree: TreeShape;
  readonly seed: number;
  /** Standard deviation of queries; larger makes sharper attention. */
  readonly sharpness: number;
  readonly label: string;
  readonly attributes: Readonly<Record<string, number>>;
}

export const PLAIN: AttentionShape = {
  trees: [7],
  lengths: [33],
  queryHeads: 4,
  kvHeads: 2,
  headDim: 64,
  tokensPerBlock: 16,
  float: 'bf16',
  kv: 'bf16',
  tree: 'random',
  seed: 1,
  sharpness: 1,
  label: '',
  attributes: {},
};

export function shapeId(shape: AttentionShape): string {
  const { trees, lengths, queryHeads, kvHeads, headDim, tokensPerBlock, float: type, kv } = shape;
  const types = kv === type ? type : `${type}_kv_${kv}`;
  return (
    `b${trees.length}_t${Math.max(0, ...trees)}_l${Math.max(0, ...lengths)}` +
    `_h${queryHeads}x${kvHeads}_d${headDim}_p${tokensPerBlock}_${types}${shape.label}`
  );
}

export function poolShape(shape: AttentionShape): PoolShape {
  const { lengths, tokensPerBlock, kvHeads, headDim, kv } = shape;
  return { lengths, tokensPerBlock, kvHeads, headDim, dtype: kv };
}

export interface AttentionParts {
  q: Tensor;
  pages: Tensor;
  table: PageTable;
  words: Tensor;
  offsets: Int32Array;
  parent: Int32Array;
}

/** Random inputs of a shape. */
export function attentionParts(shape: AttentionShape): AttentionParts {
  const stream = new Stream(shape.seed);
  const { parent, offsets } = forest(stream, shape.trees, shape.tree);
  const rows = parent.length;
  const stride = Math.ceil(Math.max(0, ...shape.trees) / 32);
  const table = pageTable(stream, poolShape(shape));
  const extents = [rows, shape.queryHeads, shape.headDim];
  const count = rows * shape.queryHeads * shape.headDim;
  return {
    q: float(shape.float, extents, stream.values(shape.float, count, shape.sharpness)),
    pages: pool(stream, poolShape(shape), table),
    table,
    words: u32([rows, stride], maskWords(parent, offsets, stride)),
    offsets,
    parent,
  };
}

/** The case of a shape; `change` may put other inputs in. */
export function attentionCase(
  build: Build,
  part: Partial<AttentionShape>,
  change: (parts: AttentionParts, shape: AttentionShape) => void = () => {},
): Case {
  const shape: AttentionShape = { ...PLAIN, ...part };
  const parts = attentionParts(shape);
  change(parts, shape);
  const inputs = {
    q: parts.q,
    pages: parts.pages,
    page_table: parts.table.table,
    kv_lengths: i32([shape.lengths.length], shape.lengths),
    offsets: i32([parts.offsets.length], parts.offsets),
    words: parts.words,
  };
  return build(shapeId(shape), inputs, shape.attributes);
}

type Part = Partial<AttentionShape>;

const ALL_TYPES: Part[] = [
  { float: 'fp32', kv: 'fp32' },
  { float: 'fp16', kv: 'fp16' },
  { float: 'bf16', kv: 'bf16' },
  { float: 'bf16', kv: 'fp8' },
  { float: 'fp16', kv: 'fp8' },
  { float: 'fp32', kv: 'bf16' },
];

function treeParts(): Part[] {
  const shapes: TreeShape[] = ['random', 'chain', 'star', 'deep'];
  // The prefix ends inside a tile, a page and a word, and there is one without a prefix.
  return [1, 2, 8, 16, 31, 32, 33, 63, 64, 65, 96, 129].flatMap((t, i) => [
    { trees: [t], lengths: [t + 19], tree: shapes[i % 4]! },
    { trees: [t], lengths: [t], tree: 'random' as const, label: '_no_prefix' },
  ]);
}

function lengthParts(): Part[] {
  const bounds = [16, 32, 64, 128, 256].flatMap((n) => [n - 1, n, n + 1]);
  return [...bounds, 3, 500].map((l) => ({ trees: [3], lengths: [l] }));
}

function headParts(): Part[] {
  const groups: Part[] = [1, 2, 4, 5, 7, 8].flatMap((g) => [
    { queryHeads: g, kvHeads: 1, trees: [5] },
    { queryHeads: 2 * g, kvHeads: 2, trees: [17], lengths: [70], tokensPerBlock: 8 },
  ]);
  const dims: Part[] = [64, 80, 96, 128, 256].flatMap((headDim) => [
    { headDim, queryHeads: 4, kvHeads: 1, lengths: [40] },
    { headDim, queryHeads: 2, kvHeads: 2, trees: [33], lengths: [81], float: 'fp16', kv: 'fp16' },
  ]);
  return [...groups, ...dims];
}

function pageParts(): Part[] {
  return [1, 8, 16, 64, 128].flatMap((tokensPerBlock) => [
    { tokensPerBlock, trees: [9, 4], lengths: [130, 64] },
    { tokensPerBlock, trees: [1], lengths: [tokensPerBlock + 1], label: '_one_over' },
    { tokensPerBlock, trees: [1], lengths: [tokensPerBlock], label: '_full' },
  ]);
}

function batchParts(): Part[] {
  const ragged: Part = { trees: [0, 1, 33, 7, 0, 64], lengths: [5, 1, 70, 129, 0, 64] };
  const many = Array.from({ length: 67 }, (_, b) => b % 3);
  return [
    { trees: [7, 9], lengths: [33, 41], headDim: 128, queryHeads: 8 },
    ...ALL_TYPES.map((types) => ({ ...ragged, ...types, queryHeads: 2, kvHeads: 1 })),
    { trees: many, lengths: many.map((t, b) => t + b), queryHeads: 1, kvHeads: 1 },
    { trees: [1, 1, 1, 1], lengths: [1, 17, 200, 64], label: '_decode', headDim: 128 },
    { trees: [40], lengths: [40], tree: 'chain', label: '_context', headDim: 128 },
    { trees: [], lengths: [] },
    { trees: [0, 0], lengths: [0, 12], label: '_no_rows' },
    { trees: [3], queryHeads: 0, kvHeads: 0 },
    { trees: [3], headDim: 0, tokensPerBlock: 1, lengths: [4] },
  ];
}

/** Long enough for many splits, with rows few enough for a CPU. */
function splitParts(): Part[] {
  return [1025, 2047, 4097].flatMap((l) => [
    { trees: [2], lengths: [l], queryHeads: 4, kvHeads: 1, tokensPerBlock: 64 },
    {
      trees: [1, 5],
      lengths: [l, 9],
      queryHeads: 2,
      kvHeads: 1,
      headDim: 128,
      tokensPerBlock: 128,
      float: 'fp16' as const,
      kv: 'fp16' as const,
    },
  ]);
}

function valueParts(): Part[] {
  return [
    ...ALL_TYPES.map((types) => ({ ...types, trees: [16], lengths: [90] })),
    { sharpness: 6, label: '_sharp', float: 'fp32', kv: 'fp32', lengths: [200] },
    { sharpness: 0.01, label: '_flat', lengths: [200] },
    { attributes: { scale: 0.25 }, label: '_scale' },
    { attributes: { keyScale: 0.5, valueScale: 4 }, label: '_kv_scales', kv: 'fp8' },
  ];
}

/** A row that sees nothing: no prefix and no bit. */
function blindCase(build: Build): Case {
  return attentionCase(build, { trees: [4], lengths: [4], label: '_blind' }, ({ words }) => {
    words.data[2] = 0;
  });
}

/** A mask is any set of columns, ancestors or not: here every row sees the whole tree. */
function fullMaskCase(build: Build): Case {
  return attentionCase(build, { trees: [37], lengths: [50], label: '_full_mask' }, ({ words }) => {
    for (let row = 0; row < 37; row++) {
      words.data[row * 2] = 0xffffffff;
      words.data[row * 2 + 1] = 0b11111;
    }
  });
}

/** Rows of words may be wider than the trees of the call need. */
function wideMaskCase(build: Build): Case {
  return attentionCase(build, { trees: [5], label: '_wide_mask' }, (parts) => {
    parts.words = u32([5, 3], maskWords(parts.parent, parts.offsets, 3));
  });
}

export function attentionCases(build: Build): Case[] {
  const parts = [
    ...treeParts(),
    ...lengthParts(),
    ...headParts(),
    ...pageParts(),
    ...batchParts(),
    ...splitParts(),
    ...valueParts(),
  ];
  const list = parts.map((part, i) => attentionCase(build, { seed: i + 1, ...part }));
  list.push(blindCase(build), fullMaskCase(build), wideMaskCase(build));
  // Two parts may describe one shape: the first stays.
  return [...new Map(list.reverse().map((call) => [call.id, call])).values()].reverse();
}

export function generateAttention(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 4);
  const trees: number[] = [];
  const lengths: number[] = [];
  for (let b = 0; b < requests; b++) {
    trees.push(draw.integer(0, draw.pick([3, 12, 70])));
    lengths.push(trees[b]! + draw.integer(0, draw.pick([5, 40, 300])));
  }
  const kvHeads = draw.integer(1, 3);
  const types = draw.pick(ALL_TYPES);
  return attentionCase(build, {
    ...types,
    trees,
    lengths,
    kvHeads,
    queryHeads: kvHeads * draw.pick([1, 2, 4, 5, 7, 8]),
    headDim: draw.pick([64, 80, 96, 128, 256]),
    tokensPerBlock: draw.pick([16, 1, 8, 64, 128]),
    tree: draw.pick<TreeShape>(['chain', 'random', 'star', 'deep']),
    sharpness: draw.pick([1, 0, 3]),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}
