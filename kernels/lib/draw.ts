/**
 * Random numbers for cases: whole-number arithmetic only, so that a seed means the same case on
 * every machine. A `Draw` records every choice it makes; the list of choices replays the case, and
 * a shorter or smaller list is a simpler case (law: choice 0 is the simplest one), which is how a
 * failing case shrinks.
 *
 * Example: `Draw.replay([2, 0])` gives 5 for `integer(3, 9)`, then 3, then 3 for ever.
 */
import type { Dtype } from '../record.ts';
import { roundTo } from './float-formats.ts';

/** xoshiro128** (Blackman and Vigna, 2018), its state filled from a seed by SplitMix32. */
export class Stream {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    let mix = seed | 0;
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) | 0;
      let z = mix;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
    this.#state[3]! |= 1; // never all zero
  }

  uint32(): number {
    const s = this.#state;
    const scrambled = Math.imul(s[1]!, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Whole number in [0, count). */
  below(count: number): number {
    return Math.floor((this.uint32() / 4294967296) * count);
  }

  /** In [0, 1), 24 bits, as the `uniform` operator gives them. */
  uniform(): number {
    return (this.uint32() >>> 8) / 16777216;
  }

  /** A float of the type, bell-shaped, with standard deviation `scale`. */
  value(dtype: Dtype, scale = 1): number {
    // The sum of three uniforms in (−1, 1) has variance 1.
    let sum = 0;
    for (let i = 0; i < 3; i++) sum += this.uint32() / 2147483648 - 1;
    return roundTo(dtype, sum * scale);
  }

  values(dtype: Dtype, count: number, scale = 1): Float64Array {
    return Float64Array.from({ length: count }, () => this.value(dtype, scale));
  }

  /** 0 … count − 1 in random order. */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

export class Draw {
  /** What was chosen so far; enough to draw the same case again. */
  readonly choices: number[] = [];
  readonly #stream: Stream | null;
  readonly #given: readonly number[];

  private constructor(stream: Stream | null, given: readonly number[]) {
    this.#stream = stream;
    this.#given = given;
  }

  static seeded(seed: number): Draw {
    return new Draw(new Stream(seed), []);
  }

  /** Draws what the list says; 0 after its end; the largest allowed where it says more. */
  static replay(choices: readonly number[]): Draw {
    return new Draw(null, choices);
  }

  #choice(count: number): number {
    const given = this.#given[this.choices.length] ?? 0;
    const choice = this.#stream === null ? Math.min(given, count - 1) : this.#stream.below(count);
    this.choices.push(choice);
    return choice;
  }

  /** Whole number in [min, max]; `min` is the simplest. */
  integer(min: number, max: number): number {
    return min + this.#choice(max - min + 1);
  }

  /** One of the list; the first is the simplest. */
  pick<T>(list: readonly T[]): T {
    return list[this.#choice(list.length)]!;
  }

  /** True once in `count`; false is the simpler. */
  onceIn(count: number): boolean {
    return this.#choice(count) === count - 1;
  }

  /** A stream for bulk data, from one recorded choice. */
  stream(): Stream {
    return new Stream(this.#choice(65536));
  }
}

/**
 * The simplest list of choices that still fails: drops the tail, then lowers each choice. `fails`
 * draws the case from the list and says whether it still fails. At most `attempts` calls.
 */
export async function shrinkChoices(
  choices: readonly number[],
  fails: (choices: readonly number[]) => boolean | Promise<boolean>,
  attempts = 500,
): Promise<number[]> {
  let best = [...choices];
  let left = attempts;
  const accept = async (candidate: number[]): Promise<boolean> => {
    if (left <= 0) return false;
    left--;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let cut = Math.floor(best.length / 2); cut > 0; cut = Math.floor(cut / 2)) {
    while (best.length >= cut && (await accept(best.slice(0, best.length - cut))));
  }
  let improved = true;
  while (improved && left > 0) {
    improved = false;
    for (let i = 0; i < best.length; i++) {
      let low = 0;
      // Bisection towards the smallest failing choice; failure need not be monotone, so it is a
      // heuristic, and the outer loop repeats it until nothing falls.
      while (low < best[i]! && left > 0) {
        const middle = Math.floor((low + best[i]!) / 2);
        const candidate = [...best];
        candidate[i] = middle;
        if (await accept(candidate)) improved = true;
        else low = middle + 1;
      }
    }
  }
  return best;
}
