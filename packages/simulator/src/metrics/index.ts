export {
  HISTOGRAM_RELATIVE_ERROR,
  Histogram,
  LARGEST_VALUE,
  SMALLEST_VALUE,
} from './histogram.ts';
export { type CompletedRequest, MetricsCollector, type RunFacts } from './metrics-collector.ts';
export {
  evaluateSlo,
  parseSlo,
  type RequestLatency,
  requestMeetsSlo,
  SLO_METRICS,
  SLO_STATISTICS,
  SLO_UNITS,
  type Slo,
  type SloClause,
  type SloMetric,
  type SloStatistic,
} from './slo.ts';
export { STEP_LIMIT, type StepLimit, stepLimitOf } from './step-limit.ts';
export { type LoadFacts, speedupOf, verdictOf } from './verdict.ts';
