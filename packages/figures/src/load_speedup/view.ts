/**
 * Load against speedup: a line and a band a series, the loads at which drafting stops paying with
 * their intervals, the best choice at each load, and a line at the reader's own load. Laws: every
 * point stands inside the plot; what lies above 1 is drawn above the line at 1; the table holds
 * exactly the points drawn.
 */
import { area, line } from 'd3-shape';
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  cutText,
  drawPicture,
  emptyNote,
  endLabels,
  endLabelsWidth,
  inset,
  linked,
  logTicks,
  NARROW,
  type Picture,
  type PictureTable,
  type Plot,
  pointMark,
  type Scale,
  scaleLinear,
  scaleLog,
  symbolPath,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { SERIES_MAX, seriesTone } from '../palette.ts';
import { loadsOf, speedupAt } from './curve.ts';
import {
  description,
  finding,
  intervalText,
  loadSpeedupMessages,
  loadText,
  pointText,
} from './messages.ts';
import type { Crossover, EnvelopePoint, LoadPoint, LoadSeries, LoadSpeedup } from './model.ts';

export interface LoadSpeedupState {
  /** The reader's own load, in the figure's unit; null without a line. */
  load: number | null;
}

const PLOT_HEIGHT = 300;
const LEFT = 52;
const LEGEND_LINE = 20;
/** Above the plot, for the words at the reader's load. */
const LOAD_LINE = 18;

interface Chart {
  plot: Plot;
  x: Scale;
  y: Scale;
}

export function loadSpeedupPicture(
  figure: LoadSpeedup,
  state: LoadSpeedupState,
  options: ViewOptions,
): Picture {
  const { language, width } = options;
  const words = loadSpeedupMessages[language];
  const drawn = figure.series.slice(0, SERIES_MAX);
  const isNarrow = width < NARROW;
  const right = isNarrow ? 12 : labelsWidth(drawn, options);
  const gap = state.load === null ? 0 : LOAD_LINE;
  const top = axisTop(words.axisY(words.measures[figure.measure]), width) + gap;
  const axis = axisBottom(words.axisX(figure.unit), width - LEFT - right);
  const legend = isNarrow && drawn.length > 0 ? LEGEND_LINE * (drawn.length + 1) : 0;
  return drawPicture(options, {
    title: finding(figure, language),
    summary: description(figure, language),
    table: tableOf(figure, language),
    notes: notesOf(figure, language),
    height: top + PLOT_HEIGHT + axis + legend,
    draw: (space) => {
      const plot = inset(space, { left: LEFT, top, right, bottom: axis + legend });
      const chart = chartOf(figure, drawn, plot);
      const upper = { ...plot, bottom: chart.y(1) };
      return [
        axes(figure, chart, gap, options),
        ...(drawn.length === 0 ? [emptyNote(upper, words.empty)] : []),
        envelopeLine(figure.envelope, chart),
        ...drawn.map((series, i) => seriesMarks(series, i, figure, chart, options)),
        yourLoad(figure, state, chart, options),
        crossoverMarks(drawn, figure, chart, options),
        isNarrow ? legendUnder(drawn, plot, axis, options) : labelsBeside(drawn, chart, options),
      ].join('\n');
    },
  });
}

function labelsWidth(series: readonly LoadSeries[], { language, width }: ViewOptions): number {
  const names = [loadSpeedupMessages[language].withoutDrafting, ...series.map((s) => s.label)];
  return endLabelsWidth(names, Math.min(240, width * 0.32));
}

function chartOf({ envelope }: LoadSpeedup, series: readonly LoadSeries[], plot: Plot): Chart {
  const points = series.flatMap((one) => one.points);
  const tops = [...points.flatMap((p) => [p.speedup, p.high]), ...envelope.map((p) => p.speedup)];
  const highest = Math.max(1.25, ...tops);
  const lowest = Math.min(0.75, ...points.flatMap((point) => [point.speedup, point.low]));
  return {
    plot,
    x: scaleLog()
      .domain(loadDomain(series))
      .range([plot.left + 10, plot.right - 10]),
    y: scaleLinear()
      .domain([Math.max(0, lowest), highest])
      .nice(6)
      .range([plot.bottom, plot.top]),
  };
}

/** Least and greatest load shown; never the same. */
export function loadDomain(series: readonly LoadSeries[]): [number, number] {
  const loads = loadsOf(series);
  if (loads.length === 0) return [0.5, 64];
  const [least, greatest] = [loads[0]!, loads.at(-1)!];
  return least === greatest ? [least / 2, greatest * 2] : [least, greatest];
}

