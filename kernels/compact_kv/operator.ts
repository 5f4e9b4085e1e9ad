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
    'For j = 1..a the KV of tree row path[j] goes to position prefix + j, prefix = L − T. ' +
    'Sources never stand before their targets, so an in-order move is safe. Nothing moves ' +
    'for beam 0, and nothing else changes.',
  axes: [
    axis('layers', 'layers on this device', limits.layers),
    axis('movedTokens', 'KV rows moved, over all requests', limits.rows),
    axis('kvHeads', 'Hk: KV heads on this device', limits.heads),
    axis('headDim', 'D: head size', limits.headDim),
  ],
  extents: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis(
      'draftLength',
      'dl: drafted tokens per beam, without the golden token',
      limits.draftLength,
    ),
    axis('tokensPerBlock', 'P: tokens per KV page', limits.tokensPerBlock),
    axis('pages', 'pages in the pool', limits.pages),
    axis('maxPages', 'page table entries per request', limits.pages),
  ],
  inputs: [
    tensor(
      'pages',
      'kv',
      ['layers', 'pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'],
      'paged cache of every layer',
      { values: 'any' },
    ),
    tensor('page_table', 'i32', ['requests', 'maxPages'], 'pages of each request, in order'),
    tensor('kv_lengths', 'i32', ['requests'], 'L of each request, its tree rows included'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('path', 'i32', ['requests', 'draftLength + 1'], 'rows of the accepted path'),
    tensor('accepted', 'i32', ['requests'], 'a'),
  ],
  outputs: [
    tensor(
      'pages',
      'kv',
      ['layers', 'pages', '2', 'tokensPerBlock', 'kvHeads', 'headDim'],
      'changed in place',
      { inPlace: true },
    ),
  ],
  attributes: [],
  source: 'TensorRT-LLM update of draft token locations; derivation of the floor in this record',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.layers * axes.movedTokens * axes.kvHeads * axes.headDim;
    return setWork(into, 4 * elements * bytesPerElement(dtypes.kv ?? dtypes.float), 0, 0, 1);
  },
};
