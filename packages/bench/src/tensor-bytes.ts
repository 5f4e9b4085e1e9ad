/**
 * Tensors as the bytes that a device holds, and back. A case's floats are exact values of their
 * type, so nothing is rounded on the way (law: decode(encode(t)) = t, bit for bit; only a NaN may
 * change its payload).
 *
 * Example: 1.5 in bf16 is 0x3fc0, stored as c0 3f.
 */
import type { Dtype } from '@beamline/kernels';
import type { Tensor } from '@beamline/kernels/suites';

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

function bitsOfSingle(x: number): number {
  single[0] = x;
  return singleBits[0]!;
}

/** The bits of a number that binary16 holds exactly; what it cannot hold is cut off. */
export function halfBits(x: number): number {
  const bits = bitsOfSingle(x);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const shifted = exponent - 127 + 15;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted > 0) return sign | (shifted << 10) | (fraction >>> 13);
  if (shifted < -10) return sign;
  return sign | ((fraction | 0x800000) >>> (14 - shifted));
}

export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** e4m3 without infinities: 0x7f and 0xff are NaN. */
export function eighthValue(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >>> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 15 && fraction === 7) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (8 + fraction) * 2 ** (exponent - 10);
}

const EIGHTHS = Float64Array.from({ length: 256 }, (_, bits) => eighthValue(bits));
const EIGHTH_BITS = new Map(Array.from(EIGHTHS.subarray(0, 127), (value, bits) => [value, bits]));

export function eighthBits(x: number): number {
  if (Number.isNaN(x)) return 0x7f;
  const sign = x < 0 || Object.is(x, -0) ? 0x80 : 0;
  return sign | (EIGHTH_BITS.get(Math.abs(x)) ?? 0x7e);
}

/** Bytes of the values, in the type's form, little-endian. */
export function encodeValues(dtype: Dtype, data: ArrayLike<number>): Uint8Array {
  switch (dtype) {
    case 'i32':
      return new Uint8Array(Int32Array.from(data).buffer);
    case 'u32':
      return new Uint8Array(Uint32Array.from(data).buffer);
    case 'fp32':
      return new Uint8Array(Float32Array.from(data).buffer);
    case 'bf16': {
      const words = new Uint32Array(Float32Array.from(data).buffer);
      return new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
    }
    case 'fp16':
      return new Uint8Array(Uint16Array.from(data, halfBits).buffer);
    case 'fp8':
      return Uint8Array.from(data, eighthBits);
  }
}

export function encodeTensor({ dtype, data }: Tensor): Uint8Array {
  return encodeValues(dtype, data);
}

/** The tensor that these bytes are. */
export function decodeTensor(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor {
  const at = [bytes.buffer, bytes.byteOffset] as const;
  switch (dtype) {
    case 'i32':
      return { dtype, shape, data: new Int32Array(...at, bytes.length / 4).slice() };
    case 'u32':
      return { dtype, shape, data: new Uint32Array(...at, bytes.length / 4).slice() };
    case 'fp32':
      return { dtype, shape, data: Float64Array.from(new Float32Array(...at, bytes.length / 4)) };
    case 'bf16': {
      const halves = new Uint16Array(...at, bytes.length / 2);
      const words = Uint32Array.from(halves, (half) => half << 16);
      return { dtype, shape, data: Float64Array.from(new Float32Array(words.buffer)) };
    }
    case 'fp16': {
      const halves = new Uint16Array(...at, bytes.length / 2);
      return { dtype, shape, data: Float64Array.from(halves, halfValue) };
    }
    case 'fp8':
      return { dtype, shape, data: Float64Array.from(bytes, (byte) => EIGHTHS[byte]!) };
  }
}

/** Whether two byte arrays hold the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
