/**
 * A table of measurements as text: a header line, then rows, comma-separated, without quotes. What
 * a row holds is read by column name; a column that is not there has the value of `otherwise`.
 */
import { inputError } from '../base/errors.ts';

export class MeasuredTable {
  readonly name: string;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #cells: readonly (readonly string[])[];

  constructor(name: string, text: string) {
    this.name = name;
    const [head, ...lines] = text
      .replace(/^\ufeff/, '')
      .trim()
      .split(/\r?\n/);
    this.#columns = new Map((head ?? '').split(',').map((column, i) => [column, i]));
    this.#cells = lines.map((line) => line.split(','));
  }

  get rows(): number {
    return this.#cells.length;
  }

  text(row: number, column: string, otherwise?: string): string {
    const at = this.#columns.get(column);
    const cell = at === undefined ? otherwise : this.#cells[row]![at];
    if (cell === undefined) {
      throw inputError(`${this.name}: row ${row + 2} has no column "${column}".`);
    }
    return cell;
  }

  number(row: number, column: string, otherwise?: string): number {
    const value = Number(this.text(row, column, otherwise));
    if (!Number.isFinite(value)) {
      throw inputError(`${this.name}: row ${row + 2}, column "${column}" is not a number.`);
    }
    return value;
  }

  /** What `read` makes of each row; rows for which it gives null are left out. */
  map<Row>(read: (row: number) => Row | null): Row[] {
    const rows: Row[] = [];
    for (let i = 0; i < this.#cells.length; i++) {
      const row = read(i);
      if (row !== null) rows.push(row);
    }
    return rows;
  }
}
