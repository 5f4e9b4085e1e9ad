/**
 * The token tree of one request, apart from cases and files so that a page can carry it. A node
 * belongs to the first beam with its prefix (law: packed[unpack] = beams).
 * Example: beams 1 2 / 1 3 / 1 2 give tokens 1 2 3, parents −1 0 0, unpack 01 / 02 / 01.
 */
export interface PackedTree {
  readonly tokens: number[];
  readonly depth: number[];
  readonly parent: number[];
  /** Row of each beam position, row-major. */
  readonly unpack: number[];
}

/** First beam that has the same tokens as `beam` up to `position`. */
function firstWithPrefix(
  tokens: Int32Array,
  positions: number,
  beam: number,
  position: number,
): number {
  for (let k = 0; k < beam; k++) {
    let j = 0;
    while (j <= position && tokens[k * positions + j] === tokens[beam * positions + j]) j++;
    if (j > position) return k;
  }
  return beam;
}

/** The token tree of one request. */
export function packTree(tokens: Int32Array, beams: number, positions: number): PackedTree {
  const tree: PackedTree = { tokens: [], depth: [], parent: [], unpack: [] };
  for (let i = 0; i < beams; i++) {
    for (let j = 0; j < positions; j++) {
      const first = firstWithPrefix(tokens, positions, i, j);
      if (first < i) {
        tree.unpack.push(tree.unpack[first * positions + j]!);
        continue;
      }
      tree.unpack.push(tree.tokens.length);
      tree.parent.push(j === 0 ? -1 : tree.unpack[i * positions + j - 1]!);
      tree.depth.push(j);
      tree.tokens.push(tokens[i * positions + j]!);
    }
  }
  return tree;
}
