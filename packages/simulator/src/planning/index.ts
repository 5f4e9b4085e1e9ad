export { type Crossing, type CurvePoint, crossingsOf } from './crossover.ts';
export { type CrossoverInterval, crossoverInterval } from './crossover-interval.ts';
export {
  type Axis,
  describeSettings,
  expandGrid,
  type GridOptions,
  type GridPoint,
  MAX_GRID_POINTS,
  parseAxis,
} from './grid.ts';
export type { JournalPort } from './journal.ts';
export { kneeRowsOf, reasonOf, type SpeedupReason } from './reason.ts';
export { scenarioKey } from './scenario-key.ts';
export { describeMiss, type Judgement, judge } from './service-level.ts';
export {
  OBJECTIVES,
  type Objective,
  type SizeCandidates,
  type SizeEntry,
  type SizeOptions,
  type SizeResult,
  type SizeSchedule,
  type SizeTrial,
  size,
} from './size.ts';
export {
  type PointResult,
  type SweepOptions,
  type SweepPoint,
  type SweepProgress,
  type SweepRecord,
  type SweepResult,
  sweep,
} from './sweep.ts';
