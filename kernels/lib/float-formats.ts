/**
 * The float types as sets of real numbers: which values they hold, and how a value is rounded into
 * them (to nearest, ties to even). Cases hold floats as the exact value of their type, so a test
 * never depends on who converts.
 *
 * Example: bf16 keeps 8 significant bits, so 1.00390625 (1 + 2⁻⁸, a tie) rounds to 1.
 */
import type { Dtype } from '../record.ts';

interface Format {
  /** Significant bits, the hidden one included. */
  readonly precision: number;
  /** Exponent of the smallest normal number. */
  readonly minExponent: number;
  readonly max: number;
  /** fp8 has no infinity: what is too large becomes the largest. */
  readonly saturates: boolean;
}

/** fp8 is e4m3 without infinities, as the GPU converts it with `satfinite`. */
const FORMATS: Partial<Record<Dtype, Format>> = {
  fp16: { precision: 11, minExponent: -14, max: 65504, saturates: false },
  bf16: { precision: 8, minExponent: -126, max: 3.3895313892515355e38, saturates: false },
  fp8: { precision: 4, minExponent: -6, max: 448, saturates: true },
};

/** Half the distance from 1 to the next larger number: the largest relative rounding error. */
export const unitRoundoff: Readonly<Record<'fp32' | 'fp16' | 'bf16' | 'fp8', number>> = {
  fp32: 2 ** -24,
  fp16: 2 ** -11,
  bf16: 2 ** -8,
  fp8: 2 ** -4,
};

const view = new DataView(new ArrayBuffer(8));

/** Floor of the binary logarithm of a normal number. */
function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint16(0) >>> 4) & 0x7ff) - 1023;
}

function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

export function isFloat(dtype: Dtype): boolean {
  return dtype !== 'i32' && dtype !== 'u32';
}

/** The nearest value of the type; past the largest, infinity (fp8: the largest). NaN stays. */
export function roundTo(dtype: Dtype, x: number): number {
  const format = FORMATS[dtype];
  if (format === undefined) return Math.fround(x);
  if (x === 0 || Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return format.saturates ? Math.sign(x) * format.max : x;
  const exponent = Math.max(exponentOf(x), format.minExponent);
  const quantum = powerOfTwo(exponent - format.precision + 1);
  const steps = x / quantum;
  const below = Math.floor(steps);
  const rest = steps - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  const rounded = (up ? below + 1 : below) * quantum;
  if (Math.abs(rounded) <= format.max) return rounded;
  return Math.sign(x) * (format.saturates ? format.max : Number.POSITIVE_INFINITY);
}

/** Whether the type holds the value exactly. fp8 has no infinity. */
export function isExactly(dtype: Dtype, x: number): boolean {
  return Number.isNaN(x) || roundTo(dtype, x) === x;
}
