/**
 * Attention of tree rows over paged KV: every past token, and inside the tree only what the mask
 * shows. A plain decode is T = 1. The matrix unit works on padded tiles of Mt query rows by Nt
 * keys, so a short tree costs as much as a full tile. With totals alone, every request counts as
 * the mean request.
 * Example: B = 1, T = 32, L = 4096, 32/8 heads of 128, bf16: KV is 2·2·8·128·4096 = 16.8 MB.
 */
import {
  axis,
  bytesPerElement,
  emptyWork,
  limits,
  type Operator,
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
    'kvTokens includes the tree. A request of zero rows writes nothing. lse is the ' +
    'log-sum-exp of each row and head.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('kvTokens', 'ΣL: KV tokens of all requests, tree included', limits.kvTokens),
    axis('queryHeads', 'Hq: query heads on this device', limits.heads),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
    axis('tokensPerBlock', 'P: tokens per KV page', limits.tokensPerBlock),
  ],
  inputs: [
    tensor('q', 'float', ['treeTokens', 'queryHeads', 'headDim'], 'queries'),
    tensor('pages', 'kv', ['pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'], 'paged cache'),
    tensor('page_table', 'i32', ['requests', 'pages'], 'pages of each request'),
    tensor('kv_lengths', 'i32', ['requests'], 'L of each request'),
    tensor('words', 'u32', ['treeTokens', 'ceil(maxTreeTokens / 32)'], 'mask words'),
  ],
  outputs: [
    tensor('o', 'float', ['treeTokens', 'queryHeads', 'headDim'], 'attention output'),
    tensor('lse', 'fp32', ['treeTokens', 'queryHeads'], 'log-sum-exp'),
  ],
  attributes: [
    { name: 'queryTile', meaning: 'Mt: query rows × group in one matrix tile', value: QUERY_TILE },
    { name: 'kvTile', meaning: 'Nt: keys in one matrix tile', value: KV_TILE },
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
