/**
 * Attention of tree rows over paged KV: every past token, and inside the tree only what the mask
 * shows. A plain decode is T = 1. The matrix unit works on padded tiles of Mt query rows by Nt
 * keys, so a short tree costs as much as a full tile. With totals alone, every request counts as
 * the mean request.
 * Example: B = 1, T = 32, L = 4096, 32/8 heads of 128, bf16: KV is 2·2·8·128·4096 = 16.8 MB.
 */
import {
  attribute,
  axis,
  bytesPerElement,
  emptyWork,
  limits,
  type Operator,
  realAttribute,
  setWork,
  tensor,
} from '../record.ts';

/** Mt and Nt: the warpgroup matrix instruction takes 64 rows; keys come in tiles of 64. */
const QUERY_TILE = 64;
const KV_TILE = 64;

type AxisName =
  | 'requests'
  | 'treeTokens'
  | 'kvTokens'
  | 'queryHeads'
  | 'kvHeads'
  | 'headDim'
  | 'tokensPerBlock';

export const treeAttention: Operator<AxisName> = {
  name: 'tree_attention',
  summary: 'Attention of all tree rows over paged KV under the tree mask',
  meaning:
    'o = softmax(q·kᵀ/√D)·v over all KV before the tree and the ancestors inside it. ' +
    'kvTokens includes the tree, whose rows are the last T of L. Query head h reads KV ' +
    'head h div (Hq/Hk). A request of zero rows writes nothing. lse is the natural ' +
    'log-sum-exp of the scaled scores; a row that sees nothing has o = 0 and lse = ' +
    '−Infinity. What lies past L, and pages that are not listed, may hold NaN.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('kvTokens', 'ΣL: KV tokens of all requests, tree included', limits.kvTokens),
    axis('queryHeads', 'Hq: query heads on this device', limits.heads),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
    axis('tokensPerBlock', 'P: tokens per KV page', limits.tokensPerBlock),
  ],
  extents: [
    axis('pages', 'pages in the pool', limits.pages),
    axis('maxPages', 'page table entries per request', limits.pages),
    axis('maxTreeTokens', 'rows that a row of mask words has room for', limits.rows),
  ],
  inputs: [
    tensor('q', 'float', ['treeTokens', 'queryHeads', 'headDim'], 'queries'),
    tensor(
      'pages',
      'kv',
      ['pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'],
      'paged cache: keys are 0 and values 1 of the second axis',
      { values: 'any' },
    ),
    tensor('page_table', 'i32', ['requests', 'maxPages'], 'pages of each request, in order'),
    tensor('kv_lengths', 'i32', ['requests'], 'L of each request, its tree rows included'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('words', 'u32', ['treeTokens', 'ceil(maxTreeTokens / 32)'], 'mask words'),
  ],
  outputs: [
    tensor('o', 'float', ['treeTokens', 'queryHeads', 'headDim'], 'attention output'),
    tensor('lse', 'fp32', ['treeTokens', 'queryHeads'], 'log-sum-exp'),
  ],
  attributes: [
    realAttribute('scale', 'factor of q·k; 0 = 1/√D, and 1 where D = 0', 0, 0, 1e6),
    realAttribute('keyScale', 'factor of stored keys', 1, 1e-6, 1e6),
    realAttribute('valueScale', 'factor of stored values', 1, 1e-6, 1e6),
    // Fixed: the tiles that the cost counts with, for who derives from this record.
    attribute(
      'queryTile',
      'Mt: query rows × group in a matrix tile',
      QUERY_TILE,
      QUERY_TILE,
      QUERY_TILE,
    ),
    attribute('kvTile', 'Nt: keys in one matrix tile', KV_TILE, KV_TILE, KV_TILE),
  ],
  source: 'FlashAttention, arXiv 2205.14135 (tiles); roofline derived in this record',
  cost(axes, dtypes, into = emptyWork()) {
    const { requests, treeTokens, kvTokens, queryHeads, kvHeads, headDim } = axes;
    if (requests * treeTokens * kvTokens * queryHeads * kvHeads * headDim === 0) {
      return setWork(into, 0, 0, 0, 0);
    }
    const treeLength = treeTokens / requests;
    const kvLength = kvTokens / requests;
    const read = bytesPerElement(dtypes.kv ?? dtypes.float);
    const kvBytes = 2 * read * kvHeads * headDim * kvTokens;
    const queryBytes = 2 * bytesPerElement(dtypes.float) * queryHeads * headDim * treeTokens;
    const pages = axes.tokensPerBlock > 0 ? Math.ceil(kvLength / axes.tokensPerBlock) : 0;
    const words = 4 * (requests * pages + treeTokens * Math.ceil(treeLength / 32));
    const queryTiles = Math.ceil((treeLength * queryHeads) / kvHeads / QUERY_TILE);
    const paddedRows = requests * queryTiles * QUERY_TILE;
    const paddedKv = Math.ceil(kvLength / KV_TILE) * KV_TILE;
    const flop = 4 * kvHeads * headDim * paddedRows * paddedKv;
    return setWork(into, kvBytes + queryBytes + words, flop, queryHeads * treeTokens * kvLength, 2);
  },
};
