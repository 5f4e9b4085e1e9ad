/** Fits of one deployment's engine to its own measurements, see `overheads-fit.ts`. */
export { calibratedHardware } from './hardware-file.ts';
export {
  MAX_POINTS,
  type MeasuredQuantity,
  type Measurement,
  MIN_POINTS,
  measuredQuantities,
  parseMeasurements,
  scenarioAt,
} from './measurements.ts';
export {
  type ErrorSummary,
  type FittedName,
  factorsOf,
  fitOverheads,
  fittedNames,
  type OverheadsFit,
  type Predict,
  type Target,
  type TargetFit,
} from './overheads-fit.ts';
