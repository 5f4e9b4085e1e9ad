/**
 * Time that no kernel accounts for: scheduling, input preparation and sampling on the host, gaps
 * between kernels. Defaults stand for an engine whose steps replay as captured graphs.
 */
import type { Hardware } from '../hardware/index.ts';
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
  perStepNs: 300_000,
  perLayerNs: 4_000,
  perRequestNs: 3_000,
  roundTripNs: 120_000,
  origin: {
    kind: 'modelled',
    source:
      'round figures under which 208 published TPOT points on H100 (aiconfigurator, TensorRT-LLM ' +
      'and vLLM, 8B and 32B models, 1 to 8 GPUs) come out with a median error of 6 %; ' +
      'the host round trip is assumed',
  },
};

/** The defaults, with what the hardware's inline object states in their place. */
export function overheadsOf(hardware: Hardware): EngineOverheads {
  const { overheads, overheadsOrigin } = hardware;
  if (overheadsOrigin === null) return defaultOverheads;
  return { ...defaultOverheads, ...overheads, origin: overheadsOrigin };
}
