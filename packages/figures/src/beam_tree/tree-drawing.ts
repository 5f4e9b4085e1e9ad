/**
 * A token tree as boxes of words: a column a depth, a lane for every beam that adds rows. The box
 * of a word is the same in all figures of the loop.
 *
 * Laws: boxes do not overlap; an edge goes from a parent to the next column; no edges cross.
 */
import { cutText, textWidth } from '../frame/text.ts';
import { element, px, textElement } from '../markup.ts';
import { type Tone, toneClass } from '../palette.ts';
import type { BeamTree } from './model.ts';

export const BOX_HEIGHT = 28;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface TreeLayout {
  /** Upper left corner of each row's box. */
  readonly places: readonly Place[];
  readonly boxWidth: number;
  /** Px between the boxes of two columns. */
  readonly gap: number;
  readonly lanes: number;
  readonly height: number;
}

export interface TreeArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly lanePitch: number;
  /** Columns to leave room for; those of the beams without. */
  readonly columns?: number;
  /** A row after which one more box stands, the last of `places`. */
  readonly extraAfter?: number;
}

/**
 * Lane of every row, and of a box after row `extra`: a row's first new child of the same beam goes
 * on in its lane, branches come below, those that leave later nearer, so that no edge crosses.
 */
function lanesOf({ owner, step }: BeamTree, extra: number): { lane: number[]; lanes: number } {
  const { parent } = step.tree;
  const children = parent.map((): number[] => []);
  parent.forEach((above, row) => {
    if (above >= 0) children[above]!.push(row);
  });
  const lane = new Array<number>(parent.length + 1).fill(0);
  let lanes = parent.length > 0 ? 1 : 0;
  const visit = (row: number): void => {
    const isStraight = (child: number) => owner[child] === owner[row];
    // The first child is the next row of the same beam: rows rise along a beam.
    const below = children[row]!;
    for (const child of below) {
      lane[child] = isStraight(child) ? lane[row]! : lanes++;
      visit(child);
    }
    if (row === extra) lane[parent.length] = below.length === 0 ? lane[row]! : lanes++;
  };
  if (parent.length > 0) visit(0);
  return { lane, lanes };
}

export function treeLayout(model: BeamTree, area: TreeArea): TreeLayout {
  const columns = Math.max(1, area.columns ?? model.step.positions);
  const gap = area.width / columns < 64 ? 8 : 16;
  const boxWidth = Math.min(104, (area.width + gap) / columns - gap);
  const after = area.extraAfter ?? -1;
  const { lane, lanes } = lanesOf(model, after);
  const { depth } = model.step.tree;
  const depths = after < 0 ? depth : [...depth, depth[after]! + 1];
  const places = depths.map((column, row) => ({
    x: area.left + column * (boxWidth + gap),
    y: area.top + lane[row]! * area.lanePitch,
  }));
  const height = lanes === 0 ? 0 : (lanes - 1) * area.lanePitch + BOX_HEIGHT;
  return { places, boxWidth, gap, lanes, height };
}

/** The way from a parent's box to a child's, down the gap between their columns. */
export function edgePath({ boxWidth, gap }: TreeLayout, from: Place, to: Place): string {
  const y1 = from.y + BOX_HEIGHT / 2;
  const y2 = to.y + BOX_HEIGHT / 2;
  const start = from.x + boxWidth;
  const middle = start + gap / 2;
  const bend = Math.min(5, gap / 2, Math.abs(y2 - y1) / 2);
  return [
    `M${px(start)},${px(y1)}`,
    `H${px(middle - bend)}`,
    `Q${px(middle)},${px(y1)} ${px(middle)},${px(y1 + bend)}`,
    `V${px(y2 - bend)}`,
    `Q${px(middle)},${px(y2)} ${px(middle + bend)},${px(y2)}`,
    `H${px(to.x)}`,
  ].join(' ');
}

export interface WordBox {
  readonly width: number;
  readonly text: string;
  readonly tone: Tone;
  /** Full, outlined, or outlined with dashes. */
  readonly kind: 'full' | 'hollow' | 'dashed';
  readonly isLit?: boolean;
  /** Px of the letters; by the width without. */
  readonly size?: number;
  /** Small words above the box's right end. */
  readonly badge?: string;
  /** Small words above the box's left end. */
  readonly corner?: string;
}

/** A box around 0, 0 … width, BOX_HEIGHT. */
export function wordBox(box: WordBox): string {
  const { width, text, tone, kind, isLit = false } = box;
  const size = box.size ?? (width < 48 ? 11 : 13);
  const inner = cutText(text, width - (width < 48 ? 4 : 8), size);
  const outline = element('rect', {
    class: `${kind === 'full' ? 'fill' : 'hollow'}${isLit ? ' lit' : ''}`,
    width,
    height: BOX_HEIGHT,
    rx: 6,
    ...(kind === 'dashed' ? { 'stroke-dasharray': '3 3' } : {}),
  });
  const words = {
    class: kind === 'full' ? 'inverse' : '',
    x: width / 2,
    y: BOX_HEIGHT / 2 + size * 0.36,
    'text-anchor': 'middle',
    style: `font-size:${size}px`,
  };
  const small = (text: string | undefined, x: number, anchor: string) =>
    text === undefined
      ? ''
      : textElement(
          'text',
          { class: 'muted', x, y: -4, 'text-anchor': anchor, style: 'font-size:10px' },
          text,
        );
  return element(
    'g',
    { class: toneClass(tone) },
    outline +
      textElement('text', words, inner) +
      small(box.badge, width, 'end') +
      small(box.corner, 0, 'start'),
  );
}

/** Large digits with a word under each, from the left. */
export function counters(parts: readonly (readonly [string, string])[], left: number): string {
  let x = left;
  return parts
    .map(([value, label]) => {
      const at = x;
      x += Math.max(textWidth(value, 26), textWidth(label, 12)) + 24;
      const digits = { x: at, y: 30, style: 'font-size:26px;font-weight:600' };
      return (
        textElement('text', digits, value) +
        textElement('text', { class: 'muted', x: at, y: 47 }, label)
      );
    })
    .join('');
}

/** Px that the counters take. */
export const COUNTERS_HEIGHT = 60;

/** Row of a highlighted key, whichever mark it comes from; −1 without. */
export function litRow(key: string | null | undefined, model: BeamTree): number {
  const [kind, first, second] = (key ?? '').split(':');
  if (kind === 'cell') {
    const at = Number(first) * model.step.positions + Number(second);
    return model.step.tree.unpack[at] ?? -1;
  }
  if (kind === 'naive' || kind === 'naiveslot') return model.step.tree.unpack[Number(first)] ?? -1;
  const isRow = ['token', 'slot', 'mask', 'column'].includes(kind!);
  const row = isRow && first !== undefined ? Number(first) : -1;
  return Number.isInteger(row) && row < model.rows ? row : -1;
}

/** A key of any mark as the token's, which a page's words refer to. */
export function tokenKey(key: string | null, model: BeamTree): string | null {
  const row = litRow(key, model);
  return row < 0 ? key : `token:${row}`;
}

/** The row and its ancestors. */
export function ancestorsOf({ step }: BeamTree, row: number): Set<number> {
  const found = new Set<number>();
  for (let at = row; at >= 0; at = step.tree.parent[at]!) found.add(at);
  return found;
}

/** Row of a beam position. */
export function rowAt({ step }: BeamTree, beam: number, position: number): number {
  return step.tree.unpack[beam * step.positions + position]!;
}
