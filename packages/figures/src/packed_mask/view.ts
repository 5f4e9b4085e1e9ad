/**
 * The packed row as the columns of its own mask, beside the tree that it comes from: a token lights
 * up as a box of the tree, as a slot of the row, as a row of the mask (what it sees) and as a
 * column (who sees it).
 *
 * Law: a mark stands in the mask exactly where the word has a bit.
 */
import {
  ancestorsOf,
  COUNTERS_HEIGHT,
  counters,
  litRow,
  type TreeLayout,
} from '../beam_tree/tree-drawing.ts';
import { emptyNote } from '../frame/axes.ts';
import { drawPicture } from '../frame/frame.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { element, px } from '../markup.ts';
import { drawMask, type MaskLayout, maskLayout } from './mask-drawing.ts';
import { hexWords } from './mask-words.ts';
import { type PackedMaskMessages, packedMaskMessages } from './messages.ts';
import type { MaskRows, PackedMask } from './model.ts';
import { drawRowsAsTree, rowsTreeLayout } from './rows-tree.ts';
import { seenColumns } from './seen.ts';

export interface PackedMaskState {
  /** Beams as chains of their own instead of the packed tree. */
  isNaive: boolean;
}

const PAD = 8;
/** Below this width the tree stands above the mask. */
const SIDE_BY_SIDE = 620;
const HEAD = 34;

interface Layout {
  readonly tree: TreeLayout;
  readonly treeTop: number;
  readonly mask: MaskLayout;
  readonly height: number;
}

/** The rows that are shown. */
export function shownRows(model: PackedMask, { isNaive }: PackedMaskState): MaskRows {
  return isNaive ? model.naive : model.packed;
}

export function packedMaskPicture(
  model: PackedMask,
  state: PackedMaskState,
  options: ViewOptions,
): Picture {
  const messages = packedMaskMessages[options.language];
  const rows = shownRows(model, state);
  const isEmpty = rows.rows === 0;
  const layout = layoutOf(model, rows, state, options.width);
  return drawPicture(options, {
    title: isEmpty
      ? messages.empty
      : messages.title(model.packed.rows, model.naive.rows, state.isNaive),
    summary: messages.summary(rows.rows, rows.pairs, readOut(model, rows, messages)),
    table: tableOf(model, rows, messages),
    notes: isEmpty ? [messages.computed] : notesOf(model, messages),
    height: isEmpty ? 160 : layout.height,
    draw: (area) =>
      isEmpty
        ? emptyNote(area, messages.empty)
        : element(
            'g',
            { transform: `translate(0,${px(area.top)})` },
            draw(model, state, options, layout),
          ),
  });
}

function layoutOf(
  model: PackedMask,
  rows: MaskRows,
  { isNaive }: PackedMaskState,
  width: number,
): Layout {
  const isWide = width >= SIDE_BY_SIDE;
  const treeTop = COUNTERS_HEIGHT + HEAD;
  const treeWidth = isWide ? Math.min(440, (width - 2 * PAD) * 0.44) : width - 2 * PAD;
  const tree = rowsTreeLayout(model, isNaive, { left: PAD, top: treeTop, width: treeWidth });
  const mask = maskLayout(rows, {
    left: isWide ? PAD + treeWidth + 28 : PAD,
    right: width - PAD,
    top: isWide ? COUNTERS_HEIGHT : treeTop + tree.height + 26,
  });
  const bottom = Math.max(treeTop + tree.height, mask.bottom);
  return { tree, treeTop, mask, height: bottom + 12 };
}

function draw(
  model: PackedMask,
  state: PackedMaskState,
  options: ViewOptions,
  { tree, treeTop, mask }: Layout,
): string {
  const messages = packedMaskMessages[options.language];
  const rows = shownRows(model, state);
  const lit = litRow(options.highlight, model.tree);
  const seen = ancestorsOf(model.tree, lit);
  const { naive, packed } = model;
  const saved = naive.rows - packed.rows;
  return [
    counters(
      [
        [String(rows.rows), messages.counter.rows],
        [String(saved), state.isNaive ? messages.counter.wasted : messages.counter.saved],
        [String(rows.stride), messages.counter.words],
      ],
      PAD,
    ),
    drawRowsAsTree({
      model,
      isNaive: state.isNaive,
      lit,
      seen,
      layout: tree,
      top: treeTop,
      messages,
    }),
    drawMask({ model, rows, isNaive: state.isNaive, lit, layout: mask, messages, options }),
  ].join('\n');
}

function readOut(model: PackedMask, rows: MaskRows, messages: PackedMaskMessages): string {
  return rows.treeRow
    .map((treeRow, row) => {
      const sees = seenColumns(rows, row).join(', ');
      const words = hexWords(rows, row).join(' ');
      return `${messages.row(row, model.tree.words[treeRow]!, sees, words)}.`;
    })
    .join(' ');
}

function tableOf(model: PackedMask, rows: MaskRows, messages: PackedMaskMessages) {
  const isNumeric = [true, false, true, true, true, false, false];
  return {
    columns: messages.columns.map((label, i) => ({ label, numeric: isNumeric[i]! })),
    rows: rows.treeRow.map((treeRow, row) => [
      String(row),
      model.tree.words[treeRow]!,
      String(rows.depth[row]),
      String(model.prefix + rows.depth[row]!),
      String(model.prefix + row),
      seenColumns(rows, row).join(' '),
      hexWords(rows, row).join(' '),
    ]),
  };
}

function notesOf(model: PackedMask, messages: PackedMaskMessages): string[] {
  return [messages.popcount, messages.contextNote(model.prefix), messages.words, messages.computed];
}
