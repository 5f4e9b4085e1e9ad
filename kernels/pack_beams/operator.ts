/**
 * Merges the beams' identical prefixes into one token tree per request. A parent always stands
 * before its child, and packed[unpack] gives the beams back (law: packed[unpack] = beams).
 * Example: beams 91 92 93 95 / 91 92 94 96 / 91 92 93 97 pack to 91 92 93 95 94 96 97, seven of
 * twelve.
 */
import { attribute, axis, emptyWork, limits, type Operator, setWork, tensor } from '../record.ts';

type AxisName = 'requests' | 'beams' | 'draftLength' | 'treeTokens';

export const packBeams: Operator<AxisName> = {
  name: 'pack_beams',
  summary: 'Merge identical beam prefixes into a packed token tree',
  meaning:
    'A position is a new node when no earlier beam has the same prefix. Rows in (beam, ' +
    'position) order. dl + W ≤ T ≤ W·dl + 1 for distinct beams; parent is −1 at the root. ' +
    'A caller that does not know ΣT gives room for B·(W·dl + 1) rows; what lies behind ' +
    'the last row stays as it is. With maxTreeTokens the mask words of tree_mask come in ' +
    'the same launch.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('beams', 'W: candidate sequences per request', limits.beams),
    axis(
      'draftLength',
      'dl: drafted tokens per beam, without the golden token',
      limits.draftLength,
    ),
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
  ],
  extents: [axis('maxTreeTokens', 'rows that the mask has room for; 0 = no mask', limits.rows)],
  inputs: [
    tensor(
      'beams',
      'i32',
      ['requests', 'beams', 'draftLength + 1'],
      'tokens, the golden one first',
    ),
  ],
  outputs: [
    tensor('packed', 'i32', ['treeTokens'], 'tokens of the trees, ragged'),
    tensor('depth', 'i32', ['treeTokens'], '0 at the root'),
    tensor('parent', 'i32', ['treeTokens'], 'row of the parent inside its tree, −1 at the root'),
    tensor('unpack', 'i32', ['requests', 'beams', 'draftLength + 1'], 'row of each beam position'),
    tensor('lengths', 'i32', ['requests'], 'T of each request'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of lengths'),
    tensor('words', 'u32', ['treeTokens', 'ceil(maxTreeTokens / 32)'], 'mask words, if wanted'),
  ],
  attributes: [
    attribute(
      'maxTreeTokens',
      'rows that a row of mask words has room for; 0 = no mask words',
      0,
      0,
      limits.rows,
    ),
  ],
  source: 'ReDrafter, arXiv 2403.09919, section 3.3 and appendix (dynamic tree attention)',
  cost(axes, _dtypes, into = emptyWork()) {
    const positions = axes.requests * axes.beams * (axes.draftLength + 1);
    const bytes = positions > 0 ? 8 * positions + 12 * axes.treeTokens + 8 * axes.requests : 0;
    return setWork(into, bytes, 0, 0, 1);
  },
};
