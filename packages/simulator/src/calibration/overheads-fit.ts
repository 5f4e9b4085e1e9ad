/**
 * Fits what a deployment adds to the model of its GPU: four factors, on the achieved share of the
 * memory's and of the matrix units' peak, on the host's time per step and layer, and on its time
 * per request. Per step and per layer are one factor: one model cannot tell them apart.
 *
 * Least squares of the logarithms of predicted / measured, with a ridge towards the factors at 1,
 * so that a parameter that the points say nothing about stays as it is: Gauss and Newton's method
 * with a Jacobian from differences at the start, kept up by Broyden's rank-one update ("A class of
 * methods for solving nonlinear simultaneous equations", 1965). All factors are bounded.
 *
 * Cross-validation leaves out each fold of targets in turn. The start and its Jacobian do not
 * depend on what was measured, so that nothing of a fold's measurements reaches its own fit.
 */
import { exp, log } from '../base/exact-math.ts';
import { noFactors, type ParameterFactors } from '../uncertainty/factors.ts';

export const fittedNames = ['memory', 'compute', 'host', 'request'] as const;
export type FittedName = (typeof fittedNames)[number];

/** One measured number; `fold` says which targets are left out together. */
export interface Target {
  label: string;
  quantity: string;
  measured: number;
  fold: number;
}

/** Predictions of all targets, in their order, with the model's parameters moved. */
export type Predict = (factors: ParameterFactors) => Promise<number[]>;

export interface TargetFit extends Target {
  /** Predicted with the parameters as they were. */
  before: number;
  /** Predicted by the fit of all targets. */
  fitted: number;
  /** Predicted by the fit that has not seen the target's fold. */
  heldOut: number;
}

export interface ErrorSummary {
  /** Of |predicted − measured| / measured. */
  mean: number;
  median: number;
  worst: number;
}

export interface OverheadsFit {
  factors: ParameterFactors;
  /** Standard deviation of each factor's logarithm, from the curvature at the fit. */
  spread: Record<FittedName, number>;
  /** Factors that ended at a bound. */
  bounded: FittedName[];
  targets: TargetFit[];
  before: ErrorSummary;
  inSample: ErrorSummary;
  crossValidated: ErrorSummary;
  /** Whether the mean cross-validated error is below the mean error before. */
  improves: boolean;
}

/**
 * How far each factor may be from 1 (standard deviation of its logarithm, assumed): achieved shares
 * of one GPU differ little between engines, host times by a factor.
 */
const PRIOR: Record<FittedName, number> = { memory: 0.15, compute: 0.2, host: 0.7, request: 0.7 };
const BOUND: Record<FittedName, number> = { memory: 0.5, compute: 0.7, host: 2, request: 2 };
/**
 * What a measurement and the model's own shape leave unexplained (standard deviation of the
 * logarithm, assumed). First tokens wait in queues, which few parameters move.
 */
const NOISE = 0.05;
const QUEUE_NOISE = 0.1;
const STEP = 0.1;
const ITERATIONS = 8;
const SMALL_STEP = 0.003;
/** Errors that differ by less are the same. */
const ROUNDING = 1e-9;

const n = fittedNames.length;

/** Factors from the logarithms of the fitted ones. */
export function factorsOf(theta: readonly number[]): ParameterFactors {
  const factors = { ...noFactors };
  fittedNames.forEach((name, i) => {
    factors[name] = exp(theta[i]!);
  });
  return factors;
}

/** The fit of all targets and the cross-validation by folds; at least two folds. */
export async function fitOverheads(
  targets: readonly Target[],
  predict: Predict,
): Promise<OverheadsFit> {
  const model = await Start.of(predict);
  const all = await model.fit(targets, () => true);
  const folds = [...new Set(targets.map(({ fold }) => fold))];
  const heldOut = new Array<number>(targets.length).fill(Number.NaN);
  for (const fold of folds) {
    const { predictions } = await model.fit(targets, (target) => target.fold !== fold);
    targets.forEach((target, i) => {
      if (target.fold === fold) heldOut[i] = exp(predictions[i]!);
    });
  }
  const fits = targets.map((target, i) => ({
    ...target,
    before: exp(model.predictions[i]!),
    fitted: exp(all.predictions[i]!),
    heldOut: heldOut[i]!,
  }));
  const before = summary(fits, ({ before }) => before);
  const crossValidated = summary(fits, ({ heldOut }) => heldOut);
  return {
    factors: factorsOf(all.theta),
    spread: spreadOf(all, targets),
    bounded: fittedNames.filter((name, i) => Math.abs(all.theta[i]!) >= BOUND[name] - 1e-9),
    targets: fits,
    before,
    inSample: summary(fits, ({ fitted }) => fitted),
    crossValidated,
    improves: before.mean - crossValidated.mean > ROUNDING,
  };
}

interface Solution {
  theta: number[];
  /** Logarithms. */
  predictions: number[];
  jacobian: number[][];
}

/** The model at factors of 1, with its differences: the same start for every fit. */
class Start {
  readonly predictions: number[];
  readonly #jacobian: number[][];
  readonly #predict: (theta: readonly number[]) => Promise<number[]>;

  private constructor(
    predictions: number[],
    jacobian: number[][],
    predict: (theta: readonly number[]) => Promise<number[]>,
  ) {
    this.predictions = predictions;
    this.#jacobian = jacobian;
    this.#predict = predict;
  }

