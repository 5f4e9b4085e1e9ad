import { type Run, type Scenario, scenarioPaths, textAt } from '@beamline/simulator';

/**
 * What tells the series of a figure apart: the fields in which its runs differ, other than the load
 * and the seed. Runs that differ in nothing else form one series, named after its way of drafting.
 */

const LOAD_PATHS: readonly string[] = [
  'workload.ratePerSecond',
  'workload.concurrency',
  'workload.timeScale',
  'workload.requests',
  'workload.durationSeconds',
  'seed',
];

/** A function from a run to its series' label: `beams 8 · draftLength 5`. */
export function changedBetween(runs: readonly Run[]): (run: Run) => string {
  const paths = scenarioPaths.filter((path) => {
    if (LOAD_PATHS.includes(path)) return false;
    const [first, ...others] = runs.map((run) => textAt(run.scenario, path));
    return others.some((text) => text !== first);
  });
  const drafting = new Set<string>(paths.filter((path) => path.startsWith('speculation.')));
  return ({ scenario }) => {
    const parts = paths
      .filter((path) => !drafting.has(path))
      .map((path) => `${path.split('.').at(-1)} ${short(textAt(scenario, path))}`);
    const alsoDrafting = paths
      .filter((path) => drafting.has(path) && !SHAPE_PATHS.includes(path))
      .map((path) => `${path.split('.').at(-1)} ${short(textAt(scenario, path))}`);
    const needsShape = drafting.size > 0 || parts.length === 0;
    return [...(needsShape ? [draftLabel(scenario)] : []), ...alsoDrafting, ...parts].join(' · ');
  };
}

const SHAPE_PATHS: readonly string[] = [
  'speculation.method',
  'speculation.beams',
  'speculation.draftLength',
  'speculation.schedule',
];

/** `redrafter 4×4`, `redrafter adaptive`, `none`. */
export function draftLabel(scenario: Scenario): string {
  const { method, beams, draftLength, schedule } = scenario.speculation;
  if (method === 'none') return 'none';
  if (typeof schedule !== 'string') return `${method} by batch`;
  return schedule === 'fixed' ? `${method} ${beams}×${draftLength}` : `${method} ${schedule}`;
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 21)}…` : text;
}
