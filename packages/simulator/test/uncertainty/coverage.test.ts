import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sharedData, withoutData } from '../../../../test/support/shared-data.ts';
import {
  type EnginePoint,
  fullScenario,
  heldInFlight,
  pointEngine,
  pointKey,
} from '../../src/calibration/engine-points.ts';
import { MeasuredTable, split, tpotPoints } from '../../src/calibration/index.ts';
import { engineOverheads, StepCost } from '../../src/cost/index.ts';
import { steadyState } from '../../src/cost/steady-state.ts';
import {
  bandOf,
  drawsOf,
  engineWith,
  noFactors,
  type ParameterFactors,
} from '../../src/uncertainty/index.ts';

/**
 * How often a measured value lies in its band: bands that say 80 % should hold about as many of the
 * points that nothing was fitted to.
 */
const PATH = 'end_to_end/h100_ttft_tpot.csv';
const DRAWS = 30;

function tpotMs(point: EnginePoint, factors: ParameterFactors): number {
  const scenario = fullScenario(point);
  const overheads = engineOverheads(point.engine);
  const engine = {
    ...engineWith(scenario, factors),
    overheads: {
      ...overheads,
      perStepNs: overheads.perStepNs * factors.host,
      perLayerNs: overheads.perLayerNs * factors.host,
      perRequestNs: overheads.perRequestNs * factors.request,
    },
  };
  const batch = heldInFlight(pointEngine(point), point, scenario.serving);
  const { inputTokens, outputTokens } = point;
  return steadyState(new StepCost(engine), { batch, inputTokens, outputTokens }).tpotNs / 1e6;
}

it('bands of TPOT on H100 hold seven of ten held-out points', (context) => {
  const path = sharedData(PATH);
  if (path === null) {
    console.log(withoutData(PATH));
    return context.skip();
  }
  const points = tpotPoints(new MeasuredTable(PATH, readFileSync(path, 'utf8')));
  const { heldOut } = split(points, pointKey);
  expect(heldOut.length).toBeGreaterThan(100);
  let inside = 0;
  let width = 0;
  for (const point of heldOut) {
    const draws = drawsOf(fullScenario(point), DRAWS);
    const { p10, p90 } = bandOf(draws.map(({ factors }) => tpotMs(point, factors)));
    if (point.measured >= p10 && point.measured <= p90) inside++;
    width += (p90 - p10) / tpotMs(point, noFactors);
  }
  expect(inside / heldOut.length).toBeGreaterThan(0.65);
  expect(inside / heldOut.length).toBeLessThan(0.95);
  expect(width / heldOut.length).toBeLessThan(0.2);
});
