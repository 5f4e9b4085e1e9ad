import { didYouMean, inputError } from '../base/errors.ts';
import type { DraftMethodName } from '../scenario/scenario.ts';

/**
 * The drafting methods: what shape each one drafts, how many times it runs its drafter for that,
 * and whether it keeps the text. How well one drafts is not here but in its acceptance profiles
 * (fixtures/drafters).
 *
 * Worked example: ReDrafter with 4 beams of 4 tokens runs its recurrent cell 4 times and verifies
 * at most 16 draft tokens; DFlash runs once for any number of tokens and verifies a chain.
 */

/**
 * `chain`: one sequence, beams are taken as 1. `beam`: equal-length beams, identical prefixes
 * merged when the scenario says so. `static-tree`, `dynamic-tree`: beams nodes at each of
 * draftLength depths.
 */
export type TreeKind = 'none' | 'chain' | 'beam' | 'static-tree' | 'dynamic-tree';

export interface DraftMethod {
  readonly name: DraftMethodName;
  readonly label: string;
  /** Paper or document that describes it. */
  readonly source: string;
  readonly tree: TreeKind;
  /** The shape its authors use, where they say; the reference shape of the request classes. */
  readonly defaultShape: { readonly beams: number; readonly draftLength: number };
  /** Sequential passes over the drafter's weights for one draft; 0 = no drafter model. */
  readonly passes: (draftLength: number) => number;
  /** `always`: the text's distribution is kept; `greedy`: kept for greedy decoding only. */
  readonly lossless: 'always' | 'greedy';
}

const none = () => 0;
const once = () => 1;
const eachToken = (draftLength: number) => draftLength;

export const draftMethods: readonly DraftMethod[] = [
  {
    name: 'none',
    label: 'No drafting',
    source: 'Autoregressive decoding',
    tree: 'none',
    defaultShape: { beams: 0, draftLength: 0 },
    passes: none,
    lossless: 'always',
  },
  {
    name: 'redrafter',
    label: 'ReDrafter',
    source: 'Recurrent Drafter, arXiv 2403.09919 v5',
    tree: 'beam',
    defaultShape: { beams: 4, draftLength: 4 },
    passes: eachToken,
    lossless: 'greedy',
  },
  {
    name: 'medusa',
    label: 'Medusa',
    source: 'Medusa, arXiv 2401.10774',
    tree: 'static-tree',
    defaultShape: { beams: 16, draftLength: 4 },
    passes: once,
    lossless: 'greedy',
  },
  {
    name: 'eagle',
    label: 'EAGLE',
    source: 'EAGLE, arXiv 2401.15077',
    tree: 'static-tree',
    defaultShape: { beams: 5, draftLength: 5 },
    passes: eachToken,
    lossless: 'always',
  },
  {
    name: 'eagle-2',
    label: 'EAGLE-2',
    source: 'EAGLE-2, arXiv 2406.16858',
    tree: 'dynamic-tree',
    defaultShape: { beams: 10, draftLength: 6 },
    passes: eachToken,
    lossless: 'always',
  },
  {
    name: 'eagle-3',
    label: 'EAGLE-3',
    source: 'EAGLE-3, arXiv 2503.01840',
    tree: 'dynamic-tree',
    defaultShape: { beams: 8, draftLength: 8 },
    passes: eachToken,
    lossless: 'always',
  },
  {
    name: 'p-eagle',
    label: 'P-EAGLE',
    source: 'P-EAGLE, arXiv 2602.01469',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 7 },
    passes: once,
    lossless: 'always',
  },
  {
    name: 'mtp',
    label: 'Multi-token prediction',
    source: 'DeepSeek-V3 technical report, arXiv 2412.19437',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 3 },
    passes: eachToken,
    lossless: 'always',
  },
  {
    name: 'dflash',
    label: 'DFlash',
    source: 'DFlash, arXiv 2602.06036',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 15 },
    passes: once,
    lossless: 'always',
  },
  {
    name: 'dspark',
    label: 'DSpark',
    source: 'DSpark, arXiv 2607.05147',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 7 },
    // The Markov head's steps are small beside the one pass over the backbone.
    passes: once,
    lossless: 'always',
  },
  {
    name: 'ngram',
    label: 'n-gram (prompt lookup)',
    source: 'Prompt lookup decoding, as in Spec-Bench (arXiv 2401.07851)',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 10 },
    passes: none,
    lossless: 'always',
  },
  {
    name: 'draft-model',
    label: 'Draft model',
    source: 'Leviathan et al., arXiv 2211.17192',
    tree: 'chain',
    defaultShape: { beams: 1, draftLength: 5 },
    passes: eachToken,
    lossless: 'always',
  },
];

/** The method of that name; an input error with the nearest spelling when there is none. */
export function draftMethod(name: string): DraftMethod {
  const found = draftMethods.find((method) => method.name === name);
  if (found !== undefined) return found;
  const names = draftMethods.map((method) => method.name);
  throw inputError(
    `Unknown drafting method "${name}".${didYouMean(name, names)} Known: ${names.join(', ')}.`,
  );
}
