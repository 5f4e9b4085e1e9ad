/**
 * Philox4x32-10 (Salmon et al., SC 2011), apart from cases and files so that a page can carry it.
 * A draw depends on seed, request, step and index alone, and is a multiple of 2⁻²⁴ in [0, 1).
 * Example: key 0, counter 0 gives the words 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
 */

/** High and low word of a 32 × 32 bit product, from products of halves that a double holds. */
function product(a: number, b: number): [number, number] {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const upper = aHigh * bLow + Math.floor((aLow * bLow) / 65536);
  const lower = aLow * bHigh + (upper % 65536);
  const high = aHigh * bHigh + Math.floor(upper / 65536) + Math.floor(lower / 65536);
  return [high, Math.imul(a, b) >>> 0];
}

/** The four words of one counter. All numbers are unsigned 32-bit. */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = product(0xd2511f53, c0);
    const [high1, low1] = product(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Draw `index` of a request at a step; `seed` are two 32-bit words. */
export function uniformAt(
  seed: readonly number[],
  requestId: number,
  step: number,
  index: number,
): number {
  const block = philox([requestId >>> 0, step >>> 0, Math.floor(index / 4), 0], seed);
  return (block[index % 4]! >>> 8) / 16777216;
}
