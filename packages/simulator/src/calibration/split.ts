/**
 * Measured rows, parted for good: those that parameters may be fitted to, and those that only
 * judge. Law: a fitting function takes `FitRows`, and only `split` makes them, so that no fit can
 * be given a held-out row. Which part a row goes to depends on its own axes alone, not on its
 * measured value, its place in the file or what else the file holds.
 */

const seal = Symbol('made by split');

/** Rows that a fit may read. */
export class FitRows<Row> {
  readonly rows: readonly Row[];
  /** Makes two row types distinct to the compiler, and to `instanceof`. */
  readonly #isFit = true;

  constructor(key: typeof seal, rows: readonly Row[]) {
    if (key !== seal) throw new Error('rows to fit on are made by split() alone');
    this.rows = rows;
  }

  get isFit(): boolean {
    return this.#isFit;
  }

  /** The rows in `count` folds by group: each time one fold is judged by a fit on the others. */
  folds(count: number, groupOf: (row: Row) => string): Fold<Row>[] {
    // Not the hash that parted the rows: theirs all leave the same remainder.
    const foldOf = (row: Row) => hashOf(`fold ${groupOf(row)}`) % count;
    return Array.from({ length: count }, (_, fold) => ({
      fit: new FitRows(
        seal,
        this.rows.filter((row) => foldOf(row) !== fold),
      ),
      judge: this.rows.filter((row) => foldOf(row) === fold),
    })).filter(({ fit, judge }) => fit.rows.length > 0 && judge.length > 0);
  }

  /** The fits of which each leaves out one whole group, such as a model. */
  withoutEach(groupOf: (row: Row) => string): { group: string; fit: FitRows<Row> }[] {
    const groups = [...new Set(this.rows.map(groupOf))].sort();
    return groups.map((group) => ({
      group,
      fit: new FitRows(
        seal,
        this.rows.filter((row) => groupOf(row) !== group),
      ),
    }));
  }

  /** At most `most` of the rows, spread evenly over them. */
  thinned(most: number): FitRows<Row> {
    const every = Math.ceil(this.rows.length / most);
    if (every <= 1) return this;
    return new FitRows(
      seal,
      this.rows.filter((_, i) => i % every === 0),
    );
  }
}

export interface Fold<Row> {
  readonly fit: FitRows<Row>;
  readonly judge: readonly Row[];
}

export interface Split<Row> {
  readonly fit: FitRows<Row>;
  readonly heldOut: readonly Row[];
}

/**
 * One row in `every` is for fitting, the others are held out. `keyOf` gives a row's axes as text;
 * rows with the same axes go to the same part.
 */
export function split<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  every = 3,
): Split<Row> {
  const chosen = rows.map((row) => ({ row, hash: hashOf(keyOf(row)) }));
  const inHashOrder = chosen
    .filter(({ hash }) => hash % every === 0)
    .sort((a, b) => a.hash - b.hash)
    .map(({ row }) => row);
  return {
    fit: new FitRows(seal, inHashOrder),
    heldOut: chosen.filter(({ hash }) => hash % every !== 0).map(({ row }) => row),
  };
}

/**
 * The same for a small table: the first of `every` by hash order, so that a table of ten cells
 * gives four to the fit and not, by chance, one. Here a row's part depends on the table's other
 * rows.
 */
export function splitSmall<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  every = 3,
): Split<Row> {
  const ranked = rows
    .map((row) => ({ row, hash: hashOf(keyOf(row)) }))
    .sort((a, b) => a.hash - b.hash)
    .map(({ row }) => row);
  const count = Math.ceil(rows.length / every);
  return { fit: new FitRows(seal, ranked.slice(0, count)), heldOut: ranked.slice(count) };
}

/**
 * A split by a rule on the axes that is stated beforehand, such as: the ends of a table are fitted,
 * what lies between is predicted. The rule sees axes only.
 */
export function splitByRule<Row, Axes>(
  rows: readonly Row[],
  axesOf: (row: Row) => Axes,
  isForFit: (axes: Axes) => boolean,
): Split<Row> {
  return {
    fit: new FitRows(
      seal,
      rows.filter((row) => isForFit(axesOf(row))),
    ),
    heldOut: rows.filter((row) => !isForFit(axesOf(row))),
  };
}

/** FNV-1a over UTF-16 code units, then mixed so that its remainders are even. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
