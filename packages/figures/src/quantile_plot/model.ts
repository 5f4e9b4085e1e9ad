import type { ReplayComparison, ReplayQuantity } from '@beamline/simulator';

/**
 * Quantiles of a recorded run against those of the simulated one: a point on the diagonal is a
 * quantile that came out as recorded, one above it came out longer. Both axes are logarithmic and
 * alike, so that a relative error is the same distance from the diagonal everywhere.
 *
 * Example: p50 recorded 200 ms and simulated 220 ms stands 10 % above the diagonal.
 */

export interface QuantilePoint {
  p: number;
  /** ms, both above 0. */
  recorded: number;
  simulated: number;
}

export interface QuantileSeries {
  quantity: ReplayQuantity;
  points: QuantilePoint[];
  /** (simulated − recorded) / recorded of the means; NaN where one of them is missing. */
  meanError: number;
  medianQuantileError: number;
  ksDistance: number;
  /** Quantiles that are 0 on a side and so have no place on a logarithmic axis. */
  leftOut: number;
}

export interface QuantilePlot {
  series: QuantileSeries[];
  /** Requests compared. */
  requests: number;
}

export function quantilePlot(comparison: ReplayComparison): QuantilePlot {
  const series = comparison.quantities.map((one) => {
    const points = one.quantiles.filter(
      ({ recorded, simulated }) => isDrawn(recorded) && isDrawn(simulated),
    );
    return {
      quantity: one.quantity,
      points,
      meanError: one.meanError,
      medianQuantileError: one.medianQuantileError,
      ksDistance: one.ksDistance,
      leftOut: one.quantiles.length - points.length,
    };
  });
  return { series, requests: comparison.to - comparison.from };
}

function isDrawn(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
