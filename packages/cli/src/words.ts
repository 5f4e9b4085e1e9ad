import { type Scenario, toSets } from '@beamline/simulator';
import type { Assignment } from './arguments.ts';

/** Command lines as a user can paste them. */

/** A word as a POSIX shell reads it back: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** The words that give the same scenario again: its file and what was set on top of it. */
export function sameScenario(
  positionals: readonly string[],
  assignments: readonly Assignment[],
): string {
  const sets = assignments.map(({ path, text }) => `--set ${shellWord(`${path}=${text.trim()}`)}`);
  return [...positionals.map(shellWord), ...sets].join(' ');
}

/** A command line for a complete scenario that has no file. */
export function scenarioWords(scenario: Scenario): string {
  return toSets(scenario)
    .map((set) => `--set ${shellWord(set)}`)
    .join(' ');
}

export function commandLine(...parts: string[]): string {
  return ['beamline', ...parts.filter((part) => part !== '')].join(' ');
}
