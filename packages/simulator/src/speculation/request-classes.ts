import { log, logistic, normalQuantile } from '../base/exact-math.ts';

/**
 * Requests differ: some texts are easy to guess, others not, and a request stays what it is. Every
 * request belongs to one of 16 classes, the quantiles of a standard normal z; its acceptance at
 * each depth is shifted by requestSpread · z in log-odds. The base log-odds of each depth are
 * solved so that the mean over classes is the published one exactly.
 *
 * The mean of a published table is Σ tokens / Σ steps, in which a hard request weighs more, because
 * it takes more steps for its text. So the mean here is over steps: a class drawn with probability
 * p(c) has the share p(c) / τ(c) of the steps, up to a factor, where τ(c) is its tokens per step.
 * The law that follows: requests of equal output lengths, drawn by `classOf` and run to their ends,
 * give Σ tokens / Σ steps = 1 + Σ S.
 *
 * The probabilities p(c) are fixed by a reference shape, at which every class has 1/16 of the
 * steps; for other shapes the shares follow from p(c), and the base log-odds are solved for those
 * shares.
 */

export const REQUEST_CLASSES = 16;

/** Acceptance by class and depth of one shape. */
export interface ClassedAcceptance {
  /** Share of all steps by class; sums to 1. */
  readonly stepShare: Float64Array;
  /** Σ over depths of a class's survival, plus 1. */
  readonly tokensPerStep: Float64Array;
  /** Conditional acceptance, [class · depths + depth − 1]. */
  readonly conditional: Float64Array;
  /** Probability that at least d tokens are accepted, [class · depths + depth − 1]. */
  readonly survival: Float64Array;
}

/** The z of each class; one class alone when requests do not differ. */
export function classOffsets(requestSpread: number): Float64Array {
  if (requestSpread === 0) return new Float64Array(1);
  return Float64Array.from({ length: REQUEST_CLASSES }, (_, c) => {
    return requestSpread * normalQuantile((c + 0.5) / REQUEST_CLASSES);
  });
}

/** Log-odds of a probability within 0..1; infinite at the ends. */
export function logOdds(probability: number): number {
  return log(probability) - log(1 - probability);
}

/** Probability of those log-odds, the infinite ones included. */
export function fromLogOdds(odds: number): number {
  if (odds === Number.POSITIVE_INFINITY) return 1;
  return odds === Number.NEGATIVE_INFINITY ? 0 : logistic(odds);
}

/** Class probabilities that give each class the same share of steps at the reference shape. */
export function classProbabilities(offsets: Float64Array, reference: Float64Array): Float64Array {
  const share = new Float64Array(offsets.length).fill(1 / offsets.length);
  const { tokensPerStep } = solveDepths(offsets, share, reference);
  return normalised(tokensPerStep);
}

/**
 * Acceptance of every class such that the mean over steps is `survival` at every depth. Alternates
 * between the shares of steps and the base log-odds until the shares stand still (a contraction;
 * some ten rounds).
 */
export function classedAcceptance(
  offsets: Float64Array,
  probability: Float64Array,
  survival: Float64Array,
): ClassedAcceptance {
  let share: Float64Array = Float64Array.from(probability);
  let solved = solveDepths(offsets, share, survival);
  for (let round = 0; round < 60; round++) {
    const tokens = solved.tokensPerStep;
    const next = normalised(probability.map((p, c) => p / tokens[c]!));
    const moved = next.reduce((most, s, c) => Math.max(most, Math.abs(s - share[c]!)), 0);
    share = next;
    solved = solveDepths(offsets, share, survival);
    if (moved < 1e-15) break;
  }
  return solved;
}

function normalised(weights: Float64Array): Float64Array {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => weight / sum);
}

function solveDepths(
  offsets: Float64Array,
  stepShare: Float64Array,
  survival: Float64Array,
): ClassedAcceptance {
  const classes = offsets.length;
  const depths = survival.length;
  const conditional = new Float64Array(classes * depths);
  const reached = new Float64Array(classes * depths);
  const tokensPerStep = new Float64Array(classes).fill(1);
  const weight = Float64Array.from(stepShare);
  let before = 1;
  for (let d = 0; d < depths; d++) {
    const base = solveBase(offsets, weight, before, survival[d]!);
    before = survival[d]!;
    for (let c = 0; c < classes; c++) {
      const accept = fromLogOdds(base + offsets[c]!);
      conditional[c * depths + d] = accept;
      weight[c] = weight[c]! * accept;
      reached[c * depths + d] = (d === 0 ? 1 : reached[c * depths + d - 1]!) * accept;
      tokensPerStep[c] = tokensPerStep[c]! + reached[c * depths + d]!;
    }
  }
  return { stepShare, tokensPerStep, conditional, survival: reached };
}

/**
 * Log-odds b with Σ weight(c) · logistic(b + offset(c)) = target, by Newton's method inside a
 * bracket that halves when a step would leave it. `total` = Σ weight ≥ target.
 */
function solveBase(offsets: Float64Array, weight: Float64Array, total: number, target: number) {
  const aim = target / total;
  if (!(aim > 0)) return Number.NEGATIVE_INFINITY;
  if (aim >= 1) return Number.POSITIVE_INFINITY;
  let widest = 0;
  for (const offset of offsets) widest = Math.max(widest, Math.abs(offset));
  let base = logOdds(aim);
  let low = base - widest - 1;
  let high = base + widest + 1;
  for (let round = 0; round < 100; round++) {
    let value = 0;
    let slope = 0;
    for (let c = 0; c < offsets.length; c++) {
      const accept = logistic(base + offsets[c]!);
      value += weight[c]! * accept;
      slope += weight[c]! * accept * (1 - accept);
    }
    if (value < target) low = base;
    else high = base;
    let next = base - (value - target) / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - base) <= 1e-15 * (1 + Math.abs(base))) return next;
    base = next;
  }
  return base;
}
