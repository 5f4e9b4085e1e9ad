/**
 * Predictions against measurements: the ratio of the two over what was measured, since over eight
 * decades a band of ten per cent around a diagonal is a hair. Laws: every point stands inside the
 * plot, higher up means predicted too high, a point is in the band exactly when its error is at
 * most ten per cent, and the table holds exactly the points drawn.
 */
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
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { SERIES_MAX, seriesTone } from '../palette.ts';
import { BAND } from './band.ts';
import {
  medianText,
  predictionScatterMessages,
  scatterDescription,
  scatterFinding,
} from './messages.ts';
import type { PredictionScatter, ScatterSeries } from './model.ts';

const SIDE = 400;
const HEIGHT = 320;
const LEFT = 64;
const LEGEND = 270;
const ENTRY = 44;
/** Ratios that are shown at least. */
const LEAST_SPAN = 2;
const RATIOS = [0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10];

interface Chart {
  plot: Plot;
  x: Scale;
  /** Of predicted / measured. */
  y: Scale;
}

export function predictionScatterPicture(figure: PredictionScatter, options: ViewOptions): Picture {
  const { language, width } = options;
  const words = predictionScatterMessages[language];
  const drawn = shown(figure, words.more);
  const isBeside = width >= LEFT + 260 + LEGEND;
  const side = Math.min(SIDE, width - LEFT - (isBeside ? LEGEND : 16));
  const top = axisTop(words.axisY, width) + 6;
  const axis = axisBottom(words.axisX, side);
  const legend = ENTRY * drawn.length + 28;
  return drawPicture(options, {
    title: scatterFinding(figure, language),
    summary: scatterDescription(figure, language),
    table: tableOf(figure, language),
    notes: [words.origin, ...(figure.leftOut > 0 ? [words.leftOut(figure.leftOut)] : [])],
    height: top + HEIGHT + axis + (isBeside ? 0 : legend),
    draw: (space) => {
      const plot = inset(space, { left: LEFT, top });
      plot.right = plot.left + side;
      plot.bottom = plot.top + HEIGHT;
      const chart = chartOf(drawn, plot);
      const corner = isBeside
        ? { left: plot.right + 24, top: plot.top }
        : { left: 16, top: plot.bottom + axis };
      return [
        axes(chart, options),
        ...(drawn.length === 0 ? [emptyNote(plot, words.empty)] : []),
        ...drawn.map((series, i) => marks(series, i, chart, options)),
        legendOf(drawn, { ...corner, width: width - corner.left - 8 }, options),
      ].join('\n');
    },
  });
}

/** Series that can be told apart; the smallest ones share the last mark. */
function shown({ series }: PredictionScatter, nameOf: (count: number) => string): ScatterSeries[] {
  if (series.length <= SERIES_MAX) return series;
  const rest = series.slice(SERIES_MAX - 1);
  const points = rest.flatMap((one) => one.points);
  const errors = points.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  const others = {
    label: nameOf(rest.length),
    points,
    within: points.filter(({ isWithin }) => isWithin).length,
    median: errors[Math.ceil(errors.length / 2) - 1]!,
  };
  return [...series.slice(0, SERIES_MAX - 1), others];
}

function chartOf(series: readonly ScatterSeries[], plot: Plot): Chart {
  const points = series.flatMap((one) => one.points);
  const measured = points.map((point) => point.measured);
  const least = Math.min(...measured, Number.POSITIVE_INFINITY);
  const greatest = Math.max(...measured, 0);
  const domain = points.length === 0 ? [1, 100] : [least / 1.3, greatest * 1.3];
  const sizes = points.map(({ error }) => Math.max(1 + error, 1 / (1 + error)));
  const span = 1.1 * Math.max(LEAST_SPAN, ...sizes);
  return {
    plot,
    x: scaleLog().domain(domain).range([plot.left, plot.right]),
    y: scaleLog()
      .domain([1 / span, span])
      .range([plot.bottom, plot.top]),
  };
}

function axes({ plot, x, y }: Chart, { language }: ViewOptions): string {
  const words = predictionScatterMessages[language];
  const [lowest, highest] = y.domain();
  const [least, greatest] = x.domain();
  const { left, right } = plot;
  const band = { x: left, width: right - left, y: y(1 + BAND), height: y(1 - BAND) - y(1 + BAND) };
  return [
    element('rect', { class: 'loss', ...band }),
    axisLeft(plot, y, {
      label: words.axisY,
      ticks: RATIOS.filter((ratio) => ratio > lowest && ratio < highest),
      format: (ratio) => `${ratio}×`,
    }),
    axisDown(plot, x, { label: words.axisX, ticks: logTicks(least, greatest, x.ticks(4)) }),
    element('line', { class: 'one', x1: left, x2: right, y1: y(1), y2: y(1) }),
  ].join('\n');
}

function marks(
  series: ScatterSeries,
  index: number,
  { x, y }: Chart,
  options: ViewOptions,
): string {
  const words = predictionScatterMessages[options.language];
  const content = series.points.map(({ measured, error, isWithin, cell }, i) =>
    pointMark(options, {
      key: `point:${series.label}:${i}`,
      group: `series:${series.label}`,
      label: words.point({
        name: series.label,
        cell,
        measured: numberText(measured),
        error: numberText(100 * (1 + error)),
      }),
      x: x(measured),
      y: y(1 + error),
      shape: index,
      area: 26,
      isHollow: !isWithin,
    }),
  );
  return toned(seriesTone(index), content.join(''), 'series');
}

/** What each mark is, beside the plot or under it. */
function legendOf(
  series: readonly ScatterSeries[],
  { left, top, width }: { left: number; top: number; width: number },
  { language }: ViewOptions,
): string {
  const words = predictionScatterMessages[language];
  const x = left + 12;
  const lines = series.map((one, i) => {
    const y = top + 14 + ENTRY * i;
    const mark = { class: 'mark', transform: `translate(${left},${y - 4})`, d: symbolPath(i, 52) };
    const text = words.legend(one.within, one.points.length, medianText(one));
    const content = [
      element('path', mark),
      textElement('text', { class: 'label', x, y }, cutText(one.label, width - 12, 13)),
      textElement('text', { class: 'muted', x, y: y + 16 }, text),
    ];
    return toned(seriesTone(i), content.join(''));
  });
  const y = top + 20 + ENTRY * series.length;
  const band = element('rect', { class: 'loss', x: left - 5, y: y - 10, width: 12, height: 12 });
  return [...lines, band, textElement('text', { class: 'muted', x, y }, words.band)].join('\n');
}

function tableOf(figure: PredictionScatter, language: ViewOptions['language']): PictureTable {
  const words = predictionScatterMessages[language];
  return {
    columns: words.head.map((label, i) => ({ label, numeric: i > 1 })),
    rows: figure.series.flatMap((series) =>
      series.points.map(({ measured, predicted, error, cell }) => [
        series.label,
        cell,
        numberText(measured, 4),
        numberText(predicted, 4),
        numberText(100 * error, 4),
      ]),
    ),
  };
}
