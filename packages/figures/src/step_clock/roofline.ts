/**
 * Rows against time of the verify pass, with its limits by memory and computing, the knee where
 * they cross, the stretch that is nearly free, and the place of this step. Law: every mark stands
 * inside the plot.
 */
import { line } from 'd3-shape';
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  linked,
  logTicks,
  type Plot,
  scaleLog,
  symbolPath,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import type { Messages } from './messages.ts';
import type { Roofline, RooflinePoint, StepClock } from './model.ts';

const PLOT = 240;
const LEFT = 46;
/** How much wider bold words are than the estimate for plain ones. */
const BOLD = 1.12;

/** The key of a point of the curve: `rows:64`. */
export const rowsKey = (rows: number) => `rows:${rows}`;

/** At least `least` px, so that two panels side by side end together. */
export function rooflineHeight(words: Messages, width: number, least: number): number {
  const frame = axisTop(words.axisPass, width) + axisBottom(words.axisRows, width - LEFT);
  return Math.max(least, frame + PLOT);
}

interface Scene {
  roofline: Roofline;
  x: (rows: number) => number;
  y: (ns: number) => number;
  plot: Plot;
  words: Messages;
  options: ViewOptions;
}

export function roofline(
  model: StepClock,
  area: Plot,
  options: ViewOptions,
  words: Messages,
): string {
  const { roofline } = model;
  const width = area.right - area.left;
  const top = area.top + axisTop(words.axisPass, width);
  const bottom = area.bottom - axisBottom(words.axisRows, width - LEFT);
  const plot: Plot = { left: area.left + LEFT, top, right: area.right - 12, bottom };
  const { points } = roofline;
  const least = Math.min(...points.map(({ memoryNs }) => memoryNs));
  const most = Math.max(...points.map(({ timeNs }) => timeNs));
  const x = scaleLog()
    .domain([1, points.at(-1)!.rows])
    .range([plot.left, plot.right]);
  const y = scaleLog()
    .domain([(least * 0.36) / 1e6, (most * 1.6) / 1e6])
    .range([plot.bottom, plot.top]);
  const scene: Scene = { roofline, x, y: (ns) => y(ns / 1e6), plot, words, options };
  const [low, high] = y.domain() as [number, number];
  const ticks = {
    label: words.axisPass,
    labelX: area.left + 8,
    ticks: logTicks(low, high, y.ticks(6)),
  };
  const rows = [1, 4, 16, 64, 256, 1024, 4096].filter((row) => row <= points.at(-1)!.rows);
  return [
    freeBand(scene),
    axisLeft(plot, y, ticks),
    axisDown(plot, x, { label: words.axisRows, ticks: rows, format: numberText }),
    freeName(scene),
    limits(scene),
    knee(scene),
    pass(scene),
    places(scene),
  ].join('\n');
}

/** Rows up to which the pass stays within 10 % of the one without drafting. */
function freeBand({ roofline, x, plot }: Scene): string {
  const { plain, freeRows } = roofline;
  if (freeRows <= plain.rows) return '';
  const from = x(plain.rows);
  const width = x(freeRows) - from;
  const box = { class: 'band', x: from, y: plot.top, width, height: plot.bottom - plot.top };
  return toned('accepted', element('rect', box));
}

/** Drawn after the grid, which would strike it through. */
function freeName({ roofline, x, plot, words }: Scene): string {
  const { plain, freeRows } = roofline;
  if (freeRows <= plain.rows) return '';
  const text = words.free(freeRows);
  const width = BOLD * textWidth(text, 13);
  const middle = (x(plain.rows) + x(freeRows)) / 2;
  const start = Math.min(Math.max(plot.left + 4, middle - width / 2), plot.right - width);
  const label = { class: 'label', x: start, y: plot.top + 16 };
  return toned('accepted', textElement('text', label, text));
}

function limits({ roofline, x, y, plot, words }: Scene): string {
  const { points } = roofline;
  const curve = (value: (point: RooflinePoint) => number, from: [number, number][]) => {
    const inside = points.filter((point) => y(value(point)) <= plot.bottom);
    const at = inside.map((point): [number, number] => [x(point.rows), y(value(point))]);
    return line()([...from, ...at]) ?? '';
  };
  const first = points[0]!;
  const memory =
    element('path', { class: 'line', d: curve(({ memoryNs }) => memoryNs, []) }) +
    textElement(
      'text',
      { class: 'label', x: plot.left + 6, y: y(first.memoryNs) + 17 },
      words.memoryLimit,
    );
  // Beside the place where the line comes up into the plot.
  const shown = points.findIndex(({ computeNs }) => y(computeNs) <= plot.bottom);
  const [above, below] = [points[shown]!, points[shown - 1] ?? points[shown]!];
  const rise = y(below.computeNs) - y(above.computeNs);
  const share = rise === 0 ? 0 : (plot.bottom - y(above.computeNs)) / rise;
  const enters = x(above.rows) - share * (x(above.rows) - x(below.rows));
  const wide = BOLD * textWidth(words.computeLimit, 13);
  const isRoomy = enters - 4 - wide > plot.left - 8;
  const beside = isRoomy
    ? { x: enters - 4, y: plot.bottom - 7, 'text-anchor': 'end' }
    : { x: Math.min(enters + 28, plot.right - wide), y: plot.bottom - 24 };
  const compute =
    element('path', {
      class: 'line',
      d: curve(({ computeNs }) => computeNs, [[enters, plot.bottom]]),
    }) + textElement('text', { class: 'label', ...beside }, words.computeLimit);
  return toned('baseline', memory) + toned('rejected', compute);
}

