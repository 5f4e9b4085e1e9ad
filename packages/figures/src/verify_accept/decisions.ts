/**
 * What each decision saw. A strip is the target's distribution, one segment a word, drafted words
 * coloured; a draw is a mark on it, and the word is the segment under the mark. The published rule
 * compares a draw with p/q for every beam that is still alive.
 */

import { wordOf } from '../beam_tree/step.ts';
import { cutText, textWidth } from '../frame/text.ts';
import { element, textElement } from '../markup.ts';
import { type Tone, toneClass } from '../palette.ts';
import type { VerifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';
import type { Stage } from './stages.ts';
import type { Check } from './verify.ts';

const STRIP = 18;
const BLOCK = 68;
const LINE = 19;
/** Below this width a ratio's bar stands under its words. */
const NARROW_PART = 360;
const LINE_NARROW = 38;
/** Px for `u 0.123 ≥ 0.456 ✕` beside its bar. */
const VERDICT = 132;

const lineHeight = (width: number) => (width < NARROW_PART ? LINE_NARROW : LINE);

export interface Decisions {
  readonly model: VerifyAccept;
  readonly stage: Stage;
  readonly messages: VerifyAcceptMessages;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/** Px that all decisions take, whatever the stage, so that nothing jumps. */
export function decisionsHeight({ verified }: VerifyAccept, width: number): number {
  const { rule, levels } = verified;
  if (rule !== 'redrafter') return 24 + levels.length * BLOCK;
  const lines = levels.reduce((sum, checks) => sum + checks.length, 0);
  return 24 + levels.length * 20 + lines * lineHeight(width) + BLOCK;
}

export function drawDecisions(part: Decisions): string {
  const { model, messages, left, top } = part;
  const { rule } = model.verified;
  const head = textElement(
    'text',
    { class: 'muted', x: left, y: top + 12 },
    messages.decisions(rule),
  );
  return head + (rule === 'redrafter' ? ratios(part) : strips(part));
}

const isDecided = ({ kind, levels }: Stage, level: number) =>
  level < levels || kind === 'bonus' || kind === 'commit';

function strips(part: Decisions): string {
  const { model, stage, messages, left, top, width } = part;
  const { verified, step, probabilities } = model;
  const blocks = verified.levels.map(([check], level) => {
    if (check === undefined || !isDecided(stage, level)) return '';
    const y = top + 24 + level * BLOCK;
    const after = model.tree.words[check.row]!;
    const words = messages.wants[verified.rule as 'greedy' | 'exact'](
      after,
      wordOf(step, check.token),
      messages.number(check.target),
      messages.draw(check.uniform ?? 0),
    );
    const verdict = check.child >= 0 ? messages.isDrafted : messages.isBonus;
    const isGood = check.child >= 0;
    return element(
      'g',
      { 'data-key': `level:${level}` },
      textElement(
        'text',
        { x: left, y: y + 10, style: width < NARROW_PART ? 'font-size:12px' : '' },
        cutText(words, width, width < NARROW_PART ? 11.5 : 13),
      ) +
        strip(part, y + 20, {
          weights: probabilities.target[check.row]!,
          chosen: check.token,
          drafted: childTokens(model, check.row),
          uniform: check.uniform,
          tone: isGood ? 'accepted' : 'target',
        }) +
        textElement(
          'text',
          { class: `label ${toneClass(isGood ? 'accepted' : 'target')}`, x: left, y: y + 53 },
          verdict,
        ),
    );
  });
  return blocks.join('\n');
}

function childTokens({ step }: VerifyAccept, row: number): Set<number> {
  const { parent, tokens } = step.tree;
  return new Set(tokens.filter((_, other) => parent[other] === row));
}

interface Strip {
  weights: Float64Array;
  chosen: number;
  drafted: ReadonlySet<number>;
  uniform: number | null;
  tone: Tone;
}

/** A distribution from 0 to 1, one segment a word, in the order of the vocabulary. */
function strip({ model, left, width }: Decisions, y: number, given: Strip): string {
  const { weights, chosen, drafted, uniform, tone } = given;
  let before = 0;
  const segments = Array.from(weights, (weight, token) => {
    const x = left + before * width;
    before += weight;
    const wide = weight * width;
    if (wide < 0.3) return '';
    const isChosen = token === chosen;
    const isDrafted = drafted.has(token);
    const kind = isChosen ? tone : isDrafted ? 'draft' : 'baseline';
    const word = wordOf(model.step, token);
    const box = element('rect', {
      class: isChosen ? 'fill' : 'hollow',
      x: x + 0.5,
      y,
      width: Math.max(0.5, wide - 1),
      height: STRIP,
      rx: 2,
      style: 'stroke-width:1',
      opacity: isChosen || isDrafted ? 1 : 0.55,
    });
    const side = isChosen && uniform !== null ? sideOf(uniform, before - weight, weight) : 0;
    const room = side === 0 ? wide : wide / 2;
    const name =
      textWidth(word, 11) + 6 > room
        ? ''
        : textElement(
            'text',
            {
              class: isChosen ? 'inverse' : '',
              x: x + (wide * (1 + side)) / 2 - 5 * side,
              y: y + 13,
              'text-anchor': side === 0 ? 'middle' : side < 0 ? 'start' : 'end',
              style: 'font-size:11px',
            },
            word,
          );
    return element('g', { class: toneClass(kind) }, box + name);
  });
  const mark = uniform === null ? '' : drawMark(left + uniform * width, y);
  return segments.join('') + mark;
}

/** The half of a segment that the draw is not in: −1 the left one, 1 the right one. */
function sideOf(uniform: number, start: number, weight: number): number {
  return uniform - start > weight / 2 ? -1 : 1;
}

/** Where a draw lands: a line through the strip with a head above it. */
function drawMark(x: number, y: number): string {
  return (
    element('line', {
      x1: x,
      x2: x,
      y1: y - 3,
      y2: y + STRIP + 3,
      style: 'stroke:var(--ink);stroke-width:2',
    }) +
    element('path', {
      d: `M${(x - 4).toFixed(1)},${y - 5}h8l-4,6z`,
      style: 'fill:var(--ink)',
    })
  );
}

function ratios(part: Decisions): string {
  const { model, stage, messages, left, top } = part;
  const { verified } = model;
  let y = top + 24;
  const blocks = verified.levels.map((checks, level) => {
    const head = textElement(
      'text',
      { class: 'muted', x: left, y: y + 11 },
      messages.level(level + 1),
    );
    y += 20;
    const lines = checks.map((check) => {
      const line = ratioLine(part, check, y);
      y += lineHeight(part.width);
      return line;
    });
    return isDecided(stage, level)
      ? element('g', { 'data-key': `level:${level}` }, head + lines.join(''))
      : '';
  });
  const isShown = stage.kind === 'bonus' || stage.kind === 'commit';
  return blocks.join('\n') + (isShown ? residual(part, y) : '');
}

/** Where the parts of a ratio's line stand. */
function ratioPlaces({ left, width }: Decisions, y: number) {
  const isNarrow = width < NARROW_PART;
  return {
    words: isNarrow ? width : width * 0.46,
    barLeft: isNarrow ? left : left + width * 0.47,
    barWidth: isNarrow ? width - VERDICT : width * 0.2,
    barTop: isNarrow ? y + 20 : y + 3,
    verdict: isNarrow
      ? { x: left + width, y: y + 29, 'text-anchor': 'end' }
      : { x: left + width * 0.67 + 8, y: y + 12 },
  };
}

/** p and q of a beam's token, the ratio as a bar, the draw as a mark on it. */
function ratioLine(part: Decisions, check: Check, y: number): string {
  const { model, messages, left } = part;
  const ratio = Math.min(1, check.target / check.draft);
  const isStanding = check.child >= 0;
  const u = check.uniform ?? 0;
  const places = ratioPlaces(part, y);
  const words = messages.ratio(
    check.beam + 1,
    cutText(wordOf(model.step, check.token), 60, 12),
    messages.number(check.target),
    messages.number(check.draft),
  );
  const tone = toneClass(isStanding ? 'accepted' : 'rejected');
  const verdict = (isStanding ? messages.stands : messages.falls)(
    messages.draw(u),
    messages.draw(ratio),
  );
  const bar = (name: string, width: number) =>
    element('rect', {
      class: name,
      x: places.barLeft,
      y: places.barTop,
      width,
      height: 9,
      ...(name === 'hollow' ? { style: 'stroke-width:1' } : {}),
    });
  const x = places.barLeft + u * places.barWidth;
  const mark = element('line', {
    x1: x,
    x2: x,
    y1: places.barTop - 3,
    y2: places.barTop + 12,
    style: 'stroke:var(--ink);stroke-width:2',
  });
  const small = 'font-size:12px';
  return (
    textElement('text', { x: left, y: y + 12, style: small }, cutText(words, places.words, 11)) +
    element(
      'g',
      { class: tone },
      bar('hollow', places.barWidth) +
        bar('fill', places.barWidth * ratio) +
        textElement('text', { class: `label ${tone}`, ...places.verdict, style: small }, verdict),
    ) +
    mark
  );
}

function residual(part: Decisions, y: number): string {
  const { model, messages, left, width } = part;
  const { verified } = model;
  const u = verified.bonusUniform ?? 0;
  const words = messages.bonusFrom(verified.isResidual, messages.draw(u));
  return element(
    'g',
    { 'data-key': 'level:bonus' },
    textElement('text', { x: left, y: y + 14 }, cutText(words, width, 13)) +
      strip(part, y + 24, {
        weights: verified.bonusFrom,
        chosen: verified.bonus,
        drafted: new Set(),
        uniform: u,
        tone: 'target',
      }),
  );
}
