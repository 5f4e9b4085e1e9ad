export { type CurveFit, type Figures, fitCurve, fitFigures, type Subject } from './curve-fit.ts';
export { type EngineFit, fitEngines } from './engine-fit.ts';
export { type EnginePoint, maxLoadPoints, tpotPoints } from './engine-points.ts';
export { type ErrorSummary, quantileOf, relativeError, summarise } from './errors.ts';
export { MeasuredTable } from './measured-table.ts';
export {
  type DataReader,
  type FittedSubject,
  fitOperators,
  type OperatorCurveFit,
} from './operator-fits.ts';
export { refittedEngine, refittedFixture } from './refitted-fixture.ts';
export { FitRows, type Split, split } from './split.ts';
