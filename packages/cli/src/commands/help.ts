import { didYouMean, inputError } from '@beamline/simulator';
import type { Context } from '../context.ts';
import { commandHelp, fieldHelp, generalHelp, isCommandName, isFieldOrFlag } from '../help.ts';
import { commandNames } from '../options.ts';
import type { TextResult } from '../result.ts';
import { VERSION } from '../version.ts';

/** `beamline help [COMMAND | FIELD]` and `beamline version`. */
export async function helpCommand(context: Context<'help'>): Promise<TextResult> {
  const [topic] = context.parsed.positionals;
  if (topic === undefined) return { text: generalHelp() };
  if (isCommandName(topic)) return { text: commandHelp(topic) };
  if (isFieldOrFlag(topic)) return { text: fieldHelp(topic) };
  const hint = didYouMean(topic, commandNames);
  throw inputError(`help ${topic}: is neither a command nor a field of the scenario.${hint}`);
}

export async function versionCommand(_context: Context<'version'>): Promise<TextResult> {
  return { text: `beamline ${VERSION}\n` };
}
