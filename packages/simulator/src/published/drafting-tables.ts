import { type PublishedCell, type PublishedTable, publishedTables } from '@beamline/fixtures';
import { type AcceptanceLaw, meanTokensPerStep } from '../speculation/mean-acceptance.ts';
import { draftMethod } from '../speculation/methods.ts';
import { acceptanceProfile } from '../speculation/profiles.ts';
import { rowSampler } from '../speculation/tree-rows.ts';
import { type Comparison, comparison } from './comparison.ts';

/**
 * Published tokens per step and tree rows against the acceptance profiles. Where the beams and the
 * draft length of a table are known, the prediction is held to five per cent; where they are not,
 * the comparison says which shape was assumed or would match, and claims nothing.
 *
 * Profiles were fitted on most of these tables: what is shown is that one law with two to five
 * numbers holds a table's every cell. A series that a single number was fitted to is marked as not
 * known anyhow.
 */

/** Largest relative error asked for. */
const TARGET = 0.05;
/** Shapes that are searched where a table does not say its own. */
const MOST_BEAMS = 64;
const MOST_DRAFT_LENGTH = 8;

/** Which profile stands for a series. */
interface ProfileUse {
  readonly method: string;
  readonly profile: string;
}

function lawOf({ method, profile }: ProfileUse): AcceptanceLaw {
  return acceptanceProfile(profile, draftMethod(method));
}

function table(id: string): PublishedTable {
  return publishedTables.find((known) => known.id === id)!;
}

function words(cell: PublishedCell): string {
  const shape = cell.beams === undefined ? '' : `${cell.beams} × ${cell.draftLength}`;
  return [cell.series, cell.task, shape].filter((word) => word).join(', ');
}

function publishedTokens(cell: PublishedCell): number {
  return cell.tokensPerStep ?? cell.tokens! / cell.steps!;
}

/** Cells whose shape is in the table, by the profile of their series. */
function knownShapes(id: string, profileOf: (series: string) => ProfileUse | null): Comparison[] {
  const from = table(id);
  return from.cells.flatMap((cell) => {
    const use = profileOf(cell.series);
    if (use === null) return [];
    const predicted = meanTokensPerStep(lawOf(use), cell.beams!, cell.draftLength!);
    return comparison({
      table: id,
      cell: words(cell),
      quantity: 'tokensPerStep',
      source: from.source,
      published: publishedTokens(cell),
      predicted,
      settingKnown: from.settingKnown,
      target: TARGET,
      note: `profile ${use.profile}`,
    });
  });
}

const redrafter = (profile: string): ProfileUse => ({ method: 'redrafter', profile });

const table2: Record<string, ProfileUse> = {
  'M1 Max Vicuna 7B': redrafter('mlx-vicuna-7b'),
  'M2 Ultra Vicuna 7B': redrafter('mlx-vicuna-7b'),
  'M2 Ultra Vicuna 13B': redrafter('mlx-vicuna-13b'),
  'M2 Ultra Vicuna 33B': redrafter('mlx-vicuna-33b'),
};

const table4: Record<string, ProfileUse> = {
  distilled: redrafter('vicuna-7b-mt-bench-distilled'),
  'not distilled': redrafter('vicuna-7b-mt-bench-undistilled'),
};

const inferencexMethods: readonly [string, string][] = [
  [' MTP', 'mtp'],
  [' EAGLE-3', 'eagle-3'],
  [' DSpark', 'dspark'],
];

/** `kimi-k2.5 EAGLE-3, thinking on` is the profile kimi-k2.5-eagle-3-thinking-on. */
function inferencexProfile(series: string): ProfileUse | null {
  const method = inferencexMethods.find(([mark]) => series.includes(mark));
  if (method === undefined) return null;
  const profile = series.replace('-0813', '').toLowerCase().replaceAll(/,? /g, '-');
  return { method: method[1], profile };
}

function smallModelProfile(series: string): ProfileUse {
  return redrafter(`small-${series.toLowerCase().replace(' ', '-')}`);
}

