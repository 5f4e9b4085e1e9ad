/**
 * Which rows of the accepted path move, apart from cases and files so that a page can carry it.
 * Both numbers count from the tree's root (law: position ≤ row, so a move in order is safe).
 * Example: path 0 1 4 6: row 4 goes to position 2, row 6 to position 3, row 1 stays.
 */

export function movedRows(path: ArrayLike<number>): { row: number; position: number }[] {
  return Array.from(path, (row, position) => ({ row, position })).filter(
    ({ row, position }) => position > 0 && row !== position,
  );
}
