/**
 * Cases as JSON text: `{operator, attributes: {name: number}, inputs: {name: {dtype, shape,
 * data}}}`, data flat and row-major, NaN and ±Infinity as strings. Anyone can write one and hold
 * the suite against another implementation (law: printing and parsing give the case back).
 */
import { bytesPerElement, type Dtype } from '../record.ts';
import type { RawCase, Tensor, Tensors } from '../suite-record.ts';
import { CaseError, suggestion } from './case-error.ts';
import { isFloat, roundTo } from './float-formats.ts';
import { arrayFor } from './tensors.ts';

const DTYPES: readonly Dtype[] = ['fp32', 'fp16', 'bf16', 'fp8', 'i32', 'u32'];
const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown, field: string, allowed: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CaseError(field, 'an object is expected');
  }
  for (const name of Object.keys(value)) {
    if (allowed !== null && !allowed.includes(name)) {
      const path = field === 'case' ? name : `${field}.${name}`;
      throw new CaseError(path, `unknown name; ${suggestion(name, allowed)}`);
    }
  }
  return value as Fields;
}

function numberOf(value: unknown, dtype: Dtype, field: string): number {
  if (typeof value === 'number') {
    // The nearest number that the type holds, so that a file may say 0.1.
    if (isFloat(dtype)) return roundTo(dtype, value);
    const [min, max] = dtype === 'i32' ? [-2147483648, 2147483647] : [0, 4294967295];
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new CaseError(field, `${value} is no ${dtype}`);
    }
    return value;
  }
  if (typeof value === 'string' && Object.hasOwn(SPECIAL, value) && isFloat(dtype)) {
    return SPECIAL[value]!;
  }
  const given = JSON.stringify(value);
  const also = isFloat(dtype) ? ', "NaN", "Infinity" or "-Infinity"' : '';
  throw new CaseError(field, `${given} given; a number${also} is expected`);
}

function tensorOf(value: unknown, field: string): Tensor {
  const fields = fieldsOf(value, field, ['dtype', 'shape', 'data']);
  const dtype = fields['dtype'] as Dtype;
  if (!DTYPES.includes(dtype)) {
    const given = typeof dtype === 'string' ? dtype : JSON.stringify(dtype ?? null);
    throw new CaseError(`${field}.dtype`, `unknown type ${given}; ${suggestion(given, DTYPES)}`);
  }
  const { shape, data } = fields;
  if (!Array.isArray(shape)) throw new CaseError(`${field}.shape`, 'a list is expected');
  if (!Array.isArray(data)) throw new CaseError(`${field}.data`, 'a flat list is expected');
  shape.forEach((extent, i) => {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new CaseError(`${field}.shape[${i}]`, `${JSON.stringify(extent)} is no extent`);
    }
  });
  const values = arrayFor(dtype, data.length);
  data.forEach((x, i) => {
    values[i] = numberOf(x, dtype, `${field}.data[${i}]`);
  });
  return { dtype, shape: shape as number[], data: values };
}

/** One case from parsed JSON. Names, types and numbers are checked; the suite checks the rest. */
export function caseFromJson(value: unknown): RawCase {
  const fields = fieldsOf(value, 'case', ['operator', 'attributes', 'inputs']);
  const { operator } = fields;
  if (typeof operator !== 'string') throw new CaseError('operator', 'a name is expected');
  const attributes = fieldsOf(fields['attributes'] ?? {}, 'attributes', null);
  for (const [name, x] of Object.entries(attributes)) {
    if (typeof x !== 'number') {
      throw new CaseError(`attributes.${name}`, `${JSON.stringify(x)} is no number`);
    }
  }
  const inputs: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(fieldsOf(fields['inputs'], 'inputs', null))) {
    inputs[name] = tensorOf(tensor, `inputs.${name}`);
  }
  return { operator, attributes: attributes as Record<string, number>, inputs };
}

/** The cases of a file's text, and whether it held a list. Throws a `CaseError`. */
export function parseCases(text: string): { cases: RawCase[]; isList: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CaseError('case', `no JSON: ${(error as Error).message}`);
  }
  const isList = Array.isArray(value);
  const list = (isList ? value : [value]) as unknown[];
  const cases = list.map((entry, i) => {
    try {
      return caseFromJson(entry);
    } catch (error) {
      if (!isList || !(error instanceof CaseError)) throw error;
      const message = error.message.slice(error.field.length + 2);
      throw new CaseError(`[${i}].${error.field}`, message);
    }
  });
  return { cases, isList };
}

export interface TensorJson {
  dtype: Dtype;
  shape: number[];
  data: (number | string)[];
}

/** Tensors as JSON values; what JSON has no number for becomes a string. */
export function tensorsToJson(tensors: Tensors): Record<string, TensorJson> {
  const out: Record<string, TensorJson> = {};
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const values = Array.from(data, (x) => (Number.isFinite(x) ? x : String(x)));
    out[name] = { dtype, shape: [...shape], data: values };
  }
  return out;
}

/** A case as JSON text that `parseCases` reads. */
export function printCase({ operator, attributes, inputs }: RawCase): string {
  return JSON.stringify({ operator, attributes, inputs: tensorsToJson(inputs) });
}

/** Bytes of a tensor on a device. */
export function tensorBytes({ dtype, data }: Tensor): number {
  return data.length * bytesPerElement(dtype);
}
