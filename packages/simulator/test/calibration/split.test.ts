import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCurve, fitFigures, type Subject } from '../../src/calibration/curve-fit.ts';
import { FitRows, split } from '../../src/calibration/split.ts';

/** Rows that judge a fit never reach it. */

interface Row {
  readonly x: number;
  readonly ns: number;
}

const line: Subject<Row> = {
  free: {
    overheadNs: { start: 50, least: 1, most: 1e4 },
    slope: { start: 1, least: 0.01, most: 100 },
  },
  measuredNs: ({ ns }) => ns,
  predictor:
    ({ overheadNs, slope }) =>
    ({ x }) =>
      overheadNs! + slope! * x,
  groupOf: ({ x }) => String(x),
  axesOf: ({ x }) => ({ x }),
};

const rowsOf = (xs: readonly number[]): Row[] => xs.map((x) => ({ x, ns: 200 + 3 * x }));
const key = ({ x }: Row) => String(x);
const xs = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 40, maxLength: 200 });

describe('a split', () => {
  it('law: parts the rows, each into one part, whatever their order or company', () => {
    fc.assert(
      fc.property(xs, fc.integer({ min: 0, max: 39 }), (all, left) => {
        const rows = rowsOf(all);
        const { fit, heldOut } = split(rows, key);
        expect([...fit.rows, ...heldOut].map(key).sort()).toEqual(rows.map(key).sort());
        const fewer = split([...rows].reverse().slice(left), key);
        const wasFit = new Set(fit.rows.map(key));
        for (const row of fewer.fit.rows) expect(wasFit.has(key(row))).toBe(true);
        for (const row of fewer.heldOut) expect(wasFit.has(key(row))).toBe(false);
      }),
    );
  });

  it('gives about one row in three to the fit', () => {
    const { fit } = split(rowsOf(Array.from({ length: 3000 }, (_, i) => i + 1)), key);
    expect(fit.rows.length).toBeGreaterThan(850);
    expect(fit.rows.length).toBeLessThan(1150);
  });

  it('law: a fold never judges a group that it was fitted on', () => {
    const { fit } = split(rowsOf(Array.from({ length: 300 }, (_, i) => i + 1)), key);
    const group = ({ x }: Row) => String(x % 7);
    const folds = fit.folds(3, group);
    expect(folds.flatMap(({ judge }) => judge)).toHaveLength(fit.rows.length);
    for (const fold of folds) {
      const fitted = new Set(fold.fit.rows.map(group));
      for (const row of fold.judge) expect(fitted.has(group(row))).toBe(false);
    }
  });

  it('is the only maker of rows to fit on', () => {
    const forged = Symbol('made by split') as never;
    expect(() => new FitRows(forged, rowsOf([1]))).toThrow('split');
    // @ts-expect-error: a plain list, such as the held-out rows, is not rows to fit on.
    const attempt = () => fitFigures(line, split(rowsOf([1, 2, 3]), key).heldOut);
    expect(attempt).toThrow();
  });
});

describe('a fit', () => {
  it('finds the figures that made the rows', () => {
    const { figures } = fitCurve(
      line,
      split(rowsOf(Array.from({ length: 90 }, (_, i) => 9 * i)), key),
    );
    expect(figures['overheadNs']! / 200).toBeCloseTo(1, 2);
    expect(figures['slope']! / 3).toBeCloseTo(1, 2);
  });

  it('law: never reads the held-out rows', () => {
    fc.assert(
      fc.property(xs, (all) => {
        const parts = split(rowsOf(all), key);
        const poisoned = parts.heldOut.map(({ x }) => ({ x: 1e9 + x, ns: Number.NaN }));
        const plain = fitCurve(line, parts);
        const fit = fitCurve(line, { fit: parts.fit, heldOut: poisoned });
        expect(fit.figures).toEqual(plain.figures);
        expect(fit.inSample).toEqual(plain.inSample);
        expect(fit.crossValidated).toEqual(plain.crossValidated);
        expect(fit.range).toEqual(plain.range);
        // The poison is there to be met: what judges does read it.
        if (poisoned.length > 0) expect(fit.heldOut.median).toBeNaN();
      }),
      { numRuns: 10 },
    );
  });
});
