import { numberText } from '../numbers.ts';
import {
  type Crossover,
  type LoadPoint,
  type LoadSeries,
  type LoadSpeedup,
  speedupMeasures,
} from './model.ts';

/** Every sentence of the figure, made from its content. */

const times = (value: number) => `${numberText(value)}×`;

/** `4 requests/s`, `1 request/s`, `2× the trace's load`. */
export function loadText(load: number, unit: string): string {
  if (unit.startsWith('×')) return `${numberText(load)}${unit}`;
  return `${numberText(load)} ${load === 1 ? unit.replace('requests', 'request') : unit}`;
}

/** The title: the finding as a sentence. */
export function finding(figure: LoadSpeedup): string {
  const { series, unit } = figure;
  if (series.length === 0) return 'No run to draw';
  if (series.length > 1 && series.length <= 3) return `Drafting pays ${eachPays(series, unit)}`;
  const best = series.length === 1 ? series[0]!.points : envelope(series);
  const first = best[0]!;
  const last = best.at(-1)!;
  if (best.length === 1) return `${times(first.speedup)} at ${loadText(first.load, unit)}`;
  const from = `${times(first.speedup)} at ${loadText(first.load, unit)}`;
  const to = `${times(last.speedup)} at ${loadText(last.load, unit)}`;
  const subject = series.length === 1 ? 'Drafting' : `The best of ${series.length} series`;
  const crossovers = series.length === 1 ? series[0]!.crossovers : [];
  return `${subject} pays ${wherePays({ points: best, crossovers }, unit)}: ${from}, ${to}`;
}

/** `up to 10.1 requests/s for a, at every load shown for b and c` */
function eachPays(series: readonly LoadSeries[], unit: string): string {
  const names = new Map<string, string[]>();
  for (const one of series) {
    const where = wherePays(one, unit);
    names.set(where, [...(names.get(where) ?? []), one.label]);
  }
  return [...names].map(([where, labels]) => `${where} for ${labels.join(' and ')}`).join(', ');
}

export function wherePays(
  { points, crossovers }: Pick<LoadSeries, 'points' | 'crossovers'>,
  unit: string,
): string {
  const pays = points.map((point) => point.speedup >= 1);
  if (pays.every(Boolean)) return 'at every load shown';
  if (!pays.some(Boolean)) return 'at no load shown';
  const [first, ...more] = crossovers;
  if (first === undefined || more.length > 0) return 'at some of the loads shown';
  const at = `${loadText(first.load, unit)}${intervalText(first)}`;
  return `${first.kind === 'ends' ? 'up to' : 'from'} ${at}`;
}

/** ` (8 to 13)`, ` (above 8)` where the other end is beyond the loads shown; nothing without. */
export function intervalText({ interval }: Pick<Crossover, 'interval'>): string {
  if (interval === null) return '';
  const { low, high } = interval;
  if (low > 0 && Number.isFinite(high)) return ` (${numberText(low)} to ${numberText(high)})`;
  if (low > 0 && low < Number.POSITIVE_INFINITY) return ` (above ${numberText(low)})`;
  if (high > 0 && Number.isFinite(high)) return ` (below ${numberText(high)})`;
  return ' (not sure at any load shown)';
}

/** At every load the best of all series. */
function envelope(series: readonly LoadSeries[]): LoadPoint[] {
  const best = new Map<number, LoadPoint>();
  for (const point of series.flatMap((one) => one.points)) {
    const known = best.get(point.load);
    if (known === undefined || point.speedup > known.speedup) best.set(point.load, point);
  }
  return [...best.values()].sort((a, b) => a.load - b.load);
}

/** One paragraph that says what the picture shows, for those who do not see it. */
export function description(figure: LoadSpeedup): string {
  const { series, unit, measure } = figure;
  const lines = series.map((one) => {
    const points = one.points.map((p) => `${times(p.speedup)} at ${loadText(p.load, unit)}`);
    return `${one.label}: ${points.join(', ')}.`;
  });
  const what = `Speedup of the ${speedupMeasures[measure]} over decoding without drafting`;
  return [`${what}, against load on a logarithmic axis.`, ...lines].join(' ');
}

export const axisY = (figure: LoadSpeedup) => `↑ speedup (${speedupMeasures[figure.measure]})`;

export const axisX = (figure: LoadSpeedup) =>
  figure.unit.startsWith('×')
    ? `load (${figure.unit}), log scale →`
    : `${figure.unit}, log scale →`;

export const withoutDrafting = 'no drafting (1×)';

export const crossoverText = (crossover: Crossover, unit: string) =>
  `1× at ${loadText(crossover.load, unit)}${intervalText(crossover)}`;

export const emptyText = 'No run with a baseline; run a sweep over workload.ratePerSecond';

export const overloadedText = 'hollow: overloaded, the queue grows without end';

export const bandText = (seeds: number) => `band: least to greatest of ${seeds} seeds`;

export const drawsText = (draws: number) =>
  `band and interval: 10 to 90 % of ${draws} draws of parameters and seeds`;

export const originText = 'Modelled: simulated runs; each run names the origin of its numbers.';

export const tableHead = (figure: LoadSpeedup) => [
  'drafting',
  `load (${figure.unit})`,
  'speedup (×)',
  figure.series.some(({ points }) => points.some(({ draws }) => draws > 0))
    ? '10 to 90 % of the draws (×)'
    : 'least to greatest (×)',
  'state',
  'what binds',
];
