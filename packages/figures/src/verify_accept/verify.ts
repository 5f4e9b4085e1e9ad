/**
 * Verification of a loop's step by each of the three rules, with what every decision saw. The rules
 * are the references of verify_greedy, verify_exact and verify_redrafter; this file only gives them
 * the toy models' probabilities and writes down the numbers behind their answers.
 *
 * Law: the path, the bonus and the emitted tokens are those of the references.
 */
import {
  argmax,
  bonusWeights,
  childWith,
  type ExactRequest,
  exactWalk,
  longestMatch,
  movedRows,
  type RedrafterRequest,
  ratioOf,
  redrafterRule,
  selectedPath,
  uniformAt,
} from '@beamline/kernels/reference';
import { type LoopStep, prefixOf } from '../beam_tree/step.ts';
import { toyDrafter, toyProbabilities, toyTarget } from '../beam_tree/toy.ts';
import type { VerifyRule } from './rules.ts';

/** Next-word probabilities behind every row of the tree. */
export interface Probabilities {
  readonly target: readonly Float64Array[];
  readonly draft: readonly Float64Array[];
}

/** One decision: the target's word at a row, or whether a drafted token of a beam stands. */
export interface Check {
  /** Row whose next word is decided. */
  readonly row: number;
  /** Beam that is checked; −1 where the rule looks at the tree. */
  readonly beam: number;
  /** The target's choice, or the drafted token that is checked. */
  readonly token: number;
  /** Row of that token if it was drafted and stands, else −1. */
  readonly child: number;
  /** Target's and drafter's probability of the token. */
  readonly target: number;
  readonly draft: number;
  /** The uniform that decided; null where nothing is drawn. */
  readonly uniform: number | null;
}

export interface Verified {
  readonly rule: VerifyRule;
  /** Decisions, one list a level of the tree. */
  readonly levels: readonly (readonly Check[])[];
  /** Rows of the accepted path, the root first. */
  readonly path: readonly number[];
  readonly accepted: number;
  readonly beam: number;
  readonly bonus: number;
  readonly bonusUniform: number | null;
  /** Whether the bonus came from max(p − q, 0). */
  readonly isResidual: boolean;
  /** What the bonus was chosen from: probabilities of all words. */
  readonly bonusFrom: Float64Array;
  /** What the step commits: the accepted tokens and the bonus. */
  readonly emitted: readonly number[];
  /** Rows whose KV moves, counted from the tree's root. */
  readonly moves: readonly { readonly row: number; readonly position: number }[];
}

export function probabilitiesOf(step: LoopStep): Probabilities {
  const before = step.committed.slice(0, -1);
  const contexts = step.tree.tokens.map((_, row) => [...before, ...prefixOf(step, row)]);
  return {
    target: contexts.map((context) => toyProbabilities(step.text, toyTarget, context)),
    draft: contexts.map((context) => toyProbabilities(step.text, toyDrafter, context)),
  };
}

/** Draw `index` of a step, by the operator uniform. */
export function drawOf({ input }: LoopStep, stepNumber: number, index: number): number {
  return uniformAt([input.seed, 0], 0, stepNumber, index);
}

/** A uniform by its index: exact takes 0 … dl, the published rule those behind. */
export type Draws = (index: number) => number;

export function verify(
  step: LoopStep,
  rule: VerifyRule,
  draws: Draws = (index) => drawOf(step, step.input.step, index),
  probabilities: Probabilities = probabilitiesOf(step),
): Verified {
  const nothing = {
    path: [],
    bonus: -1,
    beam: 0,
    isResidual: false,
    bonusFrom: new Float64Array(),
  };
  if (step.beams === 0) return finish(step, rule, { ...nothing, levels: [], bonusUniform: null });
  if (rule === 'greedy') return greedy(step, probabilities);
  if (rule === 'exact') return exact(step, probabilities, draws);
  return redrafter(step, probabilities, draws);
}

/** What a step commits under its input's rule; `done` is its number. */
export function emitted(step: LoopStep, done: number): readonly number[] {
  return verify(step, step.input.rule, (index) => drawOf(step, done, index)).emitted;
}

type Outcome = Pick<
  Verified,
  'levels' | 'path' | 'beam' | 'bonus' | 'bonusUniform' | 'isResidual' | 'bonusFrom'
>;

function finish(step: LoopStep, rule: VerifyRule, outcome: Outcome): Verified {
  const { path, bonus } = outcome;
  const accepted = Math.max(0, path.length - 1);
  const tokens =
    path.length === 0 ? [] : selectedPath(path, accepted, step.tree.tokens, bonus).tokens;
  return { rule, ...outcome, accepted, emitted: tokens, moves: movedRows(path) };
}

