/**
 * Exact verification of one request, apart from cases and files so that a page can carry it. Every
 * draw comes from the target at its own prefix, so the text has the target's law.
 * Example: V = 2, probabilities ¼ ¾ at the root, a child with token 1 and ½ ½ there, uniforms 0.5
 * and 0.3: the path is 0 1, the draws are 1 and 0.
 */
import { drawToken } from '../lib/draw-token.ts';

/** A token tree: a parent stands before its child. */
export interface TokenTree {
  readonly rows: number;
  token(row: number): number;
  parent(row: number): number;
}

/** One request's view of a verification. */
export interface ExactRequest extends TokenTree {
  /** Depths that have a uniform: dl + 1. */
  readonly positions: number;
  /** Target probabilities behind a row. */
  target(row: number): Float64Array;
  uniform(depth: number): number;
}

/** Child of `row` that holds `token`, the first of its kind; −1 if there is none. */
export function childWith({ rows, token, parent }: TokenTree, row: number, wanted: number): number {
  for (let child = row + 1; child < rows; child++) {
    if (parent(child) === row && token(child) === wanted) return child;
  }
  return -1;
}

/** Rows of the accepted path and the token drawn at each; the last draw is the bonus. */
export function exactWalk(request: ExactRequest): { path: number[]; draws: number[] } {
  const path: number[] = [];
  const draws: number[] = [];
  let row = request.rows > 0 ? 0 : -1;
  for (let depth = 0; depth < request.positions && row >= 0; depth++) {
    const token = drawToken(request.target(row), request.uniform(depth));
    path.push(row);
    draws.push(token);
    row = childWith(request, row, token);
  }
  return { path, draws };
}
