/**
 * The exact law of an operator that turns uniforms into text: the unit cube is cut into the cells
 * in which the text is the same, by bisection on the operator as a black box, and the cells'
 * volumes are added up. For each uniform the token drawn never falls as the uniform rises.
 */
import type { Tensors } from '../suite-record.ts';

export interface Mass {
  probability: number;
}

/** Accepted tokens and the bonus of a one-request call; `tokens` are those of the tree's rows. */
export function textOf(outputs: Tensors, tokens: readonly number[]): number[] {
  const path = outputs['path']!.data;
  const accepted = outputs['accepted']!.data[0]!;
  const text: number[] = [];
  for (let j = 1; j <= accepted; j++) text.push(tokens[path[j]!]!);
  return [...text, outputs['bonus']!.data[0]!];
}

/** Ends of the cells of one uniform: where the token drawn passes each v. */
export function cellEnds(vocab: number, drawn: (u: number) => number): number[] {
  const ends: number[] = [];
  for (let v = 0; v < vocab; v++) {
    let low = ends[v - 1] ?? 0;
    let high = 1;
    if (drawn(low) > v) {
      ends.push(low);
      continue;
    }
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (drawn(middle) <= v) low = middle;
      else high = middle;
    }
    ends.push(high);
  }
  return ends;
}

/**
 * Probability of every text, with one uniform a token: the d-th token is drawn by the d-th uniform
 * as long as the text gets there.
 */
export function integrateCube(
  dimensions: number,
  vocab: number,
  text: (uniforms: number[]) => number[],
): Map<string, Mass> {
  const law = new Map<string, Mass>();
  const fill = (prefix: number[]) =>
    [...prefix, ...new Array<number>(dimensions).fill(0.5)].slice(0, dimensions);
  const walk = (prefix: number[], weight: number) => {
    const depth = prefix.length;
    const ends = cellEnds(vocab, (u) => text(fill([...prefix, u]))[depth]!);
    ends.forEach((end, v) => {
      const start = ends[v - 1] ?? 0;
      if (end <= start) return;
      const inside = [...prefix, (start + end) / 2];
      const result = text(fill(inside));
      if (result.length > depth + 1) walk(inside, weight * (end - start));
      else {
        const key = result.join(' ');
        const before = law.get(key)?.probability ?? 0;
        law.set(key, { probability: before + weight * (end - start) });
      }
    });
  };
  walk([], 1);
  return law;
}
