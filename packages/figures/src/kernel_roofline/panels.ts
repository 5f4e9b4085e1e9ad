/** The two plots of the roofline and the list of operators, each in its area. */
import {
  axisBottom,
  axisDown,
  axisLeft,
  axisTop,
  cutText,
  emptyNote,
  linked,
  type Plot,
  scaleLog,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import type { Tone } from '../palette.ts';
import { type Messages, siText } from './messages.ts';
import type { KernelRoofline, RooflineBound, RooflinePoint } from './model.ts';

export interface Scene {
  model: KernelRoofline;
  words: Messages;
  options: ViewOptions;
  selected: string | null;
}

const PLOT = 220;
const HEAD = 24;
const ROW = 19;
const LEFT = 62;
/** Entries of the list; the table holds all. */
const MAX_ROWS = 24;

/** What binds is a colour, and a letter beside the mark in the list. */
export const boundTones: Record<RooflineBound, Tone> = {
  memory: 's0',
  compute: 's1',
  exp: 's3',
  launch: 'baseline',
};

type Scale = (value: number) => number;

export function plotHeight(up: string, across: string, width: number): number {
  return HEAD + axisTop(up, width - 8) + PLOT + axisBottom(across, width - 32);
}

function plotIn(place: Plot, up: string): Plot {
  const top = place.top + HEAD + axisTop(up, place.right - place.left - 8);
  return { left: place.left + LEFT, top, right: place.right - 24, bottom: top + PLOT };
}

function decades(values: readonly number[], low: number, high: number): [number, number] {
  const least = Math.min(low, ...values.filter((value) => value > 0));
  const most = Math.max(high, ...values);
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))];
}

/** Powers of ten, every second or third where they are many. */
function powers([low, high]: readonly [number, number], most: number): number[] {
  const from = Math.round(Math.log10(low));
  const count = Math.round(Math.log10(high)) - from + 1;
  const every = Math.ceil(count / most);
  return Array.from({ length: Math.ceil(count / every) }, (_, i) =>
    Number(`1e${from + i * every}`),
  );
}

const rateOf = (amount: number, ns: number) => (amount / ns) * 1e9;

export function roofPlot(place: Plot, scene: Scene): string {
  const { model, words } = scene;
  const { peaks } = model;
  const points = model.points.filter(({ work }) => work.flop > 0);
  const plot = plotIn(place, words.axisRate);
  const ridge = peaks.flopPerSecond / peaks.bytesPerSecond;
  const across = decades(
    points.map(({ intensity }) => intensity),
    ridge / 1000,
    ridge * 5,
  );
  const rates = points.flatMap(({ work, floorNs, measured }) => [
    rateOf(work.flop, floorNs),
    ...(measured === null ? [] : [rateOf(work.flop, measured.ns)]),
  ]);
  const up = decades(rates, peaks.flopPerSecond / 1000, peaks.flopPerSecond * 1.01);
  const x = scaleLog().domain(across).range([plot.left, plot.right]);
  const y = scaleLog().domain(up).range([plot.bottom, plot.top]);
  const roof = (intensity: number) =>
    Math.min(peaks.flopPerSecond, intensity * peaks.bytesPerSecond);
  const start = Math.max(across[0], up[0] / peaks.bytesPerSecond);
  const corners: [number, number][] = [
    [start, roof(start)],
    [ridge, peaks.flopPerSecond],
    [across[1], peaks.flopPerSecond],
  ];
  const d = corners.map(([i, r], at) => `${at === 0 ? 'M' : 'L'}${px(x(i))},${px(y(r))}`).join('');
  return [
    heading(place, words.computeHead),
    axisLeft(plot, y, {
      label: words.axisRate,
      ticks: powers(up, 6),
      format: (tick) => siText(tick, 2).trim(),
      labelX: place.left + 8,
    }),
    axisDown(plot, x, {
      label: words.axisIntensity,
      ticks: powers(across, plot.right - plot.left < 300 ? 5 : 8),
      format: (tick) => (tick < 1 ? String(tick) : numberText(tick)),
    }),
    element('path', { class: 'one', d, fill: 'none' }),
    points.length === 0
      ? emptyNote(plot, model.points.length === 0 ? words.empty : words.onlyMoves)
      : roofLabels(plot, x, y, scene, start),
    ...points.map((point) =>
      pointMarks(
        point,
        'time',
        { x: x(point.intensity), y },
        point.work.flop,
        roof(point.intensity),
        scene,
      ),
    ),
  ].join('\n');
}

function heading(place: Plot, text: string): string {
  return textElement('text', { x: place.left + 8, y: place.top + 15, 'font-weight': 600 }, text);
}

