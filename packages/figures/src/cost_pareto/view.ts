/**
 * Runs as points of two chosen measures, the front drawn through those that no other beats in both.
 * Laws: no point of the front is dominated; every point stands inside the plot; the bar of a price
 * goes through its point; a point inside the shaded region keeps that bound.
 */
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  cutText,
  drawPicture,
  emptyNote,
  logTicks,
  NARROW,
  type Picture,
  type Plot,
  pointMark,
  scaleLinear,
  scaleLog,
  symbolPath,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { SERIES_MAX, seriesTone } from '../palette.ts';
import { paretoFront } from './front.ts';
import { type Box, placeLabels } from './labels.ts';
import { type Messages, messages } from './messages.ts';
import type { CostPareto, ParetoMeasure, ParetoPoint } from './model.ts';

export interface CostParetoState {
  x: ParetoMeasure;
  y: ParetoMeasure;
}

const PLOT = 340;
/** Px of an entry of the list; on a phone its values stand under its name. */
const listRow = ({ width }: ViewOptions) => (width < NARROW ? 34 : 19);
const FRONT_AREA = 90;
const OTHER_AREA = 30;
/** Axes that span more than this factor are logarithmic. */
const LOG_FROM = 12;
/** Bars of prices may lengthen an axis of costs by this factor, and are cut beyond. */
const BAR_ROOM = 2;

interface Drawn {
  point: ParetoPoint;
  x: number;
  y: number;
  isFront: boolean;
  tone: number;
}

interface Scene {
  model: CostPareto;
  state: CostParetoState;
  words: Messages;
  options: ViewOptions;
  drawn: readonly Drawn[];
  groups: readonly string[];
}

/** Latency of tokens against cost, or the first latency that a service level bounds. */
export function initialAxes({ slo, measures }: CostPareto): CostParetoState {
  const bound = slo?.bounds.find(({ measure }) => measures.includes(measure));
  return { x: bound?.measure ?? 'itl_mean', y: 'cost' };
}

export function costParetoPicture(
  model: CostPareto,
  state: CostParetoState,
  options: ViewOptions,
): Picture {
  const words = messages[options.language];
  const groups = [...new Set(model.points.map(({ group }) => group))];
  const drawn = drawnOf(model, state, groups);
  const scene: Scene = { model, state, words, options, drawn, groups };
  const legend = legendRows(scene);
  const head = 22 * legend.length + axisTop(words.axisY(state.y, true, 'ms'), options.width - 16);
  const foot = axisBottom(words.axisX(state.x, true, 'ms'), options.width - 30);
  const plotAt = (top: number) => ({
    left: 56,
    top,
    right: options.width - 22,
    bottom: top + PLOT,
  });
  const isListed = needsList(plotAt(head), scene);
  const list = isListed ? 10 + listRow(options) * drawn.filter(({ isFront }) => isFront).length : 0;
  return drawPicture(options, {
    title: titleOf(scene),
    summary: summaryOf(scene),
    table: tableOf(scene),
    notes: notesOf(scene),
    height: head + PLOT + foot + list,
    draw: (place) => {
      const plot = plotAt(place.top + head);
      return [
        legendMarks(legend, place, scene),
        scatter(plot, scene, isListed),
        isListed ? frontList(place, plot.bottom + foot + 12, scene) : '',
      ].join('\n');
    },
  });
}

/** Lower is better in each: throughput with its sign changed. */
const signed = (measure: ParetoMeasure, value: number) =>
  measure === 'throughput' ? -value : value;

function drawnOf(
  { points }: CostPareto,
  { x, y }: CostParetoState,
  groups: readonly string[],
): Drawn[] {
  const known = points.flatMap((point) => {
    const [across, up] = [point.values[x] ?? null, point.values[y] ?? null];
    return across === null || up === null ? [] : [{ point, x: across, y: up }];
  });
  const able = known.filter(({ point }) => point.state !== 'overloaded');
  const front = paretoFront(able.map((one) => ({ x: signed(x, one.x), y: signed(y, one.y) })));
  const best = new Set(front.map((i) => able[i]!.point.key));
  return known
    .map((one) => ({
      ...one,
      isFront: best.has(one.point.key),
      tone: groups.indexOf(one.point.group) % SERIES_MAX,
    }))
    .sort((a, b) => a.x - b.x || a.y - b.y);
}

// Words

function labelOf({ label, group }: ParetoPoint, { words, groups }: Scene): string {
  const short = words.plain(label);
  return groups.length > 1 ? `${short}, ${group}` : short;
}

