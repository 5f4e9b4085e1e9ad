/**
 * The order in which things happen: by time, then priority, then sequence number. Two events at one
 * instant always come out in the same order, on every platform (law: same seed, same bytes).
 *
 * A binary heap over typed arrays; an event is a small integer that its owner understands.
 */
export class EventQueue {
  #timeNs = new Float64Array(16);
  #priority = new Int32Array(16);
  #sequence = new Float64Array(16);
  #event = new Int32Array(16);
  #size = 0;
  #nextSequence = 0;

  get size(): number {
    return this.#size;
  }

  /** Time of the first event, or Infinity when there is none. */
  get firstNs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#timeNs[0]!;
  }

  push(timeNs: number, priority: number, event: number): void {
    if (this.#size === this.#event.length) this.#grow();
    let index = this.#size++;
    const sequence = this.#nextSequence++;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(timeNs, priority, sequence, parent)) break;
      this.#copy(parent, index);
      index = parent;
    }
    this.#write(index, timeNs, priority, sequence, event);
  }

  /** Removes the first event and returns it; -1 when there is none. Read `firstNs` before. */
  pop(): number {
    if (this.#size === 0) return -1;
    const first = this.#event[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    return first;
  }

  /** Puts the event at `last` in the hole at the top. */
  #sink(last: number): void {
    const timeNs = this.#timeNs[last]!;
    const priority = this.#priority[last]!;
    const sequence = this.#sequence[last]!;
    const event = this.#event[last]!;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (right < this.#size && this.#isEntryBefore(right, child)) child = right;
      if (this.#isBefore(timeNs, priority, sequence, child)) break;
      this.#copy(child, index);
      index = child;
    }
    this.#write(index, timeNs, priority, sequence, event);
  }

  #isBefore(timeNs: number, priority: number, sequence: number, other: number): boolean {
    const otherNs = this.#timeNs[other]!;
    if (timeNs !== otherNs) return timeNs < otherNs;
    const otherPriority = this.#priority[other]!;
    if (priority !== otherPriority) return priority < otherPriority;
    return sequence < this.#sequence[other]!;
  }

  #isEntryBefore(a: number, b: number): boolean {
    return this.#isBefore(this.#timeNs[a]!, this.#priority[a]!, this.#sequence[a]!, b);
  }

  #copy(from: number, to: number): void {
    this.#timeNs[to] = this.#timeNs[from]!;
    this.#priority[to] = this.#priority[from]!;
    this.#sequence[to] = this.#sequence[from]!;
    this.#event[to] = this.#event[from]!;
  }

  #write(index: number, timeNs: number, priority: number, sequence: number, event: number): void {
    this.#timeNs[index] = timeNs;
    this.#priority[index] = priority;
    this.#sequence[index] = sequence;
    this.#event[index] = event;
  }

  #grow(): void {
    const capacity = 2 * this.#event.length;
    const widen = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#timeNs = widen(this.#timeNs, new Float64Array(capacity));
    this.#priority = widen(this.#priority, new Int32Array(capacity));
    this.#sequence = widen(this.#sequence, new Float64Array(capacity));
    this.#event = widen(this.#event, new Int32Array(capacity));
  }
}
