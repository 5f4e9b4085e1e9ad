export {
  compareQuantity,
  compareReplay,
  ksDistance,
  medianOf,
  type QuantilePair,
  type QuantityComparison,
  quantileOf,
  REPLAY_QUANTILES,
  type ReplayComparison,
  type ReplayQuantity,
} from './compare.ts';
export { MAX_RECORDED, type RecordedRun, readRecorded } from './recorded.ts';
