/**
 * One request of a batch as a call of its own, from the symbolic shapes of the record: what has an
 * extent `requests`, `treeTokens` or `rows` in front is cut, everything else stays whole. A kernel
 * must give the request the same bits (law: results are independent of slot and batch).
 *
 * Example: request 1 of offsets 0 7 16 becomes offsets 0 9 and the rows 7 to 16 of each tensor.
 */
import type { TensorSpec } from '@beamline/kernels';
import type { Case, OperatorSuite, Tensor, Tensors } from '@beamline/kernels/suites';
import type { Finished } from './device.ts';
import { sameBytes } from './tensor-bytes.ts';

/** Here the batch is what the operator is about: its requests share a budget or an order. */
const ABOUT_THE_BATCH = new Set(['prune_tree', 'split_phases', 'merge_phases', 'scan_lengths']);

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows of a tensor that belong to a request; null when the tensor is not cut. */
type Cut = (spec: TensorSpec) => Range | null;

function cutOf(request: number, offsets: ArrayLike<number> | null): Cut {
  return ({ shape }) => {
    if (shape[0] === 'requests' || shape[0] === 'rows') return { from: request, to: request + 1 };
    if (shape[0] === 'treeTokens' && offsets !== null) {
      return { from: offsets[request]!, to: offsets[request + 1]! };
    }
    return null;
  };
}

function sliceRows({ dtype, shape, data }: Tensor, { from, to }: Range): Tensor {
  const width = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const rows = data.slice(from * width, to * width);
  return { dtype, shape: [to - from, ...shape.slice(1)], data: rows };
}

function sizeOfBatch(suite: OperatorSuite, call: Case): number {
  const axis = suite.operator.axes.some(({ name }) => name === 'rows') ? 'rows' : 'requests';
  return call.axes[axis] ?? 0;
}

/** Requests to look at: the first, the middle and the last. */
export function requestsToSlice(suite: OperatorSuite, call: Case): number[] {
  const count = sizeOfBatch(suite, call);
  if (count < 2 || ABOUT_THE_BATCH.has(suite.operator.name)) return [];
  return [...new Set([0, Math.floor(count / 2), count - 1])];
}

function offsetsOf(call: Case, outputs: Tensors): ArrayLike<number> | null {
  return (call.inputs['offsets'] ?? outputs['offsets'])?.data ?? null;
}

/** The request alone, or null where it makes no valid call. */
export function sliceRequest(
  suite: OperatorSuite,
  call: Case,
  request: number,
  outputs: Tensors,
): Case | null {
  const offsets = offsetsOf(call, outputs);
  const cut = cutOf(request, offsets);
  const inputs: Record<string, Tensor> = {};
  for (const spec of suite.operator.inputs) {
    const tensor = call.inputs[spec.name]!;
    const range = cut(spec);
    if (range !== null) inputs[spec.name] = sliceRows(tensor, range);
    else if (spec.shape[0] === 'requests + 1' && offsets !== null) {
      const rows = offsets[request + 1]! - offsets[request]!;
      inputs[spec.name] = { dtype: tensor.dtype, shape: [2], data: Int32Array.of(0, rows) };
    } else inputs[spec.name] = tensor;
  }
  const attributes = { ...call.attributes };
  // Where an attribute left an extent to the batch, the batch's extent holds for the request too.
  for (const name of Object.keys(attributes)) {
    if (attributes[name] === 0 && (call.axes[name] ?? 0) > 0) attributes[name] = call.axes[name]!;
  }
  const raw = { operator: suite.operator.name, attributes, inputs };
  try {
    return suite.resolve(raw, `${call.id}@${request}`);
  } catch {
    return null;
  }
}

/** The first output whose bits differ between the batch and the request alone, or null. */
export function differingOutput(
  suite: OperatorSuite,
  call: Case,
  request: number,
  batch: Finished,
  alone: Finished,
): string | null {
  const cut = cutOf(request, offsetsOf(call, batch.outputs));
  for (const spec of suite.operator.outputs) {
    const range = cut(spec);
    if (range === null) continue;
    const { shape, data } = batch.outputs[spec.name]!;
    const width = shape.slice(1).reduce((product, extent) => product * extent, 1);
    const elementBytes = data.length > 0 ? batch.bits[spec.name]!.length / data.length : 0;
    const bytes = width * elementBytes;
    const part = batch.bits[spec.name]!.subarray(range.from * bytes, range.to * bytes);
    if (!sameBytes(part, alone.bits[spec.name]!)) return spec.name;
  }
  return null;
}
