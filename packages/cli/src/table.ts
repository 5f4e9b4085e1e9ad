import { escapeText, numberText } from '@beamline/figures';

/**
 * Tables as people and programs read them: aligned text, Markdown, CSV. Units stand in the header,
 * numbers are right-aligned, thousands are separated in text only.
 */

export type Cell = string | number | null;

export interface Column {
  name: string;
  unit?: string;
  /** Significant digits in text; CSV keeps all. Default 4. */
  digits?: number;
}

export interface Table {
  title: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

function headOf({ name, unit }: Column): string {
  return unit === undefined ? name : `${name} (${unit})`;
}

function textOf(cell: Cell, column: Column): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return printable(cell);
  if (Number.isInteger(cell) && Math.abs(cell) < 1e15) {
    return String(cell).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  }
  return numberText(cell, column.digits ?? 4);
}

/** Without control characters: a name from a file must not move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Columns that a terminal shows for a text: combining marks take none. */
function widthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}

export function renderText(table: Table): string {
  const head = table.columns.map(headOf);
  const body = table.rows.map((row) => row.map((cell, i) => textOf(cell, table.columns[i]!)));
  const widths = head.map((text, i) => Math.max(widthOf(text), ...body.map((r) => widthOf(r[i]!))));
  const isNumber = table.columns.map((_, i) => {
    const cells = table.rows.map((row) => row[i]!).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
  });
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => {
        const gap = ' '.repeat(widths[i]! - widthOf(text));
        return isNumber[i] ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const title = table.title === '' ? [] : [table.title];
  return `${[...title, line(head), rule, ...body.map(line)].join('\n')}\n`;
}

export function renderMarkdown(table: Table): string {
  const cellText = (text: string) => text.replace(/\|/g, '\\|');
  const row = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  const rules = table.columns.map((_, i) => {
    const isNumber = table.rows.some((cells) => typeof cells[i] === 'number');
    return isNumber ? '---:' : '---';
  });
  const body = table.rows.map((cells) =>
    row(cells.map((cell, i) => textOf(cell, table.columns[i]!))),
  );
  const title = table.title === '' ? [] : [`**${table.title}**`, ''];
  return `${[...title, row(table.columns.map(headOf)), row(rules), ...body].join('\n')}\n`;
}

/** RFC 4180, with a header; numbers in full, nothing for what is not there. */
export function renderCsv(table: Table): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const cell = (value: Cell) => {
    if (value === null) return '';
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
    return field(value);
  };
  const lines = [table.columns.map((column) => field(headOf(column)))];
  for (const row of table.rows) lines.push(row.map(cell));
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

/** A table of a page, without its title. */
export function renderHtml(table: Table): string {
  const cells = (row: readonly Cell[]) =>
    row.map((cell, i) => {
      const kind = typeof cell === 'number' ? ' class="n"' : '';
      return `<td${kind}>${escapeText(textOf(cell, table.columns[i]!))}</td>`;
    });
  const head = table.columns.map((column) => `<th scope="col">${escapeText(headOf(column))}</th>`);
  const body = table.rows.map((row) => `<tr>${cells(row).join('')}</tr>`);
  const rows = `<tbody>${body.join('\n')}</tbody>`;
  return `<table><thead><tr>${head.join('')}</tr></thead>${rows}</table>`;
}
