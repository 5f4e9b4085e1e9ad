/**
 * The selected step: its batch, the split into two paths, and the merge. Widths are rows on one
 * scale; a path without requests is drawn as what it gets, an empty tensor.
 */
import { linked, type Plot, textWidth, toned, wrapText } from '../frame/index.ts';
import { element, px, textElement } from '../markup.ts';
import type { Tone } from '../palette.ts';
import { type LanesScene, requestKey } from './lanes.ts';
import type { LaneStep } from './model.ts';

const HEAD = 22;
const HEAD_LINE = 17;
const STRIP = 24;
const FLOW = 36;
const LINE = 15;
const PAD = 8;
const ROW_MAX = 14;

/** Where a request's rows stand, from left to right edge. */
interface Span {
  request: number;
  rows: number;
  tone: Tone;
  from: number;
  to: number;
}

interface Layout {
  batch: Span[];
  context: Span[];
  generation: Span[];
  merged: Span[];
  half: number;
  /** Left edges of the two boxes. */
  boxes: [number, number];
  boxHeight: number;
  lines: [string[], string[]];
}

function layoutOf({ options, words }: LanesScene, step: LaneStep): Layout {
  const { batch, rows, types, split } = step.phases;
  const inner = options.width - 16;
  const gap = 16;
  const half = (inner - gap) / 2;
  const room = half - 2 * PAD - 2 * Math.max(step.context.length, step.generation.length);
  const most = Math.max(step.contextRows, step.generationRows, 1);
  const scale = Math.min(ROW_MAX, room / most);
  const boxes: [number, number] = [8, 8 + half + gap];
  const lay = (places: readonly number[], left: number): Span[] => {
    let at = left;
    return places.map((place) => {
      const from = at;
      at += rows[place]! * scale + 2;
      const tone = types[place] === 0 ? 'context' : 'generation';
      return { request: batch[place]!, rows: rows[place]!, tone, from, to: at - 2 };
    });
  };
  const order = batch.map((_, place) => place);
  const slot = Math.min(64, inner / Math.max(1, batch.length));
  const merged = order.map((place): Span => {
    const tone = types[place] === 0 ? 'context' : 'generation';
    const from = 8 + slot * place;
    return { request: batch[place]!, rows: rows[place]!, tone, from, to: from + slot - 3 };
  });
  const texts = ([0, 1] as const).map((phase) => {
    const runs = phase === 0 ? step.context : step.generation;
    const count = words.phaseCount(
      runs.length,
      phase === 0 ? step.contextRows : step.generationRows,
    );
    const operators = phase === 0 ? words.contextOperators : words.generationOperators;
    const does = runs.length === 0 ? words.emptyPhase : operators;
    return [count, does].flatMap((text) => wrapText(text, half - 2 * PAD, 12));
  }) as [string[], string[]];
  const longest = Math.max(...texts.map(({ length }) => length));
  return {
    batch: lay(order, 8),
    context: lay(
      split.filter((place) => types[place] === 0),
      boxes[0] + PAD,
    ),
    generation: lay(
      split.filter((place) => types[place] === 1),
      boxes[1] + PAD,
    ),
    merged,
    half,
    boxes,
    boxHeight: PAD + STRIP + 20 + LINE * longest + 6,
    lines: texts,
  };
}

function mergedLines({ options, words }: LanesScene): string[] {
  return wrapText(words.merged, options.width - 16, 12);
}

function headOf({ model, selected, options, words }: LanesScene): string[] {
  const { phases, contextRows, generationRows } = model.steps[selected]!;
  const rows = contextRows + generationRows;
  const head = words.batch(selected + 1, phases.batch.length, rows);
  return wrapText(head, (options.width - 16) / 1.08, 13);
}

function headHeight(scene: LanesScene): number {
  return HEAD + HEAD_LINE * (headOf(scene).length - 1);
}

export function splitHeight(scene: LanesScene): number {
  const { boxHeight } = layoutOf(scene, scene.model.steps[scene.selected]!);
  return (
    headHeight(scene) +
    STRIP +
    FLOW +
    boxHeight +
    FLOW +
    STRIP +
    6 +
    LINE * mergedLines(scene).length +
    4
  );
}

export function split(scene: LanesScene, area: Plot): string {
  const { model, selected } = scene;
  const step = model.steps[selected]!;
  const layout = layoutOf(scene, step);
  const top = area.top + headHeight(scene);
  const boxTop = top + STRIP + FLOW;
  const strip = boxTop + PAD;
  const boxEnd = boxTop + layout.boxHeight;
  const mergeTop = boxEnd + FLOW;
  const inPhases = [...layout.context, ...layout.generation];
  const phaseOf = (span: Span) => inPhases.find(({ request }) => request === span.request)!;
  return [
    ...headOf(scene).map((text, i) => {
      const at = { x: 8, y: area.top + 14 + HEAD_LINE * i, 'font-weight': 600 };
      return textElement('text', at, text);
    }),
    ...layout.batch.map((span) => flow(span, top + STRIP, phaseOf(span), strip)),
    ...layout.merged.map((span) => flow(phaseOf(span), boxEnd, span, mergeTop)),
    ...layout.batch.map((span) => segment(scene, span, top)),
    box(scene, layout, 0, boxTop, step),
    box(scene, layout, 1, boxTop, step),
    ...inPhases.map((span) => segment(scene, span, strip)),
    ...layout.merged.map((span) => result(step, span, mergeTop)),
    ...mergedLines(scene).map((text, i) =>
      textElement('text', { class: 'muted', x: 8, y: mergeTop + STRIP + 16 + LINE * i }, text),
    ),
  ].join('\n');
}

