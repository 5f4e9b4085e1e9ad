/**
 * The number of waiting requests over time, in constant memory: 256 bins of equal width that double
 * whenever the run outgrows them. A bin holds the mean of its samples. From it the verdict reads
 * whether the queue grows.
 */
const BINS = 256;
const FIRST_BIN_NS = 1e6;

export class QueueSeries {
  readonly #sums = new Float64Array(BINS);
  readonly #counts = new Float64Array(BINS);
  #binNs = FIRST_BIN_NS;

  /** `waiting` requests at `nowNs` ≥ 0. */
  add(nowNs: number, waiting: number): void {
    let bin = Math.floor(nowNs / this.#binNs);
    while (bin >= BINS) {
      this.#double();
      bin = Math.floor(nowNs / this.#binNs);
    }
    this.#sums[bin]! += waiting;
    this.#counts[bin]! += 1;
  }

  /** Mean of the bins' means between two times; NaN when there was no sample. */
  mean(fromNs: number, toNs: number): number {
    let sum = 0;
    let bins = 0;
    const last = Math.min(BINS - 1, Math.ceil(toNs / this.#binNs) - 1);
    for (let bin = Math.floor(fromNs / this.#binNs); bin <= last; bin++) {
      if (this.#counts[bin]! > 0) {
        sum += this.#sums[bin]! / this.#counts[bin]!;
        bins++;
      }
    }
    return sum / bins;
  }

  #double(): void {
    for (let bin = 0; bin < BINS / 2; bin++) {
      this.#sums[bin] = this.#sums[2 * bin]! + this.#sums[2 * bin + 1]!;
      this.#counts[bin] = this.#counts[2 * bin]! + this.#counts[2 * bin + 1]!;
    }
    this.#sums.fill(0, BINS / 2);
    this.#counts.fill(0, BINS / 2);
    this.#binNs *= 2;
  }
}
