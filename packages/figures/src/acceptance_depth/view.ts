/**
 * Acceptance by depth as a picture: survival curves, and beside them (beneath on a phone) the same
 * survivals laid end to end as tokens per step, with the classes of requests as ticks. Laws: a
 * bar's pieces are the curve's heights; a curve does not rise; everything stands inside the plots.
 */
import { area, line } from 'd3-shape';
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  drawPicture,
  emptyNote,
  endLabels,
  endLabelsWidth,
  linked,
  type Picture,
  type Plot,
  scaleLinear,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { SERIES_MAX, seriesTone } from '../palette.ts';
import { type Messages, messages } from './messages.ts';
import type { AcceptanceDepth, AcceptanceSeries } from './model.ts';
import { originKinds, originMark, originNames } from './origin.ts';

export interface AcceptanceDepthState {
  /** The text that is looked at: its band is drawn, its sliders are shown. */
  selected: string | null;
}

const WIDE = 660;
const CURVES = 300;
const ROW = 46;
const ROW_MAX = 75;
/** Px from a row's top to its bar. */
const BAR_AT = 15;
const BAR = 14;

/** `text:code` lights up a text, `depth:code:2` one of its points. */
export const textKey = (name: string) => `text:${name}`;
export const depthKey = (name: string, depth: number) => `depth:${name}:${depth}`;

interface Scene {
  model: AcceptanceDepth;
  series: readonly AcceptanceSeries[];
  words: Messages;
  options: ViewOptions;
  selected: string | null;
}

export function acceptanceDepthPicture(
  model: AcceptanceDepth,
  state: AcceptanceDepthState,
  options: ViewOptions,
): Picture {
  const words = messages[options.language];
  const series = model.series.slice(0, SERIES_MAX);
  const lit = model.series.find(({ name }) => options.highlight?.split(':')[1] === name);
  const selected = lit?.name ?? state.selected;
  const scene: Scene = { model, series, words, options, selected };
  const isWide = options.width >= WIDE;
  const split = Math.round(options.width * 0.56);
  const layout = layoutOf(scene, isWide ? split : options.width, isWide);
  const curvesBlock = layout.head + CURVES + axisBottom(words.axisDepth, layout.plotRight - 8) + 8;
  const barsWidth = isWide ? options.width - split - 32 : options.width - 24;
  const barsHead = isWide ? layout.head : 22;
  const barsBlock = barsHead + layout.row * series.length + axisBottom(words.axisTokens, barsWidth);
  const legend = originLegendHeight(series);
  const height =
    series.length === 0
      ? CURVES + 60
      : legend + (isWide ? Math.max(curvesBlock, barsBlock) : curvesBlock + barsBlock);
  return drawPicture(options, {
    title: titleOf(model, words),
    summary: summaryOf(scene),
    table: tableOf(scene),
    notes: notesOf(scene),
    height,
    draw: (place) => {
      if (series.length === 0) return emptyCurves(place, scene);
      const below = { ...place, top: place.top + legend };
      const left = isWide ? { ...below, right: split } : below;
      const right = isWide
        ? { ...below, top: below.top + barsHead, left: split + 18 }
        : { ...below, top: below.top + curvesBlock + barsHead };
      return [
        originLegend(place, scene),
        curves(left, scene, layout),
        bars(right, scene, layout.row),
      ].join('\n');
    },
  });
}

interface Layout {
  /** Px above the plot of the curves. */
  head: number;
  /** Px that the names at the ends of the curves take. */
  labels: number;
  plotRight: number;
  /** Px of a row of the bars. */
  row: number;
}

function layoutOf({ series, words }: Scene, right: number, isWide: boolean): Layout {
  const names = series.map((one) => nameOf(one, words));
  // Names are bold: a little wider than estimated.
  const labels = endLabelsWidth(names, Math.min(150, right * 0.4)) + 10;
  const plotRight = right - labels;
  const row = isWide ? Math.min(ROW_MAX, Math.max(ROW, CURVES / series.length)) : ROW;
  return { head: axisTop(words.axisSurvival, plotRight + 8), labels, plotRight, row };
}

const nameOf = ({ name, edit }: AcceptanceSeries, words: Messages) =>
  edit === null ? words.task(name) : words.edited(words.task(name));

function titleOf(model: AcceptanceDepth, words: Messages): string {
  const { series, method, beams, draftLength } = model;
  if (series.length === 0) return words.none;
  const shape = words.shape(beams, draftLength);
  const ranked = [...series].sort((a, b) => b.tokensPerStep - a.tokensPerStep);
  const best = ranked[0]!;
  const worst = ranked.at(-1)!;
  if (ranked.length === 1) return words.one(nameOf(best, words), best.tokensPerStep, method, shape);
  return words.finding(
    nameOf(best, words),
    best.tokensPerStep,
    nameOf(worst, words),
    worst.tokensPerStep,
    method,
    shape,
  );
}

