import { numberText } from '../numbers.ts';
import type { PredictionScatter, ScatterSeries } from './model.ts';

/** Every sentence of the figure, made from its content. */

const percent = (share: number) => `${numberText(100 * share, 2)} %`;

export function scatterFinding({ within, count }: PredictionScatter): string {
  if (count === 0) return 'No prediction to hold against a measurement';
  return `${within} of ${count} predictions lie within 10 % of the measurement`;
}

export function scatterDescription(figure: PredictionScatter): string {
  const lines = figure.series.map((one) => `${one.label}: ${seriesText(one)}.`);
  const what =
    'Predicted over measured values, against the measured ones, both axes logarithmic, ' +
    'with a band of 10 %.';
  return [what, ...lines].join(' ');
}

export function seriesText({ points, within, median }: ScatterSeries): string {
  return `${within} of ${points.length} within 10 %, median error ${percent(median)}`;
}

/** The same, short enough to stand beside the plot. */
export function legendText({ points, within, median }: ScatterSeries): string {
  return `${within} of ${points.length} inside, median ${percent(median)}`;
}

export const scatterAxisX = 'measured, log scale →';
export const scatterAxisY = '↑ predicted / measured, log scale';
export const bandLabel = '± 10 %';
export const emptyScatter = 'No point; the data folder holds no measurement';
export const scatterOrigin =
  'Predicted: modelled. Measured: published figures, their sources in the table. ' +
  'No parameter was fitted to any point shown.';

export const leftOutText = (count: number) =>
  count === 0 ? [] : [`${count} points without a positive value left out.`];

export const scatterHead = ['quantity', 'setting', 'measured', 'predicted', 'error (%)'];
