/**
 * The two steps as stacked bars on one clock; beneath each its tokens, each as wide as its share of
 * the step. Law: widths are the parts' shares of the scale, so bars and tokens end where the step
 * does.
 */
import {
  axisBottom,
  axisDown,
  hatch,
  linked,
  type Plot,
  scaleLinear,
  textWidth,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { element, textElement } from '../markup.ts';
import type { Tone } from '../palette.ts';
import type { Messages } from './messages.ts';
import type { ClockedStep, StepClock, StepPart } from './model.ts';
import { type PartName, type PhaseName, partNames, phaseNames, phaseOf } from './parts.ts';

const ROW = 132;
const BAR_AT = 56;
const BAR = 28;
const TOKEN_AT = BAR_AT + BAR + 6;
const TOKEN = 12;
const KEY_LINE = 22;
const KEY_SIZE = 12;
/** How much wider bold words are than the estimate for plain ones. */
const BOLD = 1.12;

type Filling = 'solid' | 'hatched' | 'outlined' | 'dashed' | 'pale';

const tones: Record<PhaseName, Tone> = {
  verify: 'target',
  sampling: 'accepted',
  draft: 'draft',
  overhead: 'baseline',
};

const fillings: Record<PartName, Filling> = {
  products: 'solid',
  attention: 'hatched',
  head: 'outlined',
  kernels: 'pale',
  links: 'dashed',
  sampling: 'solid',
  'draft-head': 'solid',
  'draft-rest': 'hatched',
  overhead: 'pale',
};

/** The key of a part's mark: `part:drafted:products`. */
export const partKey = (step: 'plain' | 'drafted', part: PartName) => `part:${step}:${part}`;

export function barsHeight(model: StepClock, words: Messages, width: number): number {
  const plotWidth = width - 16;
  const key = keyLines(partsOf(model), words, plotWidth).length;
  return 2 * ROW + axisBottom(words.axisTime, plotWidth) + 10 + KEY_LINE * key;
}

export function bars(model: StepClock, area: Plot, options: ViewOptions, words: Messages): string {
  const left = area.left + 8;
  const right = area.right - 12;
  const x = scaleLinear()
    .domain([0, Math.max(model.plain.timeNs, model.drafted.timeNs)])
    .range([left, right]);
  const milliseconds = scaleLinear()
    .domain(x.domain().map((ns) => ns / 1e6))
    .range([left, right]);
  const plot: Plot = { left, right, top: area.top, bottom: area.top + 2 * ROW };
  const axis = { label: words.axisTime, ticks: right - left < 400 ? 4 : 6 };
  const row = (step: ClockedStep, name: 'plain' | 'drafted', top: number) =>
    stepRow({ step, name, top, x, right, options, words });
  return [
    axisDown(plot, milliseconds, axis),
    row(model.plain, 'plain', area.top),
    row(model.drafted, 'drafted', area.top + ROW),
    legend(
      model,
      { ...plot, top: plot.bottom + axisBottom(words.axisTime, right - left) },
      options,
      words,
    ),
  ].join('\n');
}

interface Row {
  step: ClockedStep;
  name: 'plain' | 'drafted';
  top: number;
  x: (ns: number) => number;
  right: number;
  options: ViewOptions;
  words: Messages;
}

function stepRow(row: Row): string {
  const { step, name, top, x, options, words } = row;
  const title = name === 'plain' ? words.without : words.withDrafting;
  let at = 0;
  const parts = step.parts.map((part) => {
    const from = x(at);
    at += part.timeNs;
    const longest = part.operators.reduce((a, b) => (b.timeNs > a.timeNs ? b : a));
    const label = words.partLabel(
      title,
      words.parts[part.part],
      part.timeNs,
      part.timeNs / step.timeNs,
      words.bounds[longest.bound],
    );
    const identity = { key: partKey(name, part.part), group: `step:${name}`, label };
    const box = { x: from, y: top + BAR_AT, width: Math.max(0.5, x(at) - from), height: BAR };
    return partMark(part.part, box, linked(options, identity), options) + within(part, box, words);
  });
  const heading = textElement('text', { x: x(0), y: top + 15, 'font-weight': 600 }, title);
  const start = x(0) + textWidth(title, 13) + 14;
  const time = textElement(
    'text',
    { class: 'muted', x: start, y: top + 15 },
    words.stepTime(step.timeNs),
  );
  return [heading, time, phaseLabels(row), ...parts, tokens(row)].join('\n');
}

/** A rectangle in a part's colour and filling. */
function partMark(
  part: PartName,
  box: { x: number; y: number; width: number; height: number },
  known: Record<string, string>,
  options: ViewOptions,
): string {
  const tone = tones[phaseOf(part)];
  const kind = known['class'] ?? '';
  const named = (name: string) => (kind === '' ? name : `${name} ${kind}`);
  // A gap of one px keeps neighbours apart where there is room for it.
  const width = box.width > 3 ? box.width - 1 : box.width;
  const shape = { ...known, ...box, width };
  switch (fillings[part]) {
    case 'solid':
      return toned(tone, element('rect', { ...shape, class: named('fill move') }));
    case 'hatched': {
      const inner = { ...shape, class: named('move'), fill: hatch(options, tone) };
      return toned(tone, element('rect', { ...inner, stroke: 'var(--c)', 'stroke-width': 1 }));
    }
    case 'outlined':
    case 'dashed': {
      const inset = Math.min(0.75, width / 4);
      const inner = {
        x: box.x + inset,
        width: width - 2 * inset,
        y: box.y + 0.75,
        height: BAR - 1.5,
      };
      const small = shape.height === BAR ? inner : {};
      const dash = fillings[part] === 'dashed' ? { 'stroke-dasharray': '2 2' } : {};
      return toned(
        tone,
        element('rect', { ...shape, ...small, ...dash, class: named('hollow move') }),
      );
    }
    case 'pale': {
      const inner = { ...shape, class: named('fill move'), 'fill-opacity': 0.5 };
      return toned(tone, element('rect', inner));
    }
  }
}

/** The part's name inside it, where the colour is full and there is room. */
function within(
  part: StepPart,
  box: { x: number; y: number; width: number },
  words: Messages,
): string {
  const name = words.parts[part.part];
  const isRoomy = textWidth(name, 13) + 8 < box.width;
  if (!isRoomy || fillings[part.part] !== 'solid') return '';
  const at = { x: box.x + box.width / 2, y: box.y + BAR / 2 + 4.5, 'text-anchor': 'middle' };
  return textElement('text', { class: 'inverse', ...at, 'pointer-events': 'none' }, name);
}

/** Phase and time above its stretch of the bar, pushed apart, with a line to where it stands. */
function phaseLabels({ step, top, x, right, words }: Row): string {
  let at = 0;
  const labels = phaseNames.flatMap((phase) => {
    const ns = phaseNs(step, phase);
    const middle = x(at + ns / 2);
    at += ns;
    if (ns === 0) return [];
    const lines = [words.phases[phase], words.milliseconds(ns)];
    const width = Math.max(
      ...lines.map((line, i) => (i === 0 ? BOLD * textWidth(line, 13) : textWidth(line, KEY_SIZE))),
    );
    return [{ phase, lines, width, middle, x: middle }];
  });
  for (const [i, label] of labels.entries()) {
    const before = labels[i - 1];
    const least = before === undefined ? x(0) : before.x + before.width / 2 + 8;
    label.x = Math.max(label.x, least + label.width / 2);
  }
  for (let i = labels.length - 1; i >= 0; i--) {
    const after = labels[i + 1];
    const most = after === undefined ? right + 10 : after.x - after.width / 2 - 8;
    labels[i]!.x = Math.min(labels[i]!.x, most - labels[i]!.width / 2);
  }
  return labels
    .map(({ phase, lines, middle, x: place }) => {
      const words = lines.map((line, i) => {
        const kind = i === 0 ? 'label' : 'muted';
        const at = { class: kind, x: place, y: top + 33 + 13 * i, 'text-anchor': 'middle' };
        return textElement('text', at, line);
      });
      const leader = { class: 'cross', x1: place, y1: top + 49, x2: middle, y2: top + BAR_AT - 1 };
      const line = element('line', { ...leader, style: 'stroke-dasharray:none' });
      return toned(tones[phase], words.join('') + line);
    })
    .join('\n');
}

function phaseNs({ parts }: ClockedStep, phase: PhaseName): number {
  return parts.reduce((sum, one) => sum + (phaseOf(one.part) === phase ? one.timeNs : 0), 0);
}

/** One box a token, as wide as the time that it took; the last one for the fraction. */
function tokens({ step, name, top, x, words }: Row): string {
  const y = top + TOKEN_AT;
  const boxes: string[] = [];
  for (let token = 0; token < step.tokens; token++) {
    const share = Math.min(1, step.tokens - token);
    const from = x(token * step.nsPerToken) + 1;
    const width = Math.max(0.5, x((token + share) * step.nsPerToken) - from - 1);
    const box = { x: from, y, width, height: TOKEN, rx: Math.min(3, width / 2) };
    boxes.push(
      element('rect', { class: 'hollow move', 'data-key': `token:${name}:${token}`, ...box }),
    );
  }
  const text =
    name === 'plain'
      ? words.oneToken(step.nsPerToken)
      : words.tokensEach(step.tokens, step.nsPerToken);
  const label = { class: 'label', x: x(0), y: y + TOKEN + 16 };
  return toned('accepted', boxes.join('') + textElement('text', label, text));
}

function partsOf({ plain, drafted }: StepClock): PartName[] {
  const present = new Set([...plain.parts, ...drafted.parts].map(({ part }) => part));
  return partNames.filter((part) => present.has(part));
}

function keyLines(parts: readonly PartName[], words: Messages, width: number): PartName[][] {
  const lines: PartName[][] = [[]];
  let used = 0;
  for (const part of parts) {
    const needed = 34 + textWidth(words.parts[part], KEY_SIZE);
    if (used > 0 && used + needed > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(part);
    used += needed;
  }
  return lines;
}

/** What each filling stands for. */
function legend(model: StepClock, area: Plot, options: ViewOptions, words: Messages): string {
  return keyLines(partsOf(model), words, area.right - area.left)
    .flatMap((line, i) => {
      let x = area.left;
      const y = area.top + 12 + KEY_LINE * i;
      return line.map((part) => {
        const box = { x, y, width: 16, height: 12 };
        const text = textElement(
          'text',
          { class: 'muted', x: x + 22, y: y + 10 },
          words.parts[part],
        );
        x += 34 + textWidth(words.parts[part], KEY_SIZE);
        return partMark(part, box, {}, options) + text;
      });
    })
    .join('\n');
}
