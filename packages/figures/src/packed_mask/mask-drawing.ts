/**
 * The mask as a square of cells under the packed row: ■ a row itself, ● an ancestor, a dot what it
 * does not see. The context, which every row sees, is a hatched block at the left.
 */

import { hatch } from '../frame/marks.ts';
import type { ViewOptions } from '../frame/picture.ts';
import { cutText, textWidth } from '../frame/text.ts';
import { element, px, textElement } from '../markup.ts';
import { toneClass } from '../palette.ts';
import { bitOf, hexWords } from './mask-words.ts';
import type { PackedMaskMessages } from './messages.ts';
import type { MaskRows, PackedMask } from './model.ts';
import { seeingRows, seenColumns } from './seen.ts';

export interface MaskLayout {
  readonly left: number;
  readonly top: number;
  /** Left edge of the context block, and of the first column. */
  readonly contextLeft: number;
  readonly cellsLeft: number;
  readonly cellsTop: number;
  readonly cell: number;
  readonly bottom: number;
  readonly hasWords: boolean;
  readonly hasHex: boolean;
  readonly hexWidth: number;
}

const CONTEXT = 20;
const NAMES = 62;
const HEX_CHARACTER = 6.4;
/** Cells below this size have no words beside them. */
const CELL_NAMED = 12;

export function maskLayout(
  rows: MaskRows,
  area: { left: number; right: number; top: number },
): MaskLayout {
  const width = area.right - area.left;
  const wanted = 11 * rows.stride * HEX_CHARACTER + 8;
  const hasHex = width > 340 && wanted < width / 3;
  const hexWidth = hasHex ? wanted : 0;
  const room = (names: number) => (width - names - CONTEXT - 6 - hexWidth) / Math.max(1, rows.rows);
  const hasWords = room(NAMES) >= CELL_NAMED;
  const names = hasWords ? NAMES : 0;
  const cell = Math.min(28, room(names));
  const cellsTop = area.top + HEAD + (hasWords ? COLUMN_WORDS + 2 * LINE : 8);
  const contextLeft = area.left + names;
  return {
    left: area.left,
    top: area.top,
    contextLeft,
    cellsLeft: contextLeft + CONTEXT + 6,
    cellsTop,
    cell,
    bottom: cellsTop + rows.rows * cell + 20,
    hasWords,
    hasHex: hasHex && hasWords,
    hexWidth,
  };
}

const HEAD = 18;
const COLUMN_WORDS = 64;
const LINE = 14;

export interface MaskDrawing {
  readonly model: PackedMask;
  readonly rows: MaskRows;
  readonly isNaive: boolean;
  /** Lit row of the tree; −1 without. */
  readonly lit: number;
  readonly layout: MaskLayout;
  readonly messages: PackedMaskMessages;
  readonly options: ViewOptions;
}

export function drawMask(mask: MaskDrawing): string {
  const { layout, messages, rows } = mask;
  const head = { class: 'muted', x: layout.left, y: layout.top + 12 };
  return [
    textElement('text', head, messages.mask),
    context(mask),
    ...rows.treeRow.map((_, row) => maskRow(mask, row)),
    ...rows.treeRow.map((_, column) => slot(mask, column)),
    ...sideNames(mask),
  ].join('\n');
}

function context({ layout, rows, model, messages, options }: MaskDrawing): string {
  const height = rows.rows * layout.cell;
  const block = element('rect', {
    x: layout.contextLeft,
    y: layout.cellsTop,
    width: CONTEXT,
    height,
    rx: 3,
    fill: hatch(options, 'context'),
    opacity: 0.55,
  });
  const words = {
    class: 'muted',
    x: layout.contextLeft,
    y: layout.cellsTop + height + 15,
    style: 'font-size:11px',
  };
  return block + textElement('text', words, messages.context(model.prefix));
}

/** Names of the two lines of numbers under the column words. */
function sideNames({ layout, messages }: MaskDrawing): string[] {
  if (!layout.hasWords) return [];
  return [messages.index, messages.position].map((text, line) =>
    textElement(
      'text',
      {
        class: 'muted',
        x: layout.cellsLeft - 6,
        y: layout.cellsTop - LINE * (2 - line) + 10,
        'text-anchor': 'end',
        style: 'font-size:10px',
      },
      text,
    ),
  );
}

const small = (size: number) => `font-size:${px(size)}px`;

