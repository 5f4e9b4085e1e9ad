/**
 * What a step leaves: the text with the committed tokens at its end, and the KV slots of the tree,
 * of which the accepted ones move together and the rest is freed.
 *
 * Law: a row never moves to a later slot.
 */

import { wordOf } from '../beam_tree/step.ts';
import { BOX_HEIGHT, wordBox } from '../beam_tree/tree-drawing.ts';
import { textWidth, wrapText } from '../frame/text.ts';
import { element, px, textElement } from '../markup.ts';
import type { VerifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';
import type { Stage } from './stages.ts';

export interface Outcome {
  readonly model: VerifyAccept;
  readonly stage: Stage;
  readonly messages: VerifyAcceptMessages;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

const TEXT_HEIGHT = 22 + BOX_HEIGHT + 14;
const SLOT = 22;
const ARCS = 30;

/** Px over the slots that the arrows take. */
const arcsHeight = ({ verified }: VerifyAccept) => (verified.moves.length > 0 ? ARCS : 0);

export function outcomeHeight(part: Pick<Outcome, 'model' | 'messages' | 'width'>): number {
  return TEXT_HEIGHT + 20 + arcsHeight(part.model) + SLOT + 24 + 16 * footLines(part).length;
}

/** What moved and what is freed, in lines. */
function footLines({ model, messages, width }: Pick<Outcome, 'model' | 'messages' | 'width'>) {
  const { verified, tree, prefix } = model;
  const moves = verified.moves.map(({ row, position }) => ({
    from: prefix + row,
    to: prefix + position,
  }));
  const kept = verified.accepted + 1;
  return [messages.moves(moves), messages.freed(kept, tree.rows - kept)].flatMap((text) =>
    wrapText(text, width, 12),
  );
}

export function drawOutcome(part: Outcome): string {
  return committedText(part) + slots({ ...part, top: part.top + TEXT_HEIGHT });
}

/** The last words that have room, the step's own behind them. */
function committedText({ model, stage, messages, left, top, width }: Outcome): string {
  const { step, verified } = model;
  const isDone = stage.kind === 'commit';
  const wide = (word: string) => Math.max(34, textWidth(word, 13) + 16);
  const gap = 6;
  const own = verified.emitted.map((token, i) => {
    const word = wordOf(step, token);
    const isBonus = i === verified.accepted;
    const text = isBonus ? `★ ${word}` : word;
    return { text, tone: isBonus ? ('target' as const) : ('accepted' as const), isOwn: true };
  });
  const before = step.committed.map((token) => ({
    text: wordOf(step, token),
    tone: 'context' as const,
    isOwn: false,
  }));
  const shown = [...before, ...own];
  let room = width;
  let first = shown.length;
  while (first > 0 && room >= wide(shown[first - 1]!.text)) {
    first--;
    room -= wide(shown[first]!.text) + gap;
  }
  let x = left;
  const boxes = shown.slice(first).map(({ text, tone, isOwn }, i) => {
    const place = { transform: `translate(${px(x)},${px(top + 22)})` };
    x += wide(text) + gap;
    const look = { class: 'move', opacity: isOwn && !isDone ? 0 : 1 };
    const kind = isOwn ? 'full' : 'hollow';
    return element(
      'g',
      { 'data-key': `text:${first + i}`, ...place, ...look },
      wordBox({ width: wide(text), text, tone, kind, size: 13 }),
    );
  });
  return (
    textElement('text', { class: 'muted', x: left, y: top + 12 }, messages.committed) +
    boxes.join('')
  );
}

function slots({ model, stage, messages, left, top, width }: Outcome): string {
  const { verified, tree, prefix } = model;
  const isDone = stage.kind === 'commit';
  const cell = Math.min(34, width / Math.max(1, tree.rows));
  const y = top + 20 + arcsHeight(model);
  const isKept = (slot: number) => slot <= verified.accepted;
  const boxes = Array.from({ length: tree.rows }, (_, slot) => {
    const isPath = verified.path.includes(slot);
    const isFull = isDone ? isKept(slot) : isPath && stage.kind === 'bonus';
    const tone = slot === 0 ? 'context' : isFull ? 'accepted' : 'baseline';
    const row = isDone && isKept(slot) ? verified.path[slot]! : slot;
    const box = element('rect', {
      class: isFull ? 'fill' : 'hollow',
      x: left + slot * cell + 1,
      y,
      width: cell - 2,
      height: SLOT,
      rx: 3,
      style: 'stroke-width:1',
      ...(isFull ? {} : { 'stroke-dasharray': isDone ? '2 3' : 'none' }),
    });
    const size = Math.min(11, (cell - 3) / textWidth(String(row), 1));
    const name = textElement(
      'text',
      {
        class: isFull ? 'inverse' : 'muted',
        x: left + (slot + 0.5) * cell,
        y: y + 15,
        'text-anchor': 'middle',
        style: `font-size:${px(size)}px`,
        opacity: isDone && !isKept(slot) ? 0.4 : 1,
      },
      String(row),
    );
    return element('g', { class: `t-${tone}`, 'data-key': `kv:${slot}` }, box + name);
  });
  const middle = (slot: number) => left + (slot + 0.5) * cell;
  const arcs = verified.moves.map(({ row, position }) =>
    arc(middle(row), middle(position), y - 2, row - position, isDone),
  );
  const head = textElement(
    'text',
    { class: 'muted', x: left, y: top + 12 },
    messages.slots(prefix),
  );
  const foot = footLines({ model, messages, width }).map((text, i) =>
    textElement('text', { class: 'muted', x: left, y: y + SLOT + 17 + 16 * i }, text),
  );
  return head + boxes.join('') + arcs.join('') + (isDone ? foot.join('') : '');
}

/** An arrow from one slot to an earlier one. */
function arc(from: number, to: number, y: number, distance: number, isShown: boolean): string {
  const rise = Math.min(ARCS - 4, 8 + distance * 2);
  const path = element('path', {
    class: 'move',
    d:
      `M${px(from)},${px(y)} C${px(from)},${px(y - rise * 1.3)} ` +
      `${px(to)},${px(y - rise * 1.3)} ${px(to)},${px(y - 4)}`,
    fill: 'none',
    style: 'stroke:var(--accepted);stroke-width:1.75',
  });
  const head = element('path', {
    d: `M${px(to - 4)},${px(y - 6)}h8l-4,6z`,
    style: 'fill:var(--accepted)',
  });
  return element('g', { opacity: isShown ? 1 : 0 }, path + head);
}
