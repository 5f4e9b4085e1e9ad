/**
 * The published stochastic rule: accept a drafted token with probability min(1, p/q), emit from
 * the residual. Approximate: the drafted tokens come from a beam search, not from q, and the
 * longest of the beams is kept.
 * Example: 17 rows and one request of V = 128,256 in bf16 read 4.36 MB + 0.51 MB.
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

export const verifyRedrafter: Operator<AxisName> = {
  name: 'verify_redrafter',
  summary: 'The published stochastic acceptance rule (approximate)',
  meaning:
    'Accept where u < exp(log p − log q), leading accepts count, the longest beam wins, ' +
    'lowest on ties; bonus from max(p − q, 0) renormalised, or from p when all were ' +
    'accepted. If the residual is empty, from p. A draw is the lowest token whose ' +
    'cumulative probability exceeds the uniform. The path holds rows inside the tree ' +
    'from the root on, −1 behind its end. A request without rows gives accepted 0, ' +
    'bonus −1.',
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
    tensor(
      'draft_log_probs',
      'float',
      ['requests', 'beams', 'draftLength', 'vocab'],
      'log q; the bonus reads one row of a request',
      { values: 'no-nan' },
    ),
    tensor('uniforms', 'fp32', ['requests', 'beams', 'draftLength'], 'one per drafted token'),
    tensor('bonus_uniforms', 'fp32', ['requests'], 'one per request, for the bonus'),
  ],
  outputs: [
    tensor('path', 'i32', ['requests', 'draftLength + 1'], 'rows of the accepted path'),
    tensor('accepted', 'i32', ['requests'], 'a: drafted tokens accepted, 0..dl'),
    tensor('bonus', 'i32', ['requests'], 'the next certain token'),
  ],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.4; TensorRT-LLM redrafter helper',
  cost(axes, dtypes, into = emptyWork()) {
    const logits = axes.treeTokens * axes.vocab;
    const residual = 2 * axes.requests * axes.vocab;
    const uniforms = logits > 0 ? axes.requests * axes.beams * axes.draftLength * 4 : 0;
    const bytes = logits > 0 ? (logits + residual) * bytesPerElement(dtypes.float) + uniforms : 0;
    return setWork(into, bytes, 3 * logits, logits, 2);
  },
};
