/**
 * A draw from a distribution given by weights: the lowest token whose cumulative weight exceeds u
 * times the sum. Cases put u well inside a token's interval, so that fp32 sums in any order draw
 * the same token.
 *
 * Example: weights 1, 0, 3 and u = 0.25 give token 2, because 1 does not exceed 0.25 · 4.
 */
import type { Stream } from './draw.ts';
import { exp } from './reference-math.ts';

/** −1 without any weight. Rounding at the end gives the last token of positive weight. */
export function drawToken(weights: Float64Array, u: number): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  let cumulative = 0;
  let last = -1;
  for (let token = 0; token < weights.length; token++) {
    if (weights[token]! <= 0) continue;
    cumulative += weights[token]!;
    last = token;
    if (cumulative > u * sum) return token;
  }
  return last;
}

/** Probabilities of one row of logits. */
export function softmax(logits: Float64Array, row: number, vocab: number): Float64Array {
  const values = logits.slice(row * vocab, (row + 1) * vocab);
  const max = values.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  const weights = values.map((x) => exp(x - max));
  const sum = weights.reduce((total, x) => total + x, 0);
  return weights.map((x) => x / sum);
}

/** A 24-bit uniform well inside the interval of `token`, for cases. */
export function uniformFor(weights: Float64Array, token: number, stream: Stream): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  let before = 0;
  for (let v = 0; v < token; v++) before += weights[v]!;
  const inside = 0.25 + stream.uniform() / 2;
  const u = (before + weights[token]! * inside) / (sum || 1);
  return Math.min(16777215, Math.floor(u * 16777216)) / 16777216;
}

/** A token that is likely enough to be drawn safely, favouring those of `wanted`. */
export function safeToken(
  weights: Float64Array,
  wanted: readonly number[],
  stream: Stream,
): number {
  let most = 0;
  let sum = 0;
  for (const weight of weights) {
    most = Math.max(most, weight);
    sum += weight;
  }
  const least = Math.min(sum / 500, most / 2);
  const safe = (token: number) => weights[token]! >= least;
  const near = wanted.filter(safe);
  if (near.length > 0 && stream.below(4) > 0) return near[stream.below(near.length)]!;
  const all: number[] = [];
  weights.forEach((_, token) => {
    if (safe(token)) all.push(token);
  });
  return all[stream.below(all.length)] ?? 0;
}
