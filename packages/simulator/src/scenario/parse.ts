import { didYouMean, inputError } from '../base/errors.ts';
import { crossChecks } from './checks.ts';
import type { PartialScenario, Scenario } from './scenario.ts';
import {
  defaultOf,
  type Field,
  fields,
  isScenarioPath,
  type ScenarioPath,
  scenarioPaths,
  sections,
  valueAt,
} from './schema.ts';
import { parseText } from './text.ts';
import { checkValue, isPlainObject, type Problem, type Report, show } from './values.ts';

/**
 * From anything to a complete scenario, or one error that names every problem at once. `{}` is a
 * valid scenario; `{ speculation: { beams: 8 } }` is the default one with eight beams.
 */

/**
 * Where in its source a path stands, for example `12` for line 12; null where that is not known.
 */
export type Locate = (path: string) => number | null;

/**
 * A complete scenario, defaults filled in.
 * @param where the source's name, which every message starts with: a file, `command line`,
 * `address`.
 * @throws BeamlineError `input`, with every problem on a line of its own
 */
export function parseScenario(input: unknown, where: string, locate?: Locate): Scenario {
  const { scenario, problems } = examineScenario(input);
  if (problems.length === 0) return scenario;
  throw inputError(describeProblems(problems, where, locate));
}

/** The same without throwing: a form shows each problem beside its field. */
export function examineScenario(input: unknown): { scenario: Scenario; problems: Problem[] } {
  const problems: Problem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const given = checkedParts(input, report);
  const scenario = fill(given);
  if (problems.length === 0) crossChecks(scenario, report);
  return { scenario, problems };
}

export function describeProblems(
  problems: readonly Problem[],
  where: string,
  locate?: Locate,
): string {
  const line = (problem: Problem) => {
    const at = locate?.(problem.path) ?? null;
    const place = at === null ? where : `${where}:${at}`;
    return `${place}: ${problem.path === '' ? 'a scenario' : problem.path} ${problem.message}`;
  };
  if (problems.length === 1) return line(problems[0]!);
  const lines = problems.map((problem) => `  ${line(problem)}`);
  return `${where}: ${problems.length} problems\n${lines.join('\n')}`;
}

function checkedParts(input: unknown, report: Report): PartialScenario {
  const given: Record<string, unknown> = {};
  if (input === null || input === undefined) return {}; // An empty file is the default scenario.
  if (!isPlainObject(input)) {
    report('', `must be an object of sections and fields (got ${show(input)}).`);
    return {};
  }
  for (const key of Object.keys(input)) {
    const value = input[key];
    if (isScenarioPath(key) && !key.includes('.')) {
      if (value !== undefined) given[key] = checkValue(key, fields[key] as Field, value, report);
    } else if (sections.includes(key)) {
      given[key] = checkedSection(key, value, report);
    } else {
      report(key, `is not a field of a scenario.${suggest(key, '')}`);
    }
  }
  return given as PartialScenario;
}

function checkedSection(section: string, value: unknown, report: Report): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  if (value === null || value === undefined) return checked; // `serving:` with nothing under it.
  if (!isPlainObject(value)) {
    report(section, `must be an object of fields (got ${show(value)}).`);
    return checked;
  }
  for (const key of Object.keys(value)) {
    const path = `${section}.${key}`;
    if (!isScenarioPath(path)) {
      report(path, `is not a field of ${section}.${suggest(key, section)}`);
    } else if (value[key] !== undefined) {
      checked[key] = checkValue(path, fields[path] as Field, value[key], report);
    }
  }
  return checked;
}

/** The nearest spelling inside the section, else a field of that name in another one. */
function suggest(key: string, section: string): string {
  const prefix = section === '' ? '' : `${section}.`;
  const names = scenarioPaths
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  const here = section === '' ? [...sections, ...names.filter((n) => !n.includes('.'))] : names;
  const elsewhere = scenarioPaths.find((path) => path.split('.').at(-1) === key);
  if (elsewhere !== undefined) return ` Did you mean "${elsewhere}"?`;
  const guess = didYouMean(key, here) || didYouMean(key, scenarioPaths);
  return guess === '' ? ` Known: ${here.join(', ')}.` : guess;
}

function fill(given: PartialScenario): Scenario {
  const scenario: Record<string, unknown> = {};
  for (const path of scenarioPaths) {
    const value = valueAt(given, path);
    assignAt(scenario, path, value === undefined ? defaultOf(path, given) : value);
  }
  const complete = scenario as unknown as Scenario;
  if (complete.speculation.beams === 0) complete.speculation.method = 'none';
  return complete;
}

/** Writes a leaf; only ever called with a path of the table, so no key can reach a prototype. */
function assignAt(target: Record<string, unknown>, path: ScenarioPath, value: unknown): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    target[path] = value;
    return;
  }
  const section = path.slice(0, dot);
  if (!Object.hasOwn(target, section)) target[section] = {};
  (target[section] as Record<string, unknown>)[path.slice(dot + 1)] = value;
}

/**
 * A copy of `partial` with one field set from `path=text`: `applySet({}, 'speculation.beams=8')`.
 * The path must exist; the value is checked when the whole is parsed.
 * @throws BeamlineError `input` on an unknown path or a missing `=`
 */
export function applySet(partial: PartialScenario, assignment: string): PartialScenario {
  const equals = assignment.indexOf('=');
  if (equals < 0) {
    throw inputError(`--set ${assignment}: must be path=value, such as speculation.beams=8.`);
  }
  return setText(
    partial,
    assignment.slice(0, equals).trim(),
    assignment.slice(equals + 1),
    '--set ',
  );
}

/** A copy of `partial` with the field at `path` set from its text. */
export function setText(
  partial: PartialScenario,
  path: string,
  text: string,
  where = '',
): PartialScenario {
  return setValue(partial, checkedPath(path, where), parseText(fieldAt(path), text.trim()));
}

/** A copy of `partial` with the field at `path` set. */
export function setValue(
  partial: PartialScenario,
  path: ScenarioPath,
  value: unknown,
): PartialScenario {
  const copy: Record<string, unknown> = { ...partial };
  const section = path.includes('.') ? path.slice(0, path.indexOf('.')) : null;
  if (section !== null) {
    const old = copy[section];
    copy[section] = isPlainObject(old) ? { ...old } : {};
  }
  assignAt(copy, path, value);
  return copy as PartialScenario;
}

/** The path, if the table has it. */
export function checkedPath(path: string, where = ''): ScenarioPath {
  if (isScenarioPath(path)) return path;
  const inside = scenarioPaths.filter((known) => known.startsWith(`${path}.`));
  if (inside.length > 0) {
    throw inputError(`${where}${path}: is a section; set one of ${inside.join(', ')}.`);
  }
  const dot = path.lastIndexOf('.');
  const hint = suggest(path.slice(dot + 1), dot < 0 ? '' : path.slice(0, dot));
  throw inputError(`${where}${path}: is not a field of a scenario.${hint}`);
}

export function fieldAt(path: string): Field {
  return fields[checkedPath(path)] as Field;
}
