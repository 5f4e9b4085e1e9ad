/** A picture's table as HTML and as CSV. Law: both hold every cell of it, and no other. */
import { escapeText } from '../markup.ts';
import type { PictureTable } from './picture.ts';

/** The first cell of a row is its head. */
export function tableHtml({ columns, rows }: PictureTable, caption: string): string {
  const kind = (i: number) => (columns[i]?.numeric === true ? ' class="n"' : '');
  const head = columns.map(({ label }, i) => `<th scope="col"${kind(i)}>${escapeText(label)}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((text, i) =>
      i === 0
        ? `<th scope="row"${kind(i)}>${escapeText(text)}</th>`
        : `<td${kind(i)}>${escapeText(text)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return [
    `<table><caption>${escapeText(caption)}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table>`,
  ].join('\n');
}

/** RFC 4180, with a head line; numbers without the commas that group their digits. */
export function tableCsv({ columns, rows }: PictureTable): string {
  const line = (cells: readonly string[]) => cells.map(csvCell).join(',');
  const body = rows.map((row) =>
    line(row.map((text, i) => (columns[i]?.numeric === true ? plainNumber(text) : text))),
  );
  return `${[line(columns.map(({ label }) => label)), ...body].join('\r\n')}\r\n`;
}

/** `1,200` as `1200`; what is no number stays as it is. */
function plainNumber(text: string): string {
  return /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
}

/** A cell that starts like a formula gets an apostrophe, so that no spreadsheet runs it. */
function csvCell(text: string): string {
  const isFormula = /^[=@\t\r]|^[-+](?![\d.]|$)/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