/** Trees whose size the table does not say, at the shape that the profiles assume. */
function eagleTable(): Comparison[] {
  const from = table('eagle-3-paper-table-1');
  const method: Record<string, string> = { SpS: 'draft-model', PLD: 'ngram', Medusa: 'medusa' };
  const text: Record<string, string> = {
    'MT-Bench': 'chat',
    HumanEval: 'code',
    GSM8K: 'maths',
    'CNN/DM': 'summarise',
  };
  return from.cells.flatMap((cell) => {
    const name = method[cell.series] ?? cell.series.toLowerCase();
    const profile = text[cell.task!];
    if (profile === undefined || name === 'hydra') return [];
    const { beams, draftLength } = draftMethod(name).defaultShape;
    return comparison({
      table: from.id,
      cell: words(cell),
      quantity: 'tokensPerStep',
      source: from.source,
      published: cell.tokensPerStep!,
      predicted: meanTokensPerStep(lawOf({ method: name, profile }), beams, draftLength),
      settingKnown: false,
      target: TARGET,
      note: `shape not stated, ${beams} × ${draftLength} assumed, and ${profile} fitted to it`,
    });
  });
}

interface Shape {
  readonly beams: number;
  readonly draftLength: number;
}

/**
 * The shape with the fewest rows that gives at least so many tokens per step, or the best there is.
 */
function matchingShape(law: AcceptanceLaw, tokensPerStep: number): Shape {
  let best: Shape = { beams: MOST_BEAMS, draftLength: MOST_DRAFT_LENGTH };
  let fewest = Number.POSITIVE_INFINITY;
  for (let draftLength = 1; draftLength <= MOST_DRAFT_LENGTH; draftLength++) {
    for (let beams = 1; beams <= MOST_BEAMS; beams++) {
      if (meanTokensPerStep(law, beams, draftLength) < tokensPerStep) continue;
      const rows = rowSampler('beam', beams, draftLength, true).mean;
      if (rows < fewest) {
        best = { beams, draftLength };
        fewest = rows;
      }
      break;
    }
  }
  return best;
}

const table1Profiles: Record<string, string> = {
  'ReDrafter Vicuna 7B': 'vicuna-7b-mt-bench-distilled',
  'ReDrafter Vicuna 13B': 'mlx-vicuna-13b',
  'ReDrafter Vicuna 33B': 'mlx-vicuna-33b',
};

/**
 * Table 1 does not say its beams: shown with the smallest shape of another table's profile that
 * reaches it.
 */
function table1(): Comparison[] {
  const from = table('redrafter-paper-table-1');
  return from.cells.flatMap((cell) => {
    const profile = table1Profiles[cell.series];
    if (profile === undefined) return [];
    const law = lawOf(redrafter(profile));
    const { beams, draftLength } = matchingShape(law, cell.tokensPerStep!);
    const shape = `${beams} beams of ${draftLength} draft tokens`;
    return comparison({
      table: from.id,
      cell: words(cell),
      quantity: 'tokensPerStep',
      source: from.source,
      published: cell.tokensPerStep!,
      predicted: meanTokensPerStep(law, beams, draftLength),
      settingKnown: false,
      target: TARGET,
      note: `shape not stated; by ${profile} the smallest shape that reaches it is ${shape}`,
    });
  });
}

function mergedRows(): Comparison[] {
  const from = table('small-model-rows');
  return from.cells.map((cell) => {
    return comparison({
      table: from.id,
      cell: words(cell),
      quantity: 'rows',
      source: from.source,
      published: cell.rows!,
      predicted: rowSampler('beam', cell.beams!, cell.draftLength!, true).mean + 1,
      settingKnown: true,
      target: TARGET,
      note: `of ${cell.beams! * (cell.draftLength! + 1)} rows before prefixes are merged`,
    });
  });
}

/** Every table on acceptance and tree size, cell by cell. */
export function draftingComparisons(): Comparison[] {
  return [
    ...table1(),
    ...knownShapes('redrafter-paper-table-2', (series) => table2[series] ?? null),
    ...knownShapes('redrafter-paper-table-4', (series) => table4[series] ?? null),
    ...knownShapes('redrafter-mlx-steps', () => redrafter('mlx-vicuna-7b')),
    ...knownShapes('small-model-tokens-per-step', smallModelProfile),
    ...mergedRows(),
    ...knownShapes('inferencex-golden-acceptance-length', inferencexProfile),
    ...knownShapes('deepseek-v3-mtp', () => ({ method: 'mtp', profile: 'mtp-chat' })),
    ...eagleTable(),
  ];
}
