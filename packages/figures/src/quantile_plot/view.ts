/**
 * Quantiles recorded against simulated as SVG and as an HTML table: text from the model alone.
 * Laws: every point stands inside the plot; what came out longer than recorded stands above the
 * diagonal; a relative error is the same distance from it anywhere.
 */
import { type ScaleLogarithmic, scaleLog } from 'd3-scale';
import {
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3-shape';

import { element, escapeText, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { figureStyle } from '../palette.ts';
import {
  axisX,
  axisY,
  description,
  diagonalText,
  emptyText,
  finding,
  leftOutText,
  originText,
  signedPercent,
  tableHead,
} from './messages.ts';
import { BAND, type QuantilePlot, type QuantilePoint, type QuantileSeries } from './model.ts';

const WIDTH = 760;
const LEFT = 64;
const SIDE = 420;
const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross] as const;

interface Frame {
  x: ScaleLogarithmic<number, number>;
  y: ScaleLogarithmic<number, number>;
  top: number;
  bottom: number;
  right: number;
  domain: [number, number];
}

export interface QuantilePlotOptions {
  /** Makes the ids and styles of several figures of one page distinct. */
  scope?: string;
}

/** A self-contained SVG document. */
export function quantilePlotSvg(figure: QuantilePlot, options: QuantilePlotOptions = {}): string {
  const { scope = 'quantile-plot' } = options;
  const title = wrap(finding(figure), 88);
  const frame = frameOf(figure.series, 14 + 19 * title.length + 22);
  const notes = wrap(`${originText}${leftOutText(figure.series)}`, 118);
  const height = frame.bottom + 52 + 16 * notes.length;
  const isEmpty = figure.series.every(({ points }) => points.length === 0);
  const parts = [
    textElement('title', { id: `${scope}-title` }, finding(figure)),
    textElement('desc', { id: `${scope}-desc` }, description(figure)),
    `<style>${figureStyle(`.${scope}`)}</style>`,
    element('rect', { class: 'back', width: WIDTH, height }),
    ...title.map((text, i) => textElement('text', { class: 'title', x: 8, y: 22 + 19 * i }, text)),
    axes(frame),
    ...(isEmpty ? [emptyNote(frame)] : []),
    ...figure.series.map((series, i) => seriesMarks(series, i, frame)),
    ...legend(figure.series, frame),
    ...notes.map((text, i) =>
      textElement('text', { class: 'muted', x: 8, y: frame.bottom + 62 + 16 * i }, text),
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

/** Both axes have the same domain, with room for the band at its ends. */
function frameOf(series: readonly QuantileSeries[], top: number): Frame {
  const values = series.flatMap(({ points }) => points.flatMap((p) => [p.recorded, p.simulated]));
  const least = Math.min(...values, Number.POSITIVE_INFINITY);
  const greatest = Math.max(...values, 0);
  const domain: [number, number] = values.length === 0 ? [1, 1000] : [least / 1.3, greatest * 1.3];
  const bottom = top + SIDE;
  const right = LEFT + SIDE;
  return {
    x: scaleLog().domain(domain).range([LEFT, right]),
    y: scaleLog().domain(domain).range([bottom, top]),
    top,
    bottom,
    right,
    domain,
  };
}

function axes({ x, y, top, bottom, right, domain }: Frame): string {
  const [low, high] = domain;
  const ticks = ticksOf(x);
  const rows = ticks.map((tick) => {
    const at = { x1: LEFT, x2: right, y1: y(tick), y2: y(tick) };
    const label = { class: 'muted', x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' };
    return element('line', { class: 'grid', ...at }) + textElement('text', label, numberText(tick));
  });
  const columns = ticks.map((tick) => {
    const at = { x1: x(tick), x2: x(tick), y1: top, y2: bottom };
    const label = { class: 'muted', x: x(tick), y: bottom + 19, 'text-anchor': 'middle' };
    return element('line', { class: 'grid', ...at }) + textElement('text', label, numberText(tick));
  });
  // The band's corners, cut at the frame so that nothing is drawn outside.
  const inside = (value: number) => Math.min(high, Math.max(low, value));
  const corner = (recorded: number, factor: number) =>
    `${px(x(recorded))},${px(y(inside(recorded * factor)))}`;
  const corners = [
    corner(low, 1 + BAND),
    corner(high / (1 + BAND), 1 + BAND),
    corner(high, 1),
    corner(high, 1 - BAND),
    corner(low / (1 - BAND), 1 - BAND),
    corner(low, 1),
  ];
  const end = { x: right, y: bottom + 40, 'text-anchor': 'end', class: 'muted' };
  return [
    element('polygon', { class: 'band s5', points: corners.join(' ') }),
    ...rows,
    ...columns,
    element('line', { class: 'one', x1: x(low), y1: y(low), x2: x(high), y2: y(high) }),
    textElement('text', { class: 'muted', x: 8, y: top - 10 }, axisY),
    textElement('text', end, axisX),
  ].join('\n');
}

/** Powers of ten over many decades, with 2 and 5 times them over few, else the scale's own. */
function ticksOf(x: Frame['x']): number[] {
  const [low, high] = x.domain() as [number, number];
  const decades = Math.log10(high / low);
  if (decades < 0.8) return x.ticks(4).filter((_, i, all) => i % Math.ceil(all.length / 6) === 0);
  const steps = decades > 2.5 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function seriesMarks({ points }: QuantileSeries, index: number, { x, y }: Frame): string {
  const path = line<QuantilePoint>(
    (point) => x(point.recorded),
    (point) => y(point.simulated),
  );
  const mark = symbol()
    .type(SYMBOLS[index % SYMBOLS.length]!)
    .size(44)();
  const marks = points.map((point) =>
    element('path', {
      class: 'mark',
      transform: `translate(${px(x(point.recorded))},${px(y(point.simulated))})`,
      d: mark ?? '',
    }),
  );
  const content = element('path', { class: 'line', d: path(points) ?? '' }) + marks.join('');
  return element('g', { class: `series s${index}` }, content);
}

/** Names, errors and distances beside the plot. */
function legend(series: readonly QuantileSeries[], { top, right }: Frame): string[] {
  const at = right + 24;
  const entries = series.flatMap((one, index) => {
    const y = top + 14 + 58 * index;
    const mark = symbol()
      .type(SYMBOLS[index % SYMBOLS.length]!)
      .size(44)();
    const lines = [
      `mean ${signedPercent(one.meanError)}, KS distance ${numberText(one.ksDistance, 2)}`,
      `median quantile error ${numberText(100 * one.medianQuantileError, 2)} %`,
    ];
    return [
      element(
        'g',
        { class: `s${index}` },
        element('path', {
          class: 'mark',
          transform: `translate(${at},${y - 4})`,
          d: mark ?? '',
        }),
      ),
      textElement('text', { class: `label s${index}`, x: at + 12, y }, one.label),
      ...lines.map((text, i) =>
        textElement('text', { class: 'muted', x: at + 12, y: y + 17 + 15 * i }, text),
      ),
    ];
  });
  const last = top + 14 + 58 * series.length;
  const rule = { class: 'one', x1: at - 8, x2: at + 8, y1: last - 4, y2: last - 4 };
  return [
    ...entries,
    element('line', rule),
    textElement('text', { class: 'muted', x: at + 12, y: last }, diagonalText),
  ];
}

function emptyNote({ top, bottom, right }: Frame): string {
  const at = { x: (LEFT + right) / 2, y: (top + bottom) / 2 };
  return textElement('text', { ...at, 'text-anchor': 'middle' }, emptyText);
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
export function quantilePlotTable(figure: QuantilePlot): string {
  const head = tableHead.map((text) => `<th scope="col">${escapeText(text)}</th>`);
  const rows = figure.series.flatMap((series) =>
    series.points.map(({ p, recorded, simulated }) => {
      const cells = [
        `p${Math.round(100 * p)}`,
        numberText(recorded, 4),
        numberText(simulated, 4),
        signedPercent((simulated - recorded) / recorded),
        numberText(series.ksDistance),
      ].map((text) => `<td class="n">${escapeText(text)}</td>`);
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
export function quantilePlotFigure(
  figure: QuantilePlot,
  options: QuantilePlotOptions = {},
): string {
  const data = `<details><summary>Data</summary>${quantilePlotTable(figure)}</details>`;
  return `<figure>${quantilePlotSvg(figure, options)}${data}</figure>\n`;
}
