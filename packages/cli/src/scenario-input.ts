import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  examineReferences,
  examineScenario,
  inputError,
  isPlainObject,
  type Locate,
  type PartialScenario,
  type Problem,
  type Scenario,
  type ScenarioPath,
  setText,
  setValue,
  valueAt,
} from '@beamline/simulator';
import type { Assignment } from './arguments.ts';
import { readText } from './files.ts';
import { parseYaml } from './yaml.ts';

/**
 * From `[SCENARIO]`, flags and `--set` to a complete scenario. A file is YAML or JSON, a scenario
 * or a run (whose scenario is taken); `-` is the standard input. Paths of models, GPUs and
 * acceptance profiles are read here, since nothing below reads files.
 */

/** Largest scenario file: it is read whole. */
export const MAX_SCENARIO_BYTES = 1 << 20;

export interface ScenarioInput {
  /** What was given, unchecked beyond the paths of assignments. */
  given: PartialScenario;
  /** Completes and checks a scenario that starts from this input. */
  complete(given: PartialScenario, where?: string): Scenario;
}

export function readScenarioInput(
  positional: string | undefined,
  assignments: readonly Assignment[],
  cwd: string,
): ScenarioInput {
  const file = positional === undefined ? null : readScenarioFile(positional, cwd);
  let given = (file?.value ?? {}) as PartialScenario;
  const setBy = new Map<string, string>();
  if (file === null || isPlainObject(file.value)) {
    for (const { path, text, by } of assignments) {
      const where = by === '--set' ? '--set ' : `${by}: `;
      given = setText(given, path, text, where);
      setBy.set(path, by === '--set' ? `--set ${path}` : by);
    }
  }
  const fileName = positional === undefined ? 'scenario' : shownName(positional);
  const place: Place = (problem, where) => {
    const by = [...setBy].find(([path]) => isAt(problem.path, path))?.[1];
    if (by !== undefined) return by;
    const line = file?.locate(problem.path) ?? null;
    return line === null ? (where ?? fileName) : `${fileName}:${line}`;
  };
  const complete = (partial: PartialScenario, where?: string) => {
    const whole = isPlainObject(partial) ? withFilesRead(partial, cwd) : partial;
    const { scenario, problems } = examineScenario(whole);
    if (problems.length === 0) problems.push(...examineReferences(scenario));
    if (problems.length > 0) throw inputError(describe(problems, place, where ?? fileName));
    return scenario;
  };
  return { given, complete };
}

type Place = (problem: Problem, where?: string) => string;

function isAt(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

function describe(problems: readonly Problem[], place: Place, where: string): string {
  const lines = problems.map((problem) => {
    const subject = problem.path === '' ? 'a scenario' : problem.path;
    return `${place(problem, where)}: ${subject} ${problem.message}`;
  });
  if (lines.length === 1) return lines[0]!;
  return [`${where}: ${lines.length} problems`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function shownName(positional: string): string {
  return positional === '-' ? 'standard input' : positional;
}

function readScenarioFile(positional: string, cwd: string): { value: unknown; locate: Locate } {
  const path = resolve(cwd, positional);
  if (positional !== '-' && !existsSync(path)) {
    throw inputError(
      `${positional}: no such scenario file. Without one the default scenario is used; ` +
        'single fields are set with --set path=value.',
    );
  }
  const text = readText(path, positional, MAX_SCENARIO_BYTES);
  const { value, locate } = parseYaml(text, shownName(positional));
  const isRun = isPlainObject(value) && 'metrics' in value && isPlainObject(value.scenario);
  if (isRun) return { value: value.scenario, locate: (at) => locate(`scenario.${at}`) };
  return { value: value ?? {}, locate };
}

const FILE_FIELDS: readonly ScenarioPath[] = ['model', 'hardware.gpu', 'speculation.acceptance'];

/** Known names have neither slashes nor such endings. */
function namesFile(text: string): boolean {
  return /[/\\]|\.(json|ya?ml)$/i.test(text);
}

function withFilesRead(given: PartialScenario, cwd: string): PartialScenario {
  let whole = given;
  for (const path of FILE_FIELDS) {
    const value = valueAt(given, path);
    if (typeof value !== 'string' || !namesFile(value)) continue;
    const text = readText(resolve(cwd, value), value, MAX_SCENARIO_BYTES);
    const parsed = parseYaml(text, value).value;
    if (!isPlainObject(parsed)) throw inputError(`${value}: must hold one object, for ${path}.`);
    whole = setValue(whole, path, parsed);
  }
  return whole;
}
