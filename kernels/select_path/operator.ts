/**
 * Takes from the verified tree what the next step starts from: the accepted tokens and the hidden
 * state of the last accepted one.
 * Example: B = 64, H = 4096, bf16: 2·64·4096·2 = 1,048,576 bytes of hidden states.
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

type AxisName = 'requests' | 'beams' | 'draftLength' | 'hidden';

export const selectPath: Operator<AxisName> = {
  name: 'select_path',
  summary: 'Accepted tokens, and the hidden state that the next draft starts from',
  meaning:
    'hidden of row unpack[best][a]; tokens of rows unpack[best][1..a], then the bonus, ' +
    'then −1; path = rows unpack[best][0..a], then −1. lengths = L − T + a + 1, which is ' +
    'also the position of the bonus token. A request without rows: tokens and path −1, ' +
    'hidden 0, lengths = positions = L.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('beams', 'W: candidate sequences per request', limits.beams),
    axis(
      'draftLength',
      'dl: drafted tokens per beam, without the golden token',
      limits.draftLength,
    ),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  extents: [axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows)],
  inputs: [
    tensor('unpack', 'i32', ['requests', 'beams', 'draftLength + 1'], 'row of each beam position'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('beam', 'i32', ['requests'], 'best beam'),
    tensor('accepted', 'i32', ['requests'], 'a'),
    tensor('bonus', 'i32', ['requests'], 'the next certain token'),
    tensor('packed', 'i32', ['treeTokens'], 'packed tokens'),
    tensor('kv_lengths', 'i32', ['requests'], 'L of each request, its tree rows included'),
    tensor('hidden', 'float', ['treeTokens', 'hidden'], 'hidden states after the last norm'),
  ],
  outputs: [
    tensor('tokens', 'i32', ['requests', 'draftLength + 1'], 'accepted tokens and the bonus'),
    tensor('path', 'i32', ['requests', 'draftLength + 1'], 'rows of the accepted path'),
    tensor('hidden', 'float', ['requests', 'hidden'], 'of the last accepted token'),
    tensor('positions', 'i32', ['requests'], 'position of the bonus token'),
    tensor('lengths', 'i32', ['requests'], 'KV length after the step'),
  ],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.4',
  cost(axes, dtypes, into = emptyWork()) {
    const hidden = 2 * axes.requests * axes.hidden * bytesPerElement(dtypes.float);
    const beams = axes.beams > 0 ? axes.requests * (axes.draftLength + 1) * 16 : 0;
    return setWork(into, hidden + beams, 0, 0, 1);
  },
};
