/**
 * The one example that all chapters carry: a certain token 91, three beams of three drafted tokens,
 * and the drafter's probabilities that a beam search turns into those beams. The probabilities are
 * chosen so that they are easy to multiply; all that follows from them (scores, tree, mask,
 * survivals, the law of one sampled token) is computed, trees and masks with
 * the operators’ own references; a test holds the beam search to theirs.
 *
 * Example: 91 92 93 95 has score 0.9 · 0.6 · 0.5 = 0.27; the tree has 7 rows for 12 positions.
 */
import { maskWords, packTree } from '@beamline/kernels/reference';
import type { StoryNumber } from './numbers.ts';

export const BEAMS = [
  [91, 92, 93, 95],
  [91, 92, 94, 96],
  [91, 92, 93, 97],
] as const;

/** The drafter's probability of a token after a prefix; what is absent never enters a beam. */
export const LAW: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  '91': { 92: 0.9, 98: 0.06, 99: 0.04 },
  '91 92': { 93: 0.6, 94: 0.3, 99: 0.1 },
  '91 92 93': { 95: 0.5, 97: 0.3, 99: 0.2 },
  '91 92 94': { 96: 0.8, 99: 0.2 },
};

/** The target's probability of the token 92 after 91, for the sampled rule. */
export const TARGET = 0.6;

interface Hypothesis {
  tokens: number[];
  score: number;
}

/** Beam search over the law: the best `beams` continuations of every step, best first. */
export function search(beams: number, draftLength: number): Hypothesis[][] {
  let live: Hypothesis[] = [{ tokens: [91], score: 1 }];
  const steps: Hypothesis[][] = [];
  for (let step = 0; step < draftLength; step++) {
    const all = live.flatMap(({ tokens, score }) =>
      Object.entries(LAW[tokens.join(' ')] ?? {}).map(([token, probability]) => ({
        tokens: [...tokens, Number(token)],
        score: score * probability,
      })),
    );
    live = all.sort((a, b) => b.score - a.score).slice(0, beams);
    steps.push(live);
  }
  return steps;
}

/** The probability that the drafter gives a node, its ancestors included: its survival. */
function survivalOf(prefix: readonly number[]): number {
  return prefix
    .slice(1)
    .reduce((product, token, i) => product * LAW[prefix.slice(0, i + 1).join(' ')]![token]!, 1);
}

const positions = BEAMS[0].length;
export const tree = packTree(Int32Array.from(BEAMS.flat()), BEAMS.length, positions);
const words = maskWords(Int32Array.from(tree.parent), Int32Array.of(0, tree.tokens.length), 1);

function popcount(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function prefixOf(row: number): number[] {
  return row < 0 ? [] : [...prefixOf(tree.parent[row]!), tree.tokens[row]!];
}

/** Survival of the drafted rows, best first; ties go to the lower row. */
export const survivals = tree.tokens
  .map((_, row) => ({ row, survival: survivalOf(prefixOf(row)) }))
  .slice(1)
  .sort((a, b) => b.survival - a.survival || a.row - b.row);

const numbers: Record<string, StoryNumber> = {};

function exact(name: string, value: number, digits = 3): void {
  numbers[name] = { value, unit: '', digits, basis: 'operators' };
}

function chosen(name: string, value: number, digits = 3): void {
  numbers[name] = { value, unit: '', digits, basis: 'example' };
}

const rows = tree.tokens.length;
exact('example.positions', BEAMS.length * positions);
exact('example.rows', rows);
exact('example.saved', BEAMS.length * positions - rows);
numbers['example.share'] = {
  value: 100 * (1 - rows / (BEAMS.length * positions)),
  unit: '%',
  digits: 2,
  basis: 'operators',
};
const draftLength = positions - 1;
exact('example.least', draftLength + BEAMS.length);
exact('example.most', draftLength * BEAMS.length + 1);
exact('example.bits', rows * rows);
exact(
  'example.visible',
  words.reduce((sum, word) => sum + popcount(word), 0),
);
search(BEAMS.length, draftLength).forEach((beams, step) => {
  beams.forEach(({ score }, i) => {
    chosen(`example.score.${step + 1}.${i}`, score);
  });
});
survivals.forEach(({ survival }, i) => {
  chosen(`example.survival.${i + 1}`, survival);
  const kept = survivals.slice(0, i + 1).reduce((sum, one) => sum + one.survival, 0);
  chosen(`example.kept.${i + 1}`, 1 + kept);
});

// One draft token, always proposed: what the published rule emits, and what an exact one would.
const drafter = LAW['91']![92]!;
const ratio = Math.min(1, TARGET / drafter);
chosen('sampled.drafter', drafter);
chosen('sampled.target', TARGET);
chosen('sampled.ratio', ratio);
chosen('sampled.drawn', drafter * ratio);
chosen('sampled.distance', Math.abs(ratio - TARGET), 2);

export const exampleNumbers: Readonly<Record<string, StoryNumber>> = numbers;
