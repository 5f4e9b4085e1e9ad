/**
 * Kernels under a GPU's roof: FLOP per byte against FLOP per second, and, since half of a step's
 * operators compute nothing, bytes against bytes per second; beside them a list of all operators
 * with what binds each. Laws: a floor's point stands on or below the roof; a measured point stands
 * below its floor's; an empty diamond is modelled, a full circle measured.
 */
import {
  drawPicture,
  type Picture,
  type Plot,
  toned,
  type ViewOptions,
  wrapText,
} from '../frame/index.ts';
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { type Messages, messages } from './messages.ts';
import type { KernelRoofline, RooflinePoint } from './model.ts';
import {
  bandwidthPlot,
  listBlock,
  listHeight,
  plotHeight,
  roofPlot,
  type Scene,
} from './panels.ts';

export interface KernelRooflineState {
  /** Key of the point whose price is written out. */
  selected: string | null;
}

const WIDE = 700;
const GAP = 16;

export function kernelRooflinePicture(
  model: KernelRoofline,
  state: KernelRooflineState,
  options: ViewOptions,
): Picture {
  const words = messages[options.language];
  const lit = options.highlight?.replace(/^(row|time|move):/, '') ?? null;
  const isKnown = model.points.some(({ key }) => key === lit);
  const selected = isKnown ? lit : state.selected;
  const scene: Scene = { model, words, options, selected };
  const isWide = options.width >= WIDE;
  const left = isWide ? Math.round(options.width * 0.58) : options.width;
  const listWidth = isWide ? options.width - left - GAP : options.width;
  const [roof, move] = [
    plotHeight(words.axisRate, words.axisIntensity, left),
    plotHeight(words.axisBandwidth, words.axisBytes, left),
  ];
  const list = listHeight(scene, listWidth);
  const plots = roof + GAP + move;
  const price = priceLines(scene, listWidth);
  const block = list + price.length * 16 + (price.length > 0 ? 14 : 0);
  return drawPicture(options, {
    title: titleOf(scene),
    summary: words.summary(
      model.gpu,
      model.points.map((point) => `${words.point(point)}.`),
    ),
    table: tableOf(scene),
    notes: notesOf(scene),
    height: isWide ? Math.max(plots, block) : plots + GAP + block,
    draw: (place) => {
      const upper = { ...place, right: left, bottom: place.top + roof };
      const lower = { ...upper, top: place.top + roof + GAP, bottom: place.top + plots };
      const side = isWide
        ? { ...place, left: left + GAP }
        : { ...place, top: place.top + plots + GAP };
      return [
        roofPlot(upper, scene),
        bandwidthPlot(lower, scene),
        listBlock(side, scene),
        priceBlock({ ...side, top: side.top + list + 14 }, price),
      ].join('\n');
    },
  });
}

function titleOf({ model, words }: Scene): string {
  const timed = model.points.filter(({ measured }) => measured !== null);
  if (model.points.length === 0) return words.empty;
  if (timed.length > 0) {
    const best = timed.reduce((a, b) => (b.measured!.share > a.measured!.share ? b : a));
    const gpu = model.devices.join(', ');
    return words.findingMeasured(timed.length, best.operator, best.measured!.share, gpu);
  }
  const count = (bound: RooflinePoint['bound']) =>
    model.points.filter((point) => point.bound === bound).length;
  return words.finding(count('memory'), count('compute'), count('launch'), count('exp'), model.gpu);
}

function notesOf({ model, words, options }: Scene): string[] {
  const { peaksOrigin, points } = model;
  const kinds: Record<string, Record<string, string>> = {
    en: { measured: 'measured', modelled: 'modelled', assumed: 'assumed' },
    ja: { measured: '実測', modelled: 'モデル', assumed: '仮定' },
  };
  const functional = [
    ...new Set(points.flatMap(({ functionalDevice: device }) => (device === null ? [] : [device]))),
  ];
  const isOfSuite = points.some((point) => point.case === null);
  const hasOwnRoof = model.input.ceilings !== undefined;
  return [
    ...(model.devices.length === 0 && !hasOwnRoof ? [words.noMeasuredNote] : []),
    ...(model.devices.length > 0 ? [words.measuredNote(model.devices, model.gpu)] : []),
    ...(functional.length > 0 ? [words.functionalNote(functional)] : []),
    ...(points.some(({ measured }) => measured?.caches === 'warm') ? [words.warmNote] : []),
    words.floorNote(model.peaks.launchNs, !hasOwnRoof),
    ...(isOfSuite ? [words.sizesNote(model.sizes)] : []),
    hasOwnRoof
      ? words.ceilingsNote(model.gpu)
      : words.peaksNote(model.gpu, kinds[options.language]![peaksOrigin.kind]!, peaksOrigin.source),
    ...(model.leftOut > 0 ? [words.leftOutNote(model.leftOut)] : []),
  ];
}

function tableOf({ model, words }: Scene): Picture['table'] {
  const { columns } = words;
  const number = (value: number) => numberText(value, 4);
  const hasCases = model.points.some((point) => point.case !== null);
  const hasTimes = model.devices.length > 0;
  const time = (point: RooflinePoint) => {
    const { measured } = point;
    if (measured === null) return ['–', '–', '–'];
    return [number(measured.ns / 1e3), number(100 * measured.noise), number(100 * measured.share)];
  };
  return {
    columns: [
      { label: columns.operator },
      ...(hasCases ? [{ label: columns.case }, { label: columns.variant }] : []),
      ...[columns.bytes, columns.flop, columns.exps, columns.launches, columns.intensity].map(
        (label) => ({ label, numeric: true }),
      ),
      { label: columns.floor, numeric: true },
      { label: columns.bound },
      ...(hasTimes ? [columns.time, columns.noise, columns.share] : []).map((label) => ({
        label,
        numeric: true,
      })),
      { label: columns.origin },
    ],
    rows: model.points.map((point) => [
      point.operator,
      ...(hasCases ? [point.case ?? '–', point.variant ?? '–'] : []),
      ...[point.work.bytes, point.work.flop, point.work.exps, point.work.launches].map((value) =>
        numberText(value, 12),
      ),
      number(point.intensity),
      number(point.floorNs / 1e3),
      words.bound[point.bound],
      ...(hasTimes ? time(point) : []),
      originOf(point, words),
    ]),
  };
}

function originOf({ measured, functionalDevice }: RooflinePoint, { columns }: Messages): string {
  if (measured !== null) return columns.measured;
  return functionalDevice === null ? columns.modelled : columns.functional(functionalDevice);
}

/** The price of the selected operator's record, in lines under the list. */
function priceLines({ model, words, selected }: Scene, width: number): string[] {
  const point = model.points.find(({ key }) => key === selected);
  return point === undefined ? [] : wrapText(words.selected(point), width - 26, 13.2);
}

function priceBlock(place: Plot, lines: readonly string[]): string {
  const words = lines.map((text, i) =>
    textElement('text', { x: place.left + 16, y: place.top + 10 + 16 * i, class: 'price' }, text),
  );
  if (lines.length === 0) return '';
  const rule = {
    x1: place.left + 9,
    x2: place.left + 9,
    y1: place.top - 2,
    y2: place.top + 16 * lines.length - 2,
  };
  return toned('draft', element('line', { ...rule, class: 'line' }) + words.join(''));
}
