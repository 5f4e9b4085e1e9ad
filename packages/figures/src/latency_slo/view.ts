/**
 * Latencies as distribution functions, a plot for each quantity, beside each other or, on a phone,
 * beneath each other. The share is on a stretched scale, −log(1 − p): each halving of the slowest
 * rest takes the same height. Laws: curves only rise; a run's p50, p95 and p99 stand where its
 * metrics say; a curve passes left of a target's corner exactly where the clause is met.
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
  linked,
  logTicks,
  type Picture,
  type Plot,
  pointMark,
  scaleLinear,
  scaleLog,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import type { Tone } from '../palette.ts';
import { type Messages, messages } from './messages.ts';
import type {
  LatencyCurve,
  LatencyPoint,
  LatencyQuantity,
  LatencySlo,
  SideName,
  SloTarget,
} from './model.ts';

const QUANTITIES: readonly LatencyQuantity[] = ['ttft', 'itl', 'e2e'];
const PLOT = 210;
const WIDE = 720;
const ROW = 18;
const BARS = 34;
const TONE: Record<SideName, Tone> = { drafting: 'draft', plain: 'baseline' };
const SHAPE: Record<SideName, number> = { drafting: 0, plain: 1 };

/** `mark:ttft:drafting:p95` lights up a quantile, `target:0` a clause, `within:plain` a share. */
export const markKey = (quantity: LatencyQuantity, side: SideName, p: number) =>
  `mark:${quantity}:${side}:p${Math.round(100 * p)}`;
export const targetKey = (index: number) => `target:${index}`;
export const withinKey = (side: SideName) => `within:${side}`;

interface Scene {
  model: LatencySlo;
  words: Messages;
  options: ViewOptions;
  /** Lines that a side takes in the table under a panel: two where its name leaves no room. */
  sideLines: 1 | 2;
}

/** Least width of a column of numbers under a panel. */
const NUMBER_WIDTH = 44;

function sideLinesOf(words: Messages, sides: readonly SideName[], panelWidth: number) {
  const name = Math.max(0, ...sides.map((side) => textWidth(words.side[side], 12)));
  return panelWidth - 70 - name < 3 * NUMBER_WIDTH ? 2 : 1;
}

export function latencySloPicture(model: LatencySlo, options: ViewOptions): Picture {
  const words = messages[options.language];
  const isEmpty = model.requests === 0;
  const isWide = options.width >= WIDE;
  const columns = isWide && !isEmpty ? 3 : 1;
  const panelWidth = (options.width - 12 * (columns - 1)) / columns;
  const sideLines = sideLinesOf(words, model.sides, panelWidth);
  const scene: Scene = { model, words, options, sideLines };
  const head = 24 + axisTop(longestAxis(words), panelWidth - 8);
  const foot = axisBottom('ms →', panelWidth) + 8 + ROW * (1 + sideLines * model.sides.length);
  const panel = head + PLOT + foot;
  const strip = model.slo === null ? 0 : 34 + BARS * model.sides.length;
  const height = isEmpty ? PLOT + 90 : (isWide ? panel : 3 * (panel + 14)) + strip;
  return drawPicture(options, {
    title: titleOf(scene),
    summary: summaryOf(scene),
    table: tableOf(scene),
    notes: notesOf(scene),
    height,
    draw: (place) => {
      if (isEmpty) return emptyPanel(place, scene);
      const panels = QUANTITIES.map((quantity, i) => {
        const left = isWide ? i * (panelWidth + 12) : 0;
        const top = place.top + (isWide ? 0 : i * (panel + 14));
        const area = { left, top, right: left + panelWidth, bottom: top + panel };
        return quantityPanel(quantity, area, head, scene);
      });
      return [...panels, within(place, strip, scene)].join('\n');
    },
  });
}

const longestAxis = ({ axisShare }: Messages) =>
  Object.values(axisShare).reduce((a, b) => (b.length > a.length ? b : a));

function titleOf({ model, words }: Scene): string {
  if (model.requests === 0) return words.empty;
  const { drafting, plain } = model.slo?.sides ?? {};
  const share = drafting?.share ?? null;
  if (share !== null) return words.findingSlo(model.draft, share, plain?.share ?? null);
  const plainShare = plain?.share ?? null;
  if (plainShare !== null) return words.findingPlainSlo(plainShare);
  const p95 = (side: SideName) =>
    model.curves.e2e[side]?.marks.find(({ p }) => p === 0.95)?.ms ?? null;
  const drafted = p95('drafting');
  return drafted === null
    ? words.findingPlain(p95('plain') ?? 0)
    : words.finding(model.draft, drafted, p95('plain'));
}

