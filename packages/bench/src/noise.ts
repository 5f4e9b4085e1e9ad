/**
 * When a measurement is good enough, and when two differ.
 *
 * The value of a set of samples is its median; its noise is half the width of the median's 95 %
 * interval by order statistics (ranks n/2 ± 0.98·√n), over the median. Sampling stops when the
 * noise is at most 0.5 % after 20 samples, or at 2,000 samples or 3 seconds of device time; then
 * the record says that it did not settle.
 *
 * Two medians differ when their ratio is further from 1 than 1 % and than twice the noise of both
 * and of the drift; the drift is how far the first side moved when it was measured again (A/B/A).
 */

export const NOISE_LIMIT = 0.005;
export const SAMPLES_LEAST = 20;
export const SAMPLES_MOST = 2000;
export const TIME_MOST_MS = 3000;
export const SAME_LIMIT = 0.01;

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly noise: number;
}

export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const n = sorted.length;
  const at = (rank: number) => sorted[Math.min(n - 1, Math.max(0, rank))]!;
  const median = (at(Math.floor((n - 1) / 2)) + at(Math.ceil((n - 1) / 2))) / 2;
  const reach = 0.98 * Math.sqrt(n);
  const low = at(Math.floor((n - 1) / 2 - reach));
  const high = at(Math.ceil((n - 1) / 2 + reach));
  const noise = median > 0 ? (high - low) / 2 / median : 0;
  return { median, least: at(0), greatest: at(n - 1), noise };
}

/** Whether to stop after these samples that took `spentMs` together. */
export function isEnough(samples: readonly number[], spentMs: number): boolean {
  if (samples.length >= SAMPLES_MOST || spentMs >= TIME_MOST_MS) return true;
  if (samples.length < SAMPLES_LEAST || samples.length % 5 !== 0) return false;
  return summarise(samples).noise <= NOISE_LIMIT;
}

export type Verdict = 'faster' | 'slower' | 'same' | 'unclear';

export interface Comparison {
  /** Time of B over time of A; below 1, B is faster. */
  readonly ratio: number;
  /** Noise of both sides and the drift between the two times that A was measured. */
  readonly uncertainty: number;
  readonly verdict: Verdict;
}

/** B against A; `again` is A measured once more after B. */
export function compareTimes(
  before: Pick<Summary, 'median' | 'noise'>,
  after: Pick<Summary, 'median' | 'noise'>,
  again: Pick<Summary, 'median' | 'noise'> = before,
): Comparison {
  const base = (before.median + again.median) / 2;
  const drift = base > 0 ? Math.abs(before.median - again.median) / base : 0;
  const uncertainty = Math.max(before.noise, again.noise) + after.noise + drift;
  const ratio = base > 0 ? after.median / base : Number.NaN;
  const off = Math.abs(ratio - 1);
  let verdict: Verdict = 'unclear';
  if (off > SAME_LIMIT && off > 2 * uncertainty) verdict = ratio < 1 ? 'faster' : 'slower';
  else if (off <= SAME_LIMIT && uncertainty <= SAME_LIMIT) verdict = 'same';
  return { ratio, uncertainty, verdict };
}
