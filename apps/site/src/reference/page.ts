/**
 * A page made from the project's own tables and documents, as Markdown in one language: what the
 * loader gives to Starlight beside the pages that are written by hand.
 */
import type { Language } from '@beamline/figures/frame';

export interface GeneratedPage {
  /** Path of the page without language: `reference/commands`. */
  id: string;
  title: string;
  description: string;
  /** Shown in the sidebar; the title when absent. */
  label?: string;
  /** Given the width of the table of contents too: for wide tables. */
  isWide?: boolean;
  /** Markdown below the title; HTML may stand in it. */
  body: string;
}

/** Both languages of a page; a page in one language alone cannot be made. */
export type PageMaker = (language: Language) => GeneratedPage[] | Promise<GeneratedPage[]>;

/** Text that is not Markdown, for a line of Markdown. */
export function plain(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/([\\`*_|[\]{}~])/g, '\\$1');
}

const codeEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '|': '&#124;',
  '-': '&#45;',
  '"': '&quot;',
  "'": '&#39;',
  '.': '&#46;',
  _: '&#95;',
  '*': '&#42;',
  '[': '&#91;',
};

/**
 * Code inside a table: as HTML with entities, so that neither a bar nor the typographer of dashes
 * and quotes takes it for text.
 */
export function code(text: string, id?: string): string {
  const safe = text.replace(/[&<|\-"'._*[]/g, (letter) => codeEntities[letter]!);
  return `<code${id === undefined ? '' : ` id="${id}"`}>${safe}</code>`;
}

/** A table of Markdown; cells are Markdown already. `right` columns hold numbers. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const rule = columns.map((_, index) => (right.includes(index) ? '--:' : '---'));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

/** What stands above a body that is in English on a Japanese page. */
export const englishBody =
  ':::note[本文は英語です]\nこのページの本文は、プロジェクトの表や文書から自動で作られるため英語のままです。' +
  '用語は[用語集](/ja/reference/glossary/)にあります。\n:::\n';
