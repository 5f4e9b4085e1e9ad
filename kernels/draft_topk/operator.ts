/**
 * From the drafter's logits to each row's best continuations, in one read: the V-wide row of log-
 * probabilities is never written. The large vocabulary makes this the widest row operator of
 * drafting.
 * Example: 4 rows of V = 128,256 in bf16 read 1,026,048 bytes.
 */
import {
  attribute,
  axis,
  bytesPerElement,
  emptyWork,
  limits,
  type Operator,
  setWork,
  tensor,
} from '../record.ts';

type AxisName = 'rows' | 'vocab' | 'candidates';

export const draftTopk: Operator<AxisName> = {
  name: 'draft_topk',
  summary: 'Masked log-softmax and sorted top-k of each row in one pass',
  meaning:
    'Subtract the row maximum, mask all below the keep-th largest value (ties with it ' +
    'stay), take the log-softmax, return the k largest, sorted descending by logit; ties ' +
    'go to the lowest token. A masked token counts as maximum − 50000. Places past V hold ' +
    '−Infinity and token −1.',
  axes: [
    axis('rows', 'R = B·W: beam rows', limits.rows),
    axis('vocab', 'V: vocabulary size', limits.vocab),
    axis('candidates', 'k: continuations kept per row, at most 64', limits.candidates),
  ],
  extents: [],
  inputs: [tensor('logits', 'float', ['rows', 'vocab'], 'drafter logits', { values: 'no-nan' })],
  outputs: [
    tensor('values', 'fp32', ['rows', 'candidates'], 'log-probabilities, descending'),
    tensor('tokens', 'i32', ['rows', 'candidates'], 'their tokens'),
    tensor('lse', 'fp32', ['rows'], 'log-sum-exp of the masked row, its maximum included'),
  ],
  attributes: [
    attribute('k', 'continuations per row', 4, 0, limits.candidates),
    attribute('keep', 'values kept by the mask', 50, 1, limits.vocab),
  ],
  source: 'apple/ml-recurrent-drafter v1.1, beam search with top-50 mask',
  cost(axes, dtypes, into = emptyWork()) {
    const logits = axes.rows * axes.vocab;
    const outputs = axes.vocab > 0 ? axes.rows * (axes.candidates * 8 + 4) : 0;
    const bytes = logits * bytesPerElement(dtypes.float) + outputs;
    return setWork(into, bytes, 3 * logits, logits, 2);
  },
};
