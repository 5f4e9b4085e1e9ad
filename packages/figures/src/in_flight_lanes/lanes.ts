/**
 * The lanes: a row for each request, a column for each step, and under them the rows of every step
 * against its limit. What is outlined is context, what is filled is generation.
 */
import { linked, type Plot, textWidth, toned, type ViewOptions } from '../frame/index.ts';
import { element, textElement } from '../markup.ts';
import { type KeyEntry, keyRow, keyRowHeight } from './key-row.ts';
import type { Messages, StepWords } from './messages.ts';
import type { InFlightLanes, LaneStep } from './model.ts';
import { type StepColumns, stepColumns } from './step-columns.ts';
import { stepKey } from './step-marks.ts';

const HEAD = 24;
const LANE = 30;
const CELL = 24;
const ROWS = 64;
const COLUMN = { least: 23, most: 44 };

export const requestKey = (request: number) => `request:${request}`;

export interface LanesScene {
  model: InFlightLanes;
  selected: number;
  options: ViewOptions;
  words: Messages;
}

export function stepWords(step: LaneStep, index: number): StepWords {
  return {
    step: index + 1,
    contexts: step.context.length,
    contextRows: step.contextRows,
    generations: step.generation.length,
    generationRows: step.generationRows,
    paused: step.paused.map((request) => request + 1),
  };
}

export function columnsOf({ model, selected, options, words }: LanesScene): StepColumns {
  const isNarrow = options.width < 480;
  const name = isNarrow ? words.step : words.requestName(model.lanes.length);
  const left = 14 + Math.max(textWidth(name, 13), textWidth(words.step, 12));
  return stepColumns(model.steps.length, selected, left, options.width - 8, COLUMN);
}

export function lanesHeight(scene: LanesScene): number {
  const { model, options } = scene;
  const key = keyRowHeight(keyOf(scene), options.width - 16);
  return HEAD + LANE * model.lanes.length + 14 + ROWS + 10 + key;
}

export function lanes(scene: LanesScene, area: Plot): string {
  const { model, options, selected } = scene;
  const columns = columnsOf(scene);
  const bottom = area.top + HEAD + LANE * model.lanes.length;
  const steps = model.steps.slice(columns.first, columns.end);
  const parts = steps.map((step, i) => {
    const index = columns.first + i;
    return [
      index === selected ? selection(columns, index, area.top, bottom + 14 + ROWS) : '',
      cells(scene, columns, step, index, area.top + HEAD),
    ].join('');
  });
  return [
    ...parts,
    names(scene, area),
    rowsChart(scene, columns, bottom + 14),
    keyRow(keyOf(scene), 8, bottom + 14 + ROWS + 10, options.width - 16),
    ...steps.map((step, i) => {
      const index = columns.first + i;
      const label = scene.words.stepLabel(stepWords(step, index));
      const known = linked(options, { key: stepKey(index), group: 'steps', label });
      const box = { x: columns.x(index), y: area.top, width: columns.width };
      const height = bottom + 14 + ROWS - area.top;
      return element('rect', { ...known, ...box, height, fill: 'none', 'pointer-events': 'all' });
    }),
  ].join('\n');
}

function selection(columns: StepColumns, step: number, top: number, bottom: number): string {
  const box = { x: columns.x(step), y: top, width: columns.width, height: bottom - top };
  return element('rect', { class: 'loss move', 'data-key': 'selection', ...box });
}

function names({ model, options, words }: LanesScene, area: Plot): string {
  const isNarrow = options.width < 480;
  const head = [textElement('text', { class: 'muted', x: 8, y: area.top + 16 }, words.step)];
  const lanes = model.lanes.map((lane, request) => {
    const { promptTokens, outputTokens, arrivesAt, finishedAt } = lane;
    const label = words.requestLabel(
      request + 1,
      promptTokens,
      outputTokens,
      arrivesAt + 1,
      finishedAt === null ? null : finishedAt + 1,
    );
    const known = linked(options, { key: requestKey(request), group: 'requests', label });
    const y = area.top + HEAD + LANE * request + 19;
    const text = isNarrow ? String(request + 1) : words.requestName(request + 1);
    return textElement('text', { ...known, x: 8, y }, text);
  });
  return [...head, ...lanes].join('\n');
}

