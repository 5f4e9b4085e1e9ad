/**
 * From a call as stated to a checked case: names, types, ranks, shapes, ranges, and the extents
 * that follow. Everything that all operators share is checked here; what only one operator knows
 * stands in its suite.
 *
 * Example: beams of shape [2, 3, 4] give requests 2, beams 3, draftLength 3.
 */
import type { Axis, Dtype, Dtypes, Operator, TensorSpec } from '../record.ts';
import type { RawCase, Tensor } from '../suite-record.ts';
import { CaseError, suggestion } from './case-error.ts';
import { isExactly, isFloat } from './float-formats.ts';
import { evaluateExtent, solveExtent } from './shape.ts';
import { sizeOf } from './tensors.ts';

const FLOATS: readonly Dtype[] = ['fp32', 'fp16', 'bf16'];
const KV_TYPES: readonly Dtype[] = ['fp32', 'fp16', 'bf16', 'fp8'];

export interface Resolved {
  attributes: Record<string, number>;
  axes: Record<string, number>;
  dtypes: Dtypes;
}

function checkNames(kind: string, given: readonly string[], allowed: readonly string[]): void {
  for (const name of given) {
    if (!allowed.includes(name)) {
      throw new CaseError(`${kind}.${name}`, `unknown name; ${suggestion(name, allowed)}`);
    }
  }
}

function resolveAttributes(operator: Operator, raw: RawCase): Record<string, number> {
  checkNames(
    'attributes',
    Object.keys(raw.attributes),
    operator.attributes.map(({ name }) => name),
  );
  const values: Record<string, number> = {};
  for (const { name, value, min, max, integer } of operator.attributes) {
    const given = raw.attributes[name] ?? value;
    const field = `attributes.${name}`;
    if (typeof given !== 'number' || Number.isNaN(given)) {
      throw new CaseError(field, `${given} is no number`);
    }
    if (integer && !Number.isInteger(given)) {
      throw new CaseError(field, `${given} is no whole number`);
    }
    if (given < min || given > max) {
      throw new CaseError(field, `${given} is outside ${min} to ${max}`);
    }
    values[name] = given;
  }
  return values;
}

/** The types that `float` and `kv` stand for, from the tensors given. */
function resolveDtypes(operator: Operator, raw: RawCase): Dtypes {
  const chosen: { float?: Dtype; kv?: Dtype } = {};
  for (const spec of operator.inputs) {
    const field = `inputs.${spec.name}.dtype`;
    const { dtype } = raw.inputs[spec.name]!;
    if (spec.dtype !== 'float' && spec.dtype !== 'kv') {
      if (dtype !== spec.dtype) {
        throw new CaseError(field, `${dtype} given, ${spec.dtype} expected`);
      }
      continue;
    }
    const allowed = spec.dtype === 'kv' ? KV_TYPES : FLOATS;
    if (!allowed.includes(dtype)) {
      throw new CaseError(field, `${dtype} given, one of ${allowed.join(', ')} expected`);
    }
    const before = chosen[spec.dtype];
    if (before !== undefined && before !== dtype) {
      throw new CaseError(field, `${dtype} given, but another tensor has ${before}`);
    }
    chosen[spec.dtype] = dtype;
  }
  const float = chosen.float ?? 'fp32';
  return chosen.kv === undefined ? { float } : { float, kv: chosen.kv };
}

function checkExtents(
  spec: TensorSpec,
  shape: readonly number[],
  known: Record<string, number>,
): void {
  const field = `inputs.${spec.name}.shape`;
  const expected = `[${spec.shape.join(', ')}]`;
  if (shape.length !== spec.shape.length) {
    throw new CaseError(field, `rank ${shape.length} given, ${spec.shape.length} of ${expected}`);
  }
  spec.shape.forEach((text, i) => {
    const extent = shape[i]!;
    const value = evaluateExtent(text, known);
    if (value === null) {
      const solution = solveExtent(text, extent, known);
      if (solution === null) throw new CaseError(field, `${extent} does not fit ${text}`);
      known[solution.name] = solution.value;
    } else if (value !== extent) {
      throw new CaseError(field, `[${shape.join(', ')}] given; ${text} of ${expected} is ${value}`);
    }
  });
}

function checkShape(name: string, tensor: Tensor): void {
  const field = `inputs.${name}`;
  for (const extent of tensor.shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new CaseError(`${field}.shape`, `${extent} is no extent`);
    }
  }
  const size = sizeOf(tensor.shape);
  if (tensor.data.length !== size) {
    const shape = `[${tensor.shape.join(', ')}]`;
    throw new CaseError(
      `${field}.data`,
      `${tensor.data.length} numbers given, ${size} for ${shape}`,
    );
  }
}

function checkValues(spec: TensorSpec, { dtype, data }: Tensor): void {
  if (!isFloat(dtype)) return;
  const values = spec.values ?? 'finite';
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    const field = `inputs.${spec.name}.data[${i}]`;
    if (Number.isNaN(x)) {
      if (values !== 'any') throw new CaseError(field, 'NaN, where none may be');
    } else if (!Number.isFinite(x)) {
      if (values === 'finite') throw new CaseError(field, `${x}, where only finite numbers may be`);
    } else if (!isExactly(dtype, x)) {
      throw new CaseError(field, `${x} is no value of ${dtype}`);
    }
  }
}

/** A shape may have an extent of zero where an axis then falls below its least value. */
export function checkRanges(axes: readonly Axis[], known: Readonly<Record<string, number>>): void {
  for (const { name, min, max } of axes) {
    const value = known[name];
    if (value === undefined) throw new Error(`axis '${name}' follows from nothing`);
    if (value > max || value < Math.min(min, -1)) {
      throw new CaseError(`axes.${name}`, `${value} is outside ${min} to ${max}`);
    }
  }
}

/** Checks what all operators share and finds the extents that the inputs' shapes tell. */
export function resolveCall(operator: Operator, raw: RawCase): Resolved {
  const attributes = resolveAttributes(operator, raw);
  const names = operator.inputs.map(({ name }) => name);
  checkNames('inputs', Object.keys(raw.inputs), names);
  for (const name of names) {
    const tensor = raw.inputs[name];
    if (tensor === undefined) throw new CaseError(`inputs.${name}`, 'missing');
    checkShape(name, tensor);
  }
  const dtypes = resolveDtypes(operator, raw);
  const axes: Record<string, number> = {};
  const all = [...operator.axes, ...operator.extents];
  for (const { name } of all) if (name in attributes) axes[name] = attributes[name]!;
  for (const spec of operator.inputs) {
    checkExtents(spec, raw.inputs[spec.name]!.shape, axes);
    checkValues(spec, raw.inputs[spec.name]!);
  }
  checkRanges(
    all.filter(({ name }) => name in axes),
    axes,
  );
  return { attributes, axes, dtypes };
}
