/**
 * Makers and readers of tensors. A reader asks for the kind that it needs and gets the typed
 * array, so that a reference reads like its formula.
 */
import type { Dtype } from '../record.ts';
import type { RawCase, Tensor, Tensors } from '../suite-record.ts';
import { isFloat } from './float-formats.ts';

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function i32(shape: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype: 'i32', shape, data: Int32Array.from(data) };
}

export function u32(shape: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype: 'u32', shape, data: Uint32Array.from(data) };
}

export function float(dtype: Dtype, shape: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype, shape, data: Float64Array.from(data) };
}

/** All elements the same. */
export function filled(dtype: Dtype, shape: readonly number[], value: number): Tensor {
  const size = sizeOf(shape);
  if (dtype === 'i32') return { dtype, shape, data: new Int32Array(size).fill(value) };
  if (dtype === 'u32') return { dtype, shape, data: new Uint32Array(size).fill(value) };
  return { dtype, shape, data: new Float64Array(size).fill(value) };
}

/** A typed array of the kind that the type is held in. */
export function arrayFor(dtype: Dtype, size: number): Tensor['data'] {
  if (isFloat(dtype)) return new Float64Array(size);
  return dtype === 'i32' ? new Int32Array(size) : new Uint32Array(size);
}

function find(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`no tensor '${name}'`);
  return tensor;
}

export function floatsOf(tensors: Tensors, name: string): Float64Array {
  const { data } = find(tensors, name);
  if (!(data instanceof Float64Array)) throw new Error(`'${name}' holds no floats`);
  return data;
}

export function intsOf(tensors: Tensors, name: string): Int32Array {
  const { data } = find(tensors, name);
  if (!(data instanceof Int32Array)) throw new Error(`'${name}' holds no i32`);
  return data;
}

export function wordsOf(tensors: Tensors, name: string): Uint32Array {
  const { data } = find(tensors, name);
  if (!(data instanceof Uint32Array)) throw new Error(`'${name}' holds no u32`);
  return data;
}

/** Readers bound to a call, for the top of a reference. */
export function reader(call: RawCase) {
  return {
    floats: (name: string) => floatsOf(call.inputs, name),
    ints: (name: string) => intsOf(call.inputs, name),
    words: (name: string) => wordsOf(call.inputs, name),
    dtype: (name: string) => find(call.inputs, name).dtype,
    shape: (name: string) => find(call.inputs, name).shape,
    extent: (name: string, axis: number) => find(call.inputs, name).shape[axis]!,
  };
}