function summaryOf({ model, words, options }: Scene): string {
  if (model.series.length === 0) return words.empty;
  const lines = model.series.map((one) =>
    words.line(
      nameOf(one, words),
      one.survival,
      one.tokensPerStep,
      originNames[options.language][one.origin.kind],
    ),
  );
  return words.summary(model.method, words.shape(model.beams, model.draftLength), lines);
}

function notesOf({ model, series, words, selected }: Scene): string[] {
  if (series.length === 0) return [words.empty];
  const shown = series.find(({ name }) => name === selected);
  const differs = series.some(({ classes }) => classes.length > 1);
  const isChain = model.beams === 1 && model.input.beams > 1;
  return [
    ...(shown !== undefined && shown.classes.length > 1
      ? [words.bandNote(nameOf(shown, words))]
      : []),
    ...(differs ? [words.spreadNote] : []),
    words.certainNote,
    words.rowsNote(model.meanDraftTokens),
    ...(isChain ? [words.chainNote] : []),
    ...series.map((one) =>
      words.sourceNote(nameOf(one, words), one.origin.kind, one.origin.source.replace(/\.$/, '')),
    ),
  ];
}

function tableOf({ model, words, options }: Scene): Picture['table'] {
  const { columns } = words;
  const share = (value: number) => numberText(100 * value, 4);
  return {
    columns: [
      { label: columns.text },
      { label: columns.depth, numeric: true },
      { label: columns.survival, numeric: true },
      { label: columns.conditional, numeric: true },
      { label: columns.least, numeric: true },
      { label: columns.greatest, numeric: true },
      { label: columns.tokens, numeric: true },
      { label: columns.origin },
      { label: columns.source },
    ],
    rows: model.series.flatMap((one) =>
      one.survival.map((reached, d) => [
        nameOf(one, words),
        String(d + 1),
        share(reached),
        share(one.conditional[d]!),
        share(one.classes[0]!.survival[d]!),
        share(one.classes.at(-1)!.survival[d]!),
        numberText(one.tokensPerStep, 4),
        originNames[options.language][one.origin.kind],
        one.origin.source,
      ]),
    ),
  };
}

function originLegendHeight(series: readonly AcceptanceSeries[]): number {
  return series.length === 0 ? 0 : 22;
}

/** The origins that occur, as the marks that stand for them. */
function originLegend(place: Plot, { series, options }: Scene): string {
  const kinds = originKinds.filter((kind) => series.some(({ origin }) => origin.kind === kind));
  let x = 14;
  const y = place.top + 12;
  const entries = kinds.map((kind) => {
    const name = originNames[options.language][kind];
    const mark = originMark(options, kind, { x, y });
    const text = textElement('text', { class: 'muted', x: x + 10, y: y + 4 }, name);
    x += 26 + textWidth(name, 12);
    return mark + text;
  });
  return toned('baseline', entries.join(''));
}

function curves(place: Plot, scene: Scene, { head, labels, plotRight }: Layout): string {
  const { series, words, model } = scene;
  const top = place.top + head;
  const plot: Plot = { left: 48, top, right: plotRight, bottom: top + CURVES };
  const x = scaleLinear()
    .domain([0, model.draftLength])
    .range([plot.left + 8, plot.right - 8]);
  const y = scaleLinear().domain([0, 1]).range([plot.bottom, plot.top]);
  const every = Math.ceil(model.draftLength / 10);
  const depths = Array.from(
    { length: Math.floor(model.draftLength / every) + 1 },
    (_, i) => i * every,
  );
  return [
    axisLeft(plot, y, {
      label: words.axisSurvival,
      ticks: [0, 0.25, 0.5, 0.75, 1],
      format: (tick) => numberText(100 * tick),
    }),
    axisDown(plot, x, { label: words.axisDepth, ticks: depths }),
    ...series.map((one, i) => curve(one, i, scene, x, y)),
    element('circle', { cx: x(0), cy: y(1), r: 4.5, fill: 'var(--ink)' }),
    endLabels(
      series.map((one, i) => ({
        text: nameOf(one, words),
        y: y(one.survival.at(-1)!),
        tone: seriesTone(i),
      })),
      plot,
      labels - 10,
    ),
  ].join('\n');
}

type Scale = (value: number) => number;

