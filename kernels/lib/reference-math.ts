/**
 * Exponential, logarithm, sine and cosine for the float64 references, in one place. The references
 * are compared within a tolerance far above what engines differ by, so the platform's functions
 * serve; the simulator, whose bytes must agree everywhere, has its own.
 */
export function exp(x: number): number {
  return Math.exp(x);
}

export function log(x: number): number {
  return Math.log(x);
}

/** base ^ exponent for base > 0. */
export function power(base: number, exponent: number): number {
  return base ** exponent;
}

export function sine(x: number): number {
  return Math.sin(x);
}

export function cosine(x: number): number {
  return Math.cos(x);
}

/** x · logistic(x); 0 at −Infinity. */
export function silu(x: number): number {
  return x === Number.NEGATIVE_INFINITY ? 0 : x / (1 + Math.exp(-x));
}

/** log Σ exp of `count` values from `start`; −Infinity when there is none. */
export function logSumExp(values: Float64Array, start: number, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + count; i++) if (values[i]! > max) max = values[i]!;
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += Math.exp(values[i]! - max);
  return max + Math.log(sum);
}
