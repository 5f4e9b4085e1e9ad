import {
  type Run,
  type Scenario,
  type ScenarioPath,
  scenarioPaths,
  textAt,
} from '@beamline/simulator';

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

/**
 * A function from a run to its series' label: `redrafter 8×5 · code`. Fields are taken
 * in the order of the scenario's table, those of the draft first, and only as many as it takes to
 * tell the series apart: where the acceptance already does, the lengths of the texts are left out.
 */
export function changedBetween(runs: readonly Run[]): (run: Run) => string {
  const paths = scenarioPaths.filter((path) => {
    if (LOAD_PATHS.includes(path)) return false;
    const [first, ...others] = runs.map((run) => textAt(run.scenario, path));
    return others.some((text) => text !== first);
  });
  const isDrafting = (path: string) => path.startsWith('speculation.');
  const named = paths.filter((path) => !SHAPE_PATHS.includes(path));
  const ordered = [...named.filter(isDrafting), ...named.filter((path) => !isDrafting(path))];
  const needsShape = paths.some(isDrafting) || ordered.length === 0;
  const identity = ({ scenario }: Run) => paths.map((path) => textAt(scenario, path)).join('\n');
  const all = new Set(runs.map(identity)).size;
  const labelWith = (count: number) => (run: Run) => {
    const parts = ordered.slice(0, count).map((path) => fieldLabel(run.scenario, path));
    return [...(needsShape ? [draftLabel(run.scenario)] : []), ...parts].join(' · ');
  };
  for (let count = needsShape ? 0 : 1; count < ordered.length; count++) {
    const label = labelWith(count);
    if (new Set(runs.map(label)).size === all) return label;
  }
  return labelWith(ordered.length);
}

/** These are in the label of the draft. */
const SHAPE_PATHS: readonly string[] = [
  'speculation.method',
  'speculation.beams',
  'speculation.draftLength',
  'speculation.schedule',
];

/**
 * Whether the runs are the same service under the same traffic, drafted in different ways: only
 * between those can one choose.
 */
export function differOnlyInDrafting(runs: readonly Run[]): boolean {
  return scenarioPaths.every((path) => {
    if (LOAD_PATHS.includes(path) || SHAPE_PATHS.includes(path)) return true;
    const texts = new Set(runs.map((run) => textAt(run.scenario, path)));
    return texts.size < 2;
  });
}

/** `redrafter 4×4`, `redrafter adaptive`, `none`. */
export function draftLabel(scenario: Scenario): string {
  const { method, beams, draftLength, schedule } = scenario.speculation;
  if (method === 'none') return 'none';
  if (typeof schedule !== 'string') return `${method} by batch`;
  return schedule === 'fixed' ? `${method} ${beams}×${draftLength}` : `${method} ${schedule}`;
}

/** `gpu l4`; a kind of text speaks for itself: `code`. */
function fieldLabel(scenario: Scenario, path: ScenarioPath): string {
  const value = short(textAt(scenario, path));
  return path === 'speculation.acceptance' ? value : `${path.split('.').at(-1)} ${value}`;
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 21)}…` : text;
}
