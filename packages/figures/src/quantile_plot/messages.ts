/** Every sentence of the figure, in both languages, made from its content. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { QuantilePlot, QuantileSeries } from './model.ts';

/** Share of a value by which the band around the diagonal is wide, on each side. */
export const BAND = 0.1;

/** `+3.1 %`, `-12 %`, `±0 %`. */
export function signedPercent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const text = numberText(Math.abs(100 * share), 2);
  if (text === '0') return '±0 %';
  return `${share > 0 ? '+' : '-'}${text} %`;
}

export type Quantity = QuantileSeries['quantity'];

export interface QuantilePlotMessages {
  quantities: Record<Quantity, string>;
  nothing: string;
  finding: (requests: string, means: readonly { name: string; error: string }[]) => string;
  what: string;
  pointLine: (point: { p: number; recorded: string; simulated: string }) => string;
  seriesLine: (name: string, points: readonly string[]) => string;
  axisX: string;
  axisY: string;
  empty: string;
  diagonal: string;
  origin: string;
  leftOut: (count: number) => string;
  meanAndDistance: (mean: string, distance: string) => string;
  median: (error: string) => string;
  head: readonly string[];
}

const en: QuantilePlotMessages = {
  quantities: {
    ttftMs: 'time to first token',
    tpotMs: 'time per output token',
    itlMs: 'inter-token latency',
    e2eMs: 'end to end',
    queueMs: 'queue',
  },
  nothing: 'Nothing recorded to compare with',
  finding: (requests, means) =>
    `Simulated against recorded means of ${requests} requests: ${means
      .map(({ name, error }) => `${name} ${error}`)
      .join(', ')}`,
  what: 'Quantiles of recorded latencies against simulated ones, both axes logarithmic.',
  pointLine: ({ p, recorded, simulated }) => `p${p} ${recorded} recorded, ${simulated} simulated`,
  seriesLine: (name, points) =>
    `${name} (ms): ${points.length === 0 ? 'no quantile' : points.join('; ')}.`,
  axisX: 'recorded (ms), log scale →',
  axisY: '↑ simulated (ms), log scale',
  empty: 'No quantile to draw; give a recorded run with --against',
  diagonal: 'as recorded',
  origin:
    'Recorded values are measured, simulated ones modelled. Points: quantiles p5 to p99; ' +
    `band: within ${100 * BAND} % of what was recorded.`,
  leftOut: (count) => `${count} quantiles at 0 left out.`,
  meanAndDistance: (mean, distance) => `mean ${mean}, KS distance ${distance}`,
  median: (error) => `median quantile error ${error} %`,
  head: ['quantity', 'quantile', 'recorded (ms)', 'simulated (ms)', 'error', 'KS distance'],
};

const ja: QuantilePlotMessages = {
  quantities: {
    ttftMs: '最初のトークンまでの時間',
    tpotMs: '出力トークンあたりの時間',
    itlMs: 'トークン間レイテンシ',
    e2eMs: '全体の時間',
    queueMs: '待ち時間',
  },
  nothing: '比較する記録がありません',
  finding: (requests, means) =>
    `${requests} リクエストの平均値、記録に対するシミュレーションの誤差：${means
      .map(({ name, error }) => `${name} ${error}`)
      .join('、')}`,
  what: '記録されたレイテンシの分位点とシミュレーションの分位点を比べる図。両軸とも対数目盛。',
  pointLine: ({ p, recorded, simulated }) =>
    `p${p} 記録 ${recorded}、シミュレーション ${simulated}`,
  seriesLine: (name, points) =>
    `${name}（ms）：${points.length === 0 ? '分位点なし' : points.join('；')}。`,
  axisX: '記録（ms）、対数目盛 →',
  axisY: '↑ シミュレーション（ms）、対数目盛',
  empty: '描く分位点がありません。--against で記録を指定してください',
  diagonal: '記録と同じ',
  origin:
    '記録は実測値、シミュレーションはモデル値。点：p5 から p99 の分位点。' +
    `帯：記録の値から ${100 * BAND} % 以内。`,
  leftOut: (count) => `0 の分位点 ${count} 個は除いてあります。`,
  meanAndDistance: (mean, distance) => `平均 ${mean}、KS 距離 ${distance}`,
  median: (error) => `分位点の誤差の中央値 ${error} %`,
  head: ['量', '分位点', '記録（ms）', 'シミュレーション（ms）', '誤差', 'KS 距離'],
};

export const quantilePlotMessages: Record<Language, QuantilePlotMessages> = { en, ja };

/** What each quantity is called. */
export const quantityNames = en.quantities;

/** The title: the finding as a sentence. */
export function finding({ series, requests }: QuantilePlot, language: Language = 'en'): string {
  const words = quantilePlotMessages[language];
  const known = series.filter(({ meanError }) => Number.isFinite(meanError));
  if (known.length === 0) return words.nothing;
  const means = known.map(({ quantity, meanError }) => ({
    name: words.quantities[quantity],
    error: signedPercent(meanError),
  }));
  return words.finding(numberText(requests, 7), means);
}

export function description({ series }: QuantilePlot, language: Language = 'en'): string {
  const words = quantilePlotMessages[language];
  const lines = series.map((one) =>
    words.seriesLine(
      words.quantities[one.quantity],
      one.points.map((point) =>
        words.pointLine({
          p: Math.round(100 * point.p),
          recorded: numberText(point.recorded),
          simulated: numberText(point.simulated),
        }),
      ),
    ),
  );
  return [words.what, ...lines].join(language === 'ja' ? '' : ' ');
}
