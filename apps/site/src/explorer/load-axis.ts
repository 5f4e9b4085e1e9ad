import {
  type Axis,
  inputError,
  parseAxis,
  parseScenario,
  type Scenario,
  type ScenarioPath,
  setValue,
  valueAt,
} from '@beamline/simulator';

/**
 * The axis of loads: which field of a scenario is its load, and the scenarios along the axis. Law:
 * a point of the axis is the scenario itself with that one field set, so that the command with the
 * same field gives the same bytes. Example: `1,2,4` over poisson arrivals is three rates.
 */

export type LoadPath = 'workload.ratePerSecond' | 'workload.concurrency' | 'workload.timeScale';

/** More points than this make no better curve, only a slower one. */
export const MAX_LOADS = 60;

/** Round numbers, closest together where engines of one to a few GPUs reach their limits. */
const DEFAULT_AXES: Record<LoadPath, string> = {
  'workload.ratePerSecond': '0.5,0.75,1,1.5,2,3,4,6,8,10,12,14,16,18,20,24,28,32,48,64',
  'workload.concurrency': '1,2,3,4,6,8,10,12,16,20,24,32,40,48,64,80,96,128,192,256',
  'workload.timeScale': '8,4,2,1.6,1.25,1,0.8,0.625,0.5,0.4,0.3125,0.25,0.2,0.15625,0.125',
};

export function loadPathOf({ workload }: Pick<Scenario, 'workload'>): LoadPath {
  switch (workload.kind) {
    case 'closed-loop':
      return 'workload.concurrency';
    case 'trace':
      return 'workload.timeScale';
    default:
      return 'workload.ratePerSecond';
  }
}

export function defaultAxis(path: LoadPath): string {
  return DEFAULT_AXES[path];
}

/**
 * The axis that a text spells, in the command's own grammar.
 * @throws BeamlineError `input` when it is none, or has too many points
 */
export function axisOf(path: LoadPath, spec: string): Axis {
  const axis = parseAxis(`${path}=${spec}`);
  if (axis.values.length <= MAX_LOADS) return axis;
  throw inputError(`${spec} has ${axis.values.length} points; at most ${MAX_LOADS} are drawn.`);
}

/** The value of a scenario's load field. */
export function loadValueOf(scenario: Scenario): number {
  return Number(valueAt(scenario, loadPathOf(scenario)));
}

export function withLoadValue(scenario: Scenario, value: number): Scenario {
  return withValue(scenario, loadPathOf(scenario), value);
}

/** A complete scenario with one field set. */
export function withValue(scenario: Scenario, path: ScenarioPath, value: unknown): Scenario {
  return parseScenario(setValue(scenario as never, path, value), 'explorer');
}

/** Load as the figures draw it: of a trace, how many times its own load. */
export function loadOfValue(path: LoadPath, value: number): number {
  return path === 'workload.timeScale' ? 1 / value : value;
}

/** The field's value for a load of the picture, in as few digits as tell it apart. */
export function valueOfLoad(path: LoadPath, load: number): number {
  if (path === 'workload.concurrency') return Math.max(1, Math.round(load));
  const digits = Number(load.toPrecision(3));
  return path === 'workload.timeScale' ? Number((1 / digits).toPrecision(6)) : digits;
}
