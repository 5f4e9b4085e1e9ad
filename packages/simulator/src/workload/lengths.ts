import { inputError } from '../base/errors.ts';
import { exp, log, normalQuantile } from '../base/exact-math.ts';
import type { RandomStream } from '../base/random.ts';
import type { LengthDistribution } from '../scenario/scenario.ts';

/**
 * Numbers of tokens drawn from a distribution: whole numbers of at least 1, one uniform number a
 * draw.
 *
 * Worked example: a lognormal with mean 1000 and p99 4000 has σ = z − √(z² − 2·ln 4) = 0.702 and
 * μ = ln 1000 − σ²/2 = 6.662, where z = 2.326 is the normal distribution's 99 % point.
 */

/** 99 % point of the standard normal distribution. */
export const Z99 = 2.3263478740408408;

/** p99/mean of a lognormal is largest at σ = z: e^(z²/2) = 14.97. */
const LARGEST_P99_OVER_MEAN = exp((Z99 * Z99) / 2);

/** Lengths are kept in 32-bit integers. */
export const MAX_TOKENS = 2147483647;

export type LengthSampler = (stream: RandomStream) => number;

/**
 * The parameters of the lognormal with this mean and 99 % point. Of the two solutions the one with
 * the smaller spread is taken. Throws an input error where there is none; `where` names the
 * setting.
 */
export function lognormalParameters(
  mean: number,
  p99: number,
  where: string,
): { mu: number; sigma: number } {
  requireTokens(mean, `${where}.mean`);
  requireTokens(p99, `${where}.p99`);
  if (p99 <= mean) {
    throw inputError(
      `${where}: p99 must exceed the mean, but p99 is ${p99} and mean is ${mean}. ` +
        'For a fixed length use {kind: constant, value: …}.',
    );
  }
  const ratio = p99 / mean;
  if (ratio > LARGEST_P99_OVER_MEAN) {
    throw inputError(
      `${where}: no lognormal has a p99 of ${p99} and a mean of ${mean}; ` +
        'p99 may be at most 14.9 times the mean. Use {kind: empirical, quantiles: …} instead.',
    );
  }
  const sigma = Z99 - Math.sqrt(Math.max(0, Z99 * Z99 - 2 * log(ratio)));
  return { mu: log(mean) - (sigma * sigma) / 2, sigma };
}

/** A sampler, or null for lengths that come from the trace. `where` names the setting in errors. */
export function lengthSampler(
  distribution: LengthDistribution,
  where: string,
): LengthSampler | null {
  switch (distribution.kind) {
    case 'constant': {
      const { value } = distribution;
      requireTokens(value, `${where}.value`);
      if (!Number.isInteger(value)) {
        throw inputError(`${where}.value: ${value} is not a whole number of tokens.`);
      }
      return () => value;
    }
    case 'uniform':
      return uniformSampler(distribution.min, distribution.max, where);
    case 'lognormal': {
      const { mu, sigma } = lognormalParameters(distribution.mean, distribution.p99, where);
      return (stream) => wholeTokens(exp(mu + sigma * normalQuantile(stream.uniform())));
    }
    case 'empirical':
      return empiricalSampler(distribution.quantiles, where);
    case 'from-trace':
      return null;
  }
}

function uniformSampler(min: number, max: number, where: string): LengthSampler {
  requireTokens(min, `${where}.min`);
  requireTokens(max, `${where}.max`);
  if (!Number.isInteger(min) || !Number.isInteger(max) || max < min) {
    throw inputError(
      `${where}: min and max must be whole numbers with min ≤ max; they are ${min} and ${max}.`,
    );
  }
  const count = max - min + 1;
  return (stream) => min + Math.floor(stream.uniform() * count);
}

function empiricalSampler(quantiles: [number, number][], where: string): LengthSampler {
  requireQuantiles(quantiles, where);
  const probabilities = Float64Array.from(quantiles, ([p]) => p);
  const values = Float64Array.from(quantiles, ([, value]) => value);
  return (stream) => wholeTokens(interpolate(probabilities, values, stream.uniform()));
}

/** Piecewise linear through the given quantiles. */
function interpolate(probabilities: Float64Array, values: Float64Array, u: number): number {
  let upper = 1;
  while (upper < probabilities.length - 1 && probabilities[upper]! < u) upper++;
  const p0 = probabilities[upper - 1]!;
  const share = (u - p0) / (probabilities[upper]! - p0);
  return values[upper - 1]! + share * (values[upper]! - values[upper - 1]!);
}

function requireQuantiles(quantiles: [number, number][], where: string): void {
  if (!Array.isArray(quantiles) || quantiles.length < 2) {
    throw inputError(
      `${where}.quantiles: at least two [probability, tokens] pairs are needed, ` +
        'for example [[0, 1], [0.5, 928], [1, 14050]].',
    );
  }
  for (const [index, pair] of quantiles.entries()) {
    const at = `${where}.quantiles[${index}]`;
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw inputError(`${at}: ${JSON.stringify(pair)} is not a [probability, tokens] pair.`);
    }
    requireTokens(pair[1], at);
    const before = quantiles[index - 1];
    if (!(pair[0] >= 0 && pair[0] <= 1) || (before && pair[0] <= before[0])) {
      throw inputError(`${at}: probabilities must rise from 0 to 1; found ${pair[0]}.`);
    }
    if (before && pair[1] < before[1]) {
      throw inputError(`${at}: tokens must not fall; found ${pair[1]} after ${before[1]}.`);
    }
  }
  if (quantiles[0]![0] !== 0 || quantiles[quantiles.length - 1]![0] !== 1) {
    throw inputError(`${where}.quantiles: the first probability must be 0 and the last 1.`);
  }
}

function requireTokens(value: number, where: string): void {
  if (!(typeof value === 'number' && value >= 1 && value <= MAX_TOKENS)) {
    throw inputError(
      `${where}: ${String(value)} is not a number of tokens from 1 to ${MAX_TOKENS}.`,
    );
  }
}

function wholeTokens(value: number): number {
  const rounded = Math.round(value);
  if (rounded < 1) return 1;
  return rounded > MAX_TOKENS ? MAX_TOKENS : rounded;
}
