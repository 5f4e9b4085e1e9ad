export {
  type Drafter,
  type DrafterShape,
  drafterOf,
  drafterParameters,
} from './drafter.ts';
export { type EngineSpec, engineOf } from './engine.ts';
export {
  type Estimate,
  type EstimateOptions,
  estimate,
  meanLength,
  requireFit,
} from './estimate.ts';
export { extrapolationWarning } from './extrapolation.ts';
export { emptyGemmTime, type GemmTime, gemm } from './gemm.ts';
export type { Bound, OperatorCost } from './ledger.ts';
export { MeasuredOperators, type MeasuredRecord } from './measured.ts';
export { type MemoryPlan, memoryPlan } from './memory.ts';
export { type EngineOverheads, engineOverheads } from './overheads.ts';
export { emptyStepShape, type StepShape } from './shape.ts';
export { type SteadyLoad, type SteadyState, steadyState } from './steady-state.ts';
export { StepCost, type StepEstimate } from './step.ts';
