/** Every sentence of the figure, in both languages, made from its content. */
import { type Language, listText } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type {
  Crossover,
  LoadPoint,
  LoadSeries,
  LoadSpeedup,
  LoadUnit,
  SpeedupMeasure,
} from './model.ts';

/** Where a series is above 1. */
export type Pays =
  | { kind: 'everywhere' }
  | { kind: 'nowhere' }
  | { kind: 'sometimes' }
  | { kind: 'upTo' | 'from'; at: string; interval: string };

export interface LoadSpeedupMessages {
  measures: Record<SpeedupMeasure, string>;
  load: (load: number, unit: LoadUnit) => string;
  /** Where an interval is open, 0 or Infinity stands. */
  interval: (low: number, high: number) => string;
  pays: (pays: Pays) => string;
  nothing: string;
  onePoint: (speedup: string, load: string) => string;
  eachPays: (parts: readonly { where: string; labels: readonly string[] }[]) => string;
  range: (range: { series: number; where: string; from: string; to: string }) => string;
  pointAt: (speedup: string, load: string) => string;
  what: (measure: string) => string;
  seriesLine: (label: string, points: readonly string[]) => string;
  axisY: (measure: string) => string;
  axisX: (unit: LoadUnit) => string;
  withoutDrafting: string;
  envelope: string;
  envelopeNote: string;
  crossover: (load: string, interval: string) => string;
  yourLoad: (load: string) => string;
  yourLoadLabel: string;
  reading: (load: string, readings: readonly { label: string; speedup: number }[]) => string;
  empty: string;
  origin: string;
  overloaded: string;
  seeds: (count: number) => string;
  draws: (count: number) => string;
  hidden: (labels: readonly string[]) => string;
  leftOut: (count: number) => string;
  head: (unit: LoadUnit, hasDraws: boolean) => string[];
  keepsUp: string;
  isOverloaded: string;
  /** What binds, from the simulator's verdict. */
  binding: (verdict: string) => string;
  presets: string;
}

const times = (value: number) => `${numberText(value)}×`;

const en: LoadSpeedupMessages = {
  measures: {
    itlMean: 'generation speed of a request',
    outputTokensPerSecond: 'output tokens per second',
    e2eP50: 'median time to the whole answer',
    joulesPerOutputToken: 'energy per output token',
  },
  load: (load, unit) => {
    if (unit.startsWith('×')) return `${numberText(load)}${unit}`;
    return `${numberText(load)} ${load === 1 ? unit.replace('requests', 'request') : unit}`;
  },
  interval: (low, high) => {
    if (low > 0 && Number.isFinite(high)) return ` (${numberText(low)} to ${numberText(high)})`;
    if (low > 0 && low < Number.POSITIVE_INFINITY) return ` (above ${numberText(low)})`;
    if (high > 0 && Number.isFinite(high)) return ` (below ${numberText(high)})`;
    return ' (not sure at any load shown)';
  },
  pays: (pays) => {
    if (pays.kind === 'everywhere') return 'at every load shown';
    if (pays.kind === 'nowhere') return 'at no load shown';
    if (pays.kind === 'sometimes') return 'at some of the loads shown';
    return `${pays.kind === 'upTo' ? 'up to' : 'from'} ${pays.at}${pays.interval}`;
  },
  nothing: 'No run to draw',
  onePoint: (speedup, load) => `${speedup} at ${load}`,
  eachPays: (parts) =>
    `Drafting pays ${parts
      .map(({ where, labels }) => `${where} for ${labels.join(' and ')}`)
      .join(', ')}`,
  range: ({ series, where, from, to }) =>
    series === 1
      ? `Drafting pays ${where}: ${from}, ${to}`
      : `The best of ${series} series pays ${where}: ${from}, ${to}`,
  pointAt: (speedup, load) => `${speedup} at ${load}`,
  what: (measure) =>
    `Speedup of the ${measure} over decoding without drafting, against load on a logarithmic axis.`,
  seriesLine: (label, points) => `${label}: ${points.join(', ')}.`,
  axisY: (measure) => `↑ speedup (${measure})`,
  axisX: (unit) => (unit.startsWith('×') ? `load (${unit}), log scale →` : `${unit}, log scale →`),
  withoutDrafting: 'no drafting (1×)',
  envelope: 'best choice at each load',
  envelopeNote: 'Wide grey line: the best of these at each load, no drafting among them.',
  crossover: (load, interval) => `1× at ${load}${interval}`,
  yourLoad: (load) => `your load: ${load}`,
  yourLoadLabel: 'Your load',
  reading: (load, readings) =>
    readings.length === 0
      ? `No series reaches ${load}.`
      : `At ${load}: ${readings
          .map(({ label, speedup }) => `${label} ${times(speedup)}`)
          .join(', ')}.`,
  empty: 'No run with a baseline; run a sweep over workload.ratePerSecond',
  origin: 'Modelled: simulated runs; each run names the origin of its numbers.',
  overloaded: 'Hollow: overloaded, the queue grows without end.',
  seeds: (count) => `Band: least to greatest of ${count} seeds.`,
  draws: (count) => `Band and interval: 10 to 90 % of ${count} draws of parameters and seeds.`,
  hidden: (labels) => `In the table only: ${labels.join(', ')}.`,
  leftOut: (count) => `${count} runs without a speedup left out.`,
  head: (unit, hasDraws) => [
    'drafting',
    `load (${unit})`,
    'speedup (×)',
    hasDraws ? '10 to 90 % of the draws (×)' : 'least to greatest (×)',
    'state',
    'what binds',
  ],
  keepsUp: 'keeps up',
  isOverloaded: 'overloaded',
  binding: (verdict) => verdict,
  presets: 'Setting',
};

