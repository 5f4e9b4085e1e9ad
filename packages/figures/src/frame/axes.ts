/**
 * Axes, grid, labels at the ends of lines and the note of an empty plot. Laws: labels of an axis do
 * not touch each other; labels at line ends are pushed apart and stay within the plot's height as
 * long as there is room for all of them.
 */
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { type Tone, toneClass } from '../palette.ts';
import { cutText, textWidth, wrapText } from './text.ts';

/** A rectangle in the picture, CSS px, y downwards. */
export interface Plot {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What an axis needs of a scale. */
export interface AxisScale {
  (value: number): number;
  ticks(count?: number): number[];
}

export interface AxisOptions {
  /** With an arrow and the unit: `↑ speedup (×)`, `load (requests/s), log scale →`. */
  label: string;
  /** Ticks, or about how many. */
  ticks?: readonly number[] | number;
  format?: (tick: number) => string;
  /** Lines through the whole plot; a horizontal axis has small ones unless asked. */
  hasGrid?: boolean;
  /** Where the label of a vertical axis starts, in px; 8 without. */
  labelX?: number;
  /** Px between the label of a vertical axis and the plot under it; 10 without. */
  gap?: number;
}

export const TICK_SIZE = 12;
const LINE = 15;
const LABEL_LINE = 17;

/** The part of an area inside margins. */
export function inset(area: Plot, margin: Partial<Plot>): Plot {
  return {
    left: area.left + (margin.left ?? 0),
    top: area.top + (margin.top ?? 0),
    right: area.right - (margin.right ?? 0),
    bottom: area.bottom - (margin.bottom ?? 0),
  };
}

/** Px above a plot that the label of its vertical axis takes, in a picture of this width. */
export function axisTop(label: string, width: number): number {
  return 10 + LINE * wrapText(label, width - 16, TICK_SIZE).length;
}

/** Px below a plot that its horizontal axis takes, when the plot is this wide. */
export function axisBottom(label: string, width: number): number {
  return 30 + LINE * wrapText(label, width, TICK_SIZE).length;
}

/** Ticks, grid and label of a vertical axis at the left of the plot. */
export function axisLeft(plot: Plot, y: AxisScale, options: AxisOptions): string {
  const { label, format = numberText, hasGrid = true, labelX = 8, gap = 10 } = options;
  const ticks = ticksOf(y, options.ticks ?? 6).map((tick) => {
    const at = y(tick);
    const words = { class: 'muted', x: plot.left - 8, y: at + 4, 'text-anchor': 'end' };
    const rule = { class: 'grid', x1: plot.left, x2: plot.right, y1: at, y2: at };
    return (hasGrid ? element('line', rule) : '') + textElement('text', words, format(tick));
  });
  const lines = wrapText(label, plot.right - labelX, TICK_SIZE);
  const words = lines.map((text, i) =>
    textElement(
      'text',
      { class: 'muted', x: labelX, y: plot.top - gap - LINE * (lines.length - 1 - i) },
      text,
    ),
  );
  return [...ticks, ...words].join('\n');
}

/** Ticks and label of a horizontal axis under the plot; labels that would touch are left out. */
export function axisDown(plot: Plot, x: AxisScale, options: AxisOptions): string {
  const { label, format = numberText, hasGrid = false } = options;
  const all = ticksOf(x, options.ticks ?? 6).map((tick) => ({ at: x(tick), text: format(tick) }));
  const ticks = apart(all).map(({ at, text }) => {
    const rule = {
      class: 'grid',
      x1: at,
      x2: at,
      y1: hasGrid ? plot.top : plot.bottom,
      y2: plot.bottom + 5,
    };
    const words = { class: 'muted', x: at, y: plot.bottom + 19, 'text-anchor': 'middle' };
    return element('line', rule) + textElement('text', words, text);
  });
  const words = wrapText(label, plot.right - 8, TICK_SIZE).map((text, i) =>
    textElement(
      'text',
      { class: 'muted', x: plot.right, y: plot.bottom + 37 + LINE * i, 'text-anchor': 'end' },
      text,
    ),
  );
  return [...ticks, ...words].join('\n');
}

function ticksOf(scale: AxisScale, ticks: readonly number[] | number): readonly number[] {
  return typeof ticks === 'number' ? scale.ticks(ticks) : ticks;
}

/** From the left on those labels that leave 8 px to the last one kept. */
function apart(ticks: readonly { at: number; text: string }[]): { at: number; text: string }[] {
  const kept: { at: number; text: string }[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const tick of [...ticks].sort((a, b) => a.at - b.at)) {
    const half = textWidth(tick.text, TICK_SIZE) / 2;
    if (tick.at - half < end + 8) continue;
    kept.push(tick);
    end = tick.at + half;
  }
  return kept;
}

/**
 * Ticks of a logarithmic axis: powers of ten over many decades, with 2 and 5 times them over few,
 * `others` (a scale's own) below one decade.
 */
export function logTicks(low: number, high: number, others: readonly number[] = []): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.8 && others.length > 0) {
    return others.filter((_, i, all) => i % Math.ceil(all.length / 6) === 0);
  }
  const steps = decades > 2.5 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

export interface EndLabel {
  text: string;
  /** Where it would stand. */
  y: number;
  /** Its colour; muted without. */
  tone?: Tone;
}

/** Px that the longest of these labels takes beside a plot. */
export function endLabelsWidth(texts: readonly string[], most: number): number {
  return Math.min(most, 16 + Math.max(0, ...texts.map((text) => textWidth(text, 13))));
}

/** Names at the ends of lines, at `x` (8 px right of the plot without), none over another. */
export function endLabels(labels: readonly EndLabel[], plot: Plot, width: number): string {
  const wanted = labels.map((label) => ({ ...label }));
  wanted.sort((a, b) => a.y - b.y);
  for (const [i, label] of wanted.entries()) {
    if (i > 0) label.y = Math.max(label.y, wanted[i - 1]!.y + LABEL_LINE);
  }
  let lowest = plot.bottom;
  for (const label of [...wanted].reverse()) {
    label.y = Math.min(label.y, lowest);
    lowest = label.y - LABEL_LINE;
  }
  return wanted
    .map(({ text, tone, y }) => {
      const kind = tone === undefined ? 'muted' : `label ${toneClass(tone)}`;
      const shown = cutText(text, width - 16, 13);
      return textElement('text', { class: kind, x: plot.right + 8, y: y + 4 }, shown);
    })
    .join('\n');
}

/** Why nothing is drawn and what would fill the plot, in its middle. */
export function emptyNote(plot: Plot, reason: string): string {
  const lines = wrapText(reason, plot.right - plot.left - 16, 13);
  const x = (plot.left + plot.right) / 2;
  const top = (plot.top + plot.bottom) / 2 - 9 * (lines.length - 1);
  return lines
    .map((text, i) =>
      textElement('text', { class: 'empty', x, y: top + 18 * i, 'text-anchor': 'middle' }, text),
    )
    .join('\n');
}
