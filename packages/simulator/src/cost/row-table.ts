/**
 * Remembers time, bytes and FLOP by a small whole number (rows, requests). Filled on first use;
 * counts beyond the largest kept one are computed anew each time.
 */
import { Ledger } from './ledger.ts';

const FIRST_CAPACITY = 1024;
const LARGEST_KEPT = 1 << 20;

export class RowTable {
  /** Results of the last `look`. */
  ns = 0;
  bytes = 0;
  flop = 0;
  readonly #fill: (ledger: Ledger, rows: number) => void;
  readonly #ledger = new Ledger(false);
  /** ns, bytes, FLOP side by side; a negative ns means not filled. */
  #values = new Float64Array(3 * FIRST_CAPACITY).fill(-1);

  constructor(fill: (ledger: Ledger, rows: number) => void) {
    this.#fill = fill;
  }

  /** Sets `ns`, `bytes` and `flop` for a count, and returns the ns. */
  look(rows: number): number {
    const at = 3 * rows;
    if (at < this.#values.length) {
      const kept = this.#values[at]!;
      if (kept >= 0) {
        this.ns = kept;
        this.bytes = this.#values[at + 1]!;
        this.flop = this.#values[at + 2]!;
        return kept;
      }
    }
    return this.#compute(rows);
  }

  /** Enters the operators themselves. */
  itemise(ledger: Ledger, rows: number): void {
    this.#fill(ledger, rows);
  }

  #compute(rows: number): number {
    const ledger = this.#ledger;
    ledger.clear();
    this.#fill(ledger, rows);
    this.ns = ledger.ns;
    this.bytes = ledger.bytes;
    this.flop = ledger.flop;
    if (rows < LARGEST_KEPT) {
      if (3 * rows >= this.#values.length) this.#grow(rows);
      this.#values[3 * rows] = ledger.ns;
      this.#values[3 * rows + 1] = ledger.bytes;
      this.#values[3 * rows + 2] = ledger.flop;
    }
    return ledger.ns;
  }

  #grow(rows: number): void {
    let capacity = this.#values.length / 3;
    while (capacity <= rows) capacity *= 2;
    const grown = new Float64Array(3 * capacity).fill(-1);
    grown.set(this.#values);
    this.#values = grown;
  }
}
