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

/** Code inside a table: as HTML, so that a bar or a backtick may stand in it. */
export function code(text: string, id?: string): string {
  const safe = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\|/g, '&#124;');
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
