import type { Run, Verdict } from '@beamline/simulator';
import type { PointResult, Price } from './protocol.ts';
import type { Measure, PriceRange } from './state.ts';

/**
 * The numbers at one load: of the run that was made there, or, while a load is being dragged,
 * between the two nearest points of the curve, linear over the logarithm of the load as the picture
 * draws it. Law: a reading of a run is the run's own figures; a reading between two lies between.
 * Example: half way between 2 and 8 requests/s is 4.
 */

export interface Money {
  low: number;
  typical: number;
  high: number;
}

export interface Reading {
  speedup: number | null;
  itlMs: number;
  plainItlMs: number | null;
  ttftMsP95: number;
  tokensPerSecondPerGpu: number;
  dollarsPerMillionTokens: Money;
  joulesPerToken: number;
  state: Verdict['state'];
  /** The run; null between two. */
  run: Run | null;
}

type Computed = Extract<PointResult, { ok: true }>;

export function readingOf(point: Computed, measure: Measure, own: PriceRange | null): Reading {
  const { run, price } = point;
  const { metrics, baseline, speedup } = run;
  return {
    speedup: speedup?.[measure] ?? null,
    itlMs: metrics.itlMs.mean,
    plainItlMs: baseline?.itlMs.mean ?? null,
    ttftMsP95: metrics.ttftMs.p95,
    tokensPerSecondPerGpu: metrics.outputTokensPerSecondPerGpu,
    dollarsPerMillionTokens: moneyOf(metrics.dollarsPerMillionOutputTokens, price, own),
    joulesPerToken: metrics.joulesPerOutputToken,
    state: run.verdict.state,
    run,
  };
}

/** A run's cost rests on the typical price; cost is proportional to the price. */
export function moneyOf(dollars: number, price: Price, own: PriceRange | null): Money {
  const { low, high } = own ?? price;
  const perDollar = dollars / price.typical;
  const typical = own === null ? price.typical : Math.sqrt(own.low * own.high);
  return { low: perDollar * low, typical: perDollar * typical, high: perDollar * high };
}

export interface Placed {
  load: number;
  reading: Reading;
}

/** The reading at `load` from a curve in order of load; null beyond its ends. */
export function readingBetween(curve: readonly Placed[], load: number): Reading | null {
  const after = curve.findIndex((point) => point.load >= load);
  if (after < 0) return null;
  const b = curve[after]!;
  if (b.load === load) return b.reading;
  const a = curve[after - 1];
  if (a === undefined) return null;
  const share = Math.log(load / a.load) / Math.log(b.load / a.load);
  return mix(a.reading, b.reading, share);
}

function mix(a: Reading, b: Reading, share: number): Reading {
  const between = (x: number, y: number) => x + share * (y - x);
  const orNull = (x: number | null, y: number | null) =>
    x === null || y === null ? null : between(x, y);
  return {
    speedup: orNull(a.speedup, b.speedup),
    itlMs: between(a.itlMs, b.itlMs),
    plainItlMs: orNull(a.plainItlMs, b.plainItlMs),
    ttftMsP95: between(a.ttftMsP95, b.ttftMsP95),
    tokensPerSecondPerGpu: between(a.tokensPerSecondPerGpu, b.tokensPerSecondPerGpu),
    dollarsPerMillionTokens: {
      low: between(a.dollarsPerMillionTokens.low, b.dollarsPerMillionTokens.low),
      typical: between(a.dollarsPerMillionTokens.typical, b.dollarsPerMillionTokens.typical),
      high: between(a.dollarsPerMillionTokens.high, b.dollarsPerMillionTokens.high),
    },
    joulesPerToken: between(a.joulesPerToken, b.joulesPerToken),
    state: share < 0.5 ? a.state : b.state,
    run: null,
  };
}