  static async of(predict: Predict): Promise<Start> {
    const known = new Map<string, Promise<number[]>>();
    const logs = (theta: readonly number[]): Promise<number[]> => {
      const key = theta.join(' ');
      const made = known.get(key) ?? predict(factorsOf(theta)).then((all) => all.map(log));
      known.set(key, made);
      return made;
    };
    const zero = new Array<number>(n).fill(0);
    const moved = (i: number) => zero.map((value, j) => (i === j ? STEP : value));
    const [at, ...beside] = await Promise.all([
      logs(zero),
      ...fittedNames.map((_, i) => logs(moved(i))),
    ]);
    const jacobian = at!.map((value, row) => beside.map((all) => (all[row]! - value) / STEP));
    return new Start(at!, jacobian, logs);
  }

  async fit(targets: readonly Target[], isUsed: (target: Target) => boolean): Promise<Solution> {
    const used = targets.map(isUsed);
    const objective = (theta: readonly number[], predictions: readonly number[]) =>
      cost(targets, used, theta, predictions);
    let best: Solution = {
      theta: new Array<number>(n).fill(0),
      predictions: this.predictions,
      jacobian: this.#jacobian.map((row) => [...row]),
    };
    let damping = 1;
    for (let i = 0; i < ITERATIONS; i++) {
      const wanted = gaussNewton(targets, used, best);
      const theta = wanted.map((step, j) => {
        const bound = BOUND[fittedNames[j]!];
        return Math.max(-bound, Math.min(bound, best.theta[j]! + damping * step));
      });
      const step = theta.map((value, j) => value - best.theta[j]!);
      if (Math.max(...step.map(Math.abs)) < SMALL_STEP) break;
      const predictions = await this.#predict(theta);
      const jacobian = broyden(best, step, predictions);
      const isBetter = objective(theta, predictions) < objective(best.theta, best.predictions);
      damping = isBetter ? 1 : damping / 2;
      best = isBetter ? { theta, predictions, jacobian } : { ...best, jacobian };
    }
    return best;
  }
}

/** Everything in logarithms: error of each used target over its noise, parameters over priors. */
function cost(
  targets: readonly Target[],
  used: readonly boolean[],
  theta: readonly number[],
  predictions: readonly number[],
): number {
  let sum = 0;
  targets.forEach((target, i) => {
    if (!used[i]) return;
    const error = (predictions[i]! - log(target.measured)) / noiseOf(target);
    sum += error * error;
  });
  fittedNames.forEach((name, i) => {
    const distance = theta[i]! / PRIOR[name];
    sum += distance * distance;
  });
  return sum;
}

function noiseOf({ quantity }: Target): number {
  return quantity === 'ttftMs' ? QUEUE_NOISE : NOISE;
}

/** JᵀWJ + ridge, over the used targets. */
function curvature(targets: readonly Target[], used: readonly boolean[], jacobian: number[][]) {
  const matrix = fittedNames.map((name, i) =>
    fittedNames.map((_, j) => (i === j ? 1 / (PRIOR[name] * PRIOR[name]) : 0)),
  );
  targets.forEach((target, row) => {
    if (!used[row]) return;
    const weight = 1 / (noiseOf(target) * noiseOf(target));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        matrix[i]![j]! += weight * jacobian[row]![i]! * jacobian[row]![j]!;
      }
    }
  });
  return matrix;
}

function gaussNewton(targets: readonly Target[], used: readonly boolean[], at: Solution): number[] {
  const matrix = curvature(targets, used, at.jacobian);
  const gradient = fittedNames.map((name, i) => -at.theta[i]! / (PRIOR[name] * PRIOR[name]));
  targets.forEach((target, row) => {
    if (!used[row]) return;
    const weight = 1 / (noiseOf(target) * noiseOf(target));
    const missing = log(target.measured) - at.predictions[row]!;
    for (let i = 0; i < n; i++) gradient[i]! += weight * at.jacobian[row]![i]! * missing;
  });
  return solve(matrix, gradient);
}

/** The Jacobian that explains the step just taken and changes nothing across it. */
function broyden(from: Solution, step: readonly number[], predictions: readonly number[]) {
  const length = step.reduce((sum, value) => sum + value * value, 0);
  return from.jacobian.map((row, r) => {
    const expected = row.reduce((sum, value, i) => sum + value * step[i]!, 0);
    const missing = predictions[r]! - from.predictions[r]! - expected;
    return row.map((value, i) => value + (missing * step[i]!) / length);
  });
}

/** Solves a symmetric positive definite system by elimination; the ridge keeps it so. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let k = i + 1; k < size; k++) {
      const share = a[k]![i]! / a[i]![i]!;
      for (let j = i; j <= size; j++) a[k]![j]! -= share * a[i]![j]!;
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = a[i]![size]!;
    for (let j = i + 1; j < size; j++) sum -= a[i]![j]! * x[j]!;
    x[i] = sum / a[i]![i]!;
  }
  return x;
}

/** Square roots of the diagonal of the inverse curvature. */
function spreadOf({ jacobian }: Solution, targets: readonly Target[]): Record<FittedName, number> {
  const matrix = curvature(
    targets,
    targets.map(() => true),
    jacobian,
  );
  const entries = fittedNames.map((name, i) => {
    const unit = fittedNames.map((_, j) => (i === j ? 1 : 0));
    return [name, Math.sqrt(solve(matrix, unit)[i]!)] as const;
  });
  return Object.fromEntries(entries) as Record<FittedName, number>;
}

function summary(fits: readonly TargetFit[], predicted: (fit: TargetFit) => number): ErrorSummary {
  const errors = fits.map((fit) => Math.abs(predicted(fit) / fit.measured - 1));
  const sorted = [...errors].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return { mean, median, worst: sorted.at(-1)! };
}
