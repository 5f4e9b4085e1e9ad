import type { RouterPolicy } from '../scenario/scenario.ts';

/**
 * Decides which of the identical engines gets the next request. Ties go to the lowest index.
 *
 * - `round-robin`: in turn.
 * - `least-loaded`: the one with the fewest requests, waiting ones included.
 * - `prefix-affinity`: the one that its prompt's first block names, so that equal prompts meet
 *   their cache; the least loaded one when that has more than twice the fewest requests plus a
 *   batch's slack.
 * - `central-queue`: the least loaded one with room in its batch; requests wait at the router for
 *   room.
 */
export class Router {
  readonly #policy: RouterPolicy;
  readonly #maxBatchSize: number;
  #turn = 0;

  constructor(policy: RouterPolicy, maxBatchSize: number) {
    this.#policy = policy;
    this.#maxBatchSize = maxBatchSize;
  }

  /** Index of the engine, or −1 when the request has to wait. `loads[i]` = requests at engine i. */
  route(loads: Int32Array, prefixHash: number | null): number {
    if (this.#policy === 'round-robin') {
      const index = this.#turn;
      this.#turn = (this.#turn + 1) % loads.length;
      return index;
    }
    let least = 0;
    for (let i = 1; i < loads.length; i++) if (loads[i]! < loads[least]!) least = i;
    if (this.#policy === 'prefix-affinity' && prefixHash !== null) {
      const preferred = Math.imul(prefixHash | 0, 0x9e3779b1) >>> 0;
      const index = preferred % loads.length;
      const slack = this.#maxBatchSize;
      return loads[index]! > 2 * loads[least]! + slack ? least : index;
    }
    if (this.#policy === 'central-queue' && loads[least]! >= this.#maxBatchSize) return -1;
    return least;
  }
}
