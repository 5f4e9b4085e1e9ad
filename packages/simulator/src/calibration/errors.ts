/**
 * How far predictions are off, over many measured points: what stands beside every fit.
 *
 * Example: 11 for 10, 18 for 20 and 30 for 30 are off by +10 %, −10 % and 0: median 10 %, bias 0.
 */

export interface ErrorSummary {
  readonly count: number;
  /** Median and 90th percentile of |predicted / measured − 1|. */
  readonly median: number;
  readonly p90: number;
  /** Median of predicted / measured − 1. */
  readonly bias: number;
}

/** A relative error: predicted / measured − 1. */
export function relativeError(predicted: number, measured: number): number {
  return predicted / measured - 1;
}

/** Nearest-rank quantile; NaN of nothing. */
export function quantileOf(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!;
}

export function summarise(errors: readonly number[]): ErrorSummary {
  const sizes = errors.map(Math.abs);
  return {
    count: errors.length,
    median: quantileOf(sizes, 0.5),
    p90: quantileOf(sizes, 0.9),
    bias: quantileOf(errors, 0.5),
  };
}
