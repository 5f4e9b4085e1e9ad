export {
  type Band,
  type Bands,
  bandOf,
  type HeadlineMetric,
  headlineMetrics,
  headlineNames,
  runWithBands,
} from './bands.ts';
export { drawsOf, type ParameterDraw } from './draws.ts';
export {
  engineWith,
  noFactors,
  type ParameterFactors,
  type ParameterName,
  parameterNames,
} from './factors.ts';
export { type Spread, type SpreadParameter, spreadsOf } from './spreads.ts';