/** The limits written along the roof. */
function roofLabels(plot: Plot, x: Scale, y: Scale, scene: Scene, start: number): string {
  const { words, model } = scene;
  const { peaks } = model;
  const ridge = peaks.flopPerSecond / peaks.bytesPerSecond;
  const [fromX, fromY] = [x(start), y(start * peaks.bytesPerSecond)];
  const [toX, toY] = [x(ridge), y(peaks.flopPerSecond)];
  const angle = (Math.atan2(toY - fromY, toX - fromX) * 180) / Math.PI;
  const at = 0.55;
  const [cx, cy] = [fromX + at * (toX - fromX), fromY + at * (toY - fromY)];
  const place = `translate(${px(cx)},${px(cy)}) rotate(${px(angle)}) translate(0,-6)`;
  const flat = { class: 'muted', x: plot.right - 2, y: toY - 6, 'text-anchor': 'end' };
  return [
    textElement(
      'text',
      { class: 'muted', transform: place, 'text-anchor': 'middle' },
      words.peakBandwidth(peaks.bytesPerSecond),
    ),
    textElement('text', flat, words.peakRate(peaks.flopPerSecond)),
  ].join('');
}

export function bandwidthPlot(place: Plot, scene: Scene): string {
  const { model, words } = scene;
  const { peaks } = model;
  const points = model.points.filter(({ work }) => work.bytes > 0);
  const plot = plotIn(place, words.axisBandwidth);
  const across = decades(
    points.map(({ work }) => work.bytes),
    1e4,
    1e8,
  );
  const rates = points.flatMap(({ work, floorNs, measured }) => [
    rateOf(work.bytes, floorNs),
    ...(measured === null ? [] : [rateOf(work.bytes, measured.ns)]),
  ]);
  const up = decades(rates, peaks.bytesPerSecond / 1000, peaks.bytesPerSecond * 1.01);
  const x = scaleLog().domain(across).range([plot.left, plot.right]);
  const y = scaleLog().domain(up).range([plot.bottom, plot.top]).clamp(true);
  const at = y(peaks.bytesPerSecond);
  return [
    heading(place, words.moveHead),
    axisLeft(plot, y, {
      label: words.axisBandwidth,
      ticks: powers(up, 6),
      format: (tick) => siText(tick, 2).trim(),
      labelX: place.left + 8,
    }),
    axisDown(plot, x, {
      label: words.axisBytes,
      ticks: powers(across, plot.right - plot.left < 300 ? 5 : 8),
      format: (tick) => siText(tick, 2).trim(),
    }),
    element('line', { class: 'one', x1: plot.left, x2: plot.right, y1: at, y2: at }),
    element('path', { class: 'grid', d: launchCurve(x, y, across, peaks), fill: 'none' }),
    points.length === 0
      ? emptyNote(plot, words.empty)
      : textElement(
          'text',
          { class: 'muted', x: plot.left + 6, y: at - 6 },
          words.peakBandwidth(peaks.bytesPerSecond),
        ),
    ...points.map((point) =>
      pointMarks(
        point,
        'move',
        { x: x(point.work.bytes), y },
        point.work.bytes,
        peaks.bytesPerSecond,
        scene,
      ),
    ),
  ].join('\n');
}

/** What a call that only moves bytes can reach after its launch. */
function launchCurve(
  x: Scale,
  y: Scale,
  [low, high]: readonly [number, number],
  { launchNs, bytesPerSecond }: KernelRoofline['peaks'],
): string {
  const count = 40;
  return Array.from({ length: count + 1 }, (_, i) => {
    const bytes = low * (high / low) ** (i / count);
    const rate = rateOf(bytes, launchNs + (bytes / bytesPerSecond) * 1e9);
    return `${i === 0 ? 'M' : 'L'}${px(x(bytes))},${px(y(rate))}`;
  }).join('');
}

const DIAMOND = 'M0,-6L6,0L0,6L-6,0Z';
const CIRCLE = 'M-5,0A5,5,0,1,1,5,0A5,5,0,1,1,-5,0';

/** Floor as an empty diamond, a measured time as a full circle below it, joined. */
function pointMarks(
  point: RooflinePoint,
  panel: 'time' | 'move',
  at: { x: number; y: Scale },
  amount: number,
  roof: number,
  { words, options, selected }: Scene,
): string {
  const floor = at.y(Math.min(roof, rateOf(amount, point.floorNs)));
  const isSelected = point.key === selected;
  const identity = {
    key: panel === 'time' ? `time:${point.key}` : `move:${point.key}`,
    group: `panel:${panel}`,
    label: words.point(point),
  };
  const lit = { highlight: isSelected ? identity.key : (options.highlight ?? null) };
  const placed = (y: number) => ({ transform: `translate(${px(at.x)},${px(y)})` });
  const { measured } = point;
  if (measured === null) {
    const mark = element('path', {
      ...linked(lit, identity, 'hollow'),
      ...placed(floor),
      d: DIAMOND,
    });
    return toned(boundTones[point.bound], mark);
  }
  const y = at.y(rateOf(amount, measured.ns));
  const joint = { x1: at.x, x2: at.x, y1: floor, y2: y, class: 'cross' };
  return toned(
    boundTones[point.bound],
    [
      element('line', joint),
      element('path', { class: 'hollow', ...placed(floor), d: DIAMOND }),
      element('path', { ...linked(lit, identity, 'mark'), ...placed(y), d: CIRCLE }),
    ].join(''),
  );
}

