/**
 * The blocks of every step as a stacked column under the pool's line, one small box a block. Law: a
 * column is as high as the blocks used and kept for reuse, and never higher than the pool.
 */
import {
  axisLeft,
  hatch,
  linked,
  type Plot,
  scaleLinear,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { type KeyEntry, keyRow, keyRowHeight } from '../in_flight_lanes/key-row.ts';
import { type StepColumns, stepColumns } from '../in_flight_lanes/step-columns.ts';
import { stepKey } from '../in_flight_lanes/step-marks.ts';
import { element, px, textElement } from '../markup.ts';
import { seriesTone, type Tone } from '../palette.ts';
import { type EventName, eventNames, type Messages, type StepBlocks } from './messages.ts';
import type { KvBlocks, KvHolding, KvStep } from './model.ts';

const HEAD = 32;
const EVENT = 20;
const COLUMN = { least: 19, most: 34 };

export interface StackScene {
  model: KvBlocks;
  selected: number;
  options: ViewOptions;
  words: Messages;
}

export function stepBlocks(step: KvStep, index: number): StepBlocks {
  return {
    step: index + 1,
    used: step.used,
    cached: step.cached,
    free: step.free,
    rewound: sumOf(step, ({ rewound }) => rewound),
    paused: step.paused.map(({ request }) => request + 1),
  };
}

export function sumOf({ holdings }: KvStep, value: (holding: KvHolding) => number): number {
  return holdings.reduce((sum, one) => sum + value(one), 0);
}

const isNarrow = ({ options }: StackScene) => options.width < 480;

/** What stands in an event's row for a step; nothing where it did not happen. */
function eventText(step: KvStep, event: EventName): string {
  const number = (value: number) => (value === 0 ? '' : String(value));
  switch (event) {
    case 'paused':
      return step.paused.map(({ request }) => request + 1).join(' ');
    case 'waiting':
      return number(step.waiting.length);
    case 'rewound':
      return number(sumOf(step, ({ rewound }) => rewound));
    case 'reused':
      return number(sumOf(step, ({ reused }) => reused));
    case 'evicted':
      return number(step.evicted);
    case 'freed':
      return number(step.freed);
  }
}

/** Events that happen somewhere in the run. */
function eventsOf({ model }: StackScene): EventName[] {
  return eventNames.filter((event) => model.steps.some((step) => eventText(step, event) !== ''));
}

export function columnsOf(scene: StackScene): StepColumns {
  const { model, selected, options, words } = scene;
  const labels = eventsOf(scene).map((event) => textWidth(words.events[event], 12));
  const left = isNarrow(scene) ? 34 : 20 + Math.max(...labels, 40);
  return stepColumns(model.steps.length, selected, left, options.width - 8, COLUMN);
}

function blockHeight({ model }: StackScene): number {
  return Math.min(14, 280 / model.options.kvBlocks);
}

function plotHeight(scene: StackScene): number {
  return blockHeight(scene) * scene.model.options.kvBlocks;
}

function eventHeight(scene: StackScene): number {
  return isNarrow(scene) ? EVENT + 15 : EVENT;
}

export function stackHeight(scene: StackScene): number {
  const events = eventHeight(scene) * eventsOf(scene).length;
  const key = keyRowHeight(keyOf(scene), scene.options.width - 16);
  return HEAD + plotHeight(scene) + 24 + events + 8 + key;
}

export function stack(scene: StackScene, area: Plot): string {
  const { model, options, selected, words } = scene;
  const columns = columnsOf(scene);
  const top = area.top + HEAD;
  const bottom = top + plotHeight(scene);
  const right = columns.x(columns.end);
  const plot: Plot = { left: columns.x(columns.first), top, right, bottom };
  const y = scaleLinear().domain([0, model.options.kvBlocks]).range([bottom, top]);
  const steps = model.steps.slice(columns.first, columns.end);
  const eventsTop = bottom + 24;
  const end = eventsTop + eventHeight(scene) * eventsOf(scene).length;
  const chosen = { x: columns.x(selected), width: columns.width, y: top, height: end - top };
  const poolText = words.pool(model.options.kvBlocks);
  const poolX = Math.max(right, 8 + textWidth(poolText, 13));
  return [
    element('rect', { class: 'loss move', 'data-key': 'selection', ...chosen }),
    axisLeft(plot, y, {
      label: words.axisBlocks,
      ticks: y.ticks(Math.min(5, model.options.kvBlocks)).filter(Number.isInteger),
    }),
    ...steps.map((step, i) => column(scene, columns, step, columns.first + i, y)),
    element('line', { class: 'one', x1: plot.left, x2: right, y1: top, y2: top }),
    textElement('text', { x: poolX, y: top - 9, 'text-anchor': 'end' }, poolText),
    numbers(scene, columns, bottom + 16),
    events(scene, columns, eventsTop),
    keyRow(keyOf(scene), 8, end + 8, options.width - 16),
    ...steps.map((step, i) => {
      const index = columns.first + i;
      const label = words.stepLabel(stepBlocks(step, index));
      const known = linked(options, { key: stepKey(index), group: 'steps', label });
      const box = { x: columns.x(index), y: top, width: columns.width, height: end - top };
      return element('rect', { ...known, ...box, fill: 'none', 'pointer-events': 'all' });
    }),
  ].join('\n');
}

function numbers({ model, selected, words }: StackScene, columns: StepColumns, y: number): string {
  const every = columns.width < 24 && model.steps.length > 9 ? 2 : 1;
  const found: string[] = [];
  for (let step = columns.first; step < columns.end; step++) {
    if (step !== selected && (step + 1) % every !== 0) continue;
    if (every > 1 && step !== selected && Math.abs(step - selected) === 1) continue;
    const at = { x: columns.x(step) + columns.width / 2, y, 'text-anchor': 'middle' };
    const strong = step === selected ? { 'font-weight': 700 } : { class: 'muted' };
    found.push(textElement('text', { ...at, ...strong }, String(step + 1)));
  }
  const name = columns.x(columns.first) > textWidth(words.step, 12) + 20;
  if (name) found.push(textElement('text', { class: 'muted', x: 8, y }, words.step));
  return found.join('');
}

function events(scene: StackScene, columns: StepColumns, top: number): string {
  const { model, words } = scene;
  const height = eventHeight(scene);
  return eventsOf(scene)
    .map((event, row) => {
      const y = top + height * row + 14;
      const label = textElement('text', { class: 'muted', x: 8, y }, words.events[event]);
      const at = isNarrow(scene) ? y + 16 : y;
      const steps = model.steps.slice(columns.first, columns.end).map((step, i) => {
        const text = eventText(step, event);
        if (text === '') return '';
        const x = columns.x(columns.first + i) + columns.width / 2;
        return textElement('text', { class: 'label', x, y: at, 'text-anchor': 'middle' }, text);
      });
      const tone: Tone = event === 'paused' || event === 'evicted' ? 'rejected' : 'baseline';
      const rule = { class: 'grid', x1: 8, x2: columns.x(columns.end), y1: y + height - 14 };
      const line = element('line', { ...rule, y2: y + height - 14 });
      return line + label + toned(event === 'reused' ? 'accepted' : tone, steps.join(''));
    })
    .join('\n');
}

/** How blocks are drawn. */
type Look = 'solid' | 'hatched' | 'dashed' | 'pale';

function column(
  scene: StackScene,
  columns: StepColumns,
  step: KvStep,
  index: number,
  y: (blocks: number) => number,
): string {
  const { options } = scene;
  const height = blockHeight(scene);
  const x = columns.x(index) + 1.5;
  const width = columns.width - 3;
  let at = 0;
  const pile = (count: number, tone: Tone, look: Look) => {
    const from = at;
    at += count;
    return count === 0 ? '' : blocks({ x, width, from, count, y, height, tone, look }, options);
  };
  const shared = pile(step.shared, 'baseline', 'pale');
  const held = step.holdings.map((holding) => {
    const tone = seriesTone(holding.request);
    const kept = holding.own - Math.min(holding.own, holding.tail);
    const from = at;
    const drawn =
      pile(kept, tone, 'solid') +
      pile(holding.tail - holding.rewound, tone, 'hatched') +
      pile(holding.rewound, tone, 'dashed');
    const isRoomy = kept * height >= 13 && width >= 9;
    // In the middle of a box where boxes are high enough, so that no line crosses it.
    const middle = y(height < 13 ? from + kept / 2 : from + Math.floor(kept / 2) + 0.5) + 4.5;
    const name = { class: 'inverse', x: x + width / 2, y: middle, 'text-anchor': 'middle' };
    return drawn + (isRoomy ? textElement('text', name, String(holding.request + 1)) : '');
  });
  return shared + held.join('') + pile(step.cached, 'baseline', 'dashed');
}

interface Pile {
  x: number;
  width: number;
  from: number;
  count: number;
  y: (blocks: number) => number;
  height: number;
  tone: Tone;
  look: Look;
}

/** One path for blocks of one look, a box for each. */
function blocks(pile: Pile, options: ViewOptions): string {
  const { x, width, from, count, y, height, tone, look } = pile;
  const edge = look === 'dashed' ? 0.6 : 0;
  const high = px(height - 1 - 2 * edge);
  const wide = px(width - 2 * edge);
  const boxes = Array.from({ length: count }, (_, i) => {
    const top = px(y(from + i + 1) + 0.5 + edge);
    return `M${px(x + edge)},${top}h${wide}v${high}h-${wide}z`;
  });
  const d = boxes.join('');
  switch (look) {
    case 'solid':
      return toned(tone, element('path', { class: 'fill', d }));
    case 'pale':
      return toned(tone, element('path', { class: 'fill', 'fill-opacity': 0.45, d }));
    case 'hatched': {
      const shape = { d, fill: hatch(options, tone), stroke: 'var(--c)', 'stroke-width': 0.75 };
      return toned(tone, element('path', shape));
    }
    case 'dashed': {
      const shape = { class: 'hollow', d, 'stroke-dasharray': '2 2', style: 'stroke-width:1.1' };
      return toned(tone, element('path', shape));
    }
  }
}

/** A block by itself, for keys and for the step taken apart. */
export function block(
  box: { x: number; y: number; size: number; tone: Tone; look: Look },
  options: ViewOptions,
): string {
  const { x, y, size, tone, look } = box;
  const pile = { x, width: size, from: 0, count: 1, height: size + 1, tone, look };
  return blocks({ ...pile, y: () => y - 0.5 }, options);
}

/** What stands in the columns of the run, and no more. */
function keyOf({ model, words, options }: StackScene): KeyEntry[] {
  const any = (test: (step: KvStep) => boolean) => model.steps.some(test);
  const entry = (text: string, tone: Tone, look: Look): KeyEntry => ({
    text,
    swatch: (x, y) => block({ x: x + 4, y, size: 13, tone, look }, options),
  });
  const tails = (test: (holding: KvHolding) => boolean) =>
    any(({ holdings }) => holdings.some(test));
  const entries: [boolean, KeyEntry][] = [
    [true, entry(words.kept, 's0', 'solid')],
    [tails(({ tail, rewound }) => tail > rewound), entry(words.tail, 's0', 'hatched')],
    [tails(({ rewound }) => rewound > 0), entry(words.rewound, 's0', 'dashed')],
    [any(({ shared }) => shared > 0), entry(words.shared, 'baseline', 'pale')],
    [any(({ cached }) => cached > 0), entry(words.cached, 'baseline', 'dashed')],
  ];
  return entries.filter(([isThere]) => isThere).map(([, one]) => one);
}
