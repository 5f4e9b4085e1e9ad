/**
 * The published stochastic rule for one request, apart from cases and files so that a page can
 * carry it. Approximate: beams are searched for, not drawn, and the longest of them is kept.
 * Example: V = 2, one drafted token 1, p = ¾ ¼, q = ½ ½: the ratio is ½, so u = 0.25 accepts and
 * u = 0.75 does not; then the residual is (¼, 0) and the bonus 0.
 */
import { drawToken } from '../lib/draw-token.ts';

/** One request's view of a verification. */
export interface RedrafterRequest {
  readonly beams: number;
  readonly draftLength: number;
  /** Row inside the tree at (beam, position). */
  row(beam: number, position: number): number;
  token(row: number): number;
  /** Target probabilities at a row. */
  target(row: number): Float64Array;
  /** Drafter's probabilities for the token at position j + 1. */
  draft(beam: number, j: number): Float64Array;
}

/** p / q, so that a token without drafter probability always stands if the target has it. */
export function ratioOf(request: RedrafterRequest, beam: number, j: number): number {
  const { row, token, target, draft } = request;
  const x = token(row(beam, j + 1));
  return target(row(beam, j))[x]! / draft(beam, j)[x]!;
}

/** Weights of the bonus after `accepted` tokens of `beam`. */
export function bonusWeights(
  request: RedrafterRequest,
  beam: number,
  accepted: number,
): Float64Array {
  const { beams, draftLength, row, target, draft } = request;
  const p = target(beams > 0 ? row(beam, accepted) : 0);
  if (accepted === draftLength || beams === 0) return p;
  const q = draft(beam, accepted);
  const residual = p.map((x, v) => Math.max(x - q[v]!, 0));
  return residual.some((x) => x > 0) ? residual : p;
}

/** The beam with the most leading tokens that stand, the lowest on ties. */
export function longestBeam(
  request: RedrafterRequest,
  accepts: (beam: number, j: number) => boolean,
): { best: number; most: number } {
  let best = 0;
  let most = 0;
  for (let beam = 0; beam < request.beams; beam++) {
    let a = 0;
    while (a < request.draftLength && accepts(beam, a)) a++;
    if (a > most) {
      best = beam;
      most = a;
    }
  }
  return { best, most };
}

/** What stands, as rows from the root on, and the bonus. */
export function redrafterRule(
  request: RedrafterRequest,
  uniform: (beam: number, j: number) => number,
  bonusUniform: number,
): { beam: number; accepted: number; path: number[]; bonus: number } {
  const { best, most } = longestBeam(
    request,
    (beam, j) => uniform(beam, j) < ratioOf(request, beam, j),
  );
  const path = Array.from({ length: most + 1 }, (_, j) =>
    request.beams > 0 ? request.row(best, j) : 0,
  );
  const bonus = drawToken(bonusWeights(request, best, most), bonusUniform);
  return { beam: best, accepted: most, path, bonus };
}