function cells(
  scene: LanesScene,
  columns: StepColumns,
  step: LaneStep,
  index: number,
  top: number,
): string {
  const x = columns.x(index) + 1.5;
  const width = columns.width - 3;
  const place = (request: number) => ({ x, y: top + LANE * request + 3, width, height: CELL });
  const number = { x: x + width / 2, y: top - 8, 'text-anchor': 'middle' };
  const isSelected = index === scene.selected;
  const strong = isSelected ? { 'font-weight': 700 } : { class: 'muted' };
  return [
    textElement('text', { ...number, ...strong }, String(index + 1)),
    ...step.context.map((run) =>
      contextCell(place(run.request), String(run.tokens), run.isLast, run.isFinished),
    ),
    ...step.generation.map((run) =>
      generationCell(place(run.request), String(run.rows), run.accepted, run.isFinished),
    ),
    ...step.paused.map((request) => pausedCell(place(request))),
    ...step.waiting
      .filter((request) => !step.paused.includes(request))
      .map((request) => waitingCell(place(request), '1 4')),
    ...step.held.map((request) => waitingCell(place(request), 'none')),
  ].join('');
}

interface Cell {
  x: number;
  y: number;
  width: number;
  height: number;
}

function contextCell(cell: Cell, text: string, isLast: boolean, isFinished: boolean): string {
  const box = { ...inset(cell, 0.75), rx: 3, class: 'hollow' };
  const rect = element('rect', isLast ? box : { ...box, 'stroke-dasharray': '3 3' });
  const words = { class: 'label', x: middle(cell), y: cell.y + 17, 'text-anchor': 'middle' };
  const drawn = rect + (text === '' ? '' : textElement('text', words, text));
  return toned('context', drawn) + (isFinished ? endMark(cell) : '');
}

function generationCell(cell: Cell, text: string, accepted: number, isFinished: boolean): string {
  const rect = element('rect', { ...cell, rx: 3, class: 'fill' });
  const at = { class: 'inverse', x: middle(cell), y: cell.y + 14, 'text-anchor': 'middle' };
  const dots = Array.from({ length: accepted }, (_, i) =>
    element('circle', {
      class: 'back',
      cx: middle(cell) + 5 * (i - (accepted - 1) / 2),
      cy: cell.y + cell.height - 5,
      r: 1.7,
    }),
  );
  const drawn = rect + (text === '' ? '' : textElement('text', at, text)) + dots.join('');
  return toned('generation', drawn) + (isFinished ? endMark(cell) : '');
}

/** A bar at the end of the last cell. */
function endMark({ x, y, width, height }: Cell): string {
  const box = { x: x + width - 3, y: y - 2, width: 4, height: height + 4 };
  return toned('accepted', element('rect', { ...box, class: 'fill' }));
}

function pausedCell(cell: Cell): string {
  const box = { ...inset(cell, 0.75), rx: 3, class: 'hollow', 'stroke-dasharray': '2 2' };
  const bar = (at: number) =>
    element('rect', { class: 'fill', x: middle(cell) + at, y: cell.y + 7, width: 3, height: 10 });
  return toned('rejected', element('rect', box) + bar(-5) + bar(2));
}

function waitingCell({ x, y, width, height }: Cell, dash: string): string {
  const line = {
    class: 'one',
    x1: x + 3,
    x2: x + width - 3,
    y1: y + height / 2,
    y2: y + height / 2,
  };
  return element('line', { ...line, 'stroke-dasharray': dash, 'stroke-linecap': 'round' });
}