function knee({ roofline, x, y, plot, words }: Scene): string {
  const { kneeRows, points } = roofline;
  if (kneeRows === null) return '';
  const at = x(kneeRows);
  const point = points.find(({ rows }) => rows >= kneeRows)!;
  const text = words.knee(kneeRows);
  const start = Math.min(at - 14, plot.right - textWidth(text, 12));
  const rule = { class: 'one', x1: at, x2: at, y1: y(point.memoryNs), y2: plot.bottom - 20 };
  const label = { class: 'muted', x: start, y: plot.bottom - 7 };
  return element('line', { ...rule, 'stroke-dasharray': '3 3' }) + textElement('text', label, text);
}

function pass({ roofline, x, y, words, options }: Scene): string {
  const path = line<RooflinePoint>(
    (point) => x(point.rows),
    (point) => y(point.timeNs),
  );
  const style = 'stroke-dasharray:none;stroke-width:3';
  const marks = roofline.points.map(({ rows, timeNs, memoryNs, computeNs }) => {
    const label = words.pointLabel(rows, timeNs, memoryNs, computeNs);
    const identity = { key: rowsKey(rows), group: 'roofline', label };
    const known = linked(options, identity, 'fill');
    return element('circle', { ...known, cx: x(rows), cy: y(timeNs), r: 2.5 });
  });
  const curve = { class: 'line', d: path(roofline.points) ?? '', style };
  return toned('target', element('path', curve) + marks.join(''));
}

/**
 * Without drafting and here, named in the free room above the curve. The lower name stands where
 * the line from the upper one does not pass.
 */
function places(scene: Scene): string {
  const { roofline, x, plot, words } = scene;
  const { plain, here } = roofline;
  const size = (name: string, point: RooflinePoint) =>
    Math.max(BOLD * textWidth(name, 13), textWidth(words.rowsTime(point.rows, point.timeNs), 12));
  const plainEnd = plot.left + 4 + size(words.without, plain);
  const isPlainLow = plainEnd < x(here.rows) - 6;
  const low = plot.top + 74;
  const high = plot.top + 38;
  const plainWidth = size(words.without, plain);
  const hereWidth = size(words.here, here);
  const plainX = isPlainLow
    ? Math.min(x(plain.rows) - 6, x(here.rows) - 8 - plainWidth)
    : x(plain.rows) - 6;
  const hereX = isPlainLow ? x(here.rows) + 6 - hereWidth : x(here.rows) - 6;
  const inside = (at: number, width: number) =>
    Math.min(Math.max(plot.left + 4, at), plot.right - width);
  const plainPlace: Place = {
    point: plain,
    key: 'place:plain',
    name: words.without,
    x: inside(plainX, plainWidth),
    y: isPlainLow ? low : high,
    shape: 0,
  };
  const herePlace: Place = {
    point: here,
    key: 'place:here',
    name: words.here,
    x: inside(hereX, hereWidth),
    y: isPlainLow ? high : low,
    shape: 3,
  };
  return toned('baseline', placed(scene, plainPlace)) + toned('draft', placed(scene, herePlace));
}

interface Place {
  point: RooflinePoint;
  key: string;
  name: string;
  x: number;
  /** Baseline of the name; rows and time stand under it. */
  y: number;
  shape: number;
}

function placed({ x, y, words }: Scene, place: Place): string {
  const { rows, timeNs } = place.point;
  const [at, height] = [x(rows), y(timeNs)];
  const leader = { class: 'cross', x1: at, x2: at, y1: place.y + 20, y2: height - 6 };
  const symbol = {
    'data-key': place.key,
    class: `${place.shape === 0 ? 'hollow' : 'mark'} move`,
    transform: `translate(${px(at)},${px(height)})`,
    d: symbolPath(place.shape, 90),
  };
  return [
    element('line', leader),
    element('path', symbol),
    textElement('text', { class: 'label', x: place.x, y: place.y }, place.name),
    textElement(
      'text',
      { class: 'muted', x: place.x, y: place.y + 15 },
      words.rowsTime(rows, timeNs),
    ),
  ].join('');
}
