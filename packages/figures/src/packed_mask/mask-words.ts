/** The bits of a mask's words. */
import type { MaskRows } from './model.ts';

/** 1 where a row sees a column. */
export function bitOf(
  { words, stride }: Pick<MaskRows, 'words' | 'stride'>,
  row: number,
  column: number,
): number {
  return (words[row * stride + Math.floor(column / 32)]! >>> (column % 32)) & 1;
}

/** The words of a row as the kernel reads them: `0x00000013`. */
export function hexWords({ words, stride }: MaskRows, row: number): string[] {
  return Array.from(
    words.subarray(row * stride, (row + 1) * stride),
    (word) => `0x${word.toString(16).padStart(8, '0')}`,
  );
}