function maskRow(mask: MaskDrawing, row: number): string {
  const { model, rows, layout, lit, messages, isNaive } = mask;
  const treeRow = rows.treeRow[row]!;
  const word = model.tree.words[treeRow]!;
  const y = layout.cellsTop + row * layout.cell;
  const isLit = treeRow === lit;
  const size = Math.min(12, layout.cell * 0.72);
  const baseline = y + layout.cell / 2 + size * 0.36;
  const words = hexWords(rows, row);
  const name = layout.hasWords
    ? textElement(
        'text',
        {
          x: layout.contextLeft - 6,
          y: baseline,
          'text-anchor': 'end',
          style: `${small(size)}${isLit ? ';font-weight:700' : ''}`,
        },
        cutText(word, NAMES - 10, size),
      )
    : '';
  const hex = layout.hasHex
    ? textElement(
        'text',
        {
          class: 'muted',
          x: layout.cellsLeft + rows.rows * layout.cell + 8,
          y: baseline,
          style: `font-family:ui-monospace,monospace;${small(Math.min(10.5, size))}`,
        },
        words.join(' '),
      )
    : '';
  const band = element('rect', {
    class: isLit ? 'lit' : '',
    x: layout.contextLeft - 2,
    y,
    width: layout.cellsLeft - layout.contextLeft + rows.rows * layout.cell + 2,
    height: layout.cell,
    rx: 3,
    fill: 'none',
    'pointer-events': 'all',
    style: isLit ? 'stroke-width:1.5' : '',
  });
  const sees = seenColumns(rows, row).join(', ');
  return element(
    'g',
    {
      'data-key': `${isNaive ? 'naive' : 'mask'}:${row}`,
      'data-group': 'mask',
      role: 'img',
      'aria-label': messages.row(row, word, sees, words.join(' ')),
    },
    band + name + cells(mask, row, y) + hex,
  );
}

function cells({ rows, layout, lit }: MaskDrawing, row: number, y: number): string {
  const { cell, cellsLeft } = layout;
  const inset = Math.max(0.5, cell * 0.1);
  const parts = rows.treeRow.map((_, column) => {
    const x = cellsLeft + column * cell;
    const isShaded = lit >= 0 && rows.treeRow[row] !== lit && rows.treeRow[column] !== lit;
    if (bitOf(rows, row, column) === 0) {
      if (column > row || cell < 6) return '';
      return element('circle', {
        cx: x + cell / 2,
        cy: y + cell / 2,
        r: Math.min(1.4, cell * 0.09),
        style: 'fill:var(--muted)',
        opacity: 0.5,
      });
    }
    const opacity = isShaded ? 0.3 : 1;
    const tone = rows.depth[column] === 0 ? 'context' : 'draft';
    const mark =
      column === row
        ? element('rect', {
            class: 'fill',
            x: x + inset,
            y: y + inset,
            width: cell - 2 * inset,
            height: cell - 2 * inset,
            rx: cell * 0.16,
            opacity,
          })
        : element('circle', {
            class: 'fill',
            cx: x + cell / 2,
            cy: y + cell / 2,
            r: cell * 0.3,
            opacity,
          });
    return element('g', { class: toneClass(tone) }, mark);
  });
  return parts.join('');
}

/** A column's head: its word upright, its number and its position. */
function slot(mask: MaskDrawing, column: number): string {
  const { model, rows, layout, lit, messages, isNaive } = mask;
  const treeRow = rows.treeRow[column]!;
  const word = model.tree.words[treeRow]!;
  const x = layout.cellsLeft + (column + 0.5) * layout.cell;
  const isLit = treeRow === lit;
  const depth = rows.depth[column]!;
  const size = Math.min(12, layout.cell * 0.72);
  const bottom = layout.cellsTop - 2 * LINE - 4;
  const number = (value: number, line: number) => {
    const text = String(value);
    const fit = Math.min(10, (layout.cell - 2) / textWidth(text, 1));
    // Where cells are small every fifth is named.
    if (fit < 9 && column % 5 !== 0) return '';
    return textElement(
      'text',
      {
        class: 'muted',
        x,
        y: layout.cellsTop - LINE * (2 - line) + 10,
        'text-anchor': 'middle',
        style: small(Math.max(9, fit)),
      },
      text,
    );
  };
  const head = element('rect', {
    class: isLit ? 'lit' : '',
    x: x - layout.cell / 2,
    y: layout.hasWords ? bottom - COLUMN_WORDS + 6 : layout.cellsTop - 8,
    width: layout.cell,
    height: layout.hasWords ? COLUMN_WORDS - 4 : 6,
    rx: 3,
    fill: 'none',
    'pointer-events': 'all',
    style: isLit ? 'stroke-width:1.5' : '',
  });
  const upright = element(
    'g',
    { transform: `translate(${px(x + size * 0.36)},${px(bottom)}) rotate(-90)` },
    textElement(
      'text',
      { x: 0, y: 0, style: `${small(size)}${isLit ? ';font-weight:700' : ''}` },
      cutText(word, COLUMN_WORDS - 8, size),
    ),
  );
  const place = model.prefix + column;
  const seenBy = seeingRows(rows, column).join(', ');
  return element(
    'g',
    {
      'data-key': `${isNaive ? 'naiveslot' : 'slot'}:${column}`,
      'data-group': 'row',
      role: 'img',
      'aria-label': messages.slot(column, word, place, model.prefix + depth, seenBy),
    },
    head + (layout.hasWords ? upright + number(column, 0) + number(model.prefix + depth, 1) : ''),
  );
}