const middle = ({ x, width }: Cell) => x + width / 2;

function inset({ x, y, width, height }: Cell, by: number): Cell {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

/** Rows of every step, context under generation, against the limit. */
function rowsChart({ model, words }: LanesScene, columns: StepColumns, top: number): string {
  const { maxNumTokens } = model.options;
  const bottom = top + ROWS;
  const height = (rows: number) => (rows / maxNumTokens) * (ROWS - 4);
  const bars = model.steps.slice(columns.first, columns.end).map((step, i) => {
    const x = columns.x(columns.first + i) + 3;
    const width = columns.width - 6;
    const context = height(step.contextRows);
    const generation = height(step.generationRows);
    const low = { x: x + 0.75, y: bottom - context + 0.75, width: width - 1.5 };
    const high = { x, y: bottom - context - generation, width, height: generation };
    return (
      (context === 0
        ? ''
        : toned('context', element('rect', { ...low, class: 'hollow', height: context - 1.5 }))) +
      (generation === 0 ? '' : toned('generation', element('rect', { ...high, class: 'fill' })))
    );
  });
  const start = columns.x(columns.first);
  const end = columns.x(columns.end);
  const limit = bottom - height(maxNumTokens);
  const text = words.limit(maxNumTokens);
  return [
    element('line', { class: 'grid', x1: start, x2: end, y1: bottom, y2: bottom }),
    ...bars,
    element('line', {
      class: 'one',
      x1: start,
      x2: end,
      y1: limit,
      y2: limit,
      'stroke-dasharray': '5 3',
    }),
    textElement('text', { class: 'muted', x: 8, y: bottom - 4 }, words.axisRows),
    textElement(
      'text',
      {
        class: 'muted',
        x: Math.max(end, textWidth(text, 12) + 8),
        y: limit - 5,
        'text-anchor': 'end',
      },
      text,
    ),
  ].join('\n');
}

/** What stands in the lanes drawn, and no more. */
function keyOf(scene: LanesScene): KeyEntry[] {
  const { model, words } = scene;
  const { first, end } = columnsOf(scene);
  const steps = model.steps.slice(first, end);
  const contexts = steps.flatMap(({ context }) => context);
  const generations = steps.flatMap(({ generation }) => generation);
  const cell = (x: number, y: number): Cell => ({ x, y: y - 2, width: 22, height: 16 });
  const entries: [boolean, KeyEntry][] = [
    [
      contexts.length > 0,
      { text: words.context, swatch: (x, y) => contextCell(cell(x, y), '', true, false) },
    ],
    [
      contexts.some(({ isLast }) => !isLast),
      { text: words.chunk, swatch: (x, y) => contextCell(cell(x, y), '', false, false) },
    ],
    [
      generations.length > 0,
      { text: words.generation, swatch: (x, y) => generationCell(cell(x, y), '', 0, false) },
    ],
    [
      generations.some(({ accepted }) => accepted > 0),
      { text: words.accepted, swatch: (x, y) => generationCell(cell(x, y), '', 2, false) },
    ],
    [
      [...contexts, ...generations].some(({ isFinished }) => isFinished),
      { text: words.finished, swatch: (x, y) => endMark({ ...cell(x - 9, y) }) },
    ],
    [
      steps.some(({ paused }) => paused.length > 0),
      { text: words.paused, swatch: (x, y) => pausedCell({ ...cell(x, y - 4), height: 22 }) },
    ],
    [
      steps.some(({ waiting, paused }) => waiting.some((one) => !paused.includes(one))),
      { text: words.waiting, swatch: (x, y) => waitingCell(cell(x, y), '1 4') },
    ],
    [
      steps.some(({ held }) => held.length > 0),
      { text: words.held, swatch: (x, y) => waitingCell(cell(x, y), 'none') },
    ],
  ];
  return entries.filter(([isThere]) => isThere).map(([, entry]) => entry);
}
