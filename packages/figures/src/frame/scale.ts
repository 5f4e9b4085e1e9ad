/**
 * Linear and logarithmic scales with the interface of d3-scale's, for numbers alone: those bring
 * colours, dates and formats along, 9 kB of every page. Law: the same numbers as d3-scale's
 * (`scale.test.ts`), save for the ticks of a logarithm, which are `logTicks`.
 *
 * Example: `scaleLog().domain([1, 100]).range([0, 80])(10)` is 40.
 */
import { nice, ticks } from 'd3-array';
import { logTicks } from './axes.ts';

export interface Scale {
  (value: number): number;
  invert(position: number): number;
  domain(): [number, number];
  domain(ends: readonly number[]): Scale;
  range(): [number, number];
  range(ends: readonly number[]): Scale;
  /** Ends of the domain at round numbers. */
  nice(count?: number): Scale;
  /** What lies beyond the domain is drawn at its end. */
  clamp(isClamped: boolean): Scale;
  ticks(count?: number): number[];
}

interface Kind {
  forward: (value: number) => number;
  backward: (value: number) => number;
  nice: (domain: [number, number], count: number) => [number, number];
  ticks: (low: number, high: number, count: number) => number[];
  domain: [number, number];
}

const same = (value: number) => value;

export function scaleLinear(): Scale {
  return scaleOf({
    forward: same,
    backward: same,
    nice: ([a, b], count) => nice(a, b, count) as [number, number],
    ticks,
    domain: [0, 1],
  });
}

export function scaleLog(): Scale {
  return scaleOf({
    forward: Math.log,
    backward: Math.exp,
    nice: ([a, b]) => [10 ** Math.floor(Math.log10(a)), 10 ** Math.ceil(Math.log10(b))],
    ticks: (low, high, count) => logTicks(low, high, ticks(low, high, count)),
    domain: [1, 10],
  });
}

function scaleOf(kind: Kind): Scale {
  let { domain } = kind;
  let range: [number, number] = [0, 1];
  let isClamped = false;
  /** Linear from one pair of ends to the other; the middle where the first pair is one point. */
  const between = (value: number, [a, b]: [number, number], [from, to]: [number, number]) => {
    const share = b === a ? 0.5 : (value - a) / (b - a);
    const inside = isClamped ? Math.min(1, Math.max(0, share)) : share;
    return from * (1 - inside) + to * inside;
  };
  const ends = (): [number, number] => [kind.forward(domain[0]), kind.forward(domain[1])];
  const pair = (values: readonly number[]): [number, number] => [values[0]!, values[1]!];
  const scale = ((value: number) => between(kind.forward(value), ends(), range)) as Scale;
  return Object.assign(scale, {
    invert: (position: number) => kind.backward(between(position, range, ends())),
    domain: ((given?: readonly number[]) => {
      if (given === undefined) return domain;
      domain = pair(given);
      return scale;
    }) as Scale['domain'],
    range: ((given?: readonly number[]) => {
      if (given === undefined) return range;
      range = pair(given);
      return scale;
    }) as Scale['range'],
    nice: (count = 10) => {
      domain = kind.nice(domain, count);
      return scale;
    },
    clamp: (given: boolean) => {
      isClamped = given;
      return scale;
    },
    ticks: (count = 10) => kind.ticks(domain[0], domain[1], count),
  });
}
