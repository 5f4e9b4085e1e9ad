/**
 * Greedy verification: a drafted token stands when it is the target's argmax at its parent. The
 * text never changes against plain greedy decoding (law: greedy drafting never changes the text).
 * Example: 17 rows of V = 128,256 in bf16 read 4.36 MB.
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

type AxisName = 'requests' | 'beams' | 'draftLength' | 'treeTokens' | 'vocab';

export const verifyGreedy: Operator<AxisName> = {
  name: 'verify_greedy',
  summary: 'Longest beam whose tokens are the argmax of their parents',
  meaning:
    'token = argmax of the logits of its parent row (lowest token on ties). The longest ' +
    'accepted prefix wins, the lowest beam on ties. bonus = argmax at the last accepted ' +
    'row. A request without rows gives beam 0, accepted 0, bonus −1.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('beams', 'W: candidate sequences per request', limits.beams),
    axis(
      'draftLength',
      'dl: drafted tokens per beam, without the golden token',
      limits.draftLength,
    ),
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('vocab', 'V: vocabulary size', limits.vocab),
  ],
  extents: [],
  inputs: [
    tensor('logits', 'float', ['treeTokens', 'vocab'], 'target logits of the tree rows', {
      values: 'no-nan',
    }),
    tensor('tokens', 'i32', ['treeTokens'], 'packed tokens'),
    tensor('unpack', 'i32', ['requests', 'beams', 'draftLength + 1'], 'row of each beam position'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
  ],
  outputs: [
    tensor('beam', 'i32', ['requests'], 'best beam'),
    tensor('accepted', 'i32', ['requests'], 'a: drafted tokens accepted, 0..dl'),
    tensor('bonus', 'i32', ['requests'], 'the next certain token'),
  ],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.4; apple/ml-recurrent-drafter v1.1',
  cost(axes, dtypes, into = emptyWork()) {
    const logits = axes.treeTokens * axes.vocab;
    const beams = logits > 0 ? axes.requests * axes.beams * (axes.draftLength + 1) * 4 : 0;
    return setWork(into, logits * bytesPerElement(dtypes.float) + beams, logits, 0, 2);
  },
};
