import { exp, log } from '../base/exact-math.ts';

/**
 * Where drafting stops paying: the loads at which a curve of load against speedup passes 1, by
 * linear interpolation of the speedup over the logarithm of the load. Example: 1.2 at 8 requests/s
 * and 0.8 at 32 cross at 16.
 */

export interface CurvePoint {
  /** Above 0, in any unit: requests/s, requests in flight. */
  load: number;
  speedup: number;
}

export interface Crossing<P extends CurvePoint = CurvePoint> {
  load: number;
  /** `falls`: drafting pays below it. `rises`: it pays again above it. */
  direction: 'falls' | 'rises';
  /** The points on both sides, in order of load. */
  before: P;
  after: P;
}

/**
 * The crossings of a curve, in order of load; there may be none or several. Points without a
 * speedup (nothing was completed) are left out; of points at one load the last counts.
 */
export function crossingsOf<P extends CurvePoint>(curve: readonly P[]): Crossing<P>[] {
  const byLoad = new Map<number, P>();
  for (const point of curve) {
    if (Number.isFinite(point.speedup) && point.load > 0) byLoad.set(point.load, point);
  }
  const points = [...byLoad.values()].sort((a, b) => a.load - b.load);
  const crossings: Crossing<P>[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const before = points[i]!;
    const after = points[i + 1]!;
    const paid = before.speedup >= 1;
    if (paid === after.speedup >= 1) continue;
    const direction = paid ? 'falls' : 'rises';
    crossings.push({ load: interpolate(before, after), direction, before, after });
  }
  return crossings;
}

function interpolate(before: CurvePoint, after: CurvePoint): number {
  const share = (before.speedup - 1) / (before.speedup - after.speedup);
  if (share <= 0) return before.load;
  if (share >= 1) return after.load;
  const low = log(before.load);
  const load = exp(low + share * (log(after.load) - low));
  return Math.min(after.load, Math.max(before.load, load));
}