function statesOf(one: Drawn, { words }: Scene): string[] {
  const { state, meetsSlo, cost } = one.point;
  return [
    one.isFront ? words.onFront : state === 'overloaded' ? words.overloaded : words.dominated,
    ...(state === 'backlogged' ? [words.backlogged] : []),
    ...(meetsSlo === null ? [] : [meetsSlo ? words.meets : words.misses]),
    ...(cost.low === null || cost.high === null ? [] : [words.priceRange(cost.low, cost.high)]),
  ];
}

function pointText(one: Drawn, scene: Scene): string {
  const { words, state } = scene;
  const x = `${words.name(state.x)} ${words.value(state.x, one.x)}`;
  const y = `${words.name(state.y)} ${words.value(state.y, one.y)}`;
  return words.point(labelOf(one.point, scene), x, y, statesOf(one, scene));
}

function titleOf(scene: Scene): string {
  const { drawn, words, state, model } = scene;
  if (model.points.length === 0) return words.empty;
  const front = drawn.filter(({ isFront }) => isFront);
  const [x, y] = [words.name(state.x), words.name(state.y)];
  if (front.length === 0) return words.findingNone;
  if (front.length === 1) return words.findingOne(labelOf(front[0]!.point, scene), x, y);
  const [lower, other] = [words.better(state.x), words.better(state.y)];
  return words.finding(front.length, drawn.length, lower, other);
}

function summaryOf(scene: Scene): string {
  const { drawn, words, state } = scene;
  const ordered = [...drawn].sort((a, b) => Number(b.isFront) - Number(a.isFront));
  const lines = ordered.map((one) => `${pointText(one, scene)}.`);
  return words.summary(words.name(state.x), words.name(state.y), lines);
}

function notesOf(scene: Scene): string[] {
  const { model, words, drawn, state } = scene;
  const left = model.points.length - drawn.length;
  const hasBars = state.x === 'cost' || state.y === 'cost';
  const first = model.infeasible[0];
  const infeasible =
    first === undefined
      ? []
      : [words.infeasibleNote(model.infeasible.length, `${first.label}: ${first.reason}`)];
  if (model.points.length === 0) return [words.empty, ...infeasible];
  return [
    words.originNote,
    words.frontNote,
    ...(hasBars ? [`${words.bandNote} ${words.bandOff}`] : []),
    words.markNote,
    ...(model.slo === null ? [] : [words.sloNote(model.slo.expression), words.ringNote]),
    ...(left > 0 ? [words.hiddenNote(left)] : []),
    ...infeasible,
    ...model.prices.map(({ group, low, typical, high, origin }) =>
      words.priceNote(group, low, typical, high, origin.source),
    ),
  ];
}

function tableOf({ model, words, drawn }: Scene): Picture['table'] {
  const { columns } = words;
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : numberText(value, 4);
  const front = new Set(drawn.filter(({ isFront }) => isFront).map(({ point }) => point.key));
  const states = {
    stable: columns.stable,
    backlogged: words.backlogged,
    overloaded: words.overloaded,
  };
  return {
    columns: [
      { label: columns.run },
      { label: columns.gpu },
      ...model.measures.map((measure) => ({ label: words.measure(measure), numeric: true })),
      { label: columns.low, numeric: true },
      { label: columns.high, numeric: true },
      { label: columns.front },
      { label: columns.state },
      { label: columns.slo },
    ],
    rows: model.points.map((point) => [
      words.plain(point.label),
      point.gpus === 1 ? point.group : `${point.gpus} × ${point.group}`,
      ...model.measures.map((measure) => shown(point.values[measure])),
      shown(point.cost.low),
      shown(point.cost.high),
      front.has(point.key) ? columns.yes : columns.no,
      states[point.state],
      point.meetsSlo === null ? '–' : point.meetsSlo ? words.meets : words.misses,
    ]),
  };
}

// Legend: a GPU is a colour and a shape

interface LegendEntry {
  group: string;
  tone: number;
  x: number;
}

function legendRows({ groups, options }: Scene): LegendEntry[][] {
  if (groups.length < 2) return [];
  const rows: LegendEntry[][] = [[]];
  let x = 14;
  groups.forEach((group, i) => {
    const width = 30 + textWidth(group, 12);
    if (x + width > options.width && rows.at(-1)!.length > 0) {
      rows.push([]);
      x = 14;
    }
    rows.at(-1)!.push({ group, tone: i % SERIES_MAX, x });
    x += width;
  });
  return rows;
}

