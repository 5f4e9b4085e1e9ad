/**
 * Quantiles recorded against simulated. Laws: every point stands inside the plot; what came out
 * longer than recorded stands above the diagonal; a relative error is the same distance from it
 * anywhere; the table holds exactly the points drawn.
 */
import { line } from 'd3-shape';
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  cutText,
  drawPicture,
  emptyNote,
  inset,
  logTicks,
  type Picture,
  type PictureTable,
  type Plot,
  pointMark,
  type Scale,
  scaleLog,
  symbolPath,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { seriesTone } from '../palette.ts';
import { BAND, description, finding, quantilePlotMessages, signedPercent } from './messages.ts';
import type { QuantilePlot, QuantilePoint, QuantileSeries } from './model.ts';

const LEFT = 64;
const SIDE = 420;
const LEGEND = 260;
const ENTRY = 58;

interface Chart {
  plot: Plot;
  x: Scale;
  y: Scale;
  domain: [number, number];
}

export function quantilePlotPicture(figure: QuantilePlot, options: ViewOptions): Picture {
  const { language, width } = options;
  const words = quantilePlotMessages[language];
  const isBeside = width >= LEFT + 280 + LEGEND;
  const side = Math.min(SIDE, width - LEFT - (isBeside ? LEGEND : 16));
  const top = axisTop(words.axisY, width) + 6;
  const axis = axisBottom(words.axisX, side);
  const legend = ENTRY * figure.series.length + 24;
  const leftOut = figure.series.reduce((sum, one) => sum + one.leftOut, 0);
  const isEmpty = figure.series.every(({ points }) => points.length === 0);
  return drawPicture(options, {
    title: finding(figure, language),
    summary: description(figure, language),
    table: tableOf(figure, language),
    notes: [words.origin, ...(leftOut > 0 ? [words.leftOut(leftOut)] : [])],
    height: isBeside ? Math.max(top + side + axis, top + legend) : top + side + axis + legend,
    draw: (space) => {
      const plot = inset(space, { left: LEFT, top });
      plot.right = plot.left + side;
      plot.bottom = plot.top + side;
      const chart = chartOf(figure.series, plot);
      const corner = isBeside
        ? { left: plot.right + 24, top: plot.top }
        : { left: 16, top: plot.bottom + axis };
      return [
        axes(chart, language),
        ...(isEmpty ? [emptyNote(plot, words.empty)] : []),
        ...figure.series.map((series, i) => seriesMarks(series, i, chart, options)),
        legendOf(figure.series, { ...corner, width: width - corner.left - 8 }, language),
      ].join('\n');
    },
  });
}

/** Both axes have the same domain, with room for the band at its ends. */
function chartOf(series: readonly QuantileSeries[], plot: Plot): Chart {
  const values = series.flatMap(({ points }) => points.flatMap((p) => [p.recorded, p.simulated]));
  const least = Math.min(...values, Number.POSITIVE_INFINITY);
  const greatest = Math.max(...values, 0);
  const domain: [number, number] = values.length === 0 ? [1, 1000] : [least / 1.3, greatest * 1.3];
  return {
    plot,
    x: scaleLog().domain(domain).range([plot.left, plot.right]),
    y: scaleLog().domain(domain).range([plot.bottom, plot.top]),
    domain,
  };
}

function axes({ plot, x, y, domain }: Chart, language: ViewOptions['language']): string {
  const words = quantilePlotMessages[language];
  const [low, high] = domain;
  const ticks = logTicks(low, high, x.ticks(4));
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
  return [
    toned('baseline', element('polygon', { class: 'band', points: corners.join(' ') })),
    axisLeft(plot, y, { label: words.axisY, ticks }),
    axisDown(plot, x, { label: words.axisX, ticks, hasGrid: true }),
    element('line', { class: 'one', x1: x(low), y1: y(low), x2: x(high), y2: y(high) }),
  ].join('\n');
}

function seriesMarks(
  { points, quantity }: QuantileSeries,
  index: number,
  { x, y }: Chart,
  options: ViewOptions,
): string {
  const words = quantilePlotMessages[options.language];
  const path = line<QuantilePoint>(
    (point) => x(point.recorded),
    (point) => y(point.simulated),
  );
  const marks = points.map((point) => {
    const p = Math.round(100 * point.p);
    const values = {
      p,
      recorded: numberText(point.recorded),
      simulated: numberText(point.simulated),
    };
    return pointMark(options, {
      key: `quantile:${quantity}:${p}`,
      group: `series:${quantity}`,
      label: words.seriesLine(words.quantities[quantity], [words.pointLine(values)]),
      x: x(point.recorded),
      y: y(point.simulated),
      shape: index,
      area: 44,
    });
  });
  const content = element('path', { class: 'line', d: path(points) ?? '' }) + marks.join('');
  return toned(seriesTone(index), content, 'series');
}

/** Names, errors and distances, beside the plot or under it. */
function legendOf(
  series: readonly QuantileSeries[],
  { left, top, width }: { left: number; top: number; width: number },
  language: ViewOptions['language'],
): string {
  const words = quantilePlotMessages[language];
  const x = left + 12;
  const entries = series.flatMap((one, index) => {
    const y = top + 14 + ENTRY * index;
    const mark = { class: 'mark', transform: `translate(${left},${y - 4})` };
    const name = cutText(words.quantities[one.quantity], width - 12, 13);
    const lines = [
      words.meanAndDistance(signedPercent(one.meanError), numberText(one.ksDistance, 2)),
      words.median(numberText(100 * one.medianQuantileError, 2)),
    ];
    return [
      toned(
        seriesTone(index),
        element('path', { ...mark, d: symbolPath(index, 44) }) +
          textElement('text', { class: 'label', x, y }, name),
      ),
      ...lines.map((text, i) =>
        textElement('text', { class: 'muted', x, y: y + 17 + 15 * i }, text),
      ),
    ];
  });
  const last = top + 14 + ENTRY * series.length;
  const rule = { class: 'one', x1: left - 8, x2: left + 8, y1: last - 4, y2: last - 4 };
  return [
    ...entries,
    element('line', rule),
    textElement('text', { class: 'muted', x, y: last }, words.diagonal),
  ].join('\n');
}

function tableOf(figure: QuantilePlot, language: ViewOptions['language']): PictureTable {
  const words = quantilePlotMessages[language];
  return {
    columns: words.head.map((label, i) => ({ label, numeric: i > 0 })),
    rows: figure.series.flatMap((series) =>
      series.points.map(({ p, recorded, simulated }) => [
        words.quantities[series.quantity],
        `p${Math.round(100 * p)}`,
        numberText(recorded, 4),
        numberText(simulated, 4),
        signedPercent((simulated - recorded) / recorded),
        numberText(series.ksDistance),
      ]),
    ),
  };
}
