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
  meaning: 'The inverse of split_phases: context rows first, then generation rows.',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('copiedRows', 'rows copied; 0 when the neighbours consume the indices', limits.rows),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  inputs: [
    tensor('types', 'i32', ['requests'], '0 = context, 1 = generation'),
    tensor('rows', 'float', ['copiedRows', 'hidden'], 'rows of the batch'),
  ],
  outputs: [
    tensor('indices', 'i32', ['requests'], 'rows of each phase, context first'),
    tensor('phase_rows', 'float', ['copiedRows', 'hidden'], 'the rows, where copied'),
  ],
  attributes: [],
  source: 'TensorRT-LLM in-flight batching of ReDrafter',
  cost(axes, dtypes, into = emptyWork()) {
    const copied = 2 * axes.copiedRows * axes.hidden * bytesPerElement(dtypes.float);
    return setWork(into, 8 * axes.requests + copied, 0, 0, 1);
  },
};
