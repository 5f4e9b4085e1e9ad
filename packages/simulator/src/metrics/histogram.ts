import type { Distribution } from '../run.ts';

/**
 * A histogram with logarithmic buckets, in constant memory (80 KB), for quantiles over any number
 * of values.
 *
 * A bucket is the float64's exponent and its top 7 mantissa bits, read from the number's own bits:
 * 128 buckets to each doubling, so that a bucket is at most 1/128 wide relative to its lower edge.
 * A quantile is the middle of its bucket: at most 0.4 % (1/256) off the exact order statistic.
 * Count, minimum and maximum are exact; the mean is exact to float64 (whole numbers below 2^52 are
 * summed without error). In the spirit of Masson et al., "DDSketch" (VLDB 2019), with linear steps
 * between powers of two instead of logarithms.
 *
 * Example: 100 = 1.5625·64 stands in the bucket [100, 100.5); the quantile says 100.25, or 100 for
 * whole numbers.
 */
export const HISTOGRAM_RELATIVE_ERROR = 0.004;

const MANTISSA_BITS = 7;
const SHIFT = 20 - MANTISSA_BITS;
/** Smaller positive values count as zero. */
export const SMALLEST_VALUE = 1 / 65536;
/** This and larger values are refused. */
export const LARGEST_VALUE = 4294967296 * 4294967296;
const FIRST_BUCKET = (1023 - 16) << MANTISSA_BITS;
const BUCKETS = 80 << MANTISSA_BITS;

/** Undoes the rounding of, for example, 0.07·100 = 7.000000000000001 before a ceiling. */
const ROUNDING = 1 - 4 * Number.EPSILON;

/**
 * Whole sums are kept as high·2^50 + low, so that adding a large number of nanoseconds loses none.
 */
const CARRY = 1125899906842624;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const HIGH_WORD = LITTLE_ENDIAN ? 1 : 0;

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  /** Count, count in the zero bucket, high and low part of the sum, minimum, maximum. */
  readonly #state = new Float64Array([0, 0, 0, 0, Number.POSITIVE_INFINITY, 0]);
  readonly #wholeNumbers: boolean;

  /** `wholeNumbers`: quantiles are whole numbers, exact up to 256, when all values are. */
  constructor(options: { wholeNumbers?: boolean } = {}) {
    this.#wholeNumbers = options.wholeNumbers ?? false;
  }

  /**
   * Adds `value` ≥ 0, `count` ≥ 0 times. Throws a RangeError on a negative value, NaN, or one above
   * 2^64.
   */
  add(value: number, count = 1): void {
    if (!(value >= 0 && value < LARGEST_VALUE && count >= 0)) this.#refuse(value, count);
    if (count === 0) return;
    const state = this.#state;
    state[0]! += count;
    if (value < state[4]!) state[4] = value;
    if (value > state[5]!) state[5] = value;
    if (value < SMALLEST_VALUE) {
      state[1]! += count;
    } else {
      float[0] = value;
      const bucket = (words[HIGH_WORD]! >>> SHIFT) - FIRST_BUCKET;
      this.#counts[bucket]! += count;
    }
    const low = state[3]! + value * count;
    if (low < CARRY) state[3] = low;
    else this.#carry(low);
  }

  get count(): number {
    return this.#state[0]!;
  }

  get sum(): number {
    return this.#state[2]! * CARRY + this.#state[3]!;
  }

  /** NaN when empty, as are min, max and quantiles. */
  get mean(): number {
    return this.sum / this.count;
  }

  get min(): number {
    return this.count === 0 ? Number.NaN : this.#state[4]!;
  }

  get max(): number {
    return this.count === 0 ? Number.NaN : this.#state[5]!;
  }

  /**
   * The smallest value that at least the share p of the values do not exceed (nearest rank), p from
   * 0 to 1, within the stated error; exact at the minimum and the maximum.
   */
  quantile(p: number): number {
    const n = this.count;
    if (!(p >= 0 && p <= 1) || n === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(p * n * ROUNDING));
    if (rank >= n) return this.max;
    let seen = this.#state[1]!;
    if (seen >= rank) return this.min;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return this.#clamp(this.#middle(bucket));
    }
    return this.max;
  }

  /** Adds all of another histogram's values: the same as having added them here. */
  merge(other: Histogram): void {
    const from = other.#state;
    const state = this.#state;
    state[0]! += from[0]!;
    state[1]! += from[1]!;
    state[2]! += from[2]!;
    this.#carry(state[3]! + from[3]!);
    state[4] = Math.min(state[4]!, from[4]!);
    state[5] = Math.max(state[5]!, from[5]!);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket]! += other.#counts[bucket]!;
    }
  }

  /** Mean, quantiles and maximum, each divided by `unit`: 1e6 from nanoseconds to milliseconds. */
  distribution(unit = 1): Distribution {
    return {
      mean: this.mean / unit,
      p50: this.quantile(0.5) / unit,
      p90: this.quantile(0.9) / unit,
      p95: this.quantile(0.95) / unit,
      p99: this.quantile(0.99) / unit,
      max: this.max / unit,
    };
  }

  #carry(low: number): void {
    const state = this.#state;
    const carried = Math.floor(low / CARRY);
    state[2]! += carried;
    state[3] = low - carried * CARRY;
  }

  #middle(bucket: number): number {
    const high = (bucket + FIRST_BUCKET) << SHIFT;
    const lower = floatOf(high >>> 0);
    const width = floatOf((high + (1 << SHIFT)) >>> 0) - lower;
    if (!this.#wholeNumbers) return lower + width / 2;
    return Math.ceil(lower) + Math.max(0, Math.floor((width - 1) / 2));
  }

  #clamp(value: number): number {
    return Math.min(Math.max(value, this.#state[4]!), this.#state[5]!);
  }

  #refuse(value: number, count: number): never {
    throw new RangeError(`a histogram takes values from 0 to 2^64; got ${value}, ${count} times`);
  }
}

function floatOf(highWord: number): number {
  words[1 - HIGH_WORD] = 0;
  words[HIGH_WORD] = highWord;
  return float[0]!;
}
