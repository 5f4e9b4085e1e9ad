/**
 * Time that no kernel accounts for: scheduling, input preparation and sampling on the host, gaps
 * between kernels, by serving engine.
 */
import { engineCatalogue } from '@beamline/fixtures';
import type { Hardware } from '../hardware/index.ts';
import type { Origin } from '../run.ts';
import type { EngineName } from '../scenario/scenario.ts';

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

/** What was fitted for a known engine, see fixtures/engines. */
export function engineOverheads(engine: EngineName): EngineOverheads {
  const { overheads, origin } = engineCatalogue[engine];
  return { ...overheads, origin };
}

/** An engine's, with what the hardware's inline object states in their place. */
export function overheadsOf(hardware: Hardware, engine: EngineName): EngineOverheads {
  const known = engineOverheads(engine);
  const { overheads, overheadsOrigin } = hardware;
  if (overheadsOrigin === null) return known;
  return { ...known, ...overheads, origin: overheadsOrigin };
}
