import { pow } from '../base/exact-math.ts';

/**
 * The mean law of acceptance. A draft token at depth d is accepted, given that all before it were,
 * with probability a(d, W) when W beams are drafted, where
 *
 *     1 − a(d, W) = (1 − a(d, 1)) · W^(−beamGain)
 *
 * and at least d tokens are accepted with probability S(d, W) = a(1, W) · … · a(d, W). A power law
 * because published tokens per step grow by about as much for each doubling of the beams (Recurrent
 * Drafter v5, Table 4: 2.35, 2.50, 2.73, 3.09, 3.58 for 1, 2, 4, 16, 64 beams).
 *
 * Worked example: a(d, 1) = 0.6 and beamGain 0.195 give 1 + Σ S = 2.31 tokens a step for one beam
 * of four tokens, 2.75 for four.
 */

/** The part of a profile that the mean depends on. */
export interface AcceptanceLaw {
  /** a(d, 1) for d = 1, 2, …; the last entry holds for deeper ones. Each within 0..1. */
  readonly perDepth: readonly number[];
  readonly beamGain: number;
}

/** a(d, W) for a depth from 1 and a width W ≥ 1, which need not be whole. */
export function conditionalAcceptance(law: AcceptanceLaw, depth: number, width: number): number {
  const chain = law.perDepth[Math.min(depth, law.perDepth.length) - 1]!;
  // Written as a gain on the chain's, so that no gain leaves exactly the chain's.
  return chain + (1 - chain) * (1 - pow(width, -law.beamGain));
}

/** S(d, W) for d = 1 … draftLength. */
export function meanSurvival(law: AcceptanceLaw, width: number, draftLength: number): Float64Array {
  const survival = new Float64Array(draftLength);
  let reached = 1;
  for (let depth = 1; depth <= draftLength; depth++) {
    reached *= conditionalAcceptance(law, depth, width);
    survival[depth - 1] = reached;
  }
  return survival;
}

/** Tokens that one step gives on average, the certain one included: 1 + Σ S. */
export function meanTokensPerStep(law: AcceptanceLaw, width: number, draftLength: number): number {
  let tokens = 1;
  for (const survival of meanSurvival(law, width, draftLength)) tokens += survival;
  return tokens;
}
