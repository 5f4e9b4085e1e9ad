import {
  intervalText,
  type LoadSeries,
  type LoadSpeedup,
  numberText,
  speedupMeasures,
} from '@beamline/figures';

/**
 * Load against speedup in characters: the load on a logarithmic axis, lines of braille dots (of
 * full stops where the terminal is not UTF-8), a mark of its own for each series, a rule at 1× and
 * one where a series passes it.
 */

export interface ChartOptions {
  columns: number;
  isUnicode: boolean;
  hasColor: boolean;
}

interface Glyphs {
  marks: readonly string[];
  one: string;
  cross: string;
  axis: string;
  corner: string;
  side: string;
  up: string;
}

const unicode: Glyphs = {
  marks: ['●', '▲', '■', '◆', '○', '△'],
  one: '┄',
  cross: '┊',
  axis: '─',
  corner: '└',
  side: '│',
  up: '▴',
};
const ascii: Glyphs = {
  marks: ['o', '^', '#', '%', '@', '&'],
  one: '-',
  cross: ':',
  axis: '-',
  corner: '+',
  side: '|',
  up: '^',
};

const COLORS = [36, 33, 32, 35, 34, 31];
const ROWS = 14;
const GUTTER = 8;
const MIN_COLUMNS = 24;
const MAX_COLUMNS = 72;
const MAX_SERIES = unicode.marks.length;

/**
 * A cell holds either a character or, bit by bit, braille dots; and the series that it belongs to.
 */
interface Cell {
  text: string | null;
  dots: number;
  series: number;
}

export function drawChart(figure: LoadSpeedup, options: ChartOptions): string {
  const series = figure.series.slice(0, MAX_SERIES);
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return '';
  const grid = new Grid(series, options, figure.unit);
  grid.rule();
  for (const [i, one] of series.entries()) grid.crossings(one, i);
  for (const [i, one] of series.entries()) grid.line(one, i);
  for (const [i, one] of series.entries()) grid.marks(one, i);
  const names = series.map((one, i) => `${' '.repeat(GUTTER)} ${grid.key(i)} ${one.label}`);
  const hidden = figure.series.length - series.length;
  if (hidden > 0) names.push(`${' '.repeat(GUTTER)} and ${hidden} more in the table`);
  const title = `speedup (×) of the ${speedupMeasures[figure.measure]} against load`;
  return `${[title, ...grid.lines(), ...grid.footer(), ...names].join('\n')}\n`;
}

class Grid {
  readonly #cells: Cell[][];
  readonly #width: number;
  readonly #glyphs: Glyphs;
  readonly #options: ChartOptions;
  readonly #loads: { least: number; greatest: number };
  readonly #top: number;
  readonly #bottom: number;
  readonly #ticks: number[];
  readonly #crossings: { column: number; series: number; text: string }[] = [];

  readonly #unit: string;

  constructor(series: readonly LoadSeries[], options: ChartOptions, unit: string) {
    this.#unit = unit;
    const points = series.flatMap((one) => one.points);
    const loads = points.map((point) => point.load);
    this.#options = options;
    this.#glyphs = options.isUnicode ? unicode : ascii;
    const room = options.columns - GUTTER - 2;
    this.#width = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, room));
    this.#loads = { least: Math.min(...loads), greatest: Math.max(...loads) };
    const speedups = points.map((point) => point.speedup);
    this.#top = Math.max(1.2, ...speedups) * 1.05;
    this.#bottom = Math.min(0.9, ...speedups) * 0.95;
    this.#ticks = [...new Set(loads)].sort((a, b) => a - b);
    this.#cells = Array.from({ length: ROWS }, () =>
      Array.from({ length: this.#width }, () => ({ text: null, dots: 0, series: -1 })),
    );
  }

  /** From 0 at the left to 1 at the right. */
  #across(load: number): number {
    const { least, greatest } = this.#loads;
    if (least === greatest) return 0.5;
    return Math.log(load / least) / Math.log(greatest / least);
  }

  /** From 0 at the top to 1 at the bottom. */
  #down(speedup: number): number {
    return (this.#top - speedup) / (this.#top - this.#bottom);
  }

  #column(load: number): number {
    return Math.round(this.#across(load) * (this.#width - 1));
  }

