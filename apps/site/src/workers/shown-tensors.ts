/** Tensors as a page shows them: the first elements of each. */
import type { Tensor, Tensors } from '@beamline/kernels/suites';
import type { ComparedTensor, ShownTensor } from './case-protocol.ts';

const SHOWN = 24;

function firstText({ data }: Tensor): string {
  const first = Array.from(data.subarray(0, SHOWN) as ArrayLike<number>, (value) =>
    Number.isInteger(value) ? String(value) : value.toPrecision(4),
  );
  return `${first.join(' ')}${data.length > SHOWN ? ' …' : ''}`;
}

export function shownTensors(tensors: Tensors): ShownTensor[] {
  return Object.entries(tensors).map(([name, tensor]) => {
    const { dtype, shape } = tensor;
    return { name, dtype, shape, text: firstText(tensor) };
  });
}

function greatestDifference({ data: a }: Tensor, { data: b }: Tensor): number {
  let greatest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const distance = Math.abs(a[i]! - b[i]!);
    greatest = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(greatest, distance);
  }
  return greatest;
}

/** The reference's outputs, in the types of the device's, beside the device's. */
export function comparedTensors(reference: Tensors, device: Tensors): ComparedTensor[] {
  return Object.entries(reference).map(([name, tensor]) => {
    const other = device[name]!;
    const { dtype, shape } = other;
    const difference = greatestDifference(tensor, other);
    return { name, dtype, shape, text: firstText(tensor), gpu: firstText(other), difference };
  });
}
