/**
 * The drafter's candidates of one row of logits, apart from cases and files so that a page can
 * carry it. What lies below the keep-th largest logit counts as maximum − 50000.
 * Example: logits 1 3 3 0, k = 2, keep = 2: tokens 1 and 2, each with log ½.
 */
import { logSumExp } from '../lib/reference-math.ts';

/** How far below the maximum a masked token counts. */
const MASKED = 50000;

/** A row after the mask: survivors as they are, the others far below. */
function masked(row: Float64Array, keep: number): Float64Array {
  if (row.length === 0) return row;
  const sorted = row.slice().sort((a, b) => b - a);
  const threshold = sorted[Math.min(keep, row.length) - 1]!;
  return row.map((x) => (x < threshold ? sorted[0]! - MASKED : x));
}

export interface Candidates {
  /** At most k tokens, best first, the lowest first on ties. */
  readonly tokens: number[];
  /** Their log-probabilities. */
  readonly values: number[];
  readonly logSumExp: number;
}

export function topCandidates(logits: Float64Array, k: number, keep: number): Candidates {
  const row = masked(logits, keep);
  const lse = logSumExp(row, 0, row.length);
  const order = Array.from(row, (_, token) => token);
  order.sort((a, b) => (row[a] === row[b] ? a - b : row[b]! - row[a]!));
  const tokens = order.slice(0, k);
  return { tokens, values: tokens.map((token) => row[token]! - lse), logSumExp: lse };
}
