/**
 * Fits the positive figures of a curve to measured times. Figures move by factors, inside limits;
 * the loss is the mean of max(p/m, m/p) − 1, which a few odd rows do not bend and which has no
 * liking for predictions that are too small. Deterministic: the same rows give the same figures.
 */
import { exp } from '../base/exact-math.ts';
import { minimise } from '../base/minimise.ts';
import { type ErrorSummary, relativeError, summarise } from './errors.ts';
import type { FitRows, Split } from './split.ts';

/** Where a figure starts, and what it may become. */
export interface FreeFigure {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

export type Figures = Readonly<Record<string, number>>;

/** One curve and the rows that it is to explain. */
export interface Subject<Row> {
  readonly free: Readonly<Record<string, FreeFigure>>;
  readonly measuredNs: (row: Row) => number;
  /** The times that the curve gives with such figures. */
  readonly predictor: (figures: Figures) => (row: Row) => number;
  /** What a cross-validation leaves out together, such as all rows of one shape of weights. */
  readonly groupOf: (row: Row) => string;
  /** Axes whose range is kept. */
  readonly axesOf: (row: Row) => Readonly<Record<string, number>>;
}

export interface CurveFit {
  readonly figures: Figures;
  readonly inSample: ErrorSummary;
  readonly crossValidated: ErrorSummary;
  readonly heldOut: ErrorSummary;
  readonly range: Record<string, [least: number, greatest: number]>;
}

/** Rows beyond this add time, not knowledge, to a handful of figures. */
const MOST_ROWS = 300;
const RESTARTS = 3;
const FOLDS = 3;

/** Figures rounded to four digits: what a file keeps, and what the errors are of. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function fitFigures<Row>(subject: Subject<Row>, fit: FitRows<Row>): Figures {
  const names = Object.keys(subject.free);
  const { rows } = fit.thinned(MOST_ROWS);
  const measured = rows.map(subject.measuredNs);
  const figuresAt = (x: readonly number[]): Figures =>
    Object.fromEntries(
      names.map((name, i) => {
        const { start, least, most } = subject.free[name]!;
        return [name, Math.min(most, Math.max(least, start * exp(x[i]!)))];
      }),
    );
  const loss = (x: readonly number[]) => {
    const predict = subject.predictor(figuresAt(x));
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const ratio = predict(rows[i]!) / measured[i]!;
      sum += Math.max(ratio, 1 / ratio) - 1;
    }
    return sum / rows.length;
  };
  const best = figuresAt(minimise(loss, new Array<number>(names.length).fill(0), RESTARTS));
  return Object.fromEntries(names.map((name) => [name, rounded(best[name]!)]));
}

export function errorsOf<Row>(
  subject: Subject<Row>,
  figures: Figures,
  rows: readonly Row[],
): number[] {
  const predict = subject.predictor(figures);
  return rows.map((row) => relativeError(predict(row), subject.measuredNs(row)));
}

/** Fits on one part, judges on the other, and by folds inside the first. */
export function fitCurve<Row>(subject: Subject<Row>, { fit, heldOut }: Split<Row>): CurveFit {
  const figures = fitFigures(subject, fit);
  const crossed = fit.folds(FOLDS, subject.groupOf).flatMap((fold) => {
    return errorsOf(subject, fitFigures(subject, fold.fit), fold.judge);
  });
  return {
    figures,
    inSample: summarise(errorsOf(subject, figures, fit.rows)),
    crossValidated: summarise(crossed),
    heldOut: summarise(errorsOf(subject, figures, heldOut)),
    range: rangeOf(fit.rows.map(subject.axesOf)),
  };
}

function rangeOf(axes: readonly Readonly<Record<string, number>>[]): CurveFit['range'] {
  const range: CurveFit['range'] = {};
  for (const row of axes) {
    for (const [name, value] of Object.entries(row)) {
      const [least, greatest] = range[name] ?? [value, value];
      range[name] = [Math.min(least, value), Math.max(greatest, value)];
    }
  }
  return range;
}
