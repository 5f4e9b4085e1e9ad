/** Swatches with their words, broken into lines that fit; words too long for a line are wrapped. */
import { textWidth, wrapText } from '../frame/index.ts';
import { textElement } from '../markup.ts';

export interface KeyEntry {
  text: string;
  /** Draws the swatch, 22 by 14 px, at its left upper corner. */
  swatch: (x: number, y: number) => string;
}

const LINE = 22;
const TEXT = 15;
const SIZE = 12;
const SWATCH = 28;
const GAP = 16;

interface Placed {
  entry: KeyEntry;
  texts: string[];
  x: number;
  y: number;
}

function layout(entries: readonly KeyEntry[], width: number): { placed: Placed[]; height: number } {
  const placed: Placed[] = [];
  let x = 0;
  let y = 6;
  let high = 0;
  for (const entry of entries) {
    const texts = wrapText(entry.text, width - SWATCH, SIZE);
    const wide = SWATCH + Math.max(...texts.map((text) => textWidth(text, SIZE)));
    if (x > 0 && x + wide > width) {
      y += high;
      x = 0;
      high = 0;
    }
    placed.push({ entry, texts, x, y });
    x += wide + GAP;
    high = Math.max(high, LINE + TEXT * (texts.length - 1));
  }
  return { placed, height: entries.length === 0 ? 0 : y + high };
}

export function keyRowHeight(entries: readonly KeyEntry[], width: number): number {
  return layout(entries, width).height;
}

export function keyRow(
  entries: readonly KeyEntry[],
  left: number,
  top: number,
  width: number,
): string {
  return layout(entries, width)
    .placed.map(({ entry, texts, x, y }) => {
      const words = texts.map((text, i) => {
        const at = { class: 'muted', x: left + x + SWATCH, y: top + y + 11 + TEXT * i };
        return textElement('text', at, text);
      });
      return entry.swatch(left + x, top + y) + words.join('');
    })
    .join('\n');
}
