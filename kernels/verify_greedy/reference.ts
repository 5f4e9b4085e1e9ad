/**
 * Greedy verification of one request, apart from cases and files so that a page can carry it. The
 * beam with the most leading tokens that are the argmax of their parents wins, the lowest on ties.
 * Example: beams 7 1 2 / 7 1 3 and argmax 1, 3, 0, 5 of the rows 7 1 2 3: beam 1, a = 2, bonus 5.
 */

/** One request's view of a verification. */
export interface GreedyRequest {
  readonly beams: number;
  /** Tokens of a beam, the golden one included. */
  readonly positions: number;
  /** Row inside the tree at (beam, position). */
  row(beam: number, position: number): number;
  token(row: number): number;
  /** The target's most likely token behind a row. */
  best(row: number): number;
}

/** Token of the largest logit of a row, the lowest on ties; −1 without a vocabulary. */
export function argmax(logits: Float64Array, vocab: number): number {
  let best = -1;
  for (let v = 0; v < vocab; v++) {
    if (best < 0 || logits[v]! > logits[best]!) best = v;
  }
  return best;
}

export function longestMatch(request: GreedyRequest): {
  beam: number;
  accepted: number;
  bonus: number;
} {
  const { beams, positions, row, token, best } = request;
  let beam = 0;
  let accepted = 0;
  for (let i = 0; i < beams; i++) {
    let a = 0;
    while (a + 1 < positions && token(row(i, a + 1)) === best(row(i, a))) a++;
    if (a > accepted) {
      beam = i;
      accepted = a;
    }
  }
  return { beam, accepted, bonus: best(accepted > 0 ? row(beam, accepted) : 0) };
}