function curve(one: AcceptanceSeries, index: number, scene: Scene, x: Scale, y: Scale): string {
  const { words, options, selected } = scene;
  const reached = [1, ...one.survival];
  const path = line<number>(
    (_, d) => x(d),
    (share) => y(share),
  );
  const name = nameOf(one, words);
  const marks = one.survival.map((share, d) =>
    originMark(
      options,
      one.origin.kind,
      { x: x(d + 1), y: y(share) },
      {
        key: depthKey(one.name, d + 1),
        group: textKey(one.name),
        label: words.point(name, d + 1, share, one.conditional[d]!),
      },
    ),
  );
  const isShown = one.name === selected && one.classes.length > 1;
  const content = [
    isShown ? element('path', { class: 'band', d: bandPath(one, x, y) }) : '',
    element('path', { class: 'line move', 'data-key': `line:${one.name}`, d: path(reached) ?? '' }),
    ...marks,
  ].join('');
  return toned(seriesTone(index), content, 'series');
}

/** The classes between which the middle 80 % of the steps lie. */
function bandPath({ classes }: AcceptanceSeries, x: Scale, y: Scale): string {
  const at = (share: number) => {
    let sum = 0;
    for (const one of classes) {
      sum += one.stepShare;
      if (sum >= share) return one;
    }
    return classes.at(-1)!;
  };
  const low = [1, ...at(0.1).survival];
  const high = [1, ...at(0.9).survival];
  const shape = area<number>(
    (_, d) => x(d),
    (share) => y(share),
    (_, d) => y(high[d]!),
  );
  return shape(low) ?? '';
}

function bars(place: Plot, scene: Scene, row: number): string {
  const { series, words, options } = scene;
  const most = Math.max(...series.flatMap((one) => one.classes.map((c) => c.tokensPerStep)));
  const ends = series.map((one) => words.tokens(one.tokensPerStep));
  const plot: Plot = {
    left: place.left + 10,
    top: place.top,
    right: place.right - 14,
    bottom: place.top + row * series.length,
  };
  const x = scaleLinear().domain([0, most]).nice(5).range([plot.left, plot.right]);
  const rows = series.map((one, i) => {
    const top = plot.top + row * i + (row - ROW) / 2;
    const name = nameOf(one, words);
    const least = one.classes[0]!.tokensPerStep;
    const greatest = one.classes.at(-1)!.tokensPerStep;
    const mark = {
      key: textKey(one.name),
      group: 'tokens',
      label: words.bar(name, one.tokensPerStep, least, greatest),
    };
    const whole = {
      ...linked(options, mark),
      x: x(0),
      y: top + BAR_AT,
      width: x(one.tokensPerStep) - x(0),
      height: BAR,
      fill: 'transparent',
    };
    const caption = textElement('text', { class: 'label', x: plot.left, y: top + 9 }, name);
    const value = textElement(
      'text',
      { x: x(one.tokensPerStep) + 6, y: top + BAR_AT + BAR - 3 },
      ends[i]!,
    );
    const content =
      caption + pieces(one, top + BAR_AT, x) + element('rect', whole) + ticks(one, top, x);
    return toned(seriesTone(i), content, 'series') + value;
  });
  return [axisDown(plot, x, { label: words.axisTokens, ticks: 5, hasGrid: true }), ...rows].join(
    '\n',
  );
}

/** The certain token and each depth's survival, end to end, paler with depth. */
function pieces(one: AcceptanceSeries, top: number, x: Scale): string {
  let from = 0;
  return [1, ...one.survival]
    .map((share, d) => {
      const piece = {
        class: d === 0 ? 'fill' : 'fill piece',
        x: x(from) + (d === 0 ? 0 : 0.75),
        y: top,
        width: Math.max(0, x(from + share) - x(from) - (d === 0 ? 0 : 0.75)),
        height: BAR,
        opacity: Math.max(0.3, 1 - 0.16 * d),
      };
      from += share;
      return element('rect', piece);
    })
    .join('');
}

/** One tick for each class of requests. */
function ticks({ classes }: AcceptanceSeries, top: number, x: Scale): string {
  if (classes.length === 1) return '';
  return classes
    .map(({ tokensPerStep: tokens }) => {
      const at = { x1: x(tokens), x2: x(tokens), y1: top + 31, y2: top + 38 };
      return element('line', { ...at, stroke: 'var(--c)', 'stroke-width': 1.5 });
    })
    .join('');
}

function emptyCurves(place: Plot, { words }: Scene): string {
  const top = place.top + axisTop(words.axisSurvival, place.right);
  const plot: Plot = { left: 48, top, right: place.right - 12, bottom: place.bottom - 44 };
  const x = scaleLinear().domain([0, 4]).range([plot.left, plot.right]);
  const y = scaleLinear().domain([0, 1]).range([plot.bottom, plot.top]);
  return [
    axisLeft(plot, y, {
      label: words.axisSurvival,
      ticks: [0, 0.5, 1],
      format: (tick) => numberText(100 * tick),
    }),
    axisDown(plot, x, { label: words.axisDepth, ticks: [0, 1, 2, 3, 4] }),
    emptyNote(plot, words.empty),
  ].join('\n');
}
