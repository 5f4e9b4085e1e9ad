import { type EngineSpec, engineOf } from '../cost/engine.ts';
import { withEfficiency } from '../hardware/index.ts';
import type { Scenario } from '../scenario/scenario.ts';

/**
 * Factors on what a run rests on, 1 being the model as it stands. A draw of an uncertain model and
 * a trial of a fit are both such factors; plain data, so that a worker can be given them.
 */
export interface ParameterFactors {
  /** Achieved share of the memory's peak rate, and of the matrix units'. */
  memory: number;
  compute: number;
  /** Host time per step and per layer, and per request in the step. */
  host: number;
  request: number;
  /** Odds that a draft token is accepted, at every depth. */
  acceptance: number;
  /** Price of a GPU hour. */
  price: number;
}

export const parameterNames = [
  'memory',
  'compute',
  'host',
  'request',
  'acceptance',
  'price',
] as const satisfies readonly (keyof ParameterFactors)[];
export type ParameterName = (typeof parameterNames)[number];

export const noFactors: ParameterFactors = {
  memory: 1,
  compute: 1,
  host: 1,
  request: 1,
  acceptance: 1,
  price: 1,
};

/** The scenario's engine with its parameters moved; acceptance is not the engine's. */
export function engineWith(scenario: Scenario, factors: ParameterFactors = noFactors): EngineSpec {
  const engine = engineOf(scenario);
  if (factors === noFactors) return engine;
  const { hardware, overheads } = engine;
  const { low, high, typical } = hardware.price;
  const { price, host, request } = factors;
  return {
    ...engine,
    hardware: {
      ...withEfficiency(hardware, factors.memory, factors.compute),
      price: { low: low * price, high: high * price, typical: typical * price },
    },
    overheads: {
      ...overheads,
      perStepNs: overheads.perStepNs * host,
      perLayerNs: overheads.perLayerNs * host,
      roundTripNs: overheads.roundTripNs * host,
      perRequestNs: overheads.perRequestNs * request,
    },
  };
}
