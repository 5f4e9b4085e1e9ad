/**
 * Load against speedup as SVG and as an HTML table: text from the model alone, the same in a
 * report, in a page and in a file. Laws: every point stands inside the plot; what lies above 1 is
 * drawn above the line.
 */

import { type ScaleLinear, type ScaleLogarithmic, scaleLinear, scaleLog } from 'd3-scale';
import {
  area,
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import { element, escapeText, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { figureStyle, themes } from '../palette.ts';
import {
  axisX,
  axisY,
  bandText,
  crossoverText,
  description,
  drawsText,
  emptyText,
  finding,
  originText,
  overloadedText,
  tableHead,
  withoutDrafting,
} from './messages.ts';
import type { Crossover, LoadPoint, LoadSeries, LoadSpeedup } from './model.ts';

const WIDTH = 760;
const PLOT_HEIGHT = 300;
const LEFT = 52;
const LABEL_GAP = 16;
const SYMBOLS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
] as const;
/**
 * Series that still can be told apart; the rest is named in the caption and stands in the table.
 */
const MAX_SERIES = themes.light.series.length;

interface Frame {
  x: ScaleLogarithmic<number, number>;
  y: ScaleLinear<number, number>;
  top: number;
  bottom: number;
  right: number;
}

export interface ViewOptions {
  /** Makes the ids and styles of several figures of one page distinct. */
  scope?: string;
  /** Whether the finding stands above the picture; a page may have it as its own heading. */
  hasTitle?: boolean;
}

/** A self-contained SVG document. */
export function loadSpeedupSvg(figure: LoadSpeedup, options: ViewOptions = {}): string {
  const { scope = 'load-speedup', hasTitle = true } = options;
  const drawn = figure.series.slice(0, MAX_SERIES);
  const title = hasTitle ? wrap(finding(figure), 80) : [];
  const frame = frameOf(drawn, 14 + 19 * title.length + 22);
  const notes = caption(figure);
  const height = frame.bottom + 46 + 16 * notes.length;
  const parts = [
    textElement('title', { id: `${scope}-title` }, finding(figure)),
    textElement('desc', { id: `${scope}-desc` }, description(figure)),
    `<style>${figureStyle(`.${scope}`)}</style>`,
    element('rect', { class: 'back', width: WIDTH, height }),
    ...title.map((text, i) => textElement('text', { class: 'title', x: 8, y: 22 + 19 * i }, text)),
    axes(figure, frame),
    ...(drawn.length === 0 ? [emptyNote(frame)] : []),
    ...drawn.map((series, i) => seriesMarks(series, i, frame)),
    crossoverMarks(drawn, figure.unit, frame),
    ...labels(drawn, frame),
    ...notes.map((text, i) =>
      textElement('text', { class: 'muted', x: 8, y: frame.bottom + 56 + 16 * i }, text),
    ),
  ];
  const open = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    class: scope,
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: 'img',
    'aria-labelledby': `${scope}-title ${scope}-desc`,
    style: 'max-width:100%;height:auto',
  }).replace('/>', '>');
  return `${open}\n${parts.join('\n')}\n</svg>\n`;
}

function frameOf(series: readonly LoadSeries[], top: number): Frame {
  const points = series.flatMap((one) => one.points);
  const loads = points.map((point) => point.load);
  const least = Math.min(...loads, Number.POSITIVE_INFINITY);
  const greatest = Math.max(...loads, 0);
  const domain: [number, number] = points.length === 0 ? [0.5, 64] : [least, greatest];
  if (domain[0] === domain[1]) domain.splice(0, 2, domain[0] / 2, domain[1] * 2);
  const highest = Math.max(1.25, ...points.flatMap((point) => [point.speedup, point.high]));
  const lowest = Math.min(0.75, ...points.flatMap((point) => [point.speedup, point.low]));
  const longest = Math.max(withoutDrafting.length, ...series.map((one) => one.label.length));
  const right = WIDTH - Math.min(240, LABEL_GAP + longest * 7.3);
  const bottom = top + PLOT_HEIGHT;
  return {
    x: scaleLog()
      .domain(domain)
      .range([LEFT + 10, right - 10]),
    y: scaleLinear()
      .domain([Math.max(0, lowest), highest])
      .nice(6)
      .range([bottom, top]),
    top,
    bottom,
    right,
  };
}