function summaryOf({ model, words }: Scene): string {
  const lines = QUANTITIES.flatMap((quantity) =>
    model.sides.map((side) => {
      const at = (share: number) => {
        const mark = model.curves[quantity][side]?.marks.find(({ p }) => p === share);
        return mark === undefined ? '–' : words.time(mark.ms);
      };
      return words.line(words.quantity[quantity], words.side[side], at(0.5), at(0.95), at(0.99));
    }),
  );
  const within = Object.entries(model.slo?.sides ?? {}).map(([side, one]) =>
    words.withinLabel(
      words.side[side as SideName],
      one.share ?? Number.NaN,
      one.goodputRequestsPerSecond,
      one.requestsPerSecond,
    ),
  );
  return words.summary(model.requests, [...lines, ...within.map((text) => `${text}.`)]);
}

function notesOf({ model, words }: Scene): string[] {
  if (model.requests === 0) return [words.empty];
  const curves = QUANTITIES.flatMap((quantity) => Object.values(model.curves[quantity]));
  return [
    words.originNote,
    curves.some(({ isSampled }) => isSampled)
      ? words.sampledNote(model.requests)
      : words.statedNote,
    words.scaleNote,
    ...(model.slo === null ? [] : [words.expression(model.slo.expression), words.sloNote]),
    ...(model.isOverloaded ? [words.overloadedNote] : []),
  ];
}

function tableOf({ model, words }: Scene): Picture['table'] {
  const { columns } = words;
  const rows = QUANTITIES.flatMap((quantity) =>
    model.sides.flatMap((side) => {
      const curve = model.curves[quantity][side];
      if (curve === undefined) return [];
      const row = (share: string, ms: number | null, from: string) => [
        words.quantity[quantity],
        words.side[side],
        share,
        ms === null ? '–' : numberText(ms, 4),
        from,
      ];
      const from = curve.isSampled ? columns.sampled : columns.stated;
      return [
        ...curve.marks.map(({ p, ms }) => row(numberText(100 * p, 4), ms, columns.stated)),
        row(columns.mean, curve.meanMs, columns.stated),
        row(columns.max, curve.maxMs, columns.stated),
        ...curve.points.map(({ p, ms }) => row(numberText(100 * p, 4), ms, from)),
      ];
    }),
  );
  const within = Object.entries(model.slo?.sides ?? {}).map(([side, one]) => [
    columns.within,
    words.side[side as SideName],
    numberText(100 * (one.share ?? Number.NaN), 4),
    '–',
    words.goodput(one.goodputRequestsPerSecond, one.requestsPerSecond),
  ]);
  return {
    columns: [
      { label: columns.quantity },
      { label: columns.side },
      { label: columns.share, numeric: true },
      { label: columns.time, numeric: true },
      { label: columns.source },
    ],
    rows: [...rows, ...within],
  };
}

// A plot

type Scale = (value: number) => number;

interface PanelScales {
  plot: Plot;
  x: Scale;
  y: Scale;
  /** Largest ms that the axis has room for. */
  most: number;
  /** ms of one unit of the axis. */
  unitMs: number;
}

/** Height of a share: −log10(1 − p), so 0, 0.301, 1, 1.301, 2 for 0, 50, 90, 95, 99 %. */
export function stretched(p: number): number {
  return -Math.log10(1 - p);
}

function quantityPanel(quantity: LatencyQuantity, place: Plot, head: number, scene: Scene): string {
  const { model, words } = scene;
  const plot: Plot = {
    left: place.left + 44,
    top: place.top + head,
    right: place.right - 12,
    bottom: place.top + head + PLOT,
  };
  const curves = model.sides.flatMap((side) => {
    const curve = model.curves[quantity][side];
    return curve === undefined ? [] : [{ side, curve }];
  });
  const targets = (model.slo?.targets ?? []).map((target, index) => ({ target, index }));
  const own = targets.filter(({ target }) => target.metric === quantity);
  const top = Math.max(0.99, ...curves.map(({ curve }) => curve.points.at(-1)?.p ?? 0));
  const longest = Math.max(...curves.flatMap(({ curve }) => curve.points.map(({ ms }) => ms)), 0);
  const bounds = own.map(({ target }) => target.boundMs).filter((ms) => ms <= 3 * longest);
  const { x, most, unitMs, ticks, isLog } = timeScale(curves, bounds, longest, plot);
  const y = scaleLinear()
    .domain([0, stretched(top)])
    .range([plot.bottom, plot.top]);
  const scales: PanelScales = { plot, x, y: (p) => y(stretched(p)), most, unitMs };
  const shares = [0, 0.5, 0.9, 0.95, 0.99, 0.999].filter((p) => p <= top);
  const shareScale = Object.assign((p: number) => y(stretched(p)), { ticks: () => shares });
  return [
    textElement(
      'text',
      { x: place.left + 8, y: place.top + 16, 'font-weight': 600 },
      words.quantity[quantity],
    ),
    axisLeft(plot, shareScale, {
      label: words.axisShare[quantity],
      ticks: shares,
      format: (p) => numberText(100 * p, 4),
      labelX: place.left + 8,
    }),
    axisDown(plot, Object.assign(x, { ticks: () => ticks }), {
      label: words.axisTime(unitMs === 1 ? 'ms' : 's', isLog),
      ticks,
      format: (ms) => numberText(ms / unitMs),
    }),
    ...own.map(({ target, index }) => targetMark(target, index, scales, scene)),
    ...curves.map(({ side, curve }) => curveMarks(quantity, side, curve, scales, scene)),
    marksTable(quantity, curves, { ...scales, plot: { ...plot, left: place.left } }, scene),
  ].join('\n');
}

