/**
 * In-flight batching splits context and generation requests inside a step. By index: neighbours
 * consume the indices, and rows are copied only where a consumer needs them side by side.
 * Example: 64 requests by index touch 64·8 bytes and copy nothing.
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

type AxisName = 'requests' | 'copiedRows' | 'hidden';

export const splitPhases: Operator<AxisName> = {
  name: 'split_phases',
  summary: 'Context rows and generation rows of a mixed batch, by index',
  meaning:
    'Requests of type 0 (context), then of type 1 (generation), each in their order; either ' +
    'side may be empty. Rows of a request stay together.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('copiedRows', 'rows copied; 0 when the neighbours consume the indices', limits.rows),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  extents: [],
  inputs: [
    tensor('types', 'i32', ['requests'], '0 = context, 1 = generation'),
    tensor('offsets', 'i32', ['requests + 1'], 'rows of each request'),
    tensor('rows', 'float', ['copiedRows', 'hidden'], 'rows of the batch; none to copy nothing', {
      values: 'any',
    }),
  ],
  outputs: [
    tensor('indices', 'i32', ['requests'], 'requests, context first'),
    tensor('counts', 'i32', ['2'], 'context requests, generation requests'),
    tensor('phase_offsets', 'i32', ['requests + 1'], 'where the rows of indices[i] start'),
    tensor('phase_rows', 'float', ['copiedRows', 'hidden'], 'the rows in that order'),
  ],
  attributes: [],
  source: 'TensorRT-LLM in-flight batching of ReDrafter',
  cost(axes, dtypes, into = emptyWork()) {
    const copied = 2 * axes.copiedRows * axes.hidden * bytesPerElement(dtypes.float);
    return setWork(into, 8 * axes.requests + copied, 0, 0, 1);
  },
};
