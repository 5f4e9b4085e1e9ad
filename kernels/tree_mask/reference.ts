/**
 * Mask words of token trees, apart from cases and files so that a page can carry it. Walking up
 * the parents meets a row and its ancestors (law: popcount of a row is its depth + 1).
 * Example: parents −1 0 0 give the words 1, 11, 101 in binary, lowest bit last.
 */
/** Mask words of all rows, `stride` words a row. */
export function maskWords(parent: Int32Array, offsets: Int32Array, stride: number): Uint32Array {
  const words = new Uint32Array(parent.length * stride);
  for (let b = 0; b + 1 < offsets.length; b++) {
    const start = offsets[b]!;
    for (let row = start; row < offsets[b + 1]!; row++) {
      for (let seen = row - start; seen >= 0; seen = parent[start + seen]!) {
        words[row * stride + Math.floor(seen / 32)]! |= 1 << (seen % 32);
      }
    }
  }
  return words;
}
