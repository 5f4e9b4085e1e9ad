/** Every sentence of the figure, in both languages, made from its content. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { PredictionScatter, ScatterSeries } from './model.ts';

export interface PredictionScatterMessages {
  nothing: string;
  finding: (within: number, count: number) => string;
  what: string;
  seriesLine: (name: string, text: string) => string;
  series: (within: number, count: number, median: string) => string;
  /** The same, short enough to stand beside the plot. */
  legend: (within: number, count: number, median: string) => string;
  point: (point: { name: string; cell: string; measured: string; error: string }) => string;
  more: (count: number) => string;
  axisX: string;
  axisY: string;
  band: string;
  empty: string;
  origin: string;
  leftOut: (count: number) => string;
  head: readonly string[];
}

const en: PredictionScatterMessages = {
  nothing: 'No prediction to hold against a measurement',
  finding: (within, count) =>
    `${within} of ${count} predictions lie within 10 % of the measurement`,
  what:
    'Predicted over measured values, against the measured ones, both axes logarithmic, ' +
    'with a band of 10 %.',
  seriesLine: (name, text) => `${name}: ${text}.`,
  series: (within, count, median) => `${within} of ${count} within 10 %, median error ${median} %`,
  legend: (within, count, median) => `${within} of ${count} inside, median ${median} %`,
  point: ({ name, cell, measured, error }) =>
    `${name}, ${cell}: measured ${measured}, predicted ${error} % of it`,
  more: (count) => `${count} more`,
  axisX: 'measured, log scale →',
  axisY: '↑ predicted / measured, log scale',
  band: '± 10 %',
  empty: 'No point; the data folder holds no measurement',
  origin:
    'Predicted: modelled. Measured: published figures, their sources in the table. ' +
    'No parameter was fitted to any point shown.',
  leftOut: (count) => `${count} points without a positive value left out.`,
  head: ['quantity', 'setting', 'measured', 'predicted', 'error (%)'],
};

const ja: PredictionScatterMessages = {
  nothing: '実測値と比べる予測がありません',
  finding: (within, count) => `${count} 件中 ${within} 件の予測が実測値の 10 % 以内`,
  what: '実測値に対する予測値の比を実測値に対して示す図。両軸とも対数目盛、10 % の帯つき。',
  seriesLine: (name, text) => `${name}：${text}。`,
  series: (within, count, median) =>
    `${count} 件中 ${within} 件が 10 % 以内、誤差の中央値 ${median} %`,
  legend: (within, count, median) => `${count} 件中 ${within} 件が帯の中、中央値 ${median} %`,
  point: ({ name, cell, measured, error }) =>
    `${name}、${cell}：実測 ${measured}、予測はその ${error} %`,
  more: (count) => `ほか ${count} 種`,
  axisX: '実測値、対数目盛 →',
  axisY: '↑ 予測 / 実測、対数目盛',
  band: '± 10 %',
  empty: '点がありません。データフォルダに実測値がありません',
  origin:
    '予測：モデル値。実測：公表値（出典は表に記載）。' +
    'ここに示す点に合わせて調整したパラメータはありません。',
  leftOut: (count) => `正の値をもたない ${count} 点は除いてあります。`,
  head: ['量', '条件', '実測', '予測', '誤差 (%)'],
};

export const predictionScatterMessages: Record<Language, PredictionScatterMessages> = { en, ja };

/** The title: the finding as a sentence. */
export function scatterFinding(
  { within, count }: PredictionScatter,
  language: Language = 'en',
): string {
  const words = predictionScatterMessages[language];
  return count === 0 ? words.nothing : words.finding(within, count);
}

export function scatterDescription(figure: PredictionScatter, language: Language = 'en'): string {
  const words = predictionScatterMessages[language];
  const lines = figure.series.map((one) =>
    words.seriesLine(one.label, words.series(one.within, one.points.length, medianText(one))),
  );
  return [words.what, ...lines].join(language === 'ja' ? '' : ' ');
}

/** Of the absolute error, in per cent. */
export function medianText({ median }: Pick<ScatterSeries, 'median'>): string {
  return numberText(100 * median, 2);
}
