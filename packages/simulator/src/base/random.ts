import { log } from './exact-math.ts';

/**
 * Named random streams from one master seed. Every random feature draws from its own stream, so
 * that adding one changes no other (law: same seed, same bytes). Integer arithmetic only.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018); a stream's state comes from the seed
 * and the stream's name by SplitMix32 over an FNV-1a hash.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i++) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    }
    const low = seed >>> 0;
    const high = Math.floor(seed / 4294967296) >>> 0;
    let state = (hash ^ Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77)) | 0;
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1; // never all zero
  }

  /** The next 32 random bits as an unsigned integer. */
  uint32(): number {
    const b = this.#b;
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    this.#c ^= this.#a;
    this.#d ^= b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in (0, 1), 32 bits: never 0, never 1. */
  uniform(): number {
    return (this.uint32() + 0.5) / 4294967296;
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -log(this.uniform());
  }
}

/**
 * 32 random bits from a key and a counter, without state: the same request and step give the same
 * draw whatever else is in the batch (law: results do not depend on slot or batch order). The
 * finaliser is the one of MurmurHash3 with constants of T. Mueller's "lowbias32".
 */
export function randomAt(key: number, counter: number): number {
  let z = (key + Math.imul(counter, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