/** Linear from 0; logarithmic where the longest is far beyond the middle and nothing is 0. */
function timeScale(
  curves: readonly { curve: LatencyCurve }[],
  bounds: readonly number[],
  longest: number,
  plot: Plot,
) {
  const all = curves.flatMap(({ curve }) => curve.points.map(({ ms }) => ms));
  const least = Math.min(...all, ...bounds);
  const middle = Math.min(...curves.map(({ curve }) => msAt(curve, 0.5)));
  const most = Math.max(longest, ...bounds, 1e-3);
  const isLog = least > 0 && most / middle > 20;
  const range = [plot.left + 4, plot.right - 4];
  const unitMs = most >= 5000 ? 1000 : 1;
  if (isLog) {
    const domain: [number, number] = [least / 1.1, most * 1.1];
    const scale = scaleLog().domain(domain).range(range);
    const x = (ms: number) => scale(ms);
    return { x, most, unitMs, isLog, ticks: logTicks(...domain, scale.ticks(4)) };
  }
  const scale = scaleLinear()
    .domain([0, most / unitMs])
    .nice(4)
    .range(range);
  const x = (ms: number) => scale(ms / unitMs);
  return { x, most, unitMs, isLog, ticks: scale.ticks(4).map((tick) => tick * unitMs) };
}

function msAt({ points }: LatencyCurve, share: number): number {
  return points.find(({ p }) => p >= share)?.ms ?? points.at(-1)?.ms ?? 0;
}

function curveMarks(
  quantity: LatencyQuantity,
  side: SideName,
  curve: LatencyCurve,
  { x, y }: PanelScales,
  { words, options }: Scene,
): string {
  const path = line<LatencyPoint>(
    ({ ms }) => x(ms),
    ({ p }) => y(p),
  );
  const known = curve.isSampled ? [{ p: 0, ms: curve.points[0]?.ms ?? 0 }] : [];
  const marks = curve.marks.map(({ p, ms }) =>
    pointMark(options, {
      key: markKey(quantity, side, p),
      group: `${quantity}:${side}`,
      label: words.point(words.quantity[quantity], words.side[side], p, words.time(ms)),
      x: x(ms),
      y: y(p),
      shape: SHAPE[side],
      isHollow: side === 'plain',
    }),
  );
  const joined = {
    class: 'line move',
    'data-key': `curve:${quantity}:${side}`,
    d: path([...known, ...curve.points]) ?? '',
    ...(curve.isSampled ? {} : { style: 'stroke-width:1' }),
  };
  const dots = curve.isSampled ? [] : curve.points.map(({ p, ms }) => dot(x(ms), y(p)));
  return toned(TONE[side], [element('path', joined), ...dots, ...marks].join(''), 'series');
}

const dot = (cx: number, cy: number) => element('circle', { class: 'fill', cx, cy, r: 2.5 });

/** The corner that a curve must pass on the left; what lies beyond it misses. */
function targetMark(
  target: SloTarget,
  index: number,
  { plot, x, y, most }: PanelScales,
  { words, options, model }: Scene,
): string {
  const states = model.sides.map((side) => {
    const state = target.sides[side];
    const ms = state?.ms ?? null;
    const time = ms === null ? '–' : words.time(ms);
    return words.targetState(target.text, words.side[side], time, state?.isMet ?? false);
  });
  const identity = { key: targetKey(index), group: 'targets', label: states.join('; ') };
  const isInside = target.boundMs <= most;
  const at = isInside ? x(target.boundMs) : plot.right;
  const shares: Partial<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };
  const share = shares[target.statistic];
  const corner = share === undefined ? plot.top : y(share);
  const isRight = at - plot.left > plot.right - at;
  // The plot says which latency it is.
  const short = target.text.slice(target.metric.length + 1);
  const text = isInside ? short : words.beyond(short);
  const room = (isRight ? at - plot.left : plot.right - at) - 8;
  const label = {
    class: 'label',
    x: isRight ? at - 5 : at + 5,
    y: plot.bottom - 8 - 17 * (index % 3),
    'text-anchor': isRight ? 'end' : 'start',
  };
  const region = {
    class: 'band',
    x: at,
    y: corner,
    width: Math.max(0, plot.right - at),
    height: plot.bottom - corner,
  };
  const across = share === undefined ? '' : `H${px(plot.right)}`;
  const rule = `M${px(at)},${px(plot.bottom)}V${px(corner)}${across}`;
  const content = [
    element('rect', region),
    element('path', { ...linked(options, identity, 'line'), d: rule, style: 'stroke-width:1.5' }),
    textElement('text', label, cutText(text, room, 13.5)),
  ].join('');
  return toned('target', content, 'target');
}

