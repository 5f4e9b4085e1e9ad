import {
  allowed,
  type Field,
  type FieldGroup,
  fieldGroups,
  fields,
  parseScenario,
  scenarioPaths,
  toYaml,
} from '@beamline/simulator';
import { defaultText, optionName, optionNote } from './help.ts';
import { commandNames, commands, globalOptions, type OptionSpec } from './options.ts';

/**
 * The reference pages, made from the tables: a test fails when the files in docs/reference are not
 * these. Keys are paths from the root.
 */
export function referencePages(): Record<string, string> {
  return {
    'docs/reference/commands.md': commandsPage(),
    'docs/reference/scenario.md': scenarioPage(),
  };
}

const NOTE = 'Made from the option table by `npm run docs`; edit the table, not this page.';

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/</g, '&lt;');
}

function optionTable(options: object): string[] {
  const rows = (Object.entries(options) as [string, OptionSpec][]).map(
    ([key, spec]) => `| \`${optionName(key, spec)}\` | ${cell(optionNote(spec))} |`,
  );
  return rows.length === 0 ? [] : ['| option | meaning |', '|---|---|', ...rows, ''];
}

function commandsPage(): string {
  const sections = commandNames.flatMap((name) => {
    const command = commands[name];
    const scenario = command.takesScenario
      ? ['Takes every field of the [scenario](scenario.md), as a flag or with `--set`.', '']
      : [];
    return [
      `## beamline ${name}`,
      '',
      `${sentence(command.summary)}${command.details === '' ? '' : ` ${command.details}`}`,
      '',
      '```sh',
      ...command.examples,
      '```',
      '',
      ...scenario,
      ...optionTable(command.options),
      `Formats: ${command.formats.join(', ')}.`,
      '',
    ];
  });
  return [
    '# Commands',
    '',
    NOTE,
    '',
    'stdout is the result, stderr is progress and notes. Exit codes: 0 done · 1 internal error ·',
    '2 wrong usage or input · 3 not feasible · 4 SLO not met · 5 overloaded · 130 interrupted.',
    '',
    '## Options of every command',
    '',
    ...optionTable(globalOptions),
    ...sections,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function scenarioPage(): string {
  const groups = (Object.entries(fieldGroups) as [FieldGroup, string][]).flatMap(
    ([group, title]) => {
      const rows = scenarioPaths
        .filter((path) => fields[path].group === group)
        .map((path) => {
          const field = fields[path] as Field;
          const flag = field.flag === undefined ? '' : `\`--${field.flag}\``;
          const cells = [
            `\`${path}\``,
            flag,
            cell(field.help),
            cell(allowed(field.value)),
            `\`${cell(defaultText(path))}\``,
            field.unit ?? '',
          ];
          return `| ${cells.join(' | ')} |`;
        });
      const head = [
        '| field | flag | meaning | allowed | default | unit |',
        '|---|---|---|---|---|---|',
      ];
      return [`## ${title}`, '', ...head, ...rows, ''];
    },
  );
  return [
    '# Scenario',
    '',
    NOTE,
    '',
    'Everything has a default, so that an empty file is a scenario. A file, flags and an address',
    'are spellings of the same object; `beamline scenario` turns one into another.',
    '',
    '```yaml',
    toYaml(parseScenario({}, 'defaults'), { comments: true }).trimEnd(),
    '```',
    '',
    ...groups,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
