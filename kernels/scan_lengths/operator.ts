/**
 * Offsets of a ragged batch: exclusive sums of the lengths, their total and maximum, for any batch
 * size.
 * Example: lengths 7, 9 give offsets 0, 7, 16, total 16, max 9.
 */
import { axis, emptyWork, limits, type Operator, setWork, tensor } from '../record.ts';

type AxisName = 'requests';

export const scanLengths: Operator<AxisName> = {
  name: 'scan_lengths',
  summary: 'Exclusive sums, total and maximum of lengths',
  meaning:
    'offsets[0] = 0, offsets[b + 1] = offsets[b] + lengths[b]; total = offsets[B]; max = ' +
    '0 for an empty batch.',
  axes: [axis('requests', 'B: requests in the batch', limits.requests)],
  extents: [],
  inputs: [tensor('lengths', 'i32', ['requests'], 'length of each request')],
  outputs: [
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums'),
    tensor('total', 'i32', [], 'their sum'),
    tensor('max', 'i32', [], 'the largest'),
  ],
  attributes: [],
  source: 'derived in this record',
  cost(axes, _dtypes, into = emptyWork()) {
    return setWork(into, 8 * axes.requests, 0, 0, 1);
  },
};
