/**
 * Rotates the new keys and writes keys and values into their pages, in one pass.
 * Example: 64 rows of 8 heads of 128 in bf16 move 4·64·8·128·2 = 524,288 bytes.
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

type AxisName = 'treeTokens' | 'kvHeads' | 'headDim';

export const kvAppend: Operator<AxisName> = {
  name: 'kv_append',
  summary: 'Rotary embedding of new keys, and keys and values into pages',
  meaning:
    'k is rotated by its position, v is not; both are written behind the KV that the ' +
    'request already has. A position is prefix length + depth, equal for siblings.',
  axes: [
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
  ],
  inputs: [
    tensor('k', 'float', ['treeTokens', 'kvHeads', 'headDim'], 'new keys'),
    tensor('v', 'float', ['treeTokens', 'kvHeads', 'headDim'], 'new values'),
    tensor('positions', 'i32', ['treeTokens'], 'absolute positions'),
    tensor('page_table', 'i32', ['requests', 'pages'], 'pages of each request'),
  ],
  outputs: [
    tensor(
      'pages',
      'kv',
      ['pages', '2', 'tokensPerPage', 'kvHeads', 'headDim'],
      'paged cache, changed in place',
    ),
  ],
  attributes: [],
  source: 'RoPE, arXiv 2104.09864; PagedAttention, arXiv 2309.06180',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.treeTokens * axes.kvHeads * axes.headDim;
    const read = bytesPerElement(dtypes.float);
    const write = bytesPerElement(dtypes.kv ?? dtypes.float);
    return setWork(into, 2 * elements * (read + write), 3 * elements, 0, 1);
  },
};
