/**
 * From a scenario to a run: reading guide. Start with `scenario/scenario.ts` (what is asked),
 * `run.ts` (what comes out), then `events/simulation.ts` (the loop), `cost/` (how long a step
 * takes) and `speculation/` (what is accepted).
 */
export * from './base/errors.ts';
export { canonicalJson, orderedRun, runJson } from './base/json.ts';
export { RandomStream, randomAt } from './base/random.ts';
export * from './calibration/deployment.ts';
export * from './cost/index.ts';
export {
  type RecordedSlice,
  type RequestLatencies,
  type SimulationOptions,
  type SimulationPorts,
  type StepRecord,
  simulate,
} from './events/index.ts';
export * from './hardware/index.ts';
export * from './metrics/index.ts';
export * from './model/index.ts';
export * from './planning/index.ts';
export * from './published/index.ts';
export * from './replay/index.ts';
export type * from './run.ts';
export * from './scenario/index.ts';
export type * from './scenario/scenario.ts';
export * from './speculation/index.ts';
export * from './uncertainty/index.ts';
export * from './validation/index.ts';
export * from './workload/index.ts';
