/**
 * Measured times of single operators, as a kernel bench records them. They replace modelled times:
 * at a record's own axes the time is the record's; elsewhere the modelled time is scaled by
 * measured / modelled of the nearest record, so that a faster kernel moves every shape.
 */

import { inputError } from '../base/errors.ts';
import { log } from '../base/exact-math.ts';
import type { Origin } from '../run.ts';

export interface MeasuredRecord {
  /** An operator's name, for example `tree_attention`, or a GEMM line's, for example `gemm_qkv`. */
  operator: string;
  axes: Readonly<Record<string, number>>;
  ns: number;
}

export type AxesOf = Readonly<Record<string, number>>;

interface Point {
  axes: AxesOf;
  ratio: number;
}

export class MeasuredOperators {
  readonly records: readonly MeasuredRecord[];
  readonly #names: ReadonlySet<string>;

  constructor(records: readonly MeasuredRecord[]) {
    for (const record of records) {
      if (!Number.isFinite(record.ns) || record.ns <= 0) {
        throw inputError(
          `the measured record of ${record.operator} has ns ${record.ns}; it must be above 0.`,
        );
      }
    }
    this.records = records;
    this.#names = new Set(records.map((record) => record.operator));
  }

  has(operator: string): boolean {
    return this.#names.has(operator);
  }

  /** Ratios against a model of the same operators; records the model cannot price are left out. */
  against(modelled: (operator: string, axes: AxesOf) => number): MeasuredRatios {
    const points = new Map<string, Point[]>();
    for (const record of this.records) {
      const ns = modelled(record.operator, record.axes);
      if (!(ns > 0)) continue;
      const list = points.get(record.operator) ?? [];
      list.push({ axes: record.axes, ratio: record.ns / ns });
      points.set(record.operator, list);
    }
    return new MeasuredRatios(points);
  }
}

/** What to multiply a modelled time with, by operator and axes. */
export class MeasuredRatios {
  /** True after a call of `ratio` whose axes were exactly a record's. */
  exact = false;
  readonly #points: ReadonlyMap<string, readonly Point[]>;

  constructor(points: ReadonlyMap<string, readonly Point[]>) {
    this.#points = points;
  }

  has(operator: string): boolean {
    return this.#points.has(operator);
  }

  /**
   * Ratio of the nearest record (sum of |log| differences over the record's axes); 1 without
   * records.
   */
  ratio(operator: string, axes: AxesOf): number {
    this.exact = false;
    const points = this.#points.get(operator);
    if (points === undefined) return 1;
    let best = Number.POSITIVE_INFINITY;
    let ratio = 1;
    for (const point of points) {
      let distance = 0;
      for (const name in point.axes) {
        const value = axes[name];
        if (value === undefined) continue;
        const quotient = (value + 1) / (point.axes[name]! + 1);
        if (quotient !== 1) distance += Math.abs(log(quotient));
      }
      if (distance < best) {
        best = distance;
        ratio = point.ratio;
      }
    }
    this.exact = best === 0;
    return ratio;
  }
}

const MEASURED: Origin = { kind: 'measured', source: 'record of the kernel bench' };
const SCALED: Origin = {
  kind: 'modelled',
  source: 'model, scaled by the nearest record of the kernel bench',
};

/** Origin of the time whose ratio was asked for last: measured only at a record's own axes. */
export function originOf(
  ratios: MeasuredRatios | null,
  operator: string,
  modelled: Origin,
): Origin {
  if (ratios === null || !ratios.has(operator)) return modelled;
  return ratios.exact ? MEASURED : SCALED;
}
