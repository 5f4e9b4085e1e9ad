import { didYouMean, inputError } from '@beamline/simulator';
import { completionScript, shells } from '../completions.ts';
import type { Context } from '../context.ts';
import type { TextResult } from '../result.ts';

/** `beamline completions bash|zsh|fish` */
export async function completionsCommand(context: Context<'completions'>): Promise<TextResult> {
  const [name] = context.parsed.positionals;
  const shell = shells.find((known) => known === name);
  if (shell === undefined) {
    const hint = didYouMean(name ?? '', shells);
    throw inputError(`completions: needs a shell, one of ${shells.join(', ')}.${hint}`);
  }
  return { text: completionScript(shell) };
}
