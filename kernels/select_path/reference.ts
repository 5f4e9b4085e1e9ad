/**
 * What a step emits, apart from cases and files so that a page can carry it: the tokens of the
 * accepted rows, then the bonus (law: emitted tokens = a + 1).
 * Example: rows 0 1 4 5 of the best beam, a = 2, bonus 9: path 0 1 4, tokens of rows 1 and 4, 9.
 */

export function selectedPath(
  rowsOfBeam: ArrayLike<number>,
  accepted: number,
  packed: ArrayLike<number>,
  bonus: number,
): { path: number[]; tokens: number[] } {
  const path = Array.from({ length: accepted + 1 }, (_, j) => rowsOfBeam[j]!);
  return { path, tokens: [...path.slice(1).map((row) => packed[row]!), bonus] };
}
