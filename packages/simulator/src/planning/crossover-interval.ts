/**
 * The interval of a crossover over draws of an uncertain model: every draw has a curve of its own,
 * and so a crossing of its own, or none among the loads shown.
 *
 * A draw that still pays at the crossing's load and never stops has its crossing beyond the
 * greatest load: Infinity; one that does not pay there and never did, below the least: 0. So that
 * an interval with an open end says so, instead of leaving those draws out. Example: crossings at
 * 8, 10, 12 and one draw that pays everywhere give an interval from 8 to Infinity.
 */
import { log } from '../base/exact-math.ts';
import { type CurvePoint, crossingsOf } from './crossover.ts';

export interface CrossoverInterval {
  /** 10 and 90 % of the draws cross below: 0 and Infinity stand for beyond the loads shown. */
  low: number;
  high: number;
}

const LOW = 0.1;
const HIGH = 0.9;

/** The interval of the crossing at `load`, from the curve of every draw; null without curves. */
export function crossoverInterval(
  load: number,
  direction: 'falls' | 'rises',
  curves: readonly (readonly CurvePoint[])[],
): CrossoverInterval | null {
  const crossings = curves.map((curve) => crossingNear(load, direction, curve));
  if (crossings.length === 0) return null;
  crossings.sort((a, b) => a - b);
  const at = (p: number) => crossings[Math.max(0, Math.ceil(p * crossings.length) - 1)]!;
  return { low: at(LOW), high: at(HIGH) };
}

/** The curve's own crossing in the same direction, the nearest in the logarithm. */
function crossingNear(
  load: number,
  direction: 'falls' | 'rises',
  curve: readonly CurvePoint[],
): number {
  let nearest: number | null = null;
  for (const crossing of crossingsOf(curve)) {
    if (crossing.direction !== direction) continue;
    const distance = Math.abs(log(crossing.load / load));
    if (nearest === null || distance < Math.abs(log(nearest / load))) nearest = crossing.load;
  }
  if (nearest !== null) return nearest;
  const paysThere = speedupAt(load, curve) >= 1;
  return paysThere === (direction === 'falls') ? Number.POSITIVE_INFINITY : 0;
}

/** Speedup of the point nearest to a load, in the logarithm. */
function speedupAt(load: number, curve: readonly CurvePoint[]): number {
  let best: CurvePoint | null = null;
  for (const point of curve) {
    if (!Number.isFinite(point.speedup) || !(point.load > 0)) continue;
    const distance = Math.abs(log(point.load / load));
    if (best === null || distance < Math.abs(log(best.load / load))) best = point;
  }
  return best?.speedup ?? Number.NaN;
}
