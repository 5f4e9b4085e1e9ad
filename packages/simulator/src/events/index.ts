export { EventQueue } from './event-queue.ts';
export { type Executor, SimulatedExecutor, type StepReport } from './executor.ts';
export type { RequestLatencies } from './request-recorder.ts';
export { RequestTable } from './request-table.ts';
export { Router } from './router.ts';
export {
  type RecordedSlice,
  type SimulationOptions,
  type SimulationPorts,
  simulate,
} from './simulate.ts';
export { type Replica, Simulation, type SimulationParts, type StepRecord } from './simulation.ts';
