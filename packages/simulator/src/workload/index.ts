export type { Arrival, ArrivalSource, TraceOpener } from './arrival.ts';
export {
  BURST_HIGH_FACTOR,
  BURST_HIGH_SHARE,
  BURST_LOW_FACTOR,
  BURST_PERIOD_SECONDS,
  RAMP_END_FACTOR,
  RAMP_START_FACTOR,
} from './arrival-times.ts';
export { lognormalParameters } from './lengths.ts';
export { MAX_LINE_BYTES } from './trace-lines.ts';
export { arrivalsOf } from './workload.ts';