/** p50, p95 and p99 of each side as numbers under the plot. */
function marksTable(
  quantity: LatencyQuantity,
  curves: readonly { side: SideName; curve: LatencyCurve }[],
  { plot, unitMs }: PanelScales,
  { words, sideLines }: Scene,
): string {
  const { left, right } = plot;
  const shares = [0.5, 0.95, 0.99];
  const start = plot.bottom + 62;
  const names = curves.map(({ side }) => words.side[side]);
  const nameWidth = Math.max(...names.map((name) => textWidth(name, 12)));
  const first = left + 22 + (sideLines === 1 ? nameWidth : 0);
  const step = (right - first) / 3;
  const at = (i: number) => first + step * (i + 1);
  const heads = shares.map((p, i) =>
    textElement(
      'text',
      { class: 'muted', x: at(i), y: start, 'text-anchor': 'end' },
      `p${numberText(100 * p)}`,
    ),
  );
  const unit = { class: 'muted', x: left + 22, y: start };
  heads.push(textElement('text', unit, unitMs === 1 ? 'ms' : 's'));
  const rows = curves.map(({ side, curve }, row) => {
    const y = start + ROW * (1 + sideLines * row);
    const mark = element('path', {
      class: side === 'plain' ? 'hollow' : 'mark',
      transform: `translate(${px(left + 13)},${px(y - 4)})`,
      d: side === 'plain' ? 'M-4,-4H4V4H-4Z' : 'M-4,0A4,4,0,1,1,4,0A4,4,0,1,1,-4,0',
    });
    const values = shares.map((share, i) => {
      const known = curve.marks.find(({ p }) => p === share);
      const text = known === undefined ? '–' : numberText(known.ms / unitMs);
      const below = y + ROW * (sideLines - 1);
      return textElement('text', { x: at(i), y: below, 'text-anchor': 'end' }, text);
    });
    const name = textElement('text', { class: 'muted', x: left + 22, y }, words.side[side]);
    return toned(TONE[side], mark) + name + values.join('');
  });
  return element('g', { 'data-key': `marks:${quantity}` }, [...heads, ...rows].join(''));
}

/** Shares of requests within every bound, as bars from 0 to 100 %. */
function within(place: Plot, height: number, { model, words, options }: Scene): string {
  if (model.slo === null) return '';
  const top = place.bottom - height;
  const left = 8;
  const right = place.right - 12;
  const isTight = place.right < 480;
  const bars = model.sides.map((side, i) => {
    const one = model.slo!.sides[side]!;
    const share = one.share ?? 0;
    const y = top + 34 + BARS * i;
    const { goodputRequestsPerSecond: goodput, requestsPerSecond: rate } = one;
    const identity = {
      key: withinKey(side),
      group: 'within',
      label: words.withinLabel(words.side[side], share, goodput, rate),
    };
    const width = (right - left) * share;
    const text = `${words.side[side]}: ${words.withinValue(share, goodput, rate, isTight)}`;
    return toned(
      TONE[side],
      [
        element('rect', { class: 'band', x: left, y: y + 6, width: right - left, height: 10 }),
        element('rect', {
          ...linked(options, identity, 'fill move'),
          x: left,
          y: y + 6,
          width,
          height: 10,
        }),
        textElement('text', { x: left, y }, text),
      ].join(''),
      'series',
    );
  });
  const head = { x: left, y: top + 14, 'font-weight': 600 };
  return [textElement('text', head, words.within), ...bars].join('\n');
}

function emptyPanel(place: Plot, { words }: Scene): string {
  const top = place.top + axisTop(words.axisShare.e2e, place.right);
  const plot: Plot = { left: 44, top, right: place.right - 12, bottom: top + PLOT };
  const y = scaleLinear().domain([0, 1]).range([plot.bottom, plot.top]);
  const x = scaleLinear()
    .domain([0, 1000])
    .range([plot.left, plot.right - 16]);
  return [
    axisLeft(plot, y, {
      label: words.axisShare.e2e,
      ticks: [0, 0.5, 1],
      format: (p) => numberText(100 * p),
    }),
    axisDown(plot, x, { label: words.axisTime('ms', false), ticks: [0, 500, 1000] }),
    emptyNote(plot, words.empty),
  ].join('\n');
}