function legendMarks(rows: LegendEntry[][], place: Plot, { options }: Scene): string {
  return rows
    .flatMap((entries, row) =>
      entries.map(({ group, tone, x }) => {
        const y = place.top + 12 + 22 * row;
        const mark = element('path', {
          class: 'mark',
          transform: `translate(${px(x)},${px(y)})`,
          d: symbolPath(tone, 60),
        });
        const name = cutText(group, options.width - x - 20, 12);
        const text = textElement('text', { class: 'muted', x: x + 10, y: y + 4 }, name);
        return toned(seriesTone(tone), mark) + text;
      }),
    )
    .join('\n');
}

// The plot

interface ParetoAxis {
  at: (value: number) => number;
  ticks: number[];
  isLog: boolean;
  domain: [number, number];
  /** What one tick's number counts: 1000 where the axis is in s. */
  unit: number;
}

function axesOf(plot: Plot, scene: Scene): [ParetoAxis, ParetoAxis] {
  return [
    axisOf('x', [plot.left + 10, plot.right - 10], scene),
    axisOf('y', [plot.bottom - 8, plot.top + 8], scene),
  ];
}

function scatter(plot: Plot, scene: Scene, isListed: boolean): string {
  const { drawn, words, state, model } = scene;
  const [x, y] = axesOf(plot, scene);
  const scale = ({ at, ticks }: ParetoAxis) => Object.assign(at, { ticks: () => ticks });
  return [
    region(plot, x, y, scene),
    axisLeft(plot, scale(y), {
      label: words.axisY(state.y, y.isLog, unitName(y)),
      ticks: y.ticks,
      format: (tick) => numberText(tick / y.unit),
    }),
    axisDown(plot, scale(x), {
      label: words.axisX(state.x, x.isLog, unitName(x)),
      ticks: x.ticks,
      format: (tick) => numberText(tick / x.unit),
      hasGrid: true,
    }),
    frontLine(x, y, scene),
    priceBars(x, y, scene),
    points(x, y, scene),
    labels(plot, x, y, scene, isListed),
    model.points.length === 0 || drawn.length === 0 ? emptyNote(plot, words.empty) : '',
  ].join('\n');
}

const unitName = ({ unit }: ParetoAxis) => (unit === 1 ? 'ms' : 's');

/**
 * From what keeps up with the load; a run that does not has latencies without meaning and stands at
 * the edge where it lies beyond.
 */
function axisOf(
  name: 'x' | 'y',
  range: [number, number],
  { drawn, state, model }: Scene,
): ParetoAxis {
  const measure = state[name];
  const able = drawn.filter(({ point }) => point.state !== 'overloaded');
  const values = (able.length === 0 ? drawn : able).map((one) => one[name]);
  const bounds = (model.slo?.bounds ?? [])
    .filter((one) => one.measure === measure)
    .map(({ bound }) => bound)
    .filter((bound) => bound <= 2 * Math.max(...values));
  const most = Math.max(...values, ...bounds, 0) || 1;
  const isFront = drawn.filter((one) => one.isFront);
  const bars = measure === 'cost' ? isFront.map(({ point }) => point.cost) : [];
  const highest = Math.min(BAR_ROOM * most, Math.max(most, ...bars.map(({ high }) => high ?? 0)));
  const all = [...values, ...bounds, ...bars.map(({ low }) => low ?? most)];
  const least = Math.min(...all.filter((value) => value > 0), most);
  const unit = /_/.test(measure) && highest >= 5000 ? 1000 : 1;
  const inside = (value: number, [low, high]: readonly [number, number]) =>
    Math.min(high, Math.max(low, value));
  if (highest / least > LOG_FROM && values.every((value) => value > 0)) {
    const domain: [number, number] = [least / 1.15, highest * 1.15];
    const scale = scaleLog().domain(domain).range(range);
    const ticks = logTicks(...domain, scale.ticks(5));
    return { at: (v) => scale(inside(v, domain)), isLog: true, domain, ticks, unit };
  }
  const scale = scaleLinear()
    .domain([0, highest / unit])
    .nice(5)
    .range(range);
  const domain: [number, number] = [0, scale.domain()[1]! * unit];
  const ticks = scale.ticks(5).map((tick) => tick * unit);
  return { at: (v) => scale(inside(v, domain) / unit), isLog: false, domain, ticks, unit };
}

