import { didYouMean, inputError } from '../base/errors.ts';
import { parseScenario, setValue } from './parse.ts';
import type { PartialScenario, Scenario } from './scenario.ts';
import {
  defaultOf,
  type Field,
  fields,
  isScenarioPath,
  type ScenarioPath,
  scenarioPaths,
  valueAt,
} from './schema.ts';
import { formatText, parseText } from './text.ts';

/**
 * A complete scenario's other spellings: the assignments of `--set`, a page's search parameters,
 * YAML. Each leaves out what is the default and gives back the same scenario when read.
 */

/** The paths whose value is not what would be filled in. */
export function changedPaths(scenario: Scenario): ScenarioPath[] {
  // Defaults that depend on other fields look at given values, so they are compared in that light.
  return scenarioPaths.filter((path) => {
    const usual = defaultOf(path, scenario as PartialScenario);
    return JSON.stringify(valueAt(scenario, path)) !== JSON.stringify(usual);
  });
}

/** `['speculation.beams=8', 'workload.ratePerSecond=16']` */
export function toSets(scenario: Scenario): string[] {
  return changedPaths(scenario).map((path) => `${path}=${textAt(scenario, path)}`);
}

/** A field's value as the short text of `--set`. */
export function textAt(scenario: Scenario, path: ScenarioPath): string {
  return formatText(fields[path] as Field, valueAt(scenario, path));
}

/** Name and value pairs of an address, in the table's order: `[['speculation.beams', '8']]`. */
export function toSearchParams(scenario: Scenario): [string, string][] {
  return changedPaths(scenario).map((path) => [path, textAt(scenario, path)]);
}

/**
 * Reads an address's name and value pairs. Names that are no fields come back in `unknown`, so that
 * a page can keep and report them; a wrong value throws as everywhere.
 */
export function fromSearchParams(pairs: Iterable<readonly [string, string]>): {
  scenario: Scenario;
  unknown: { name: string; hint: string }[];
} {
  let given: PartialScenario = {};
  const unknown: { name: string; hint: string }[] = [];
  const seen = new Set<string>();
  for (const [name, text] of pairs) {
    if (!isScenarioPath(name)) {
      unknown.push({ name, hint: didYouMean(name, scenarioPaths).trim() });
      continue;
    }
    if (seen.has(name)) throw inputError(`address: ${name} is given twice.`);
    seen.add(name);
    given = setValue(given, name, parseText(fields[name] as Field, text));
  }
  return { scenario: parseScenario(given, 'address'), unknown };
}

const PLAIN_YAML = /^[A-Za-z][A-Za-z0-9_./-]*$/;
/** Words that some YAML version reads as something else. */
const YAML_WORDS = /^(null|true|false|yes|no|on|off|y|n|nan|inf)$/i;
const COLUMNS = 100;

/** The complete scenario as YAML, each field with its help when `comments` is set. */
export function toYaml(scenario: Scenario, options: { comments: boolean }): string {
  const lines: string[] = [];
  let section = '';
  for (const path of scenarioPaths) {
    const dot = path.indexOf('.');
    const owner = dot < 0 ? '' : path.slice(0, dot);
    if (owner !== '' && owner !== section) lines.push(`${owner}:`);
    section = owner;
    const indent = owner === '' ? '' : '  ';
    const line = `${indent}${path.slice(dot + 1)}: ${yamlValue(valueAt(scenario, path))}`;
    if (options.comments) lines.push(...commented(line, indent, fields[path] as Field));
    else lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

function commented(line: string, indent: string, field: Field): string[] {
  const choices = field.value.kind === 'enum' ? ` ${field.value.choices.join(' | ')}` : '';
  const unit = field.unit === undefined ? '' : ` [${field.unit}]`;
  const note = `# ${field.help}${unit}`;
  const full = `${note}${choices}`;
  const aligned = line.padEnd(38);
  for (const comment of [full, note]) {
    if (aligned.length + 1 + comment.length <= COLUMNS) return [`${aligned} ${comment}`];
  }
  return [`${indent}${note}`, line];
}

/** JSON is YAML; names and numbers are written without quotes. */
function yamlValue(value: unknown): string {
  if (typeof value === 'string') {
    const plain = PLAIN_YAML.test(value) && !YAML_WORDS.test(value);
    return plain ? value : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    return `{ ${entries.map(([key, item]) => `${yamlKey(key)}: ${yamlValue(item)}`).join(', ')} }`;
  }
  return JSON.stringify(value);
}

function yamlKey(key: string): string {
  return PLAIN_YAML.test(key) && !YAML_WORDS.test(key) ? key : JSON.stringify(key);
}
