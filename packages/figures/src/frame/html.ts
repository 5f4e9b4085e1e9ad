/**
 * A picture as static HTML: what a page holds before, or without, any script, and what a report
 * holds. No script, nothing to load.
 */
import { escapeText } from '../markup.ts';
import type { Language } from './language.ts';
import { frameMessages } from './messages.ts';
import type { Picture } from './picture.ts';
import { tableHtml } from './table.ts';

export interface FigureHtmlOptions {
  language?: Language;
  /** Whether the finding stands above the picture; false where the page has it as a heading. */
  hasTitle?: boolean;
}

/** `picture` made with `hasTitle: false`: title and caption stand around the SVG. */
export function figureHtml(picture: Picture, options: FigureHtmlOptions = {}): string {
  const { language = 'en', hasTitle = true } = options;
  const messages = frameMessages[language];
  const notes = picture.notes.map((note) => `<span>${escapeText(note)}</span>`).join(' ');
  return [
    `<figure class="bl-figure" lang="${language}">`,
    ...(hasTitle ? [`<p class="bl-title"><strong>${escapeText(picture.title)}</strong></p>`] : []),
    picture.svg.trimEnd(),
    ...(notes === '' ? [] : [`<figcaption>${notes}</figcaption>`]),
    `<details><summary>${escapeText(messages.data)}</summary>`,
    `<div class="bl-wide" role="region" tabindex="0" aria-label="${escapeText(messages.data)}">`,
    tableHtml(picture.table, picture.title),
    '</div></details></figure>',
    '',
  ].join('\n');
}