/** Where both axes keep the bounds of the service level. */
function region(plot: Plot, x: ParetoAxis, y: ParetoAxis, { model, state, words }: Scene): string {
  const boundOf = (measure: ParetoMeasure) =>
    model.slo?.bounds.find((one) => one.measure === measure)?.bound ?? null;
  const [right, upper] = [boundOf(state.x), boundOf(state.y)];
  if (right === null && upper === null) return '';
  const end = right === null ? plot.right : Math.min(plot.right, x.at(right));
  const top = upper === null ? plot.top : Math.max(plot.top, y.at(upper));
  const rect = { x: plot.left, y: top, width: end - plot.left, height: plot.bottom - top };
  const start = upper === null ? [end, top] : [plot.left, top];
  const across = upper === null ? '' : `H${px(end)}`;
  const down = right === null ? '' : `V${px(plot.bottom)}`;
  const edge = `M${px(start[0]!)},${px(start[1]!)}${across}${down}`;
  const fits = textWidth(words.regionLabel, 13.8) < end - plot.left - 12;
  const text = fits ? words.regionLabel : '';
  return toned(
    'accepted',
    element('rect', { class: 'band', ...rect, style: 'opacity:.1' }) +
      element('path', { class: 'line', d: edge, style: 'stroke-width:1.5' }) +
      textElement('text', { class: 'label', x: plot.left + 6, y: plot.bottom - 8 }, text),
  );
}

/**
 * Corners of the front's staircase: between two of its points, nothing better than the worse of
 * both in each measure is known.
 */
function frontPath(x: ParetoAxis, y: ParetoAxis, { drawn, state }: Scene): [number, number][] {
  const front = drawn.filter(({ isFront }) => isFront);
  const worse = (measure: ParetoMeasure, a: number, b: number) =>
    signed(measure, a) > signed(measure, b) ? a : b;
  return front.flatMap((one, i): [number, number][] => {
    const here: [number, number] = [x.at(one.x), y.at(one.y)];
    const before = front[i - 1];
    if (before === undefined) return [here];
    const across = worse(state.x, before.x, one.x);
    const up = worse(state.y, before.y, one.y);
    return [[x.at(across), y.at(up)], here];
  });
}

function frontLine(x: ParetoAxis, y: ParetoAxis, scene: Scene): string {
  const corners = frontPath(x, y, scene);
  if (corners.length < 2) return '';
  const d = corners.map(([cx, cy], i) => `${i === 0 ? 'M' : 'L'}${px(cx)},${px(cy)}`).join('');
  return element('path', { class: 'one move', 'data-key': 'front', d, fill: 'none' });
}

/** Cost from the lowest to the highest price, cut at the plot with an arrow. */
function priceBars(x: ParetoAxis, y: ParetoAxis, { drawn, state, options }: Scene): string {
  const isUp = state.y === 'cost';
  if (!isUp && state.x !== 'cost') return '';
  return drawn
    .filter(({ isFront, point }) => isFront || point.key === options.highlight)
    .map(({ point, x: across, y: up, tone }) => {
      const { low, high } = point.cost;
      if (low === null || high === null) return '';
      const axis = isUp ? y : x;
      const cut = (value: number) => Math.min(axis.domain[1], Math.max(axis.domain[0], value));
      const [from, to] = [axis.at(cut(low)), axis.at(cut(high))];
      const at = isUp ? x.at(across) : y.at(up);
      const ends = isUp
        ? { x1: at, x2: at, y1: from, y2: to }
        : { y1: at, y2: at, x1: from, x2: to };
      const isCut = high > axis.domain[1];
      const tip = isUp
        ? `M${px(at - 3.5)},${px(to + 5)}L${px(at)},${px(to - 1)}L${px(at + 3.5)},${px(to + 5)}`
        : `M${px(to - 5)},${px(at - 3.5)}L${px(to + 1)},${px(at)}L${px(to - 5)},${px(at + 3.5)}`;
      const stroke = {
        stroke: 'var(--c)',
        'stroke-width': 2,
        opacity: 0.5,
      };
      const arrow = isCut ? element('path', { d: tip, fill: 'none', ...stroke }) : '';
      return toned(seriesTone(tone), element('line', { ...ends, ...stroke }) + arrow);
    })
    .join('\n');
}

function points(x: ParetoAxis, y: ParetoAxis, scene: Scene): string {
  const { drawn, options, groups } = scene;
  return groups
    .map((group, i) => {
      const own = drawn.filter(({ point }) => point.group === group);
      const marks = own.map((one) => {
        const at = { x: x.at(one.x), y: y.at(one.y) };
        const mark = pointMark(options, {
          key: one.point.key,
          group: `gpu:${group}`,
          label: pointText(one, scene),
          ...at,
          shape: one.tone,
          area: one.isFront ? FRONT_AREA : OTHER_AREA,
          isHollow: one.point.state === 'overloaded',
        });
        const ring =
          one.point.meetsSlo === true
            ? element('circle', {
                class: 'ring',
                cx: at.x,
                cy: at.y,
                r: one.isFront ? 10 : 7,
                ...RING,
              })
            : '';
        return mark + ring;
      });
      return toned(seriesTone(i), marks.join(''), 'series');
    })
    .join('\n');
}