/** A band from one span to another, beneath it. */
function flow(from: Span, top: number, to: Span, bottom: number): string {
  const half = (top + bottom) / 2;
  const side = (a: number, b: number, y0: number, y1: number) =>
    `${px(a)},${px(y0)}C${px(a)},${px(half)} ${px(b)},${px(half)} ${px(b)},${px(y1)}`;
  const d = `M${side(from.from, to.from, top, bottom)}L${side(to.to, from.to, bottom, top)}Z`;
  return toned(from.tone, element('path', { class: 'band', d }));
}

/** The rows of one request, outlined where they are context. */
function segment({ options, words }: LanesScene, span: Span, y: number): string {
  const { request, rows, tone, from, to } = span;
  const width = to - from;
  const isContext = tone === 'context';
  const box = isContext
    ? { x: from + 0.75, y: y + 0.75, width: Math.max(0.5, width - 1.5), height: STRIP - 1.5 }
    : { x: from, y, width, height: STRIP };
  const known = linked(options, { key: requestKey(request) }, isContext ? 'hollow' : 'fill');
  const long = words.segment(request + 1, rows);
  const short = String(request + 1);
  const fits = (text: string) => textWidth(text, 13) * 1.1 + 6 < width;
  const text = fits(long) ? long : textWidth(short, 13) + 2 < width ? short : '';
  const at = {
    class: isContext ? 'label' : 'inverse',
    x: (from + to) / 2,
    y: y + 17,
    'text-anchor': 'middle',
  };
  const name = text === '' ? '' : textElement('text', at, text);
  return toned(tone, element('rect', { ...known, ...box, rx: 2 }) + name);
}

function box(
  { words }: LanesScene,
  layout: Layout,
  phase: 0 | 1,
  top: number,
  step: LaneStep,
): string {
  const tone = phase === 0 ? 'context' : 'generation';
  const requests = phase === 0 ? step.context.length : step.generation.length;
  const x = layout.boxes[phase];
  const isEmpty = requests === 0;
  const frame = {
    x: x + 0.75,
    y: top,
    width: layout.half - 1.5,
    height: layout.boxHeight,
    rx: 5,
    fill: 'none',
    stroke: 'var(--c)',
    'stroke-width': 1.25,
    ...(isEmpty ? { 'stroke-dasharray': '4 4' } : {}),
  };
  const line = (text: string, i: number, kind: string) =>
    textElement('text', { class: kind, x: x + PAD, y: top + PAD + STRIP + 18 + LINE * i }, text);
  const name = phase === 0 ? words.contextPath : words.generationPath;
  const tensor = { x: x + PAD, y: top + PAD, width: 3, height: STRIP, class: 'hollow' };
  const nothing = isEmpty
    ? element('rect', { ...tensor, 'stroke-dasharray': '2 2' }) +
      textElement('text', { class: 'muted', x: x + PAD + 10, y: top + PAD + 17 }, words.emptyTensor)
    : '';
  const parts = [
    element('rect', frame),
    nothing,
    line(name, 0, 'label'),
    ...layout.lines[phase].map((text, i) => line(text, i + 1, 'muted')),
  ];
  return toned(tone, parts.join(''));
}

/** Tokens that a request got from the step: a square each; a chunk with a rest gives none. */
function result(step: LaneStep, span: Span, y: number): string {
  const context = step.context.find(({ request }) => request === span.request);
  const generation = step.generation.find(({ request }) => request === span.request);
  const tokens = generation ? generation.accepted + 1 : context?.isLast ? 1 : 0;
  const width = span.to - span.from;
  const middle = span.from + width / 2;
  const frame = {
    x: span.from + 0.5,
    y: y + 0.5,
    width: width - 1,
    height: STRIP - 1,
    rx: 2,
    fill: 'none',
    stroke: 'var(--c)',
  };
  const squares = Array.from({ length: tokens }, (_, i) =>
    element('rect', {
      class: 'fill',
      x: middle + 5.5 * (i - tokens / 2) + 0.5,
      y: y + 15,
      width: 4.5,
      height: 5,
    }),
  );
  const name = textElement(
    'text',
    { class: 'muted', x: middle, y: y + 12, 'text-anchor': 'middle' },
    String(span.request + 1),
  );
  return toned(span.tone, element('rect', frame)) + name + toned('accepted', squares.join(''));
}
