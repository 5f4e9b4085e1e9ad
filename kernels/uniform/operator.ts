/**
 * Counter-based random numbers: a draw depends on seed, request, step and index alone, never on
 * the slot, so every device gives the same bits (law: results independent of slot and batch
 * order).
 * Example: 64 requests of 5 draws write 64·5·4 bytes.
 */
import { attribute, axis, emptyWork, limits, type Operator, setWork, tensor } from '../record.ts';

type AxisName = 'requests' | 'draws';

export const uniform: Operator<AxisName> = {
  name: 'uniform',
  summary: 'Philox uniforms of each request and step',
  meaning:
    'Draw i is word i mod 4 of Philox4x32-10 with key = seed and counter = (request, step, ' +
    'i div 4, 0); its upper 24 bits make a float in [0, 1).',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('draws', 'draws per request', limits.draws),
  ],
  extents: [],
  inputs: [
    tensor('seed', 'u32', ['2'], 'key'),
    tensor('request_ids', 'i32', ['requests'], 'identity of each request'),
    tensor('steps', 'i32', ['requests'], 'step counter of each request'),
  ],
  outputs: [tensor('uniforms', 'fp32', ['requests', 'draws'], 'in [0, 1)')],
  attributes: [attribute('draws', 'draws per request', 1, 0, limits.draws)],
  source: 'Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011)',
  cost(axes, _dtypes, into = emptyWork()) {
    const bytes = axes.draws > 0 ? axes.requests * (4 * axes.draws + 8) : 0;
    return setWork(into, bytes, 0, 0, 1);
  },
};