  #row(speedup: number): number {
    return Math.max(0, Math.min(ROWS - 1, Math.floor(this.#down(speedup) * ROWS)));
  }

  rule(): void {
    for (const cell of this.#cells[this.#row(1)]!) cell.text = this.#glyphs.one;
  }

  crossings(series: LoadSeries, index: number): void {
    for (const crossover of series.crossovers) {
      const column = this.#column(crossover.load);
      const text = `${numberText(crossover.load)} ${this.#unit}${intervalText(crossover)}`;
      this.#crossings.push({ column, series: index, text });
      for (let row = this.#row(1); row < ROWS; row++) {
        Object.assign(this.#cells[row]![column]!, { text: this.#glyphs.cross, series: index });
      }
    }
  }

  /** Dots along the line, finer than a character where braille is at hand. */
  line({ points }: LoadSeries, index: number): void {
    for (let i = 1; i < points.length; i++) {
      const from = points[i - 1]!;
      const to = points[i]!;
      const x0 = this.#across(from.load);
      const x1 = this.#across(to.load);
      const steps = Math.max(2, Math.ceil((x1 - x0) * this.#width * 4), 4 * ROWS);
      for (let step = 0; step <= steps; step++) {
        const share = step / steps;
        const speedup = from.speedup + share * (to.speedup - from.speedup);
        this.#dot(x0 + share * (x1 - x0), this.#down(speedup), index);
      }
    }
  }

  #dot(across: number, down: number, series: number): void {
    const x = Math.round(across * (this.#width * 2 - 2));
    const y = Math.max(0, Math.min(ROWS * 4 - 1, Math.floor(down * ROWS * 4)));
    const cell = this.#cells[y >> 2]![x >> 1]!;
    if (!this.#options.isUnicode) {
      Object.assign(cell, { text: '.', series });
      return;
    }
    // Braille numbers its dots down the left column, then the right; the fourth row came later.
    const bit = (y & 3) === 3 ? 6 + (x & 1) : (y & 3) + 3 * (x & 1);
    cell.dots |= 1 << bit;
    cell.text = null;
    cell.series = series;
  }

  marks({ points }: LoadSeries, index: number): void {
    for (const { load, speedup } of points) {
      const cell = this.#cells[this.#row(speedup)]![this.#column(load)]!;
      Object.assign(cell, { text: this.#glyphs.marks[index], series: index });
    }
  }

  key(index: number): string {
    return this.#colored(this.#glyphs.marks[index]!, index);
  }

  #colored(text: string, series: number): string {
    if (!this.#options.hasColor || series < 0) return text;
    return `\u001b[${COLORS[series % COLORS.length]}m${text}\u001b[0m`;
  }

  lines(): string[] {
    const one = this.#row(1);
    return this.#cells.map((cells, row) => {
      const value = row === 0 ? this.#top : row === ROWS - 1 ? this.#bottom : null;
      const label = row === one ? '1×' : value === null ? '' : `${numberText(value, 2)}×`;
      const shown = this.#options.isUnicode ? label : label.replace('×', 'x');
      const text = cells.map(({ text, dots, series }) => {
        const char = text ?? (dots === 0 ? ' ' : String.fromCharCode(0x2800 + dots));
        return this.#colored(char, series);
      });
      return `${shown.padStart(GUTTER - 1)} ${this.#glyphs.side}${text.join('')}`.trimEnd();
    });
  }

  /** The axis, the loads under it, and one line that names the crossings. */
  footer(): string[] {
    const { corner, axis, up } = this.#glyphs;
    const indent = ' '.repeat(GUTTER);
    const labels: string[] = new Array(this.#width + 8).fill(' ');
    let free = 0;
    for (const tick of this.#ticks) {
      const text = numberText(tick);
      const at = Math.max(free, this.#column(tick) - (text.length >> 1));
      if (at + text.length > labels.length || at > this.#column(tick) + 2) continue;
      for (const [i, char] of [...text].entries()) labels[at + i] = char;
      free = at + text.length + 1;
    }
    const lines = [
      `${indent}${corner}${axis.repeat(this.#width)}`,
      `${indent} ${labels.join('').trimEnd()}  ${this.#unit}`,
    ];
    for (const { column, series, text: where } of this.#crossings) {
      const text = `${up} 1${this.#options.isUnicode ? '×' : 'x'} at ${where}`;
      const at = Math.min(column, Math.max(0, this.#width - text.length));
      lines.push(`${indent} ${' '.repeat(at)}${this.#colored(text, series)}`);
    }
    return lines;
  }
}
