import { type Field, fields, scenarioPaths } from '@beamline/simulator';
import { type CommandName, commandNames, commands, optionsOf } from './options.ts';
import { scenarioFlags } from './scenario-flags.ts';

/**
 * Completion scripts from the two tables: commands, their options, paths for --set and --over, and
 * choices where a value has some. Names and choices hold no characters that a shell would read as
 * its own; a test checks it.
 */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Word {
  name: string;
  help: string;
  /** Values to offer; null = a file, empty = no value. */
  choices: readonly string[] | null;
}

/** Every option of a command as completions see it. */
export function wordsOf(command: CommandName): Word[] {
  const own = [...optionsOf(command)].map(([name, { key, spec }]) => {
    if (spec.kind === 'boolean') return { name: `--${name}`, help: spec.help, choices: [] };
    const formats = key === 'format' ? commands[command].formats : undefined;
    const choices = formats ?? (spec.kind === 'text' ? (spec.choices ?? null) : null);
    return { name: `--${name}`, help: spec.help, choices };
  });
  if (!commands[command].takesScenario) return own;
  const set = scenarioPaths.map((path) => `${path}=`);
  const flags = [...scenarioFlags].map(([flag, path]) => {
    const { value, help } = fields[path] as Field;
    return { name: `--${flag}`, help, choices: value.kind === 'enum' ? value.choices : null };
  });
  const both = own.map((word) => (word.name === '--over' ? { ...word, choices: set } : word));
  return [...both, { name: '--set', help: 'Set any field.', choices: set }, ...flags];
}

export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bash();
    case 'zsh':
      return zsh();
    case 'fish':
      return fish();
  }
}

function bash(): string {
  const cases = commandNames.flatMap((command) =>
    wordsOf(command)
      .filter(({ choices }) => choices !== null && choices.length > 0)
      .map(
        ({ name, choices }) =>
          `    ${command}:${name}) COMPREPLY=($(compgen -W '${choices!.join(' ')}' -- "$cur"))
      [[ "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace; return ;;`,
      ),
  );
  const options = commandNames.map((command) => {
    const names = wordsOf(command).map(({ name }) => name);
    return `    ${command}) options='${names.join(' ')}' ;;`;
  });
  const topics = [...commandNames, ...scenarioPaths].join(' ');
  return `# bash completion for beamline: source it, or put it in your completions folder.
_beamline() {
  local cur prev command word options
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  command=demo
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${commandNames.join('|')}) command="$word"; break ;;
    esac
  done
  case "$command:$prev" in
${cases.join('\n')}
    completions:completions) COMPREPLY=($(compgen -W '${shells.join(' ')}' -- "$cur")); return ;;
    help:help) COMPREPLY=($(compgen -W '${topics}' -- "$cur")); return ;;
  esac
  case "$command" in
${options.join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ "$command" == demo ]]; then
    COMPREPLY=($(compgen -W '${commandNames.join(' ')}' -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -o bashdefault -F _beamline beamline
`;
}

/** Text inside single quotes of zsh's _arguments: brackets and colons have a meaning there. */
function zshText(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
}

function zsh(): string {
  const list = commandNames.map((name) => `    '${name}:${zshText(commands[name].summary)}'`);
  const cases = commandNames.map((command) => {
    const words = wordsOf(command).map(({ name, help, choices }) => {
      const many = /^--(set|over)$/.test(name) ? '*' : '';
      const head = `'${many}${name}[${zshText(help)}]`;
      if (choices === null) return `        ${head}:value:_files'`;
      if (choices.length === 0) return `        ${head}'`;
      return `        ${head}:value:(${choices.join(' ')})'`;
    });
    return `    ${command}) _arguments \\\n${words.join(' \\\n')} \\\n        '*:file:_files' ;;`;
  });
  return `#compdef beamline
# zsh completion for beamline: put it as _beamline in a folder of your fpath.
_beamline() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
_beamline "$@"
`;
}

function fish(): string {
  const text = (words: string) => words.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
  const lines = commandNames.map(
    (name) =>
      `complete -c beamline -n __fish_use_subcommand -f -a ${name} ` +
      `-d '${text(commands[name].summary)}'`,
  );
  for (const command of commandNames) {
    for (const { name, help, choices } of wordsOf(command)) {
      const condition = `-n '__fish_seen_subcommand_from ${command}'`;
      const option = `-l ${name.slice(2)} -d '${text(help)}'`;
      const value =
        choices === null ? ' -r' : choices.length === 0 ? '' : ` -x -a '${choices.join(' ')}'`;
      lines.push(`complete -c beamline ${condition} ${option}${value}`);
    }
  }
  lines.push(
    `complete -c beamline -n '__fish_seen_subcommand_from completions' -f -a '${shells.join(' ')}'`,
  );
  const head = '# fish completion for beamline: put it in your completions folder.';
  return `${[head, ...lines].join('\n')}\n`;
}
