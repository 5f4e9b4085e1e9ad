import {
  allowed,
  type Field,
  type FieldGroup,
  fieldGroups,
  fields,
  formatText,
  isScenarioPath,
  type ScenarioPath,
  scenarioPaths,
} from '@beamline/simulator';
import {
  type CommandName,
  commandNames,
  commands,
  flagName,
  globalOptions,
  type OptionSpec,
} from './options.ts';
import { scenarioFlags } from './scenario-flags.ts';

/**
 * Help from the two tables: commands, options grouped by question, fields with default and unit.
 */

const COLUMNS = 100;

export function isCommandName(text: string): text is CommandName {
  return (commandNames as readonly string[]).includes(text);
}

/** A path of the scenario, or a flag that sets one, with or without dashes. */
export function isFieldOrFlag(text: string): boolean {
  return pathOf(text) !== null;
}

function pathOf(text: string): ScenarioPath | null {
  if (isScenarioPath(text)) return text;
  return scenarioFlags.get(text.replace(/^--/, '')) ?? null;
}

export function generalHelp(): string {
  const list = commandNames.map((name) => entry(name, commands[name].summary, 14));
  return [
    'beamline: where does recurrent drafting pay, with which beams, on how many GPUs?',
    '',
    'Usage: beamline [COMMAND] [SCENARIO] [options]',
    '',
    'Commands',
    ...list.flat(),
    '',
    'A SCENARIO is a YAML or JSON file, - for stdin, or left out: every field has a default.',
    'Any field can be set with --set path=value; the common ones have flags.',
    '',
    ...optionLines('Options of every command', globalOptions),
    '',
    'Exit codes: 0 done · 1 internal error · 2 wrong usage or input · 3 not feasible ·',
    '4 SLO not met · 5 overloaded',
    '',
    'More: beamline help COMMAND · beamline help speculation.beams',
    '',
  ].join('\n');
}

export function commandHelp(name: CommandName): string {
  const { summary, details, examples, options, takesScenario, formats } = commands[name];
  const usage = ['beamline', name, commands[name].arguments, '[options]'].filter(Boolean).join(' ');
  const own = Object.keys(options).length > 0 ? ['', ...optionLines('Options', options)] : [];
  return [
    ...wrap(`beamline ${name}: ${summary}`, COLUMNS),
    ...(details === '' ? [] : ['', ...wrap(details, COLUMNS)]),
    '',
    `Usage: ${usage}`,
    '',
    ...examples.map((example) => `Example: ${example}`),
    ...own,
    ...(takesScenario ? ['', ...scenarioLines()] : []),
    '',
    `Formats: ${formats.join(', ')} (default ${formats[0]})`,
    'Options of every command: beamline help',
    '',
  ].join('\n');
}

function optionLines(title: string, options: object): string[] {
  const specs = Object.entries(options) as [string, OptionSpec][];
  return [
    title,
    ...specs.flatMap(([key, spec]) => entry(optionName(key, spec), optionNote(spec), 30)),
  ];
}

export function optionName(key: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.kind === 'boolean' ? '' : ` ${spec.value}`;
  return `${short}--${flagName(key, spec)}${value}`;
}

export function optionNote(spec: OptionSpec): string {
  const choices =
    spec.kind === 'text' && spec.choices !== undefined ? ` One of ${spec.choices.join(', ')}.` : '';
  const range =
    spec.kind === 'integer' || spec.kind === 'number' ? ` From ${spec.min} to ${spec.max}.` : '';
  const byDefault =
    spec.kind !== 'boolean' && spec.kind !== 'list' && spec.default !== null
      ? ` [default ${spec.default}]`
      : '';
  return `${spec.help}${choices}${range}${byDefault}`;
}

function scenarioLines(): string[] {
  const groups = Object.entries(fieldGroups) as [FieldGroup, string][];
  return [
    ...entry(
      '--set PATH=VALUE',
      'Set any field of the scenario; can be repeated, later ones win.',
      30,
    ),
    ...groups.flatMap(([group, title]) => {
      const paths = scenarioPaths.filter(
        (path) => fields[path].group === group && path !== 'version',
      );
      const lines = paths.flatMap((path) => {
        const { flag, help, value } = fields[path] as Field;
        const name = flag === undefined ? `--set ${path}=…` : `--${flag} …`;
        const choices = value.kind === 'enum' ? ` One of ${value.choices.join(', ')}.` : '';
        return entry(name, `${help}${choices} ${defaultNote(path)}`, 30);
      });
      return ['', title, ...lines];
    }),
  ];
}

/** `[default 4 requests/s]` */
function defaultNote(path: ScenarioPath): string {
  const field = fields[path] as Field;
  const hasUnit = field.unit !== undefined && typeof field.default === 'number';
  return `[default ${defaultText(path)}${hasUnit ? ` ${field.unit}` : ''}]`;
}

export function defaultText(path: ScenarioPath): string {
  const field = fields[path] as Field;
  if (typeof field.default === 'function') return field.defaultNote ?? '';
  return formatText(field, field.default);
}

export function fieldHelp(text: string): string {
  const path = pathOf(text)!;
  const field = fields[path] as Field;
  const flag = field.flag === undefined ? [] : [`Flag: --${field.flag}`];
  return [
    `${path}: ${field.help}`,
    '',
    `Allowed: ${allowed(field.value, field.unit)}`,
    `Default: ${defaultText(path)}`,
    ...(field.unit === undefined ? [] : [`Unit: ${field.unit}`]),
    ...flag,
    `In a file: ${path.replace('.', ': { ')}: …${path.includes('.') ? ' }' : ''}`,
    `On the command line: --set ${path}=…`,
    '',
  ].join('\n');
}

/** A name and its note in two columns, the note wrapped. */
function entry(name: string, note: string, indent: number): string[] {
  const lines = wrap(note, COLUMNS - indent - 2);
  const pad = ' '.repeat(indent + 2);
  if (name.length >= indent) return [`  ${name}`, ...lines.map((line) => pad + line)];
  return lines.map((line, i) => (i === 0 ? `  ${name.padEnd(indent)}${line}` : pad + line));
}

function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
