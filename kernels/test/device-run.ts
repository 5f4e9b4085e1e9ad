/**
 * Runs a case of an operator on a suite library and hands its outputs back as numbers, poisoned
 * beforehand so that what a kernel forgets to write cannot pass (law: outputs hold NaN, or an
 * integer that no kernel writes, before the run).
 *
 * Example: `runCase(suite, packBeamsSuite, call, 'single').offsets.data` is 0, 7, 16.
 */

import { outputShapes } from '../lib/compare.ts';
import { isFloat } from '../lib/float-formats.ts';
import { bytesPerElement, type Dtype } from '../record.ts';
import { type DeviceTensor, elementCount, type Suite } from '../suite.ts';
import type { Case, OperatorSuite, Tensor, Tensors } from '../suite-record.ts';

const MINIFLOATS: Partial<Record<Dtype, { exponent: number; mantissa: number }>> = {
  fp16: { exponent: 5, mantissa: 10 },
  bf16: { exponent: 8, mantissa: 7 },
  fp8: { exponent: 4, mantissa: 3 },
};

/** Value of a narrow float's bits. fp8 has no infinity; all ones is its only NaN. */
function decode(dtype: Dtype, bits: number): number {
  const { exponent, mantissa } = MINIFLOATS[dtype]!;
  const sign = bits >>> (exponent + mantissa) === 0 ? 1 : -1;
  const field = (bits >>> mantissa) & ((1 << exponent) - 1);
  const fraction = (bits & ((1 << mantissa) - 1)) / (1 << mantissa);
  const bias = (1 << (exponent - 1)) - 1;
  if (field === (1 << exponent) - 1 && dtype !== 'fp8') {
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  if (dtype === 'fp8' && (bits & 0x7f) === 0x7f) return Number.NaN;
  if (field === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (field - bias);
}

const tables = new Map<Dtype, Map<number, number>>();

/** Bits of a value that the type holds exactly. -0 and NaN have entries of their own. */
function encode(dtype: Dtype, value: number): number {
  let table = tables.get(dtype);
  if (table === undefined) {
    table = new Map();
    for (let bits = 0; bits < 2 ** (8 * bytesPerElement(dtype)); bits++) {
      const decoded = decode(dtype, bits);
      if (!Object.is(decoded, -0)) table.set(decoded, bits);
    }
    tables.set(dtype, table);
  }
  if (Object.is(value, -0)) return 2 ** (8 * bytesPerElement(dtype) - 1);
  const bits = table.get(value);
  if (bits === undefined) throw new Error(`${value} is no value of ${dtype}`);
  return bits;
}

type Storage = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

function storage(dtype: Dtype, count: number): Storage {
  if (dtype === 'fp32') return new Float32Array(count);
  if (dtype === 'i32') return new Int32Array(count);
  if (dtype === 'u32') return new Uint32Array(count);
  return dtype === 'fp8' ? new Uint8Array(count) : new Uint16Array(count);
}

export function toBytes({ dtype, data }: Tensor): Storage {
  const bytes = storage(dtype, data.length);
  const narrow = MINIFLOATS[dtype] !== undefined;
  for (let i = 0; i < data.length; i++) bytes[i] = narrow ? encode(dtype, data[i]!) : data[i]!;
  return bytes;
}

export function fromBytes(dtype: Dtype, shape: readonly number[], bytes: Storage): Tensor {
  if (!isFloat(dtype)) return { dtype, shape, data: bytes as Int32Array | Uint32Array };
  const narrow = MINIFLOATS[dtype] !== undefined;
  return { dtype, shape, data: Float64Array.from(bytes, (x) => (narrow ? decode(dtype, x) : x)) };
}

/** Integers are 0x5a5a5a5a before the run, floats NaN. */
function poisoned(suite: Suite, dtype: Dtype, shape: readonly number[]): DeviceTensor {
  const tensor = suite.tensor(dtype, shape);
  const bytes = elementCount(shape) * bytesPerElement(dtype);
  if (bytes > 0 && !isFloat(dtype)) suite.fill({ address: tensor.address, bytes }, 0x5a);
  return tensor;
}

/** Outputs of one case. Throws a SuiteError when the library refuses the call or finds a fault.
 * The workspace holds NaN before the run, or `workspaceByte` in every byte: what another operator
 * left there may look like numbers (0x41: 12.1, and a count of 1094795585). */
export function runCase(
  suite: Suite,
  operatorSuite: OperatorSuite,
  call: Case,
  variant: string,
  workspaceByte?: number,
): Tensors {
  const { operator } = operatorSuite;
  const held: DeviceTensor[] = [];
  const keep = (tensor: DeviceTensor) => {
    held.push(tensor);
    return tensor;
  };
  try {
    const inputs = operator.inputs.map(({ name }) => {
      const tensor = call.inputs[name]!;
      return keep(suite.tensorOf(tensor.dtype, tensor.shape, toBytes(tensor)));
    });
    const shapes = outputShapes(operatorSuite, call);
    const outputs = operator.outputs.map(({ name, inPlace }) => {
      const { dtype, shape } = shapes[name]!;
      if (inPlace) return inputs[operator.inputs.findIndex((input) => input.name === name)]!;
      return keep(poisoned(suite, dtype, shape));
    });
    const attributes = operator.attributes.map(({ name }) => call.attributes[name]!);
    const options = { attributes };
    if (workspaceByte === undefined) {
      suite.call(operator.name, variant, inputs, outputs, options);
    } else {
      const needed = suite.workspaceBytes(operator.name, variant, inputs, outputs, options);
      const workspace = suite.alloc(needed);
      keep({ dtype: 'u32', shape: [needed / 4], address: workspace.address });
      if (needed > 0) suite.fill(workspace, workspaceByte);
      suite.call(operator.name, variant, inputs, outputs, { ...options, workspace });
    }
    return Object.fromEntries(
      operator.outputs.map(({ name }, i) => {
        const { dtype, shape, address } = outputs[i]!;
        const bytes = storage(dtype, elementCount(shape));
        if (bytes.length > 0) suite.download({ address }, bytes);
        return [name, fromBytes(dtype, shape, bytes)];
      }),
    );
  } finally {
    for (const tensor of held) suite.free(tensor);
  }
}
