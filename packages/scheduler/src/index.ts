/**
 * In-flight batching: one C++ core behind one TypeScript face, as a Node addon or as WebAssembly.
 * Both give the same plans and the same snapshot bytes.
 */
import { CoreScheduler } from './core-scheduler.ts';
import { createNativeCore } from './native.ts';
import { checkOptions, encodeOptions } from './options.ts';
import type { Scheduler, SchedulerFactory, SchedulerOptions } from './scheduler.ts';
import { createWasmCore } from './wasm.ts';

export { SchedulerError } from './errors.ts';
export { liveNativeSchedulers, nativeAvailable } from './native.ts';
export type {
  CapacityPolicy,
  ContextChunking,
  RequestSubmission,
  Scheduler,
  SchedulerFactory,
  SchedulerOptions,
  StepOutcome,
  StepPlan,
} from './scheduler.ts';
export {
  type BlockState,
  type RequestPhase,
  type RequestState,
  readSnapshot,
  type SchedulerState,
} from './state.ts';

/** Throws SchedulerError on bad options and when the addon is missing. */
export function createNativeScheduler(options: SchedulerOptions): Scheduler {
  const checked = checkOptions(options);
  const { maxBatchSize, maxDraftTokens } = checked;
  const made = createNativeCore(encodeOptions(checked), maxBatchSize, maxDraftTokens);
  return new CoreScheduler('native', checked, made);
}

/** A factory over a compiled module (dist/scheduler.wasm); the caller brings the module. */
export function loadWasmScheduler(module: WebAssembly.Module): SchedulerFactory {
  return (options) => {
    const checked = checkOptions(options);
    const { maxBatchSize, maxDraftTokens } = checked;
    const encoded = encodeOptions(checked);
    const made = createWasmCore(module, encoded, maxBatchSize, maxDraftTokens);
    return new CoreScheduler('wasm', checked, made);
  };
}