const jaUnits: Record<LoadUnit, string> = {
  'requests/s': 'リクエスト/秒',
  'requests in flight': '同時リクエスト数',
  "× the trace's load": 'トレースの負荷に対する倍率',
};

/** Beginnings of the simulator's verdicts and what its steps are bound by. */
const jaLimits: Record<string, string> = {
  'KV blocks': 'KV ブロック',
  'batch size': 'バッチサイズ',
  'token budget': 'トークン予算',
};
const jaResources: Record<string, string> = {
  'memory bandwidth': 'メモリ帯域',
  compute: '演算性能',
  'fixed costs such as launches': 'カーネル起動などの固定コスト',
};

const ja: LoadSpeedupMessages = {
  measures: {
    itlMean: '1 リクエストの生成速度',
    outputTokensPerSecond: '毎秒の出力トークン数',
    e2eP50: '回答完了までの時間の中央値',
    joulesPerOutputToken: '出力トークンあたりのエネルギー',
  },
  load: (load, unit) => {
    const number = numberText(load);
    if (unit === 'requests/s') return `${number} リクエスト/秒`;
    if (unit === 'requests in flight') return `同時 ${number} リクエスト`;
    return `トレースの ${number} 倍の負荷`;
  },
  interval: (low, high) => {
    if (low > 0 && Number.isFinite(high)) return `（${numberText(low)}～${numberText(high)}）`;
    if (low > 0 && low < Number.POSITIVE_INFINITY) return `（${numberText(low)} 以上）`;
    if (high > 0 && Number.isFinite(high)) return `（${numberText(high)} 以下）`;
    return '（示した負荷の範囲では不確か）';
  },
  pays: (pays) => {
    if (pays.kind === 'everywhere') return '示したすべての負荷';
    if (pays.kind === 'nowhere') return '示した負荷にはなし';
    if (pays.kind === 'sometimes') return '示した負荷の一部';
    return `${pays.at}${pays.interval}${pays.kind === 'upTo' ? 'まで' : 'から'}`;
  },
  nothing: '描く実行がありません',
  onePoint: (speedup, load) => `${load}で ${speedup}`,
  eachPays: (parts) =>
    `ドラフトが有利な負荷：${parts
      .map(({ where, labels }) => `${labels.join('と')}は${where}`)
      .join('、')}`,
  range: ({ series, where, from, to }) =>
    series === 1
      ? `ドラフトが有利な負荷：${where}（${from}、${to}）`
      : `${series} 系列の最良が有利な負荷：${where}（${from}、${to}）`,
  pointAt: (speedup, load) => `${load}で ${speedup}`,
  what: (measure) =>
    `ドラフトなしのデコーディングに対する${measure}の比を、負荷（対数目盛）に対して示す図。`,
  seriesLine: (label, points) => `${label}：${points.join('、')}。`,
  axisY: (measure) => `↑ 高速化率（${measure}）`,
  axisX: (unit) => `${jaUnits[unit]}、対数目盛 →`,
  withoutDrafting: 'ドラフトなし (1×)',
  envelope: '各負荷での最良の選択',
  envelopeNote: '太い灰色の線：各負荷での最良の選択（ドラフトなしも含む）。',
  crossover: (load, interval) => `${load}で 1×${interval}`,
  yourLoad: (load) => `あなたの負荷：${load}`,
  yourLoadLabel: 'あなたの負荷',
  reading: (load, readings) =>
    readings.length === 0
      ? `${load}に達する系列はありません。`
      : `${load}のとき：${readings
          .map(({ label, speedup }) => `${label} は ${times(speedup)}`)
          .join('、')}。`,
  empty: '基準のある実行がありません。workload.ratePerSecond を変えて実行してください',
  origin: 'モデル値：シミュレーションの結果。数値の出所は各実行に記されています。',
  overloaded: '白抜き：過負荷（待ち行列が際限なく伸びる）。',
  seeds: (count) => `帯：${count} 個のシードの最小から最大。`,
  draws: (count) => `帯と区間：パラメータとシードを ${count} 回引いたときの 10～90 %。`,
  hidden: (labels) => `表のみに示す系列：${labels.join('、')}。`,
  leftOut: (count) => `高速化率のない ${count} 件の実行は除いてあります。`,
  head: (unit, hasDraws) => [
    'ドラフト',
    `負荷（${jaUnits[unit]}）`,
    '高速化率 (×)',
    hasDraws ? '抽出の 10～90 % (×)' : '最小～最大 (×)',
    '状態',
    '制約',
  ],
  keepsUp: '追従',
  isOverloaded: '過負荷',
  binding: (verdict) => {
    const limit = jaLimits[verdict.split(':')[0]!];
    const steps = /steps are bound by ([^(]*?) \(/.exec(verdict)?.[1] ?? verdict;
    const resource = jaResources[steps] ?? steps;
    return limit === undefined ? resource : `${limit}、${resource}`;
  },
  presets: '設定',
};

export const loadSpeedupMessages: Record<Language, LoadSpeedupMessages> = { en, ja };

/** What each measure compares. */
export const speedupMeasures = en.measures;

/** `4 requests/s`, `1 request/s`, `2× the trace's load`. */
export function loadText(load: number, unit: LoadUnit, language: Language = 'en'): string {
  return loadSpeedupMessages[language].load(load, unit);
}

/** ` (8 to 13)`, ` (above 8)` where the other end is beyond the loads shown; nothing without. */
export function intervalText(
  { interval }: Pick<Crossover, 'interval'>,
  language: Language = 'en',
): string {
  if (interval === null) return '';
  return loadSpeedupMessages[language].interval(interval.low, interval.high);
}

/** The title: the finding as a sentence. */
export function finding(figure: LoadSpeedup, language: Language = 'en'): string {
  const words = loadSpeedupMessages[language];
  const { series, unit } = figure;
  if (series.length === 0) return words.nothing;
  const at = (point: LoadPoint) =>
    words.pointAt(times(point.speedup), words.load(point.load, unit));
  if (series.length > 1 && series.length <= 3) {
    const names = new Map<string, string[]>();
    for (const one of series) {
      const where = words.pays(paysOf(one, unit, language));
      names.set(where, [...(names.get(where) ?? []), one.label]);
    }
    return words.eachPays([...names].map(([where, labels]) => ({ where, labels })));
  }
  const best = series.length === 1 ? series[0]!.points : bestPoints(series);
  const first = best[0]!;
  if (best.length === 1) {
    return words.onePoint(times(first.speedup), words.load(first.load, unit));
  }
  const crossovers = series.length === 1 ? series[0]!.crossovers : [];
  const where = words.pays(paysOf({ points: best, crossovers }, unit, language));
  return words.range({ series: series.length, where, from: at(first), to: at(best.at(-1)!) });
}

function paysOf(
  { points, crossovers }: Pick<LoadSeries, 'points' | 'crossovers'>,
  unit: LoadUnit,
  language: Language,
): Pays {
  const pays = points.map((point) => point.speedup >= 1);
  if (pays.every(Boolean)) return { kind: 'everywhere' };
  if (!pays.some(Boolean)) return { kind: 'nowhere' };
  const [first, ...more] = crossovers;
  if (first === undefined || more.length > 0) return { kind: 'sometimes' };
  return {
    kind: first.kind === 'ends' ? 'upTo' : 'from',
    at: loadText(first.load, unit, language),
    interval: intervalText(first, language),
  };
}

/** At every load that was run the best of all series. */
function bestPoints(series: readonly LoadSeries[]): LoadPoint[] {
  const best = new Map<number, LoadPoint>();
  for (const point of series.flatMap((one) => one.points)) {
    const known = best.get(point.load);
    if (known === undefined || point.speedup > known.speedup) best.set(point.load, point);
  }
  return [...best.values()].sort((a, b) => a.load - b.load);
}

/** One paragraph that says what the picture shows, for those who do not see it. */
export function description(figure: LoadSpeedup, language: Language = 'en'): string {
  const words = loadSpeedupMessages[language];
  const { series, unit, measure } = figure;
  const lines = series.map((one) =>
    words.seriesLine(
      one.label,
      one.points.map((p) => words.pointAt(times(p.speedup), words.load(p.load, unit))),
    ),
  );
  return [words.what(words.measures[measure]), ...lines].join(language === 'ja' ? '' : ' ');
}

/** What a point's mark says of itself. */
export function pointText(
  series: LoadSeries,
  point: LoadPoint,
  { unit }: Pick<LoadSpeedup, 'unit'>,
  language: Language,
): string {
  const words = loadSpeedupMessages[language];
  const value = words.pointAt(times(point.speedup), words.load(point.load, unit));
  const state = point.isOverloaded ? [words.isOverloaded] : [];
  const band =
    point.high > point.low ? [`${numberText(point.low)}–${numberText(point.high)}×`] : [];
  return listParts(language, [`${series.label}: ${value}`, ...band, ...state]);
}

function listParts(language: Language, parts: readonly string[]): string {
  return language === 'ja' ? listText('ja', parts) : parts.join(', ');
}
