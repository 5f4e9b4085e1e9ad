/**
 * Moves the accepted path's keys and values behind the prefix, all layers in one launch. Beam 0
 * lies in place already, so only rows of other beams move.
 * Example: 80 layers, 96 moved rows, 8 heads of 128, bf16: 4·80·96·8·128·2 = 62.9 MB.
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

type AxisName = 'layers' | 'movedTokens' | 'kvHeads' | 'headDim';

export const compactKv: Operator<AxisName> = {
  name: 'compact_kv',
  summary: "Move the accepted path's KV behind the prefix in all layers",
  meaning:
    'Row j of the accepted path goes to prefix + j. Sources never stand before their ' +
    'targets, so an in-order move is safe. Nothing moves for beam 0.',
  axes: [
    axis('layers', 'layers on this device', limits.layers),
    axis('movedTokens', 'KV rows moved, over all requests', limits.rows),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
  ],
  inputs: [
    tensor(
      'pages',
      'kv',
      ['layers', 'pages', '2', 'tokensPerPage', 'kvHeads', 'headDim'],
      'paged cache',
    ),
    tensor('sources', 'i32', ['movedTokens'], 'rows to move'),
    tensor('targets', 'i32', ['movedTokens'], 'where they go'),
  ],
  outputs: [
    tensor(
      'pages',
      'kv',
      ['layers', 'pages', '2', 'tokensPerPage', 'kvHeads', 'headDim'],
      'changed in place',
    ),
  ],
  attributes: [],
  source: 'TensorRT-LLM update of draft token locations; derivation of the floor in this record',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.layers * axes.movedTokens * axes.kvHeads * axes.headDim;
    return setWork(into, 4 * elements * bytesPerElement(dtypes.kv ?? dtypes.float), 0, 0, 1);
  },
};
