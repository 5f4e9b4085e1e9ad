import { type EngineSpec, engineOf } from '../../src/cost/index.ts';
import { type PartialScenario, parseScenario, type Scenario } from '../../src/scenario/index.ts';

/** Scenarios and engines that the cost tests share: what a test does not state is the default. */
export function scenarioWith(parts: PartialScenario = {}): Scenario {
  return parseScenario(parts, 'test');
}

export function engineWith(
  model: string,
  gpu: string,
  speculation: Partial<Scenario['speculation']> = {},
  more: PartialScenario = {},
): EngineSpec {
  const base = scenarioWith({ model, speculation: { method: 'none', ...speculation }, ...more });
  return engineOf({ ...base, hardware: { ...base.hardware, ...more.hardware, gpu } });
}
