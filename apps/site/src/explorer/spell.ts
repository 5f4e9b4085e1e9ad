import { type Scenario, toSets, toYaml } from '@beamline/simulator';
import { loadPathOf } from './load-axis.ts';
import { activeEntry, axisPath, axisSpec, type ExplorerState } from './state.ts';

/** The active scenario as a user takes it elsewhere: command lines and a file. */

/** A word as a POSIX shell reads it back: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

function sets(scenario: Scenario, without: string | null = null): string[] {
  return toSets(scenario)
    .filter((set) => without === null || !set.startsWith(`${without}=`))
    .map((set) => `--set ${shellWord(set)}`);
}

/** The run at your load, and the curve: two command lines. */
export function commandsOf(state: ExplorerState): { simulate: string; sweep: string } {
  const { scenario } = activeEntry(state);
  const path = axisPath(state);
  const swept = loadPathOf(scenario) === path ? sets(scenario, path) : sets(scenario);
  const over = `--over ${shellWord(`${path}=${axisSpec(state)}`)}`;
  return {
    simulate: ['beamline simulate', ...sets(scenario)].join(' '),
    sweep: ['beamline sweep', over, ...swept].join(' '),
  };
}

export function sizeCommandOf(state: ExplorerState): string {
  const { scenario } = activeEntry(state);
  const { objective, gpus, tensorParallel, maxGpus } = state.size;
  return [
    'beamline size',
    ...sets(scenario),
    `--objective ${objective}`,
    ...(gpus === null ? [] : [`--gpus ${gpus.map(shellWord).join(',')}`]),
    `--tensor-parallel ${tensorParallel.join(',')}`,
    `--max-gpus ${maxGpus}`,
  ].join(' ');
}

export function yamlOf(state: ExplorerState): string {
  return toYaml(activeEntry(state).scenario, { comments: true });
}