const RING = { fill: 'none', stroke: 'var(--ink)', 'stroke-width': 1, 'pointer-events': 'none' };

/**
 * Names of the front's points where each has room, or numbers that the list below names; and the
 * name of the point that is lit.
 */
function labels(plot: Plot, x: ParetoAxis, y: ParetoAxis, scene: Scene, isListed: boolean): string {
  const { drawn, words, options, groups } = scene;
  const lit = drawn.find(({ isFront, point }) => !isFront && point.key === options.highlight);
  const front = wantedLabels(x, y, scene, isListed);
  const longest = (plot.right - plot.left) * 0.8;
  const extra =
    lit === undefined
      ? []
      : [{ ...lit, text: cutText(words.plain(lit.point.label), longest, 13.5) }];
  const wanted = [
    ...extra.map(({ text, x: across, y: up, tone }) => ({
      ...{ text, tone, x: x.at(across), y: y.at(up), width: textWidth(text, 13.8) },
    })),
    ...front,
  ];
  return groups.length === 0
    ? ''
    : placeLabels(wanted, takenBoxes(x, y, scene), plot)
        .map(({ text, tone, left, baseline }) =>
          toned(
            seriesTone(tone),
            textElement('text', { class: 'label', x: left, y: baseline }, text),
          ),
        )
        .join('\n');
}

function wantedLabels(x: ParetoAxis, y: ParetoAxis, { drawn, words }: Scene, isListed: boolean) {
  return drawn
    .filter(({ isFront }) => isFront)
    .map((one, i) => {
      const text = isListed ? String(i + 1) : words.plain(one.point.label);
      return { x: x.at(one.x), y: y.at(one.y), width: textWidth(text, 13.8), text, tone: one.tone };
    });
}

/** Points, and small boxes along the front's line, so that no name stands on them. */
function takenBoxes(x: ParetoAxis, y: ParetoAxis, scene: Scene): Box[] {
  const marks = scene.drawn.map((one) => {
    const r = one.isFront ? 8 : 5;
    const [cx, cy] = [x.at(one.x), y.at(one.y)];
    return { left: cx - r, right: cx + r, top: cy - r, bottom: cy + r };
  });
  const corners = frontPath(x, y, scene);
  const rules = corners.slice(1).map(([toX, toY], i) => {
    const [fromX, fromY] = corners[i]!;
    return {
      left: Math.min(fromX, toX) - 2,
      right: Math.max(fromX, toX) + 2,
      top: Math.min(fromY, toY) - 2,
      bottom: Math.max(fromY, toY) + 2,
    };
  });
  return [...marks, ...rules];
}

/** Whether the names of the front do not all have room beside their points. */
function needsList(plot: Plot, scene: Scene): boolean {
  const [x, y] = axesOf(plot, scene);
  const wanted = wantedLabels(x, y, scene, false);
  return placeLabels(wanted, takenBoxes(x, y, scene), plot).length < wanted.length;
}

/** The numbers of the front's points, with name and values. */
function frontList(place: Plot, top: number, scene: Scene): string {
  const { drawn, words, state, options } = scene;
  const isNarrow = options.width < NARROW;
  return drawn
    .filter(({ isFront }) => isFront)
    .map((one, i) => {
      const y = top + listRow(options) * i;
      const values = `${words.value(state.x, one.x)}, ${words.value(state.y, one.y)}`;
      const room = place.right - 48 - (isNarrow ? 0 : textWidth(values, 12.5));
      const mark = element('path', {
        class: 'mark',
        transform: `translate(30,${px(y - 4)})`,
        d: symbolPath(one.tone, 50),
      });
      const number = { class: 'label', x: 20, y, 'text-anchor': 'end' };
      const beneath = isNarrow
        ? { class: 'muted', x: 40, y: y + 15 }
        : { class: 'muted', x: place.right - 8, y, 'text-anchor': 'end' };
      return [
        toned(seriesTone(one.tone), textElement('text', number, String(i + 1)) + mark),
        textElement(
          'text',
          { x: 40, y },
          cutText(isNarrow ? words.plain(one.point.label) : labelOf(one.point, scene), room, 13),
        ),
        textElement('text', beneath, values),
      ].join('');
    })
    .join('\n');
}
