/**
 * The measured law: for the likeliest words the target's probability as a bar, and how often each
 * rule emitted the word first as a mark. What the exact rule draws lies on the bars' ends.
 */
import { wordOf } from '../beam_tree/step.ts';
import { cutText, textWidth, wrapText } from '../frame/text.ts';
import { element, px, textElement } from '../markup.ts';
import { toneClass } from '../palette.ts';
import type { Law } from './law.ts';
import type { VerifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';

const LINE = 22;
const WORDS = 6;
/** Words below this share are told with all others. */
const SHARE_MIN = 0.01;

interface LawRow {
  /** −1 for all others together. */
  token: number;
  target: number;
  exact: number;
  redrafter: number;
}

/** The likeliest words and all others, as drawn. */
export function lawRows({ target, frequency }: Law): LawRow[] {
  const weight = (token: number) =>
    Math.max(target[token]!, frequency.exact[token]!, frequency.redrafter[token]!);
  const order = Array.from(target, (_, token) => token);
  order.sort((a, b) => weight(b) - weight(a) || a - b);
  const shown = order.filter((token, i) => i < WORDS && weight(token) >= SHARE_MIN).length;
  const rows = order.slice(0, shown).map((token) => ({
    token,
    target: target[token]!,
    exact: frequency.exact[token]!,
    redrafter: frequency.redrafter[token]!,
  }));
  const rest = order.slice(shown);
  if (rest.length === 0) return rows;
  const sum = (of: Float64Array) => rest.reduce((total, token) => total + of[token]!, 0);
  const others = {
    token: -1,
    target: sum(target),
    exact: sum(frequency.exact),
    redrafter: sum(frequency.redrafter),
  };
  return [...rows, others];
}

export interface LawPart {
  readonly model: VerifyAccept;
  readonly messages: VerifyAcceptMessages;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function statement({ model, messages, width }: LawPart): string[] {
  const { law } = model;
  if (law === null) return [];
  const { distance, noise } = law;
  const words = messages.law.distance(
    distance.exact.toFixed(3),
    noise.toFixed(3),
    distance.redrafter.toFixed(3),
  );
  return wrapText(words, width, 13);
}

/** The head in lines, and the top of the first word under it. */
function headOf({ model, messages, width, top }: LawPart) {
  const draws = (model.law?.draws ?? 0).toLocaleString('en-US');
  const lines = wrapText(messages.law.head(draws), width, 12);
  return { lines, from: top + 32 + 16 * lines.length };
}

export function lawHeight(part: LawPart): number {
  if (part.model.law === null) return 0;
  return (
    headOf(part).from -
    part.top +
    LINE * lawRows(part.model.law).length +
    10 +
    17 * statement(part).length +
    14
  );
}

export function drawLaw(part: LawPart): string {
  const { model, left, top, width } = part;
  const { law } = model;
  if (law === null) return '';
  const rows = lawRows(law);
  const most = Math.max(...rows.map((row) => Math.max(row.target, row.exact, row.redrafter)));
  const from = left + Math.min(96, width * 0.3);
  const scale = (left + width - from - 14) / most;
  const head = headOf(part);
  const lines = rows.map((row, i) => lawLine(part, row, { y: head.from + LINE * i, from, scale }));
  const below = head.from + LINE * rows.length + 20;
  return [
    ...head.lines.map((text, i) =>
      textElement('text', { class: 'muted', x: left, y: top + 12 + 16 * i }, text),
    ),
    key(part, head.from - 16),
    ...lines,
    ...statement(part).map((text, i) => textElement('text', { x: left, y: below + 17 * i }, text)),
  ].join('\n');
}

const MARKS = [
  { name: 'exact', tone: 'accepted', shape: 'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z' },
  { name: 'redrafter', tone: 'rejected', shape: 'M0,-7L4,0L0,7L-4,0z' },
] as const;

function key({ messages, left }: LawPart, y: number): string {
  const words = (x: number, text: string) => textElement('text', { class: 'muted', x, y }, text);
  const bar = element('rect', { class: 'fill', x: left, y: y - 8, width: 16, height: 8 });
  let x = left + 22;
  const parts = [element('g', { class: 't-target' }, bar), words(x, messages.law.target)];
  x += textWidth(messages.law.target, 12) + 16;
  for (const { name, tone, shape } of MARKS) {
    const mark = element('path', {
      class: name === 'exact' ? 'mark' : 'mark hollow',
      transform: `translate(${px(x)},${px(y - 4)})`,
      d: shape,
    });
    parts.push(element('g', { class: toneClass(tone) }, mark), words(x + 9, messages.law[name]));
    x += 9 + textWidth(messages.law[name], 12) + 14;
  }
  return parts.join('');
}

function lawLine(
  { model, messages, left }: LawPart,
  row: LawRow,
  { y, from, scale }: { y: number; from: number; scale: number },
): string {
  const word = row.token < 0 ? messages.law.others : wordOf(model.step, row.token);
  const bar = element('rect', {
    class: 'fill',
    x: from,
    y: y + 3,
    width: Math.max(1, row.target * scale),
    height: LINE - 8,
    opacity: 0.45,
  });
  const marks = MARKS.map(({ name, tone, shape }) =>
    element(
      'g',
      { class: toneClass(tone) },
      element('path', {
        class: name === 'exact' ? 'mark' : 'mark hollow',
        transform: `translate(${px(from + row[name] * scale)},${px(y + LINE / 2 - 1)})`,
        d: shape,
      }),
    ),
  );
  const label = messages.law.mark(
    word,
    messages.percent(row.target),
    messages.percent(row.exact),
    messages.percent(row.redrafter),
  );
  return element(
    'g',
    { 'data-key': `law:${row.token}`, 'data-group': 'law', role: 'img', 'aria-label': label },
    textElement(
      'text',
      { x: from - 8, y: y + 14, 'text-anchor': 'end', style: 'font-size:12px' },
      cutText(word, from - left - 8, 12),
    ) +
      element('g', { class: 't-target' }, bar) +
      marks.join(''),
  );
}
