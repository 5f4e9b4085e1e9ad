/**
 * How far each parameter of a scenario may be from its value, and who says so: its own measurements
 * (`spread` of an inline GPU, as a calibration writes it), measurements of that GPU
 * (fixtures/spreads), else a spread assumed for the kind of its origin.
 */
import { parameterSpreads } from '@beamline/fixtures';
import { engineOf } from '../cost/engine.ts';
import type { SpreadName } from '../hardware/index.ts';
import type { Origin } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { acceptanceOf } from '../speculation/index.ts';
import type { ParameterName } from './factors.ts';

export interface Spread {
  /** Standard deviation of the logarithm. */
  value: number;
  origin: Origin;
}

/** The price has a range instead, see `draws.ts`. */
export type SpreadParameter = Exclude<ParameterName, 'price'>;

export function spreadsOf(scenario: Scenario): Record<SpreadParameter, Spread> {
  const engine = engineOf(scenario);
  const { hardware, overheads } = engine;
  const curve = hardware.gemm[scenario.precision.weights].origin;
  const acceptance = acceptanceOf(scenario).origin;
  const { kinds, gpus } = parameterSpreads;
  const { gpu } = scenario.hardware;
  const base = typeof gpu === 'string' ? gpu : String(gpu['base']);
  const known = Object.hasOwn(gpus, base) ? gpus[base] : undefined;
  const assumed = (value: number, { kind }: Origin): Spread => ({
    value,
    origin: { kind: 'assumed', source: `spread of parameters that are ${kind}` },
  });
  const own = (name: SpreadName, byKind: Spread): Spread => {
    const stated = hardware.spread[name];
    if (stated !== undefined) {
      const source = 'stated with the GPU of the scenario';
      return { value: stated, origin: hardware.overheadsOrigin ?? { kind: 'assumed', source } };
    }
    if (known === undefined) return byKind;
    return { value: known[name], origin: { kind: 'modelled', source: known.source } };
  };
  const efficiency = assumed(kinds.efficiency[curve.kind], curve);
  const host = assumed(kinds.overheads[overheads.origin.kind], overheads.origin);
  return {
    memory: own('memory', efficiency),
    compute: own('compute', efficiency),
    host: own('host', host),
    request: own('request', host),
    acceptance: assumed(kinds.acceptance[acceptance.kind], acceptance),
  };
}
