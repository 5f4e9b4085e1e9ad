/** A row of swatches with their words, broken into lines that fit. */
import { textWidth } from '../frame/index.ts';
import { textElement } from '../markup.ts';

export interface KeyEntry {
  text: string;
  /** Draws the swatch, 22 by 14 px, at its left upper corner. */
  swatch: (x: number, y: number) => string;
}

const LINE = 22;
const SIZE = 12;

function lines(entries: readonly KeyEntry[], width: number): KeyEntry[][] {
  const found: KeyEntry[][] = [[]];
  let used = 0;
  for (const entry of entries) {
    const needed = 44 + textWidth(entry.text, SIZE);
    if (used > 0 && used + needed - 14 > width) {
      found.push([]);
      used = 0;
    }
    found.at(-1)!.push(entry);
    used += needed;
  }
  return found;
}

export function keyRowHeight(entries: readonly KeyEntry[], width: number): number {
  return entries.length === 0 ? 0 : 6 + LINE * lines(entries, width).length;
}

export function keyRow(
  entries: readonly KeyEntry[],
  left: number,
  top: number,
  width: number,
): string {
  return lines(entries, width)
    .flatMap((line, i) => {
      let x = left;
      const y = top + 6 + LINE * i;
      return line.map((entry) => {
        const at = { class: 'muted', x: x + 28, y: y + 11 };
        const drawn = entry.swatch(x, y) + textElement('text', at, entry.text);
        x += 44 + textWidth(entry.text, SIZE);
        return drawn;
      });
    })
    .join('\n');
}
