import { didYouMean, inputError, type ScenarioPath } from '@beamline/simulator';
import {
  type CommandName,
  type CommandValues,
  commandNames,
  commands,
  type GlobalValues,
  type OptionSpec,
  optionsOf,
} from './options.ts';
import { scenarioFlags } from './scenario-flags.ts';

/**
 * From words to a command with its values. `beamline simulate a.yaml --rate 8` becomes the command
 * simulate, the argument `a.yaml` and the assignment `workload.ratePerSecond=8`. An error names the
 * word, what is allowed and the nearest spelling.
 */

/** A field of the scenario set on the command line, in the order given; later ones win. */
export interface Assignment {
  path: ScenarioPath | string;
  text: string;
  /** As it was spelt: `--rate`, `--set`. */
  by: string;
}

export interface Parsed<C extends CommandName = CommandName> {
  command: C;
  values: CommandValues[C] & GlobalValues;
  positionals: string[];
  assignments: Assignment[];
  /** Whether a command was named, or none and the demonstration stands in. */
  isNamed: boolean;
}

export function parseArguments(argv: readonly string[]): Parsed {
  const { command, at } = commandOf(argv);
  const words = argv.filter((_, i) => i !== at);
  const reader = new Reader(command, words);
  return { ...reader.read(), isNamed: at >= 0 };
}

/** The first word that is no option and no option's value names the command. */
function commandOf(argv: readonly string[]): { command: CommandName; at: number } {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  if (at > 0 && !argv.slice(0, at).every((word) => standsAlone(word))) {
    // A global option with a value stood before it: `--format json simulate`.
    const named = argv.findIndex((word) => isCommand(word));
    if (named >= 0) return { command: argv[named] as CommandName, at: named };
    return { command: 'demo', at: -1 };
  }
  if (at < 0) {
    const wantsVersion = argv.includes('--version') || argv.includes('-V');
    const wantsHelp = argv.includes('--help') || argv.includes('-h');
    if (wantsVersion) {
      return { command: 'version', at: argv.findIndex((w) => w === '--version' || w === '-V') };
    }
    if (wantsHelp) return { command: 'help', at: argv.findIndex((w) => /^(--help|-h)$/.test(w)) };
    return { command: 'demo', at: -1 };
  }
  const word = argv[at]!;
  if (!isCommand(word)) {
    const hint = didYouMean(word, commandNames) || ' See beamline help.';
    throw inputError(`${word}: is not a command.${hint}`);
  }
  return { command: word, at };
}

function isCommand(word: string): word is CommandName {
  return (commandNames as readonly string[]).includes(word);
}

/**
 * Whether an option before the command takes no value, as far as one can tell without the command.
 */
function standsAlone(word: string): boolean {
  if (word.includes('=')) return true;
  const spec = findOption('demo', word);
  return spec === null || spec.spec.kind === 'boolean';
}

function findOption(command: CommandName, word: string): { key: string; spec: OptionSpec } | null {
  const options = optionsOf(command);
  if (word.startsWith('--')) return options.get(word.slice(2)) ?? null;
  for (const option of options.values()) if (option.spec.short === word.slice(1)) return option;
  return null;
}

class Reader {
  readonly #command: CommandName;
  readonly #words: string[];
  readonly #values: Record<string, unknown> = {};
  readonly #given = new Set<string>();
  readonly #positionals: string[] = [];
  readonly #assignments: Assignment[] = [];

  constructor(command: CommandName, words: string[]) {
    this.#command = command;
    this.#words = words;
    for (const { key, spec } of optionsOf(command).values()) {
      this.#values[key] = spec.kind === 'list' ? [] : spec.default;
    }
    this.#values.format ??= commands[command].formats[0];
  }

  read(): Omit<Parsed, 'isNamed'> {
    while (this.#words.length > 0) {
      const word = this.#words.shift()!;
      if (word === '--') this.#positionals.push(...this.#words.splice(0));
      else if (word.startsWith('-') && word !== '-') this.#readOption(word);
      else this.#positionals.push(word);
    }
    const { maxArguments, arguments: usage } = commands[this.#command];
    const extra = this.#positionals[maxArguments];
    if (extra !== undefined && this.#values.help !== true) {
      const takes = maxArguments === 0 ? 'takes no argument' : `takes ${usage}`;
      throw inputError(
        `${extra}: one argument too many; beamline ${this.#command} ${takes}. ${this.#seeHelp()}`,
      );
    }
    return {
      command: this.#command,
      values: this.#values as unknown as Parsed['values'],
      positionals: this.#positionals,
      assignments: this.#assignments,
    };
  }

  #seeHelp(): string {
    return `See beamline help ${this.#command}.`;
  }

