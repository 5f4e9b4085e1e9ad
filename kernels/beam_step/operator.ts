/**
 * One step of the drafter's beam search: choose the best W of all B·W·k scored continuations and
 * gather histories and states by their parents.
 * Example: B = 1, W = 4, k = 4, step 1, H = 4096, bf16: states alone move 2·4·4096·2 = 65,536
 * bytes.
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

type AxisName = 'requests' | 'beams' | 'candidates' | 'step' | 'hidden';

export const beamStep: Operator<AxisName> = {
  name: 'beam_step',
  summary: 'Top-W over all continuations of a request, with histories and states gathered',
  meaning:
    'Flat top-W of scores + values per request, descending; parent = flat index div k; ' +
    'ties go to the lowest flat index; the sum is one fp32 addition. At the first step ' +
    '(histories of one token) only beam 0 is alive: the score of every other beam counts ' +
    'as −50000. Histories and states follow their parents. Without candidates (k = 0) a ' +
    'place holds −Infinity, parent, token and history −1, state 0.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('beams', 'W: candidate sequences per request', limits.beams),
    axis('candidates', 'k: continuations per beam', limits.candidates),
    axis('step', 'j: draft step, from 1', limits.draftLength),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  extents: [],
  inputs: [
    tensor('scores', 'fp32', ['requests', 'beams'], 'cumulative log-probabilities', {
      values: 'no-nan',
    }),
    tensor(
      'values',
      'fp32',
      ['requests', 'beams', 'candidates'],
      'log-probabilities of the continuations',
      { values: 'no-nan' },
    ),
    tensor('tokens', 'i32', ['requests', 'beams', 'candidates'], 'their tokens'),
    tensor('histories', 'i32', ['requests', 'beams', 'step'], 'tokens so far'),
    tensor('states', 'float', ['requests', 'beams', 'hidden'], 'drafter states'),
  ],
  outputs: [
    tensor('scores', 'fp32', ['requests', 'beams'], 'new cumulative log-probabilities'),
    tensor('parents', 'i32', ['requests', 'beams'], 'beam that each came from'),
    tensor('tokens', 'i32', ['requests', 'beams'], 'token that each appended'),
    tensor('histories', 'i32', ['requests', 'beams', 'step + 1'], 'tokens with the new one'),
    tensor('states', 'float', ['requests', 'beams', 'hidden'], 'states by parent'),
  ],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.2; apple/ml-recurrent-drafter v1.1',
  cost(axes, dtypes, into = emptyWork()) {
    const rows = axes.requests * axes.beams;
    const scored = rows * axes.candidates;
    const histories = 2 * rows * (axes.step + 1) * 4;
    const states = 2 * rows * axes.hidden * bytesPerElement(dtypes.float);
    return setWork(into, histories + states + scored * 8 + rows * 16, scored, 0, 1);
  },
};
