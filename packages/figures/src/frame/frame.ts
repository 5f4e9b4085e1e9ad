/**
 * The frame that every figure stands in: an SVG with title and description for who does not see it,
 * the finding above, the drawing, the caption below. Laws: the height is what the parts take; with
 * `hasTitle: false` the same drawing stands alone, for pages that have title and caption in HTML.
 */
import { element, px, textElement } from '../markup.ts';
import { figureStyle } from '../palette.ts';
import type { Plot } from './axes.ts';
import { hatchPatterns } from './marks.ts';
import type { Picture, PictureTable, ViewOptions } from './picture.ts';
import { wrapText } from './text.ts';

export interface Drawing {
  title: string;
  summary: string;
  table: PictureTable;
  notes: readonly string[];
  /** Px of the drawing itself, between title and caption. */
  height: number;
  /** The drawing as SVG, inside an area as wide as the picture and `height` high. */
  draw: (area: Plot) => string;
}

const TITLE_SIZE = 15;
const TITLE_LINE = 19;
const NOTE_SIZE = 12;
const NOTE_LINE = 16;
const PAD = 8;

export function drawPicture(options: ViewOptions, drawing: Drawing): Picture {
  const { title, summary, table, notes } = drawing;
  return { title, summary, table, notes, svg: svgOf(options, drawing) };
}

function svgOf(options: ViewOptions, drawing: Drawing): string {
  const { scope, width, hasTitle = true, theme = 'auto', language } = options;
  const inner = width - 2 * PAD;
  const head = hasTitle ? wrapText(drawing.title, inner, TITLE_SIZE) : [];
  const foot = hasTitle ? drawing.notes.flatMap((note) => wrapText(note, inner, NOTE_SIZE)) : [];
  const top = head.length === 0 ? 0 : 10 + TITLE_LINE * head.length;
  const bottom = top + drawing.height;
  const height = bottom + (foot.length === 0 ? 0 : 10 + NOTE_LINE * foot.length);
  const content = drawing.draw({ left: 0, top, right: width, bottom });
  const parts = [
    textElement('title', { id: `${scope}-title` }, drawing.title),
    textElement('desc', { id: `${scope}-desc` }, drawing.summary),
    `<style>${figureStyle(`.${scope}`, theme, content)}</style>`,
    hatchPatterns(scope, content),
    element('rect', { class: 'back', width, height }),
    ...head.map((text, i) =>
      textElement('text', { class: 'title', x: PAD, y: 20 + TITLE_LINE * i }, text),
    ),
    content,
    ...foot.map((text, i) =>
      textElement('text', { class: 'muted', x: PAD, y: bottom + 14 + NOTE_LINE * i }, text),
    ),
  ].filter((part) => part !== '');
  const open = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    class: scope,
    viewBox: `0 0 ${px(width)} ${px(height)}`,
    width,
    height,
    role: 'img',
    'aria-labelledby': `${scope}-title ${scope}-desc`,
    lang: language,
    style: 'max-width:100%;height:auto',
  }).replace('/>', '>');
  return `${open}\n${parts.join('\n')}\n</svg>\n`;
}