function axes(figure: LoadSpeedup, frame: Frame): string {
  const { x, y, top, bottom, right } = frame;
  const one = y(1);
  const rows = y.ticks(6).map((tick) => {
    const at = { x1: LEFT, x2: right, y1: y(tick), y2: y(tick) };
    const label = { class: 'muted', x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' };
    return element('line', { class: 'grid', ...at }) + textElement('text', label, `${tick}×`);
  });
  const columns = loadTicks(figure, x).map((tick) => {
    const at = { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 };
    const label = { class: 'muted', x: x(tick), y: bottom + 19, 'text-anchor': 'middle' };
    return element('line', { class: 'grid', ...at }) + textElement('text', label, numberText(tick));
  });
  const end = { x: right, y: bottom + 37, 'text-anchor': 'end', class: 'muted' };
  return [
    element('rect', { class: 'loss', x: LEFT, y: one, width: right - LEFT, height: bottom - one }),
    ...rows,
    ...columns,
    element('line', { class: 'one', x1: LEFT, x2: right, y1: one, y2: one }),
    textElement('text', { class: 'muted', x: 8, y: top - 10 }, axisY(figure)),
    textElement('text', end, axisX(figure)),
  ].join('\n');
}

/**
 * The loads that were run, as far as their labels do not touch; the scale's own ticks where none
 * were.
 */
function loadTicks(figure: LoadSpeedup, x: Frame['x']): number[] {
  const run = new Set(figure.series.flatMap((one) => one.points.map((point) => point.load)));
  const wanted = run.size === 0 ? x.ticks(5) : [...run].sort((a, b) => a - b);
  const kept: number[] = [];
  for (const tick of wanted) {
    const last = kept.at(-1);
    if (last === undefined || x(tick) - x(last) >= 34) kept.push(tick);
  }
  return kept;
}

function seriesMarks(series: LoadSeries, index: number, { x, y }: Frame): string {
  const { points } = series;
  const px2 = (point: LoadPoint) => x(point.load);
  const band = area<LoadPoint>(
    px2,
    (p) => y(p.low),
    (p) => y(p.high),
  );
  const path = line<LoadPoint>(px2, (point) => y(point.speedup));
  const hasBand = points.some((point) => point.high > point.low);
  const mark = symbol()
    .type(SYMBOLS[index % SYMBOLS.length]!)
    .size(52)();
  const marks = points.map((point) =>
    element('path', {
      class: point.isOverloaded ? 'mark hollow' : 'mark',
      transform: `translate(${px(px2(point))},${px(y(point.speedup))})`,
      d: mark ?? '',
    }),
  );
  const content = [
    ...(hasBand ? [element('path', { class: 'band', d: band(points) ?? '' })] : []),
    element('path', { class: 'line', d: path(points) ?? '' }),
    ...marks,
  ].join('');
  return element('g', { class: `series s${index}` }, content);
}

/** Vertical lines where series pass 1; with many their words would cover each other. */
function crossoverMarks(series: readonly LoadSeries[], unit: string, frame: Frame): string {
  const { x, y, top, bottom } = frame;
  const isNamed = series.flatMap((one) => one.crossovers).length <= 2;
  const marks = series.flatMap((one, index) =>
    one.crossovers.map((crossover) => {
      const at = x(crossover.load);
      const rule = element('line', { class: 'cross', x1: at, x2: at, y1: top, y2: bottom });
      const interval = intervalMark(crossover, frame);
      if (!isNamed) return element('g', { class: `s${index}` }, interval + rule);
      const flips = at > (frame.right + LEFT) / 2;
      const label = textElement(
        'text',
        {
          class: 'label',
          x: flips ? at - 6 : at + 6,
          y: Math.min(bottom - 10, y(1) + 20 + 18 * index),
          'text-anchor': flips ? 'end' : 'start',
        },
        crossoverText(crossover, unit),
      );
      return element('g', { class: `s${index}` }, interval + rule + label);
    }),
  );
  return marks.join('\n');
}

/** The interval of a crossover on the line at 1, cut where it goes beyond the loads shown. */
function intervalMark({ interval }: Crossover, { x, y }: Frame): string {
  if (interval === null) return '';
  const [least, greatest] = x.domain() as [number, number];
  const inside = (load: number) => x(Math.min(greatest, Math.max(least, load)));
  const from = inside(interval.low);
  const to = inside(interval.high);
  return element('rect', { class: 'band', x: from, y: y(1) - 5, width: to - from, height: 10 });
}

/** Names at the ends of the lines, pushed apart so that none covers another. */
function labels(series: readonly LoadSeries[], frame: Frame): string[] {
  const wanted = series.map((one, index) => ({
    text: one.label,
    kind: `label s${index}`,
    at: frame.y(one.points.at(-1)!.speedup),
  }));
  wanted.push({ text: withoutDrafting, kind: 'muted', at: frame.y(1) });
  wanted.sort((a, b) => a.at - b.at);
  for (let i = 1; i < wanted.length; i++) {
    wanted[i]!.at = Math.max(wanted[i]!.at, wanted[i - 1]!.at + 17);
  }
  const over = wanted.at(-1)!.at - frame.bottom;
  if (over > 0) for (const label of wanted) label.at -= over;
  return wanted.map(({ text, kind, at }) => {
    const shown = text.length > 32 ? `${text.slice(0, 31)}…` : text;
    return textElement('text', { class: kind, x: frame.right + 8, y: at + 4 }, shown);
  });
}

function emptyNote(frame: Frame): string {
  const at = { x: (LEFT + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
  return textElement('text', { ...at, 'text-anchor': 'middle' }, emptyText);
}

function caption(figure: LoadSpeedup): string[] {
  const points = figure.series.flatMap((one) => one.points);
  const seeds = Math.max(1, ...points.map((point) => point.seeds));
  const draws = Math.max(0, ...points.map((point) => point.draws));
  const hidden = figure.series.slice(MAX_SERIES).map((one) => one.label);
  const notes = [
    ...(points.some((point) => point.isOverloaded) ? [overloadedText] : []),
    ...(draws > 0 ? [drawsText(draws)] : seeds > 1 ? [bandText(seeds)] : []),
    ...(hidden.length > 0 ? [`in the table only: ${hidden.join(', ')}`] : []),
    ...(figure.leftOut > 0 ? [`${figure.leftOut} runs without a speedup left out`] : []),
  ];
  const all = notes.length === 0 ? originText : `${originText} ${notes.join('; ')}.`;
  return wrap(all, 118);
}

/** Lines of at most `columns` characters, broken at spaces. */
function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** The same content as a table, which is the canonical equivalent of the picture. */
export function loadSpeedupTable(figure: LoadSpeedup): string {
  const head = tableHead(figure).map((text) => `<th scope="col">${escapeText(text)}</th>`);
  const rows = figure.series.flatMap((series) =>
    series.points.map((point) => {
      const cells = [
        numberText(point.load, 4),
        numberText(point.speedup, 4),
        point.seeds > 1 || point.draws > 0
          ? `${numberText(point.low, 4)} – ${numberText(point.high, 4)}`
          : '–',
        point.isOverloaded ? 'overloaded' : 'keeps up',
        point.binding,
      ].map((text, i) => `<td${i < 3 ? ' class="n"' : ''}>${escapeText(text)}</td>`);
      return `<tr><th scope="row">${escapeText(series.label)}</th>${cells.join('')}</tr>`;
    }),
  );
  return [
    `<table><caption>${escapeText(finding(figure))}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}

/** Picture and table as one HTML figure. */
export function loadSpeedupFigure(figure: LoadSpeedup, options: ViewOptions = {}): string {
  const data = `<details><summary>Data</summary>${loadSpeedupTable(figure)}</details>`;
  return `<figure>${loadSpeedupSvg(figure, options)}${data}</figure>\n`;
}
