/**
 * In-flight batching merges context and generation requests inside a step. By index: neighbours
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

export const mergePhases: Operator<AxisName> = {
  name: 'merge_phases',
  summary: 'Context and generation rows back into one batch, by index',
  meaning:
    'The inverse of split_phases: rows that stand context first go back to the order of ' +
    'the batch. indices[b] is the place of request b in the order of the phases.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('copiedRows', 'rows copied; 0 when the neighbours consume the indices', limits.rows),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  extents: [],
  inputs: [
    tensor('types', 'i32', ['requests'], '0 = context, 1 = generation'),
    tensor('offsets', 'i32', ['requests + 1'], 'rows of each request, in the order of the batch'),
    tensor('phase_rows', 'float', ['copiedRows', 'hidden'], 'context rows first', {
      values: 'any',
    }),
  ],
  outputs: [
    tensor('indices', 'i32', ['requests'], 'place of each request in the phases'),
    tensor('rows', 'float', ['copiedRows', 'hidden'], 'the rows in the order of the batch'),
  ],
  attributes: [],
  source: 'TensorRT-LLM in-flight batching of ReDrafter',
  cost(axes, dtypes, into = emptyWork()) {
    const copied = 2 * axes.copiedRows * axes.hidden * bytesPerElement(dtypes.float);
    return setWork(into, 8 * axes.requests + copied, 0, 0, 1);
  },
};
