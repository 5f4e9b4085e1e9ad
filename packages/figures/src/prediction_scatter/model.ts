import type { EvidencePoint } from '@beamline/simulator';
import { BAND } from './band.ts';

/**
 * Predictions against measurements: every point by what it is of, so that one picture holds times,
 * rates and watts, and how many lie within ten per cent.
 *
 * Example: 110 predicted for 100 measured lies on the band's upper edge; 111 lies outside.
 */

export interface ScatterPoint {
  measured: number;
  predicted: number;
  /** Predicted / measured − 1. */
  error: number;
  isWithin: boolean;
  cell: string;
}

export interface ScatterSeries {
  label: string;
  points: ScatterPoint[];
  within: number;
  /** Median of the absolute error. */
  median: number;
}

export interface PredictionScatter {
  series: ScatterSeries[];
  within: number;
  count: number;
  /** Points that a picture on logarithmic axes cannot show: not positive, or not finite. */
  leftOut: number;
}

/** Binary fractions put 110 of 100 a hair outside of 10 %. */
const HAIR = 1e-9;

export function predictionScatter(points: readonly EvidencePoint[]): PredictionScatter {
  const isDrawn = ({ measured, predicted }: EvidencePoint) =>
    Number.isFinite(measured) && Number.isFinite(predicted) && measured > 0 && predicted > 0;
  const drawn = points.filter(isDrawn);
  const groups = new Map<string, ScatterPoint[]>();
  for (const { quantity, measured, predicted, cell } of drawn) {
    const error = predicted / measured - 1;
    const isWithin = Math.abs(error) <= BAND + HAIR;
    const members = groups.get(quantity) ?? [];
    members.push({ measured, predicted, error, isWithin, cell });
    groups.set(quantity, members);
  }
  const series = [...groups].map(([label, members]) => ({
    label,
    points: members,
    within: members.filter(({ isWithin }) => isWithin).length,
    median: medianOf(members.map(({ error }) => Math.abs(error))),
  }));
  series.sort((a, b) => b.points.length - a.points.length || (a.label < b.label ? -1 : 1));
  return {
    series,
    within: series.reduce((sum, one) => sum + one.within, 0),
    count: drawn.length,
    leftOut: points.length - drawn.length,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
}
