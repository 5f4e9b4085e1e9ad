import { pow } from '../base/exact-math.ts';
import { minimise } from '../base/minimise.ts';
import { type AcceptanceLaw, meanTokensPerStep } from './mean-acceptance.ts';
import { fromLogOdds } from './request-classes.ts';

/**
 * From published tokens per step to a profile: the acceptance by depth and the beam gain that
 * reproduce the given points best. A table is asked to hold within a tolerance in every cell, so
 * the fit is by a norm close to the worst relative error, not by the mean square. Deterministic:
 * the same points give the same profile.
 */

/** Tokens per step that a draft of beams × draftLength gave. */
export interface FitPoint {
  readonly beams: number;
  readonly draftLength: number;
  readonly tokensPerStep: number;
}

/**
 * What is free. `each`: the acceptance of each depth. `line`: one level; log-odds fall by `slope` a
 * depth. `first`: the first depth; `rest` holds for all deeper ones (a copy that goes on).
 */
export type FitForm =
  | { readonly kind: 'each'; readonly depths: number }
  | { readonly kind: 'line'; readonly depths: number; readonly slope: number | 'free' }
  | { readonly kind: 'first'; readonly rest: number };

export interface FitResult {
  readonly perDepth: number[];
  readonly beamGain: number;
  readonly worstRelativeError: number;
}

const NORM = 8;
const DECIMALS = 10000;

/** Fits a profile; numbers are rounded to four decimals. `beamGain` is fitted when 'free'. */
export function fitProfile(
  points: readonly FitPoint[],
  form: FitForm,
  beamGain: number | 'free',
): FitResult {
  const shape = parametersOf(form);
  const start = beamGain === 'free' ? [...shape.start, 0.2] : shape.start;
  const lawAt = (x: readonly number[]): AcceptanceLaw => ({
    perDepth: shape.perDepth(x),
    beamGain: beamGain === 'free' ? Math.abs(x[x.length - 1]!) : beamGain,
  });
  const best = lawAt(minimise((x) => misfit(lawAt(x), points), start));
  const rounded = {
    perDepth: best.perDepth.map(round),
    beamGain: round(best.beamGain),
  };
  return { ...rounded, worstRelativeError: worstError(rounded, points) };
}

function round(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}

function relativeError(law: AcceptanceLaw, point: FitPoint): number {
  const predicted = meanTokensPerStep(law, point.beams, point.draftLength);
  return Math.abs(predicted / point.tokensPerStep - 1);
}

function worstError(law: AcceptanceLaw, points: readonly FitPoint[]): number {
  return points.reduce((most, point) => Math.max(most, relativeError(law, point)), 0);
}

/**
 * The norm of the relative errors, with a little of their mean so that a single cell is not all.
 */
function misfit(law: AcceptanceLaw, points: readonly FitPoint[]): number {
  let sum = 0;
  let mean = 0;
  for (const point of points) {
    const error = relativeError(law, point);
    sum += pow(error, NORM);
    mean += error / points.length;
  }
  return pow(sum, 1 / NORM) + 0.01 * mean;
}

interface Parameters {
  readonly start: number[];
  perDepth(x: readonly number[]): number[];
}

function parametersOf(form: FitForm): Parameters {
  if (form.kind === 'each') {
    return {
      start: new Array<number>(form.depths).fill(0.5),
      perDepth: (x) => x.slice(0, form.depths).map(fromLogOdds),
    };
  }
  if (form.kind === 'first') {
    return { start: [0], perDepth: (x) => [fromLogOdds(x[0]!), form.rest] };
  }
  const { depths, slope } = form;
  return {
    start: slope === 'free' ? [0.5, -0.1] : [0.5],
    perDepth: (x) => {
      const fall = slope === 'free' ? x[1]! : slope;
      return Array.from({ length: depths }, (_, d) => fromLogOdds(x[0]! + fall * d));
    },
  };
}
