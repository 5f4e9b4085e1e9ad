/**
 * Whether a rule keeps the target's law, measured: the step is verified again and again with fresh
 * draws, and the first emitted word is counted. The exact rule's counts lie as far from the target
 * as counting that often must; the published rule's do not come closer with more draws.
 *
 * Law: frequencies sum to 1; total variation lies in [0, 1].
 */
import { exactWalk, redrafterRule, uniformAt } from '@beamline/kernels/reference';
import type { LoopStep } from '../beam_tree/step.ts';
import {
  type Draws,
  exactRequest,
  type Probabilities,
  probabilitiesOf,
  redrafterCall,
} from './verify.ts';

export interface Law {
  readonly draws: number;
  /** The target's probability of each word behind the certain token. */
  readonly target: Float64Array;
  /** How often each word came first. */
  readonly frequency: Readonly<Record<'exact' | 'redrafter', Float64Array>>;
  /** Total variation between the two: half the sum of absolute differences. */
  readonly distance: Readonly<Record<'exact' | 'redrafter', number>>;
  /** Mean total variation of as many draws from the target itself, to first order. */
  readonly noise: number;
}

export const LAW_DRAWS = 1000;

/** Draws that only measure, of a request of their own. */
function measuringDraw({ input }: LoopStep, trial: number, index: number): number {
  return uniformAt([input.seed, 0], 1, trial, index);
}

export function lawOf(
  step: LoopStep,
  draws = LAW_DRAWS,
  probabilities: Probabilities = probabilitiesOf(step),
): Law | null {
  if (step.beams === 0) return null;
  const target = probabilities.target[0]!;
  const count = (first: (draws: Draws) => number) => {
    const frequency = new Float64Array(step.text.words.length);
    for (let trial = 0; trial < draws; trial++) {
      frequency[first((index) => measuringDraw(step, trial, index))]! += 1 / draws;
    }
    return frequency;
  };
  const frequency = {
    exact: count(
      (uniform) => exactWalk(exactRequest(step, probabilities.target, uniform)).draws[0]!,
    ),
    redrafter: count((uniform) => {
      const { request, uniform: at, bonusUniform } = redrafterCall(step, probabilities, uniform);
      const { path, bonus } = redrafterRule(request, at, bonusUniform);
      return path.length > 1 ? step.tree.tokens[path[1]!]! : bonus;
    }),
  };
  return {
    draws,
    target,
    frequency,
    distance: {
      exact: totalVariation(target, frequency.exact),
      redrafter: totalVariation(target, frequency.redrafter),
    },
    noise: samplingNoise(target, draws),
  };
}

export function totalVariation(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, x, token) => sum + Math.abs(x - q[token]!) / 2, 0);
}

/** E|X̂ − p| of a frequency is √(2 p (1 − p) / (π n)) by the normal approximation. */
export function samplingNoise(target: Float64Array, draws: number): number {
  return target.reduce((sum, p) => sum + Math.sqrt((2 * p * (1 - p)) / (Math.PI * draws)) / 2, 0);
}
