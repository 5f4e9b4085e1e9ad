import { numberText } from '../numbers.ts';
import { BAND, type QuantilePlot, type QuantileSeries } from './model.ts';

/** Every sentence of the figure, made from its content. */

/** `+3.1 %`, `-12 %`, `±0 %`. */
export function signedPercent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const text = numberText(Math.abs(100 * share), 2);
  if (text === '0') return '±0 %';
  return `${share > 0 ? '+' : '-'}${text} %`;
}

/** The title: the finding as a sentence. */
export function finding({ series, requests }: QuantilePlot): string {
  const known = series.filter(({ meanError }) => Number.isFinite(meanError));
  if (known.length === 0) return 'Nothing recorded to compare with';
  const means = known.map(({ label, meanError }) => `${label} ${signedPercent(meanError)}`);
  const of = `${numberText(requests, 7)} requests`;
  return `Simulated against recorded means of ${of}: ${means.join(', ')}`;
}

export function description(figure: QuantilePlot): string {
  const lines = figure.series.map((one) => {
    const points = one.points.map(
      ({ p, recorded, simulated }) =>
        `p${Math.round(100 * p)} ${numberText(recorded)} recorded, ` +
        `${numberText(simulated)} simulated`,
    );
    return `${one.label} (ms): ${points.length === 0 ? 'no quantile' : points.join('; ')}.`;
  });
  const what = 'Quantiles of recorded latencies against simulated ones, both axes logarithmic.';
  return [what, ...lines].join(' ');
}

export const axisX = 'recorded (ms), log scale →';
export const axisY = '↑ simulated (ms), log scale';
export const emptyText = 'No quantile to draw';
export const diagonalText = 'as recorded';
export const originText =
  'Recorded values are measured, simulated ones modelled. Points: quantiles p5 to p99; ' +
  `band: within ${100 * BAND} % of what was recorded.`;

export function leftOutText(series: readonly QuantileSeries[]): string {
  const count = series.reduce((sum, one) => sum + one.leftOut, 0);
  return count === 0 ? '' : ` ${count} quantiles at 0 left out.`;
}

export const tableHead = [
  'quantity',
  'quantile',
  'recorded (ms)',
  'simulated (ms)',
  'error',
  'KS distance',
];
