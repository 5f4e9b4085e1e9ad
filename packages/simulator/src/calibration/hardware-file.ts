import { overheadsOf } from '../cost/overheads.ts';
import { hardwareOf } from '../hardware/index.ts';
import type { Origin } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ParameterFactors } from '../uncertainty/factors.ts';
import type { FittedName } from './overheads-fit.ts';

/** Significant digits of a factor in a file: finer than any measurement says. */
const DIGITS = 5;

/**
 * What `hardware.gpu` takes for a calibrated deployment: the GPU it was, inline or by name, with
 * the fitted efficiency and overheads, how sure they are, and where they are from. Factors that
 * the object already held are multiplied. The overheads are those of the scenario's engine, fitted.
 */
export function calibratedHardware(
  { hardware: { gpu }, serving: { engine } }: Scenario,
  factors: ParameterFactors,
  spread: Readonly<Record<FittedName, number>>,
  origin: Origin,
): Record<string, unknown> {
  const inline = typeof gpu === 'string' ? { base: gpu } : gpu;
  const overheads = overheadsOf(hardwareOf(gpu), engine);
  const before = (inline['efficiency'] ?? {}) as { memory?: unknown; compute?: unknown };
  const base = String(inline['base']);
  const tidy = (value: number) => Number(value.toPrecision(DIGITS));
  return {
    ...inline,
    base,
    id: `${base} (calibrated)`,
    origin,
    efficiency: {
      memory: tidy(figure(before.memory) * factors.memory),
      compute: tidy(figure(before.compute) * factors.compute),
    },
    overheads: {
      perStepNs: Math.round(overheads.perStepNs * factors.host),
      perLayerNs: Math.round(overheads.perLayerNs * factors.host),
      perRequestNs: Math.round(overheads.perRequestNs * factors.request),
      roundTripNs: Math.round(overheads.roundTripNs * factors.host),
    },
    spread: {
      memory: tidy(spread.memory),
      compute: tidy(spread.compute),
      host: tidy(spread.host),
      request: tidy(spread.request),
    },
  };
}

/** A figure of an inline object: plain, or with a value; 1 where it is not stated. */
function figure(stated: unknown): number {
  if (stated === undefined) return 1;
  return typeof stated === 'number' ? stated : (stated as { value: number }).value;
}
