/**
 * Rotates the new keys and writes keys and values into their pages, in one pass.
 * Example: 64 rows of 8 heads of 128 in bf16 move 4·64·8·128·2 = 524,288 bytes.
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

type AxisName = 'treeTokens' | 'kvHeads' | 'headDim';

export const kvAppend: Operator<AxisName> = {
  name: 'kv_append',
  summary: 'Rotary embedding of new keys, and keys and values into pages',
  meaning:
    'k is rotated by its position, v is not. Row t of request b goes to KV position ' +
    'L_b − T_b + t; its rotary position is prefix + depth, equal for siblings. Element i < ' +
    'r/2 pairs with i + r/2 of the first r = rotaryDim elements; the angle is position · ' +
    'theta^(−2i/r) in float64, its sine and cosine in fp32. fp8 saturates at 448.',
  axes: [
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
  ],
  extents: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('tokensPerBlock', 'P: tokens per KV page', limits.tokensPerBlock),
    axis('pages', 'pages in the pool', limits.pages),
    axis('maxPages', 'page table entries per request', limits.pages),
  ],
  inputs: [
    tensor('k', 'float', ['treeTokens', 'kvHeads', 'headDim'], 'new keys'),
    tensor('v', 'float', ['treeTokens', 'kvHeads', 'headDim'], 'new values'),
    tensor('positions', 'i32', ['treeTokens'], 'absolute positions'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('kv_lengths', 'i32', ['requests'], 'L of each request, its tree rows included'),
    tensor('page_table', 'i32', ['requests', 'maxPages'], 'pages of each request, in order'),
    tensor('pages', 'kv', ['pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'], 'paged cache', {
      values: 'any',
    }),
  ],
  outputs: [
    tensor(
      'pages',
      'kv',
      ['pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'],
      'paged cache: keys are 0 and values 1 of the second axis',
      { inPlace: true },
    ),
  ],
  attributes: [
    realAttribute('theta', 'base of the rotary frequencies', 10000, 1, 1e9),
    attribute('rotaryDim', 'elements of a key that are rotated; 0 = all', 0, 0, limits.headDim),
    realAttribute('keyScale', 'keys are stored divided by it', 1, 1e-6, 1e6),
    realAttribute('valueScale', 'values are stored divided by it', 1, 1e-6, 1e6),
  ],
  source: 'RoPE, arXiv 2104.09864; PagedAttention, arXiv 2309.06180',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.treeTokens * axes.kvHeads * axes.headDim;
    const read = bytesPerElement(dtypes.float);
    const write = bytesPerElement(dtypes.kv ?? dtypes.float);
    return setWork(into, 2 * elements * (read + write), 3 * elements, 0, 1);
  },
};
