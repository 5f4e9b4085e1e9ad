/**
 * Time that no kernel accounts for: scheduling, input preparation and sampling on the host, gaps between
 * kernels. Defaults stand for an engine whose steps replay as captured graphs.
 */
import type { Origin } from '../run.ts';

export interface EngineOverheads {
  /** Once a step. */
  readonly perStepNs: number;
  /** Once a layer: gaps beyond each kernel's own launch time. */
  readonly perLayerNs: number;
  /** Once a request in the step. */
  readonly perRequestNs: number;
  /** One device to host to device turn, as runtime-side drafting makes. */
  readonly roundTripNs: number;
  readonly origin: Origin;
}

export const defaultOverheads: EngineOverheads = {
  perStepNs: 250_000,
  perLayerNs: 2_000,
  perRequestNs: 2_000,
  roundTripNs: 120_000,
  origin: {
    kind: 'assumed',
    source:
      'kernel launches and these constants together make the 1.0 ms a step of 32 layers that fits ' +
      '177 published TensorRT-LLM TPOT points on H100',
  },
};
