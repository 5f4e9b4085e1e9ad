import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';

/** Law (same seed, same bytes): the streams are xoshiro128**, seeded as said, and independent. */

const MASK = 0xffffffffn;
const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & MASK;

/** The generator again, in big integers, from its authors' description. */
function xoshiro(state: [bigint, bigint, bigint, bigint]): () => number {
  const s = state;
  return () => {
    const result = (rotate((s[1] * 5n) & MASK, 7n) * 9n) & MASK;
    const t = (s[1] << 9n) & MASK;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
    return Number(result);
  };
}

/** FNV-1a over the name, mixed with the seed's halves, then four words of SplitMix32. */
function seeded(seed: number, name: string): [bigint, bigint, bigint, bigint] {
  let hash = 0x811c9dc5n;
  for (const character of name) {
    hash = ((hash ^ BigInt(character.charCodeAt(0))) * 0x01000193n) & MASK;
  }
  const low = (BigInt(seed) & MASK) * 0x9e3779b1n;
  const high = (BigInt(seed) >> 32n) * 0x85ebca77n;
  let state = (hash ^ (low & MASK) ^ (high & MASK)) & MASK;
  const next = () => {
    state = (state + 0x9e3779b9n) & MASK;
    let z = state;
    z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & MASK;
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) & MASK;
    return z ^ (z >> 15n);
  };
  return [next(), next(), next(), next() | 1n];
}

/** χ² of counts against equal shares, in standard deviations from its mean. */
function chiSquareDeviation(counts: number[], draws: number): number {
  const expected = draws / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (chi - freedom) / Math.sqrt(2 * freedom);
}

describe('random streams', () => {
  test('the reference in this test gives the published vector of state 1, 2, 3, 4', () => {
    const next = xoshiro([1n, 2n, 3n, 4n]);
    expect([next(), next(), next(), next()]).toEqual([11520, 0, 5927040, 70819200]);
  });

  test('a stream equals the reference for any seed and name', () => {
    for (const seed of [0, 1, 42, 4294967295, 4294967296, 2 ** 53 - 1]) {
      for (const name of ['', 'workload.arrival', 'acceptance']) {
        const stream = new RandomStream(seed, name);
        const next = xoshiro(seeded(seed, name));
        for (let i = 0; i < 100; i++) expect(stream.uint32()).toBe(next());
      }
    }
  });

  test('every byte of the output is evenly distributed', () => {
    const draws = 1 << 18;
    for (const shift of [0, 8, 16, 24]) {
      const stream = new RandomStream(7, 'bytes');
      const counts = new Array<number>(256).fill(0);
      for (let i = 0; i < draws; i++) counts[(stream.uint32() >>> shift) & 255]!++;
      expect(Math.abs(chiSquareDeviation(counts, draws))).toBeLessThan(4);
    }
  });

  test('streams of other names and of neighbouring seeds are uncorrelated', () => {
    const pairs: [RandomStream, RandomStream][] = [
      [new RandomStream(1, 'input'), new RandomStream(1, 'output')],
      [new RandomStream(1, 'input'), new RandomStream(2, 'input')],
      [new RandomStream(1, 'a'), new RandomStream(1, 'b')],
    ];
    const draws = 100_000;
    for (const [a, b] of pairs) {
      let sum = 0;
      const cells = new Array<number>(256).fill(0);
      for (let i = 0; i < draws; i++) {
        const [u, v] = [a.uniform(), b.uniform()];
        sum += (u - 0.5) * (v - 0.5) * 12;
        cells[Math.floor(u * 16) * 16 + Math.floor(v * 16)]!++;
      }
      expect(Math.abs(sum / Math.sqrt(draws))).toBeLessThan(4);
      expect(Math.abs(chiSquareDeviation(cells, draws))).toBeLessThan(4);
    }
  });

  test('uniform stays inside (0, 1); exponential has mean and variance 1', () => {
    const stream = new RandomStream(3, 'moments');
    const draws = 200_000;
    let sum = 0;
    let squares = 0;
    let isInside = true;
    for (let i = 0; i < draws; i++) {
      const u = stream.uniform();
      isInside &&= u > 0 && u < 1;
      const x = stream.exponential();
      sum += x;
      squares += x * x;
    }
    expect(isInside).toBe(true);
    const mean = sum / draws;
    expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(draws));
    // The variance of a sample variance of the exponential is 8/n.
    expect(Math.abs(squares / draws - mean * mean - 1)).toBeLessThan(4 * Math.sqrt(8 / draws));
  });
});
