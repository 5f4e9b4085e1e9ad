/**
 * Beams that a reader types. All beams have one length and start with the same certain token; what
 * is typed is brought into that form, and the change is said.
 *
 * Example: `readRows('1 2 3\n1 2')` gives two beams of two tokens, and that one token was cut.
 */
import { BEAMS_MAX, DRAFT_LENGTH_MAX } from './presets.ts';

const WORD_LENGTH_MAX = 24;

export interface Rows {
  readonly rows: readonly (readonly string[])[];
  /** Beams left out, because there were more than `BEAMS_MAX`. */
  readonly beamsLeftOut: number;
  /** Words left out, because beams have one length, or a limit. */
  readonly wordsLeftOut: number;
  /** Whether a certain token had to be put before beams that start differently. */
  readonly hasAddedRoot: boolean;
}

/** Stands for the certain token when typed beams do not share their first word. */
export const ADDED_ROOT = '…';

/** Beams from lines of words. */
export function readRows(text: string): Rows {
  const typed = text
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/).filter(Boolean))
    .filter((row) => row.length > 0);
  const kept = typed.slice(0, BEAMS_MAX).map((row) => row.map(shortWord));
  const hasAddedRoot = kept.some((row) => row[0] !== kept[0]![0]);
  const rooted = hasAddedRoot ? kept.map((row) => [ADDED_ROOT, ...row]) : kept;
  const length = Math.min(DRAFT_LENGTH_MAX + 1, ...rooted.map((row) => row.length));
  return {
    rows: rooted.map((row) => row.slice(0, length)),
    beamsLeftOut: typed.length - kept.length,
    wordsLeftOut: rooted.reduce((sum, row) => sum + row.length - length, 0),
    hasAddedRoot,
  };
}

function shortWord(word: string): string {
  const characters = [...word];
  return characters.length <= WORD_LENGTH_MAX
    ? word
    : `${characters.slice(0, WORD_LENGTH_MAX - 1).join('')}…`;
}