function axes(
  figure: LoadSpeedup,
  { plot, x, y }: Chart,
  gap: number,
  { language }: ViewOptions,
): string {
  const words = loadSpeedupMessages[language];
  const one = y(1);
  const { left, right, bottom } = plot;
  const loads = loadsOf(figure.series);
  return [
    element('rect', { class: 'loss', x: left, y: one, width: right - left, height: bottom - one }),
    axisLeft(plot, y, {
      label: words.axisY(words.measures[figure.measure]),
      format: (tick) => `${tick}×`,
      gap: 10 + gap,
    }),
    axisDown(plot, x, {
      label: words.axisX(figure.unit),
      ticks: loads.length === 0 ? logTicks(...loadDomain([])) : loads,
    }),
    element('line', { class: 'one', x1: left, x2: right, y1: one, y2: one }),
  ].join('\n');
}

function seriesMarks(
  series: LoadSeries,
  index: number,
  figure: LoadSpeedup,
  { x, y }: Chart,
  options: ViewOptions,
): string {
  const { points, label } = series;
  const at = (point: LoadPoint) => x(point.load);
  const band = area<LoadPoint>(
    at,
    (p) => y(p.low),
    (p) => y(p.high),
  );
  const path = line<LoadPoint>(at, (point) => y(point.speedup));
  const hasBand = points.some((point) => point.high > point.low);
  const marks = points.map((point) =>
    pointMark(options, {
      key: `point:${label}:${numberText(point.load, 6)}`,
      group: `series:${label}`,
      label: pointText(series, point, figure, options.language),
      x: at(point),
      y: y(point.speedup),
      shape: index,
      isHollow: point.isOverloaded,
    }),
  );
  const content = [
    ...(hasBand ? [element('path', { class: 'band', d: band(points) ?? '' })] : []),
    element('path', { class: 'line', d: path(points) ?? '' }),
    ...marks,
  ].join('');
  return toned(seriesTone(index), content, 'series');
}

/** A wide light line under all others: what adapting to the load could reach. */
function envelopeLine(points: readonly EnvelopePoint[], { x, y }: Chart): string {
  if (points.length === 0) return '';
  const path = line<EnvelopePoint>(
    (point) => x(point.load),
    (point) => y(point.speedup),
  );
  return toned('baseline', element('path', { class: 'envelope', d: path(points) ?? '' }), 'best');
}

/** Vertical lines where series pass 1; with many their words would cover each other. */
function crossoverMarks(
  series: readonly LoadSeries[],
  { unit }: LoadSpeedup,
  chart: Chart,
  options: ViewOptions,
): string {
  const { plot, x, y } = chart;
  const words = loadSpeedupMessages[options.language];
  const isNamed = series.flatMap((one) => one.crossovers).length <= 2;
  const marks = series.flatMap((one, index) =>
    one.crossovers.map((crossover) => {
      const at = x(crossover.load);
      const text = words.crossover(
        loadText(crossover.load, unit, options.language),
        intervalText(crossover, options.language),
      );
      const lines = { class: 'cross', x1: at, x2: at, y1: plot.top, y2: plot.bottom };
      const rule = element('line', lines);
      const interval = intervalMark(crossover, chart);
      if (!isNamed) return toned(seriesTone(index), interval + rule);
      const flips = at > (plot.right + plot.left) / 2;
      const room = (flips ? at - plot.left : plot.right - at) - 8;
      const label = textElement(
        'text',
        {
          ...linked(options, { key: `crossover:${one.label}` }, 'label'),
          x: flips ? at - 6 : at + 6,
          y: Math.min(plot.bottom - 10, y(1) + 20 + 18 * index),
          'text-anchor': flips ? 'end' : 'start',
        },
        cutText(text, room, 13),
      );
      return toned(seriesTone(index), interval + rule + label);
    }),
  );
  return marks.join('\n');
}

/** The interval of a crossover on the line at 1, cut where it goes beyond the loads shown. */
function intervalMark({ interval }: Crossover, { x, y }: Chart): string {
  if (interval === null) return '';
  const [least, greatest] = x.domain();
  const inside = (load: number) => x(Math.min(greatest, Math.max(least, load)));
  const from = inside(interval.low);
  const to = inside(Number.isFinite(interval.high) ? interval.high : greatest);
  return element('rect', { class: 'band', x: from, y: y(1) - 5, width: to - from, height: 10 });
}

/** Each series' speedup at a load, where its points reach that far. */
export function readingsAt(
  series: readonly LoadSeries[],
  load: number,
): { label: string; speedup: number }[] {
  return series.flatMap(({ label, points }) => {
    const speedup = speedupAt(points, load);
    return speedup === null ? [] : [{ label, speedup }];
  });
}

