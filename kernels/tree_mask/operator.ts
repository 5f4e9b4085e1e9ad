/**
 * Bit words that say which tree rows a row may see: itself and its ancestors (law: popcount of a
 * row is its depth + 1).
 * Example: 17 rows need one word each: 17·4 bytes written, 17·4 read.
 */
import { attribute, axis, emptyWork, limits, type Operator, setWork, tensor } from '../record.ts';

type AxisName = 'treeTokens' | 'maxTreeTokens';

export const treeMask: Operator<AxisName> = {
  name: 'tree_mask',
  summary: 'Ancestor bits of every tree row',
  meaning:
    'Bit c of row t is set when c is t or an ancestor of t; little-endian bit order ' +
    'inside 32-bit words; words past a tree are 0.',
  axes: [
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('maxTreeTokens', 'Tmax: rows of the largest tree', limits.rows),
  ],
  extents: [axis('requests', 'B: requests in the batch', limits.requests)],
  inputs: [
    tensor('parent', 'i32', ['treeTokens'], 'row of the parent inside its tree, −1 at the root'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
  ],
  outputs: [tensor('words', 'u32', ['treeTokens', 'ceil(maxTreeTokens / 32)'], 'mask words')],
  attributes: [
    attribute(
      'maxTreeTokens',
      'rows that a row of words has room for; 0 = those of the largest tree',
      0,
      0,
      limits.rows,
    ),
  ],
  source: 'ReDrafter, arXiv 2403.09919, section 3.3; derivation of the word layout in this record',
  cost(axes, _dtypes, into = emptyWork()) {
    const words = Math.ceil(axes.maxTreeTokens / 32);
    const bytes = words > 0 ? axes.treeTokens * (4 + 4 * words) : 0;
    return setWork(into, bytes, 0, 0, 1);
  },
};
