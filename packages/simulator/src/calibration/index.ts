export { type CurveFit, type Figures, fitCurve, fitFigures, type Subject } from './curve-fit.ts';
export { type ErrorSummary, quantileOf, relativeError, summarise } from './errors.ts';
export { MeasuredTable } from './measured-table.ts';
export { type DataReader, fitOperators, type OperatorCurveFit } from './operator-fits.ts';
export { refittedFixture } from './refitted-fixture.ts';
export { FitRows, type Split, split } from './split.ts';