// The list

/** What is timed first, then by floor, longest first. */
function rowsOf({ model }: Scene): RooflinePoint[] {
  return [...model.points]
    .sort(
      (a, b) => Number(b.measured !== null) - Number(a.measured !== null) || b.floorNs - a.floorNs,
    )
    .slice(0, MAX_ROWS);
}

export function listHeight(scene: Scene, width: number): number {
  if (scene.model.points.length === 0) return 0;
  return HEAD + 22 + 18 * legendRows(scene, width).length + ROW * rowsOf(scene).length;
}

export function listBlock(place: Plot, scene: Scene): string {
  const { words, model, selected, options } = scene;
  if (model.points.length === 0) return '';
  const width = place.right - place.left;
  const legends = legendRows(scene, width);
  const top = place.top + HEAD + 18 * legends.length + 8;
  const right = place.right - 8;
  const muted = { class: 'muted', y: place.top + 15, 'text-anchor': 'end' };
  const rows = rowsOf(scene).map((point, i) => {
    const y = top + ROW * i + 14;
    const { measured } = point;
    const times =
      measured === null ? numberText(point.floorNs / 1e3) : numberText(measured.ns / 1e3);
    const bound =
      measured === null ? words.bound[point.bound] : `${numberText(100 * measured.share, 2)} %`;
    const name = point.case === null ? point.operator : `${point.operator}, ${point.variant ?? ''}`;
    const shown = cutText(name, width - 168, 13);
    const isSelected = point.key === selected;
    const mark = {
      class: measured === null ? 'hollow' : 'mark',
      transform: `translate(${px(place.left + 15)},${px(y - 4)})`,
      d: measured === null ? DIAMOND : CIRCLE,
    };
    const back = {
      ...linked(options, { key: `row:${point.key}` }, 'loss'),
      x: place.left + 4,
      y: y - 14,
      width: width - 8,
      height: ROW,
      style: isSelected ? 'opacity:.9' : 'opacity:0',
    };
    return [
      element('rect', back),
      toned(boundTones[point.bound], element('path', { ...mark, ...PASSIVE })),
      textElement('text', { x: place.left + 28, y, ...PASSIVE }, shown),
      textElement('text', { x: right - 88, y, 'text-anchor': 'end', ...PASSIVE }, times),
      textElement('text', { class: 'muted', x: right - 80, y, ...PASSIVE }, bound),
    ].join('');
  });
  return [
    heading(place, words.listHead),
    textElement('text', { ...muted, x: right }, words.listTime),
    ...legends.map((entries, i) => legendRow(entries, place, place.top + HEAD + 18 * i + 10)),
    ...rows,
  ].join('\n');
}

const PASSIVE = { 'pointer-events': 'none' };

interface Entry {
  text: string;
  tone: Tone;
  path: string;
  isFull: boolean;
}

/** Shapes that occur, and the colours of what binds. */
function legendRows({ model, words }: Scene, width: number): Entry[][] {
  const bounds = (Object.keys(boundTones) as RooflineBound[]).filter((bound) =>
    model.points.some((point) => point.bound === bound),
  );
  const entries: Entry[] = [
    { text: words.floorMark, tone: 's5', path: DIAMOND, isFull: false },
    ...(model.devices.length > 0
      ? [{ text: words.measuredMark, tone: 's5' as Tone, path: CIRCLE, isFull: true }]
      : []),
    ...bounds.map((bound) => ({
      text: words.bound[bound],
      tone: boundTones[bound],
      path: DIAMOND,
      isFull: false,
    })),
  ];
  const rows: Entry[][] = [[]];
  let used = 8;
  for (const entry of entries) {
    const size = 30 + textWidth(entry.text, 12);
    if (used + size > width && rows.at(-1)!.length > 0) {
      rows.push([]);
      used = 8;
    }
    rows.at(-1)!.push(entry);
    used += size;
  }
  return rows;
}

function legendRow(entries: readonly Entry[], place: Plot, y: number): string {
  let x = place.left + 15;
  return entries
    .map(({ text, tone, path, isFull }) => {
      const mark = {
        class: isFull ? 'mark' : 'hollow',
        transform: `translate(${px(x)},${px(y - 4)})`,
        d: path,
      };
      const words = textElement('text', { class: 'muted', x: x + 10, y }, text);
      x += 30 + textWidth(text, 12);
      return toned(tone, element('path', mark)) + words;
    })
    .join('');
}
