/**
 * Time that no kernel accounts for: scheduling, input preparation and sampling on the host, gaps
 * between kernels. Defaults stand for an engine whose steps replay as captured graphs.
 */
import { engineCatalogue } from '@beamline/fixtures';
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

export type EngineName = keyof typeof engineCatalogue;

/** What was fitted for a known engine, see fixtures/engines. */
export function engineOverheads(engine: EngineName): EngineOverheads {
  const { overheads, origin } = engineCatalogue[engine];
  return { ...overheads, origin };
}

export const defaultOverheads: EngineOverheads = engineOverheads('tensorrt-llm');

/** The defaults, with what the hardware's inline object states in their place. */
export function overheadsOf(hardware: Hardware): EngineOverheads {
  const { overheads, overheadsOrigin } = hardware;
  if (overheadsOrigin === null) return defaultOverheads;
  return { ...defaultOverheads, ...overheads, origin: overheadsOrigin };
}
