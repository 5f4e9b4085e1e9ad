/**
 * Predictions against measurements as SVG and as an HTML table: the ratio of the two over what was
 * measured, since over eight decades a band of ten per cent around a diagonal is a hair. Laws:
 * every point stands inside the plot, higher up means predicted too high, and a point is in the
 * band exactly when its error is at most ten per cent.
 */
import { type ScaleLogarithmic, scaleLog } from 'd3-scale';
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import type { ViewOptions } from '../load_speedup/view.ts';
import { element, escapeText, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { figureStyle, themes } from '../palette.ts';
import {
  bandLabel,
  emptyScatter,
  leftOutText,
  legendText,
  scatterAxisX,
  scatterAxisY,
  scatterDescription,
  scatterFinding,
  scatterHead,
  scatterOrigin,
} from './messages.ts';
import { BAND, type PredictionScatter, type ScatterSeries } from './model.ts';

const WIDTH = 760;
const SIDE = 400;
const HEIGHT = 320;
/** Ratios that are shown at least. */
const LEAST_SPAN = 2;
const LEFT = 64;
const SYMBOLS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
] as const;
const MAX_SERIES = themes.light.series.length;

interface Frame {
  x: ScaleLogarithmic<number, number>;
  /** Of predicted / measured. */
  y: ScaleLogarithmic<number, number>;
  top: number;
}