/** The line at the reader's load and a dot where it meets each series. */
function yourLoad(
  figure: LoadSpeedup,
  { load }: LoadSpeedupState,
  { plot, x, y }: Chart,
  { language, width }: ViewOptions,
): string {
  const [least, greatest] = x.domain();
  if (load === null || load < least || load > greatest || figure.series.length === 0) return '';
  const at = x(load);
  const words = loadSpeedupMessages[language];
  const text = words.yourLoad(loadText(load, figure.unit, language));
  const half = textWidth(text, 13) / 2;
  const label = {
    class: 'your-load',
    x: Math.max(half + 8, Math.min(width - half - 8, at)),
    y: plot.top - 6,
    'text-anchor': 'middle',
  };
  const dots = figure.series.slice(0, SERIES_MAX).map((series, i) => {
    const speedup = speedupAt(series.points, load);
    if (speedup === null) return '';
    return toned(
      seriesTone(i),
      element('circle', { class: 'hollow', cx: at, cy: y(speedup), r: 4.5 }),
    );
  });
  const drawn = [
    element('line', { class: 'your-line', x1: at, x2: at, y1: plot.top, y2: plot.bottom }),
    ...dots,
    textElement('text', label, text),
  ];
  return element('g', { class: 'ghost' }, drawn.join(''));
}

/** The load under a horizontal position in the picture, as the same view draws it. */
export function loadAtX(figure: LoadSpeedup, px: number, options: ViewOptions): number {
  const drawn = figure.series.slice(0, SERIES_MAX);
  const right = options.width < NARROW ? 12 : labelsWidth(drawn, options);
  const plot = { left: LEFT, top: 0, right: options.width - right, bottom: PLOT_HEIGHT };
  const { x } = chartOf(figure, drawn, plot);
  const [least, greatest] = x.domain();
  return Math.min(greatest, Math.max(least, x.invert(px)));
}

function labelsBeside(
  series: readonly LoadSeries[],
  { plot, y }: Chart,
  options: ViewOptions,
): string {
  const labels = series.map((one, i) => ({
    text: one.label,
    tone: seriesTone(i),
    y: y(one.points.at(-1)!.speedup),
  }));
  const one = { text: loadSpeedupMessages[options.language].withoutDrafting, y: y(1) };
  return endLabels([...labels, one], plot, labelsWidth(series, options));
}

/** On a phone the names stand under the plot, each with its mark. */
function legendUnder(
  series: readonly LoadSeries[],
  plot: Plot,
  axis: number,
  { width, language }: ViewOptions,
): string {
  if (series.length === 0) return '';
  const lines = series.map((one, i) => {
    const y = plot.bottom + axis + LEGEND_LINE * (i + 0.6);
    const mark = { class: 'mark', transform: `translate(18,${y - 4})`, d: symbolPath(i, 52) };
    const text = textElement(
      'text',
      { class: 'label', x: 32, y },
      cutText(one.label, width - 44, 13),
    );
    return toned(seriesTone(i), element('path', mark) + text);
  });
  const y = plot.bottom + axis + LEGEND_LINE * (series.length + 0.6);
  const rule = element('line', { class: 'one', x1: 8, x2: 28, y1: y - 4, y2: y - 4 });
  const words = loadSpeedupMessages[language].withoutDrafting;
  return [...lines, rule + textElement('text', { class: 'muted', x: 32, y }, words)].join('\n');
}

function notesOf(figure: LoadSpeedup, language: ViewOptions['language']): string[] {
  const words = loadSpeedupMessages[language];
  const points = figure.series.flatMap((one) => one.points);
  const seeds = Math.max(1, ...points.map((point) => point.seeds));
  const draws = Math.max(0, ...points.map((point) => point.draws));
  const hidden = figure.series.slice(SERIES_MAX).map((one) => one.label);
  return [
    words.origin,
    ...(points.some((point) => point.isOverloaded) ? [words.overloaded] : []),
    ...(draws > 0 ? [words.draws(draws)] : seeds > 1 ? [words.seeds(seeds)] : []),
    ...(figure.envelope.length > 0 ? [words.envelopeNote] : []),
    ...(hidden.length > 0 ? [words.hidden(hidden)] : []),
    ...(figure.leftOut > 0 ? [words.leftOut(figure.leftOut)] : []),
  ];
}

function tableOf(figure: LoadSpeedup, language: ViewOptions['language']): PictureTable {
  const words = loadSpeedupMessages[language];
  const hasDraws = figure.series.some(({ points }) => points.some(({ draws }) => draws > 0));
  const rows = figure.series.flatMap((series) =>
    series.points.map((point) => [
      series.label,
      numberText(point.load, 4),
      numberText(point.speedup, 4),
      point.seeds > 1 || point.draws > 0
        ? `${numberText(point.low, 4)} – ${numberText(point.high, 4)}`
        : '–',
      point.isOverloaded ? words.isOverloaded : words.keepsUp,
      words.binding(point.binding),
    ]),
  );
  const best = figure.envelope.map(({ load, speedup, label }) => [
    words.envelope,
    numberText(load, 4),
    numberText(speedup, 4),
    '–',
    '–',
    label ?? words.withoutDrafting,
  ]);
  return {
    columns: words
      .head(figure.unit, hasDraws)
      .map((label, i) => ({ label, numeric: i > 0 && i < 4 })),
    rows: [...rows, ...best],
  };
}