/** A rule's view of the tree. */
export function treeOf({ tree }: LoopStep) {
  return {
    rows: tree.tokens.length,
    token: (row: number) => tree.tokens[row]!,
    parent: (row: number) => tree.parent[row]!,
  };
}

const rowAt =
  ({ tree, positions }: LoopStep) =>
  (beam: number, position: number) =>
    tree.unpack[beam * positions + position]!;

function greedy(step: LoopStep, { target, draft }: Probabilities): Verified {
  const tree = treeOf(step);
  const best = (row: number) => argmax(target[row]!, step.text.words.length);
  const { beam, accepted, bonus } = longestMatch({
    beams: step.beams,
    positions: step.positions,
    row: rowAt(step),
    token: tree.token,
    best,
  });
  const path = Array.from({ length: accepted + 1 }, (_, j) => rowAt(step)(beam, j));
  const levels = path.map((row) => {
    const token = best(row);
    const child = childWith(tree, row, token);
    const numbers = { target: target[row]![token]!, draft: draft[row]![token]! };
    return [{ row, beam: -1, token, child, ...numbers, uniform: null }];
  });
  return finish(step, 'greedy', {
    levels,
    path,
    beam,
    bonus,
    bonusUniform: null,
    isResidual: false,
    bonusFrom: target[path.at(-1)!]!,
  });
}

/** The exact rule's view of a step: the uniform of a depth is the draw of that index. */
export function exactRequest(
  step: LoopStep,
  target: Probabilities['target'],
  draws: Draws,
): ExactRequest {
  const { positions } = step;
  return { ...treeOf(step), positions, target: (row) => target[row]!, uniform: draws };
}

function exact(step: LoopStep, { target, draft }: Probabilities, draws: Draws): Verified {
  const walk = exactWalk(exactRequest(step, target, draws));
  const levels = walk.path.map((row, depth) => {
    const token = walk.draws[depth]!;
    const numbers = { target: target[row]![token]!, draft: draft[row]![token]! };
    const child = walk.path[depth + 1] ?? -1;
    return [{ row, beam: -1, token, child, ...numbers, uniform: draws(depth) }];
  });
  const last = walk.path.at(-1)!;
  const beam = step.tree.unpack.indexOf(last);
  return finish(step, 'exact', {
    levels,
    path: walk.path,
    beam: Math.floor(beam / step.positions),
    bonus: walk.draws.at(-1)!,
    bonusUniform: draws(walk.path.length - 1),
    isResidual: false,
    bonusFrom: target[last]!,
  });
}

/** The published rule's view of a step; it takes the draws behind those of the exact rule. */
export function redrafterCall(step: LoopStep, { target, draft }: Probabilities, draws: Draws) {
  const { beams, positions } = step;
  const draftLength = positions - 1;
  const row = rowAt(step);
  const request: RedrafterRequest = {
    beams,
    draftLength,
    row,
    token: treeOf(step).token,
    target: (at) => target[at]!,
    draft: (beam, j) => draft[row(beam, j)]!,
  };
  const uniform = (beam: number, j: number) => draws(positions + beam * draftLength + j);
  return { request, uniform, bonusUniform: draws(positions + beams * draftLength) };
}

function redrafter(step: LoopStep, { target, draft }: Probabilities, draws: Draws): Verified {
  const { beams, positions } = step;
  const draftLength = positions - 1;
  const row = rowAt(step);
  const { request, uniform, bonusUniform } = redrafterCall(step, { target, draft }, draws);
  const verified = redrafterRule(request, uniform, bonusUniform);
  const levels: Check[][] = [];
  let alive = Array.from({ length: beams }, (_, beam) => beam);
  for (let j = 0; j < draftLength && alive.length > 0; j++) {
    const checks = alive.map((beam): Check => {
      const child = row(beam, j + 1);
      const token = step.tree.tokens[child]!;
      const stands = uniform(beam, j) < ratioOf(request, beam, j);
      const at = row(beam, j);
      const numbers = { target: target[at]![token]!, draft: draft[at]![token]! };
      return {
        row: at,
        beam,
        token,
        child: stands ? child : -1,
        ...numbers,
        uniform: uniform(beam, j),
      };
    });
    levels.push(checks);
    alive = checks.filter(({ child }) => child >= 0).map(({ beam }) => beam);
  }
  const p = target[verified.path.at(-1)!]!;
  const weights = bonusWeights(request, verified.beam, verified.accepted);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return finish(step, 'redrafter', {
    levels,
    path: verified.path,
    beam: verified.beam,
    bonus: verified.bonus,
    bonusUniform,
    isResidual: weights !== p,
    bonusFrom: weights.map((weight) => weight / sum),
  });
}
