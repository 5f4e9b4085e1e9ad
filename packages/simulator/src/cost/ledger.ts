/**
 * Adds up the operators of a step. The same code fills it for a total and for an itemised list, so
 * the two agree (law: a step's time is the sum of its operators' times).
 */
import type { Origin } from '../run.ts';

export type Bound = 'memory' | 'compute' | 'launch' | 'exp' | 'network' | 'host';

/** One operator of a step, per GPU: totals over its `count` calls. */
export interface OperatorCost {
  operator: string;
  count: number;
  bytes: number;
  flop: number;
  launches: number;
  timeNs: number;
  bound: Bound;
  origin: Origin;
}

export class Ledger {
  ns = 0;
  bytes = 0;
  flop = 0;
  /** One entry per operator name, in order of first use; null when only totals are wanted. */
  readonly lines: Map<string, OperatorCost> | null;
  readonly #longest: Map<string, number> | null;

  constructor(itemised: boolean) {
    this.lines = itemised ? new Map() : null;
    this.#longest = itemised ? new Map() : null;
  }

  clear(): void {
    this.ns = 0;
    this.bytes = 0;
    this.flop = 0;
  }

  /** `count` calls that each take `ns` and move `bytes`; a call without time is left out. */
  add(
    operator: string,
    count: number,
    launches: number,
    bytes: number,
    flop: number,
    ns: number,
    bound: Bound,
    origin: Origin,
  ): void {
    if (count === 0 || ns === 0) return;
    this.ns += count * ns;
    this.bytes += count * bytes;
    this.flop += count * flop;
    const lines = this.lines;
    if (lines === null) return;
    const line = lines.get(operator);
    const time = count * ns;
    if (line === undefined) {
      lines.set(operator, {
        operator,
        count,
        bytes: count * bytes,
        flop: count * flop,
        launches: count * launches,
        timeNs: time,
        bound,
        origin,
      });
      this.#longest!.set(operator, time);
      return;
    }
    line.count += count;
    line.bytes += count * bytes;
    line.flop += count * flop;
    line.launches += count * launches;
    line.timeNs += time;
    if (time > this.#longest!.get(operator)!) {
      line.bound = bound;
      line.origin = origin;
      this.#longest!.set(operator, time);
    }
  }

  list(): OperatorCost[] {
    return this.lines === null ? [] : [...this.lines.values()];
  }
}
