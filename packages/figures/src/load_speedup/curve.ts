/**
 * Values of a series between its loads, and the best of several: on the logarithmic axis of loads,
 * as the picture draws them. Law: the envelope is nowhere below a series, nor below 1.
 *
 * Example: 2 at load 1 and 1 at load 16 is 1.5 at load 4.
 */
import type { EnvelopePoint, LoadPoint, LoadSeries } from './model.ts';

type CurvePoint = Pick<LoadPoint, 'load' | 'speedup'>;

/** The speedup at a load; null beyond the loads of the points, which are in ascending order. */
export function speedupAt(points: readonly CurvePoint[], load: number): number | null {
  const to = points.findIndex((point) => point.load >= load);
  if (to < 0) return null;
  const b = points[to]!;
  if (b.load === load) return b.speedup;
  const a = points[to - 1];
  if (a === undefined) return null;
  const share = Math.log(load / a.load) / Math.log(b.load / a.load);
  return a.speedup + share * (b.speedup - a.speedup);
}

/** At every load of any series, and where the best changes between two of them. */
export function envelopeOf(series: readonly LoadSeries[]): EnvelopePoint[] {
  if (series.length < 2) return [];
  const choices: { label: string | null; points: readonly CurvePoint[] }[] = [...series];
  const all = series.flatMap(({ points }) => points.map(({ load }) => load));
  const ends = [Math.min(...all), Math.max(...all)];
  choices.push({ label: null, points: ends.map((load) => ({ load, speedup: 1 })) });
  const loads = new Set(all);
  for (const [i, one] of choices.entries()) {
    for (const other of choices.slice(i + 1)) for (const at of meetings(one, other)) loads.add(at);
  }
  return [...loads]
    .sort((a, b) => a - b)
    .map((load) => {
      let best: EnvelopePoint = { load, speedup: 1, label: null };
      for (const { label, points } of choices) {
        const speedup = speedupAt(points, load);
        if (speedup !== null && speedup > best.speedup) best = { load, speedup, label };
      }
      return best;
    });
}

/** Loads at which two curves pass each other. */
function meetings(
  { points: a }: { points: readonly CurvePoint[] },
  { points: b }: { points: readonly CurvePoint[] },
): number[] {
  const loads = [...new Set([...a, ...b].map(({ load }) => load))].sort((x, y) => x - y);
  const ahead = loads.map((load) => {
    const [p, q] = [speedupAt(a, load), speedupAt(b, load)];
    return p === null || q === null ? null : p - q;
  });
  return loads.slice(1).flatMap((load, i) => {
    const [from, to] = [ahead[i]!, ahead[i + 1]!];
    if (from === null || to === null || from * to >= 0) return [];
    const share = from / (from - to);
    return [loads[i]! * Math.exp(share * Math.log(load / loads[i]!))];
  });
}

/** All loads of a figure, ascending. */
export function loadsOf(series: readonly LoadSeries[]): number[] {
  const loads = new Set(series.flatMap(({ points }) => points.map(({ load }) => load)));
  return [...loads].sort((a, b) => a - b);
}
