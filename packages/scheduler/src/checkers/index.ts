/** One checker per law, and a scheduler that carries them all. */
export { BlockConservation } from './block-conservation.ts';
export { allCheckers, CheckedScheduler } from './checked-scheduler.ts';
export {
  type Checker,
  type CommitEntry,
  LawBroken,
  type Observation,
  type PlannedContext,
  type PlannedGeneration,
  type PlanRecord,
  recordOutcome,
  recordPlan,
  type SchedulerEvent,
} from './checker.ts';
export { Limits } from './limits.ts';
export { NoStarvation } from './no-starvation.ts';
export { Order } from './order.ts';
export { RequestConservation } from './request-conservation.ts';
export { TokenConservation } from './token-conservation.ts';
export { WorkConserving } from './work-conserving.ts';
