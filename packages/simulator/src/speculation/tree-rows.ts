import { normalQuantile, pow } from '../base/exact-math.ts';
import type { TreeKind } from './methods.ts';

/**
 * How many rows a draft's tree has. Beams share prefixes: of W beams of length L, the number of
 * different prefixes of depth j is modelled as W^((j/L)^DEDUP_EXPONENT), which is 1 at the root and
 * W at the leaves.
 *
 * Measured on a small recurrent drafter, root included: 8.0 rows of 12 for 3 beams of 3 draft
 * tokens, 14.7 of 25 for 5 × 4, 25.7 of 50 for 10 × 4 (fixtures/published/small-model.json); the
 * law gives 8.1, 14.8, 25.3. The paper reports 30–60 % of the tokens saved for 5 to 70 beams (v5,
 * Figure 6).
 */
export const DEDUP_EXPONENT = 0.5977;

/**
 * Standard deviation of the rows of one step, relative to the mean: assumed; the paper calls the
 * 1st to 99th percentile tight and gives no figure.
 */
const ROW_SPREAD = 0.08;

/** Entries of the table from which the rows of a step are drawn. */
const ROW_QUANTILES = 256;

/** Mean number of different draft tokens by depth, index 0 = depth 1. */
export function nodesPerDepth(tree: TreeKind, beams: number, draftLength: number): Float64Array {
  return Float64Array.from({ length: draftLength }, (_, i) => {
    if (tree !== 'beam' || i === draftLength - 1) return beams;
    return pow(beams, pow((i + 1) / draftLength, DEDUP_EXPONENT));
  });
}

/** Draws the draft rows of one step: bounded, with exactly the given mean, by table lookup. */
export class RowSampler {
  readonly mean: number;
  #quantiles: Float64Array;

  constructor(mean: number, least: number, most: number) {
    this.mean = mean;
    const room = Math.max(0, Math.min(mean - least, most - mean));
    const deviation = mean * ROW_SPREAD;
    // Symmetric around the mean, so that clamping both sides alike leaves the mean where it is.
    this.#quantiles = Float64Array.from({ length: ROW_QUANTILES }, (_, i) => {
      const mirrored = Math.min(i, ROW_QUANTILES - 1 - i);
      const below = -normalQuantile((mirrored + 0.5) / ROW_QUANTILES) * deviation;
      const distance = Math.min(room, below);
      const rows = mirrored === i ? mean - distance : mean + distance;
      return Math.min(most, Math.max(least, rows));
    });
  }

  /** The high 8 bits choose a quantile, the low 24 round it up or down so that the mean stays. */
  sample(random: number): number {
    return Math.floor(this.#quantiles[random >>> 24]! + (random & 0xffffff) / 16777216);
  }
}

/** The sampler of a shape's draft rows; without prefix dedup every beam brings all its tokens. */
export function rowSampler(
  tree: TreeKind,
  beams: number,
  draftLength: number,
  prefixDedup: boolean,
): RowSampler {
  const all = beams * draftLength;
  if (tree !== 'beam' || !prefixDedup) return new RowSampler(all, all, all);
  let mean = 0;
  for (const nodes of nodesPerDepth(tree, beams, draftLength)) mean += nodes;
  return new RowSampler(mean, draftLength + beams - 1, all);
}