  #readOption(word: string): void {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const inline = equals < 0 ? null : word.slice(equals + 1);
    if (commands[this.#command].takesScenario) {
      if (name === '--set') {
        this.#readSet(inline ?? this.#valueAfter(name, 'PATH=VALUE'));
        return;
      }
      const path = scenarioFlags.get(name.slice(2));
      if (path !== undefined && name.startsWith('--')) {
        const text = inline ?? this.#valueAfter(name, 'VALUE');
        this.#assignments.push({ path, text, by: name });
        return;
      }
    }
    const option = findOption(this.#command, name);
    if (option === null) throw inputError(this.#unknown(name));
    const { key, spec } = option;
    if (spec.kind === 'boolean') {
      if (inline !== null) throw inputError(`${word}: ${name} takes no value.`);
      this.#values[key] = !spec.default;
      return;
    }
    this.#assign(name, key, spec, inline ?? this.#valueAfter(name, spec.value));
  }

  #readSet(text: string): void {
    const equals = text.indexOf('=');
    if (equals < 0) {
      throw inputError(`--set ${text}: must be path=value, such as speculation.beams=8.`);
    }
    const path = text.slice(0, equals).trim();
    this.#assignments.push({ path, text: text.slice(equals + 1), by: '--set' });
  }

  #assign(
    name: string,
    key: string,
    spec: Exclude<OptionSpec, { kind: 'boolean' }>,
    text: string,
  ): void {
    if (spec.kind === 'list') {
      (this.#values[key] as string[]).push(text);
      return;
    }
    if (this.#given.has(key)) throw inputError(`${name}: is given twice.`);
    this.#given.add(key);
    if (spec.kind === 'text') this.#values[key] = this.#checkedText(name, key, spec.choices, text);
    else this.#values[key] = checkedNumber(name, spec, text);
  }

  #checkedText(
    name: string,
    key: string,
    choices: readonly string[] | undefined,
    text: string,
  ): string {
    const allowed = key === 'format' ? commands[this.#command].formats : choices;
    if (allowed !== undefined && !allowed.includes(text)) {
      const hint = didYouMean(text, allowed);
      throw inputError(`${name} ${text}: must be one of ${allowed.join(', ')}.${hint}`);
    }
    if (text === '') throw inputError(`${name}: must not be empty.`);
    return text;
  }

  /** The next word, unless it is an option itself; a lone dash and a negative number are values. */
  #valueAfter(name: string, value: string): string {
    const next = this.#words[0];
    const isOption = next !== undefined && /^-(-|[a-z])/i.test(next);
    if (next === undefined || isOption) {
      throw inputError(`${name}: needs a value (${name} ${value}). ${this.#seeHelp()}`);
    }
    return this.#words.shift()!;
  }

  #unknown(name: string): string {
    const names = [...optionsOf(this.#command).keys()].map((known) => `--${known}`);
    const { takesScenario } = commands[this.#command];
    const fromFields = takesScenario ? [...scenarioFlags.keys()].map((flag) => `--${flag}`) : [];
    const all = [...names, ...fromFields, ...(takesScenario ? ['--set'] : [])];
    const hint = didYouMean(name, all);
    return `${name}: is not an option of beamline ${this.#command}.${hint} ${this.#seeHelp()}`;
  }
}

function checkedNumber(
  name: string,
  spec: Extract<OptionSpec, { kind: 'integer' | 'number' }>,
  text: string,
): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  const fits = spec.kind === 'number' || Number.isInteger(value);
  if (!(fits && value >= spec.min && value <= spec.max)) {
    const what = spec.kind === 'integer' ? 'an integer' : 'a number';
    throw inputError(`${name} ${text}: must be ${what} from ${spec.min} to ${spec.max}.`);
  }
  return value;
}