/** A self-contained SVG document. */
export function predictionScatterSvg(figure: PredictionScatter, options: ViewOptions = {}): string {
  const { scope = 'prediction-scatter', hasTitle = true } = options;
  const drawn = shown(figure);
  const frame = frameOf(drawn, hasTitle ? 56 : 36);
  const bottom = frame.top + HEIGHT;
  const notes = [scatterOrigin, ...leftOutText(figure.leftOut)];
  const height = bottom + 52 + 16 * notes.length;
  const parts = [
    textElement('title', { id: `${scope}-title` }, scatterFinding(figure)),
    textElement('desc', { id: `${scope}-desc` }, scatterDescription(figure)),
    `<style>${figureStyle(`.${scope}`)}</style>`,
    element('rect', { class: 'back', width: WIDTH, height }),
    ...(hasTitle
      ? [textElement('text', { class: 'title', x: 8, y: 22 }, scatterFinding(figure))]
      : []),
    axes(frame),
    ...(drawn.length === 0 ? [emptyNote(frame)] : []),
    ...drawn.map((series, i) => marks(series, i, frame)),
    ...legend(drawn, frame),
    ...notes.map((text, i) =>
      textElement('text', { class: 'muted', x: 8, y: bottom + 60 + 16 * i }, text),
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

/** Series that can be told apart; the smallest ones share the last mark. */
function shown({ series }: PredictionScatter): ScatterSeries[] {
  if (series.length <= MAX_SERIES) return series;
  const rest = series.slice(MAX_SERIES - 1);
  const points = rest.flatMap((one) => one.points);
  const errors = points.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  const others = {
    label: `${rest.length} more`,
    points,
    within: points.filter(({ isWithin }) => isWithin).length,
    median: errors[Math.ceil(errors.length / 2) - 1]!,
  };
  return [...series.slice(0, MAX_SERIES - 1), others];
}

function frameOf(series: readonly ScatterSeries[], top: number): Frame {
  const points = series.flatMap((one) => one.points);
  const measured = points.map((point) => point.measured);
  const least = Math.min(...measured, Number.POSITIVE_INFINITY);
  const greatest = Math.max(...measured, 0);
  const domain = points.length === 0 ? [1, 100] : [least / 1.3, greatest * 1.3];
  const sizes = points.map(({ error }) => Math.max(1 + error, 1 / (1 + error)));
  const span = 1.1 * Math.max(LEAST_SPAN, ...sizes);
  return {
    x: scaleLog()
      .domain(domain)
      .range([LEFT, LEFT + SIDE]),
    y: scaleLog()
      .domain([1 / span, span])
      .range([top + HEIGHT, top]),
    top,
  };
}

const RATIOS = [0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10];

function axes({ x, y, top }: Frame): string {
  const bottom = top + HEIGHT;
  const [lowest, highest] = y.domain() as [number, number];
  const rows = RATIOS.filter((ratio) => ratio > lowest && ratio < highest).map((ratio) => {
    const at = { x1: LEFT, x2: LEFT + SIDE, y1: y(ratio), y2: y(ratio) };
    const label = { class: 'muted', x: LEFT - 8, y: y(ratio) + 4, 'text-anchor': 'end' };
    return element('line', { class: 'grid', ...at }) + textElement('text', label, `${ratio}×`);
  });
  const columns = x
    .ticks(6)
    .filter(isPowerOfTen)
    .map((tick) => {
      const at = { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 };
      const label = { class: 'muted', x: x(tick), y: bottom + 19, 'text-anchor': 'middle' };
      const text = textElement('text', label, numberText(tick));
      return element('line', { class: 'grid', ...at }) + text;
    });
  const band = { x: LEFT, width: SIDE, y: y(1 + BAND), height: y(1 - BAND) - y(1 + BAND) };
  const end = { class: 'muted', x: LEFT + SIDE, y: bottom + 37, 'text-anchor': 'end' };
  return [
    element('rect', { class: 'loss', ...band }),
    ...rows,
    ...columns,
    element('line', { class: 'one', x1: LEFT, x2: LEFT + SIDE, y1: y(1), y2: y(1) }),
    textElement('text', { class: 'muted', x: 8, y: top - 12 }, scatterAxisY),
    textElement('text', end, scatterAxisX),
  ].join('\n');
}

function isPowerOfTen(value: number): boolean {
  return value.toExponential().startsWith('1e');
}

function marks(series: ScatterSeries, index: number, { x, y }: Frame): string {
  const shape = symbol()
    .type(SYMBOLS[index % SYMBOLS.length]!)
    .size(26)();
  const content = series.points.map(({ measured, error, isWithin }) => {
    const at = [x(measured), y(1 + error)];
    return element('path', {
      class: isWithin ? 'mark' : 'mark hollow',
      transform: `translate(${px(at[0]!)},${px(at[1]!)})`,
      d: shape ?? '',
    });
  });
  return element('g', { class: `series s${index}` }, content.join(''));
}

/** What each mark is, beside the plot. */
function legend(series: readonly ScatterSeries[], { top }: Frame): string[] {
  const x = LEFT + SIDE + 24;
  const lines = series.map((one, i) => {
    const shape = symbol()
      .type(SYMBOLS[i % SYMBOLS.length]!)
      .size(52)();
    const y = top + 14 + 44 * i;
    const at = `translate(${px(x)},${px(y - 4)})`;
    const content = [
      element('path', { class: 'mark', transform: at, d: shape ?? '' }),
      textElement('text', { class: 'label', x: x + 12, y }, cut(one.label, 32)),
      textElement('text', { class: 'muted', x: x + 12, y: y + 16 }, legendText(one)),
    ];
    return element('g', { class: `s${i}` }, content.join(''));
  });
  const y = top + 20 + 44 * series.length;
  const band = element('rect', { class: 'loss', x: x - 5, y: y - 10, width: 12, height: 12 });
  return [...lines, band, textElement('text', { class: 'muted', x: x + 12, y }, bandLabel)];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function emptyNote({ top }: Frame): string {
  const at = { x: LEFT + SIDE / 2, y: top + HEIGHT / 2, 'text-anchor': 'middle' };
  return textElement('text', at, emptyScatter);
}

/** The same content as a table, which is the canonical equivalent of the picture. */
export function predictionScatterTable(figure: PredictionScatter): string {
  const head = scatterHead.map((text) => `<th scope="col">${escapeText(text)}</th>`);
  const rows = figure.series.flatMap((series) =>
    series.points.map(({ measured, predicted, error, cell }) => {
      const numbers = [measured, predicted, 100 * error].map(
        (value) => `<td class="n">${numberText(value, 4)}</td>`,
      );
      const name = `<th scope="row">${escapeText(series.label)}</th>`;
      return `<tr>${name}<td>${escapeText(cell)}</td>${numbers.join('')}</tr>`;
    }),
  );
  return [
    `<table><caption>${escapeText(scatterFinding(figure))}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}
