/** Who sees whom in a mask. */
import { bitOf } from './mask-words.ts';
import type { MaskRows } from './model.ts';

/** Columns that a row sees. */
export function seenColumns(rows: MaskRows, row: number): number[] {
  return rows.treeRow.map((_, i) => i).filter((column) => bitOf(rows, row, column) === 1);
}

/** Rows that see a column. */
export function seeingRows(rows: MaskRows, column: number): number[] {
  return rows.treeRow.map((_, i) => i).filter((row) => bitOf(rows, row, column) === 1);
}
