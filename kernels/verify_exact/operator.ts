/**
 * Exact sampled verification: walk from the root with draws from the target's own distribution, so
 * the text has exactly the target's law, whatever the drafter proposed.
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

type AxisName = 'requests' | 'draftLength' | 'treeTokens' | 'vocab';

export const verifyExact: Operator<AxisName> = {
  name: 'verify_exact',
  summary: "Walk the tree with draws from the target's own distribution",
  meaning:
    'At each node draw from softmax(logits of its row) with the uniform of its depth: the ' +
    'lowest token whose cumulative probability exceeds it. If the draw is a child (the ' +
    'first, if siblings are equal) go there, else stop and emit it as bonus. The path ' +
    'holds rows inside the tree from the root on, −1 behind its end. A request without ' +
    'rows gives accepted 0, bonus −1. Depth is at most dl.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
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
    tensor('parent', 'i32', ['treeTokens'], 'row of the parent inside its tree, −1 at the root'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('uniforms', 'fp32', ['requests', 'draftLength + 1'], 'one per depth'),
  ],
  outputs: [
    tensor('path', 'i32', ['requests', 'draftLength + 1'], 'rows of the accepted path'),
    tensor('accepted', 'i32', ['requests'], 'a: drafted tokens accepted, 0..dl'),
    tensor('bonus', 'i32', ['requests'], 'the next certain token'),
  ],
  attributes: [],
  source: 'derived in this record: the emitted token is a draw from the target at every depth',
  cost(axes, dtypes, into = emptyWork()) {
    const logits = axes.treeTokens * axes.vocab;
    const uniforms = logits > 0 ? axes.requests * (axes.draftLength + 1) * 4 : 0;
    const bytes = logits * bytesPerElement(dtypes.float) + uniforms;
    return setWork(into, bytes, 3 * logits, logits, 2);
  },
};
