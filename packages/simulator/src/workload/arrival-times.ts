import { inputError } from '../base/errors.ts';
import { log, normalQuantile, pow } from '../base/exact-math.ts';
import type { RandomStream } from '../base/random.ts';
import type { Scenario } from '../scenario/scenario.ts';

/**
 * Arrival times of the open-loop workloads, in nanoseconds, each call later than or equal to the
 * last.
 *
 * Poisson and gamma have independent gaps. Bursts and ramps are Poisson processes whose rate
 * changes over time: exponential steps of mean 1 are laid along the expected number of arrivals
 * Λ(t), and t = Λ⁻¹ of their sum is exact, with no thinning. Example: at a constant rate r, Λ(t) =
 * r·t, and a step of 1 is a gap of 1/r.
 */
export type ArrivalTimes = () => number;

const NS = 1e9;

/** Burst: a square wave. Its mean is the set rate: 0.25·3 + 0.75·(1/3) = 1. */
export const BURST_PERIOD_SECONDS = 60;
export const BURST_HIGH_SHARE = 0.25;
export const BURST_HIGH_FACTOR = 3;
export const BURST_LOW_FACTOR = 1 / 3;

/**
 * Ramp: the rate grows linearly over the run from 0.1 to 2 times the set rate, then stays there.
 */
export const RAMP_START_FACTOR = 0.1;
export const RAMP_END_FACTOR = 2;

export function arrivalTimes(workload: Scenario['workload'], stream: RandomStream): ArrivalTimes {
  const { kind, ratePerSecond: rate } = workload;
  if (!(rate > 0 && rate <= 1e9)) {
    throw inputError(
      `workload.ratePerSecond: ${rate} is not allowed; it must be above 0 and at most 1e9.`,
    );
  }
  if (kind === 'gamma') return gammaTimes(rate, workload.burstiness, stream);
  if (kind === 'burst') return timesAlong(stream, (expected) => burstInverse(expected / rate));
  if (kind === 'ramp') return rampTimes(workload, stream);
  let time = 0;
  return () => {
    time += (stream.exponential() / rate) * NS;
    return Math.round(time);
  };
}

function timesAlong(stream: RandomStream, inverse: (expected: number) => number): ArrivalTimes {
  let expected = 0;
  return () => {
    expected += stream.exponential();
    return Math.round(inverse(expected) * NS);
  };
}

/**
 * Seconds after which a burst workload of mean rate 1 expects `area` arrivals; the high phase comes
 * first.
 */
export function burstInverse(area: number): number {
  const high = BURST_PERIOD_SECONDS * BURST_HIGH_SHARE;
  const highArea = high * BURST_HIGH_FACTOR;
  const periods = Math.floor(area / BURST_PERIOD_SECONDS);
  const rest = area - periods * BURST_PERIOD_SECONDS;
  const within =
    rest <= highArea ? rest / BURST_HIGH_FACTOR : high + (rest - highArea) / BURST_LOW_FACTOR;
  return periods * BURST_PERIOD_SECONDS + within;
}

function rampTimes(workload: Scenario['workload'], stream: RandomStream): ArrivalTimes {
  const { ratePerSecond: rate, requests, durationSeconds } = workload;
  const meanFactor = (RAMP_START_FACTOR + RAMP_END_FACTOR) / 2;
  const length = durationSeconds ?? (requests === null ? 0 : requests / (meanFactor * rate));
  return timesAlong(stream, (expected) => rampInverse(expected / rate, length));
}

/** Λ(t)/rate = a·t + (b − a)·t²/(2·length) up to the ramp's end, then straight on at b. */
export function rampInverse(area: number, lengthSeconds: number): number {
  const a = RAMP_START_FACTOR;
  const b = RAMP_END_FACTOR;
  const rampArea = ((a + b) / 2) * lengthSeconds;
  if (area >= rampArea) return lengthSeconds + (area - rampArea) / b;
  const slope = (b - a) / lengthSeconds;
  return (2 * area) / (a + Math.sqrt(a * a + 2 * slope * area));
}

/** Gaps with mean 1/rate and squared coefficient of variation `burstiness`; 0 = evenly spaced. */
function gammaTimes(rate: number, burstiness: number, stream: RandomStream): ArrivalTimes {
  if (!(burstiness >= 0 && burstiness <= 1e4)) {
    throw inputError(
      `workload.burstiness: ${burstiness} is not allowed; it must be from 0 (evenly spaced) ` +
        'to 10000; 1 is Poisson.',
    );
  }
  let time = 0;
  const scale = (burstiness / rate) * NS;
  const even = NS / rate;
  return () => {
    time += burstiness === 0 ? even : gammaVariate(1 / burstiness, stream) * scale;
    return Math.round(time);
  };
}

/**
 * A gamma variate of the given shape and scale 1: G. Marsaglia and W. W. Tsang, "A simple method
 * for generating gamma variables" (2000); below shape 1 by their boost, gamma(k) = gamma(k +
 * 1)·U^(1/k).
 */
export function gammaVariate(shape: number, stream: RandomStream): number {
  if (shape < 1) return gammaVariate(shape + 1, stream) * pow(stream.uniform(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalQuantile(stream.uniform());
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = stream.uniform();
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) return d * v;
  }
}
