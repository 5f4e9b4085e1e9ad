/**
 * Draws of an uncertain model: a workload seed and a factor on every parameter, from the scenario's
 * own random stream `parameters`. Law: draw i depends on the scenario's seed and its spreads alone,
 * so that more draws keep the first ones, and the points of a sweep that share a seed share their
 * draws: their differences are not noise.
 *
 * Factors are log-normal with median 1. A price has a lowest, a typical and a highest value
 * instead: it is log-uniform between lowest and typical in one half of the draws, and between
 * typical and highest in the other.
 */

import { exp, normalQuantile, pow } from '../base/exact-math.ts';
import { RandomStream } from '../base/random.ts';
import { engineOf } from '../cost/engine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ParameterFactors } from './factors.ts';
import { type Spread, type SpreadParameter, spreadsOf } from './spreads.ts';

export interface ParameterDraw {
  /** Seed of the draw's arrivals, lengths and acceptance. */
  seed: number;
  factors: ParameterFactors;
}

/** In the order in which a draw takes its random numbers. */
const DRAWN: readonly SpreadParameter[] = ['memory', 'compute', 'host', 'request', 'acceptance'];

export function drawsOf(
  scenario: Scenario,
  count: number,
  spreads: Readonly<Record<SpreadParameter, Spread>> = spreadsOf(scenario),
): ParameterDraw[] {
  const stream = new RandomStream(scenario.seed, 'parameters');
  const { low, high, typical } = engineOf(scenario).hardware.price;
  return Array.from({ length: count }, () => {
    const seed = stream.uint32();
    const factors: ParameterFactors = {
      memory: 1,
      compute: 1,
      host: 1,
      request: 1,
      acceptance: 1,
      price: 1,
    };
    for (const name of DRAWN) {
      factors[name] = exp(spreads[name].value * normalQuantile(stream.uniform()));
    }
    const u = stream.uniform();
    factors.price =
      typical > 0 && low > 0
        ? u < 0.5
          ? pow(low / typical, 1 - 2 * u)
          : pow(high / typical, 2 * u - 1)
        : 1;
    return { seed, factors };
  });
}
