/**
 * The choice of one step of beam search, apart from cases and files so that a page can carry it.
 * Sums are rounded to fp32 once, and equal sums go to the lowest flat index.
 * Example: scores −1 −2, values −1 −3 −0.5 −1, k = 2: flat 0 (−2), then flat 2 (−2.5).
 */

/** What a beam that is not alive counts as: far below any other, but still a number. */
const DEAD = -50000;

export interface Continuation {
  score: number;
  /** −1 where there is no continuation. */
  flat: number;
}

/** The first W continuations of one request. */
export function bestContinuations(
  scores: Float64Array,
  values: Float64Array,
  k: number,
  isFirst: boolean,
): Continuation[] {
  const places: Continuation[] = [];
  for (let flat = 0; flat < values.length; flat++) {
    const beam = Math.floor(flat / k);
    const score = isFirst && beam > 0 ? DEAD : scores[beam]!;
    places.push({ score: Math.fround(score + values[flat]!), flat });
  }
  places.sort((a, b) => (a.score === b.score ? a.flat - b.flat : b.score - a.score));
  while (places.length < scores.length) {
    places.push({ score: Number.NEGATIVE_INFINITY, flat: -1 });
  }
  return places.slice(0, scores.length);
}
