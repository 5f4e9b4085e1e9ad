/**
 * A small minimiser for a handful of parameters: the simplex method of Nelder and Mead (1965),
 * restarted with smaller simplexes from the best point, because one run may stop early. No
 * randomness, no derivatives, only + − × ÷ and comparisons on the parameters, so every platform
 * takes the same steps.
 */

const RESTARTS = 12;
const STEPS_PER_RESTART = 400;
/** A simplex whose values differ by less has nothing left to find. */
const FLAT = 1e-12;

/**
 * Parameters at which `value` is least, from a starting point; fewer restarts where it is costly.
 */
export function minimise(
  value: (parameters: readonly number[]) => number,
  start: readonly number[],
  restarts = RESTARTS,
): number[] {
  let best = [...start];
  for (let restart = 0; restart < restarts; restart++) {
    best = runSimplex(value, best, 0.5 / (1 + restart));
  }
  return best;
}

interface Vertex {
  readonly at: number[];
  readonly value: number;
}

function runSimplex(
  value: (parameters: readonly number[]) => number,
  start: readonly number[],
  size: number,
): number[] {
  const vertex = (at: number[]): Vertex => ({ at, value: value(at) });
  let simplex = [vertex([...start])];
  start.forEach((_, i) => {
    const at = [...start];
    at[i] = at[i]! + size;
    simplex.push(vertex(at));
  });
  for (let step = 0; step < STEPS_PER_RESTART; step++) {
    simplex.sort((a, b) => a.value - b.value);
    const least = simplex[0]!;
    if (simplex[simplex.length - 1]!.value - least.value < FLAT) break;
    const worst = simplex.pop()!;
    const secondWorst = simplex[simplex.length - 1]!;
    const centre = start.map((_, i) => {
      return simplex.reduce((sum, v) => sum + v.at[i]!, 0) / simplex.length;
    });
    // The point on the line from the worst vertex through the centre, `along` times as far beyond
    // it.
    const towards = (along: number) => {
      return vertex(centre.map((c, i) => c + along * (c - worst.at[i]!)));
    };
    const reflected = towards(1);
    if (reflected.value < least.value) {
      const expanded = towards(2);
      simplex.push(expanded.value < reflected.value ? expanded : reflected);
    } else if (reflected.value < secondWorst.value) {
      simplex.push(reflected);
    } else {
      const contracted = towards(reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex.push(contracted);
      else simplex = shrunk([...simplex, worst], least, vertex);
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0]!.at;
}

function shrunk(
  simplex: readonly Vertex[],
  least: Vertex,
  vertex: (at: number[]) => Vertex,
): Vertex[] {
  return simplex.map((v) => {
    if (v === least) return v;
    return vertex(v.at.map((x, i) => (x + least.at[i]!) / 2));
  });
}
