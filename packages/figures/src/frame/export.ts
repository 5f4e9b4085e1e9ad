/**
 * A picture as a file: SVG with every colour resolved, so that programs that know no custom
 * properties draw the same, and with its origin inside; CSV of exactly what is drawn.
 */
import { element, textElement } from '../markup.ts';
import { resolvedStyle } from '../palette.ts';
import type { Picture } from './picture.ts';
import { tableCsv } from './table.ts';

/** What a file says of itself; each entry where it is known. */
export interface PictureMetadata {
  /** The command that gives the same numbers. */
  command?: string;
  commit?: string;
  /** Address of the page in this state. */
  link?: string;
}

const NAMESPACE = 'urn:beamline:figure';

/**
 * `picture` made with a title: a file has no page around it. Law: no `var(` is left, no script, no
 * address that a viewer would load.
 */
export function exportSvg(
  picture: Picture,
  theme: 'light' | 'dark',
  metadata: PictureMetadata = {},
): string {
  const scope = /<svg[^>]* class="([^"]*)"/.exec(picture.svg)?.[1] ?? 'figure';
  const entries = Object.entries({ title: picture.title, ...metadata });
  const origin = element(
    'metadata',
    {},
    element(
      'figure',
      { xmlns: NAMESPACE },
      entries.map(([name, value]) => textElement(name, {}, String(value))).join(''),
    ),
  );
  const style = `<style>${resolvedStyle(`.${scope}`, theme, picture.svg)}</style>`;
  const svg = picture.svg.replace(/<style>[\s\S]*?<\/style>/, () => `${origin}\n${style}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}`;
}

/** With a byte-order mark, so that spreadsheets read Japanese as such. */
export function exportCsv(picture: Picture): string {
  return `\ufeff${tableCsv(picture.table)}`;
}
