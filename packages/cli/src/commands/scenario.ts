import { scenarioJsonSchema, toSearchParams, toSets, toYaml } from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { TextResult } from '../result.ts';
import { shellWord } from '../words.ts';

/** `beamline scenario`: the complete scenario in any of its spellings. */
export async function scenarioCommand(context: Context<'scenario'>): Promise<TextResult> {
  const { format } = context.values;
  if (format === 'schema') return { text: `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n` };
  const scenario = context.scenario();
  switch (format) {
    case 'json':
      return { text: `${JSON.stringify(scenario, null, 2)}\n` };
    case 'url':
      return { text: `?${new URLSearchParams(toSearchParams(scenario)).toString()}\n` };
    case 'set':
      return {
        text: `${toSets(scenario)
          .map((set) => `--set ${shellWord(set)}`)
          .join(' ')}\n`,
      };
    default:
      return { text: toYaml(scenario, { comments: true }) };
  }
}
