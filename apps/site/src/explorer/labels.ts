import { draftLabel } from '@beamline/figures';
import type { Language } from '@beamline/figures/frame';
import { type Scenario, type ScenarioPath, scenarioPaths, textAt } from '@beamline/simulator';
import { fieldLabels } from './form-words.ts';
import { loadPathOf } from './load-axis.ts';
import type { Entry } from './state.ts';

/**
 * Names of scenarios: their own, else what tells each from the others. Law: names are distinct, so
 * that a line, a row and a tab can be matched by name.
 */

const IN_DRAFT_LABEL: readonly ScenarioPath[] = [
  'speculation.method',
  'speculation.beams',
  'speculation.draftLength',
  'speculation.schedule',
];

export function labelsOf(entries: readonly Entry[], language: Language): string[] {
  const scenarios = entries.map(({ scenario }) => scenario);
  const paths = differing(scenarios).filter((path) => !IN_DRAFT_LABEL.includes(path));
  const labels: string[] = [];
  for (const { name, scenario } of entries) {
    const own =
      name === '' ? [draftLabel(scenario), ...details(scenario, paths, language)] : [name];
    labels.push(distinct(own.join(' · '), labels));
  }
  return labels;
}

/** They change how sure or how judged a result is, not what is compared. */
const NO_DETAIL: readonly ScenarioPath[] = [
  'seed',
  'slo',
  'workload.requests',
  'workload.durationSeconds',
];

/** Fields in which some of the scenarios differ, other than their loads. */
function differing(scenarios: readonly Scenario[]): ScenarioPath[] {
  const [first, ...others] = scenarios;
  if (first === undefined) return [];
  const load = loadPathOf(first);
  return scenarioPaths.filter((path) => {
    if (path === load || NO_DETAIL.includes(path)) return false;
    const text = textAt(first, path);
    return others.some((other) => textAt(other, path) !== text);
  });
}

const MOST_DETAILS = 2;

function details(scenario: Scenario, paths: readonly ScenarioPath[], language: Language): string[] {
  return paths.slice(0, MOST_DETAILS).map((path) => {
    const text = textAt(scenario, path);
    const value = text.length > 18 ? `${text.slice(0, 17)}…` : text;
    const speaks = /^[a-z]/i.test(value) && path !== 'hardware.router';
    return speaks ? value : `${fieldLabels[path][language]} ${value}`;
  });
}

function distinct(label: string, taken: readonly string[]): string {
  if (!taken.includes(label)) return label;
  for (let number = 2; ; number++) {
    const next = `${label} (${number})`;
    if (!taken.includes(next)) return next;
  }
}
