/** Every sentence of cost, energy and latency, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { ParetoMeasure } from './model.ts';

export interface Messages {
  /** A measure with its unit, as an axis or a list names it. */
  measure: (measure: ParetoMeasure, unit?: 'ms' | 's') => string;
  /** The measure alone, within a sentence. */
  name: (measure: ParetoMeasure) => string;
  value: (measure: ParetoMeasure, value: number) => string;
  axisX: (measure: ParetoMeasure, isLog: boolean, unit: 'ms' | 's') => string;
  axisY: (measure: ParetoMeasure, isLog: boolean, unit: 'ms' | 's') => string;
  /** `a lower cost per million tokens`, within the finding. */
  better: (measure: ParetoMeasure) => string;
  finding: (count: number, of: number, x: string, y: string) => string;
  findingOne: (label: string, x: string, y: string) => string;
  findingNone: string;
  summary: (x: string, y: string, lines: readonly string[]) => string;
  point: (label: string, x: string, y: string, states: readonly string[]) => string;
  onFront: string;
  dominated: string;
  overloaded: string;
  backlogged: string;
  meets: string;
  misses: string;
  priceRange: (low: number, high: number) => string;
  plain: (label: string) => string;
  regionLabel: string;
  frontNote: string;
  bandNote: string;
  bandOff: string;
  markNote: string;
  sloNote: (expression: string) => string;
  ringNote: string;
  hiddenNote: (count: number) => string;
  priceNote: (group: string, low: number, typical: number, high: number, source: string) => string;
  infeasibleNote: (count: number, first: string) => string;
  originNote: string;
  empty: string;
  columns: {
    run: string;
    gpu: string;
    low: string;
    high: string;
    front: string;
    state: string;
    slo: string;
    yes: string;
    no: string;
    stable: string;
  };
  controls: { title: string; x: string; y: string; swap: string };
}

const dollars = (value: number) => `$${numberText(value)}`;

/** `p95`, `mean`, of a latency's name. */
const split = (measure: ParetoMeasure) => measure.split('_') as [string, string];

const enMetric: Record<string, string> = {
  ttft: 'time to first token',
  itl: 'gap between tokens',
  tpot: 'time per output token',
  e2e: 'time to the whole answer',
  queue: 'time in the queue',
};

function enName(measure: ParetoMeasure): string {
  if (measure === 'cost') return 'cost per million tokens';
  if (measure === 'energy') return 'energy per token';
  if (measure === 'throughput') return 'tokens per second and GPU';
  const [metric, statistic] = split(measure);
  return `${statistic} ${enMetric[metric] ?? metric}`;
}

const units: Partial<Record<ParetoMeasure, string>> = {
  cost: '$ per million output tokens',
  energy: 'J per output token',
  throughput: 'output tokens/s per GPU',
};

function enMeasure(measure: ParetoMeasure, unit: 'ms' | 's' = 'ms'): string {
  return `${enName(measure)} (${units[measure] ?? unit})`;
}

function valueText(measure: ParetoMeasure, value: number): string {
  if (measure === 'cost') return dollars(value);
  if (measure === 'energy') return `${numberText(value)} J`;
  if (measure === 'throughput') return `${numberText(value)}/s`;
  return value < 2000 ? `${numberText(value)} ms` : `${numberText(value / 1000)} s`;
}

const en: Messages = {
  measure: enMeasure,
  name: enName,
  value: valueText,
  axisX: (measure, isLog, unit) =>
    `${enMeasure(measure, unit)}${isLog ? ', log scale' : ''}\u00a0→`,
  axisY: (measure, isLog, unit) => `↑ ${enMeasure(measure, unit)}${isLog ? ', log scale' : ''}`,
  finding: (count, of, x, y) =>
    `${count} of ${of} set-ups are worth a choice: no other has both ${x} and ${y}`,
  findingOne: (label, x, y) => `${label} has both the best ${x} and the best ${y}`,
  better: (measure) =>
    measure === 'throughput' ? `more ${enName(measure)}` : `a lower ${enName(measure)}`,
  findingNone: 'No set-up keeps up with the load',
  summary: (x, y, lines) => `Set-ups by ${x} and ${y}. ${lines.join(' ')}`,
  point: (label, x, y, states) => `${label}: ${x}, ${y}; ${states.join(', ')}`,
  onFront: 'on the front',
  dominated: 'beaten in both by another',
  overloaded: 'overloaded',
  backlogged: 'backlogged',
  meets: 'keeps the service level',
  misses: 'misses the service level',
  priceRange: (low, high) => `${dollars(low)} to ${dollars(high)} by price`,
  plain: (label) => label.replace(/^none(?= · |$)/, 'no drafting'),
  regionLabel: 'within the service level',
  frontNote:
    'Line: the front, on which better in one measure means worse in the other. Small points are ' +
    'beaten in both by another.',
  bandNote: 'Bars through the front: the same run at the lowest and the highest price of its GPU.',
  bandOff: 'An arrow: the bar goes on beyond the plot, the table says how far.',
  markNote:
    'Colour and shape: GPU. Hollow: the queue grows without end, so its latency grows with the ' +
    'length of the run; not on the front, and at the edge where it lies beyond.',
  sloNote: (expression) => `Shaded: within ${expression}.`,
  ringNote: 'Ringed: keeps the whole service level.',
  hiddenNote: (count) => `${count} runs have no value of a chosen measure and are left out.`,
  priceNote: (group, low, typical, high, source) =>
    `${group}: ${dollars(typical)} an hour, ${dollars(low)} to ${dollars(high)} ` +
    `(assumed: ${source}).`,
  infeasibleNote: (count, first) =>
    `${count} ${count === 1 ? 'set-up cannot' : 'set-ups cannot'} run, such as ${first}`,
  originNote: 'Times and energy are modelled, prices assumed.',
  empty: 'No run: choose shapes, schedules or GPUs to compare.',
  columns: {
    run: 'set-up',
    gpu: 'GPU',
    low: 'cost at the lowest price ($)',
    high: 'cost at the highest price ($)',
    front: 'on the front',
    state: 'state',
    slo: 'service level',
    yes: 'yes',
    no: 'no',
    stable: 'stable',
  },
  controls: { title: 'Axes', x: 'Across', y: 'Up', swap: 'Swap axes' },
};

const jaMetric: Record<string, string> = {
  ttft: '最初のトークンまでの時間',
  itl: 'トークン間隔',
  tpot: '出力トークンあたりの時間',
  e2e: '応答全体の時間',
  queue: '待ち時間',
};

function jaName(measure: ParetoMeasure): string {
  if (measure === 'cost') return '100 万トークンあたりの費用';
  if (measure === 'energy') return 'トークンあたりのエネルギー';
  if (measure === 'throughput') return 'GPU あたり毎秒トークン数';
  const [metric, statistic] = split(measure);
  const shown = statistic === 'mean' ? '平均' : statistic === 'max' ? '最大' : statistic;
  return `${jaMetric[metric] ?? metric}の${shown}`;
}

const jaUnits: Partial<Record<ParetoMeasure, string>> = {
  cost: '$/100 万出力トークン',
  energy: 'J/出力トークン',
  throughput: '出力トークン/秒/GPU',
};

function jaMeasure(measure: ParetoMeasure, unit: 'ms' | 's' = 'ms'): string {
  return `${jaName(measure)}（${jaUnits[measure] ?? unit}）`;
}

const ja: Messages = {
  measure: jaMeasure,
  name: jaName,
  value: valueText,
  axisX: (measure, isLog, unit) => `${jaMeasure(measure, unit)}${isLog ? '、対数目盛' : ''} →`,
  axisY: (measure, isLog, unit) => `↑ ${jaMeasure(measure, unit)}${isLog ? '、対数目盛' : ''}`,
  finding: (count, of, x, y) =>
    `${of} 構成のうち選ぶ価値があるのは ${count} 構成：${x}と${y}の両方で上回る構成がほかにない`,
  findingOne: (label, x, y) => `${label} が${x}でも${y}でも最もよい`,
  better: jaName,
  findingNone: '負荷に追いつく構成がない',
  summary: (x, y, lines) => `${x}と${y}で見た構成。${lines.join('')}`,
  point: (label, x, y, states) => `${label}：${x}、${y}。${states.join('、')}`,
  onFront: 'フロント上',
  dominated: '両方で他に劣る',
  overloaded: '過負荷',
  backlogged: '滞留',
  meets: 'サービス水準を満たす',
  misses: 'サービス水準を満たさない',
  priceRange: (low, high) => `価格により ${dollars(low)} から ${dollars(high)}`,
  plain: (label) =>
    label
      .replace(/^none(?= · |$)/, 'ドラフトなし')
      .replace(/concurrency (?=\d)/, '同時 ')
      .replace(/rate (?=\d)/, '毎秒 '),
  regionLabel: 'サービス水準内',
  frontNote: '線：フロント。一方をよくすれば他方が悪くなる。小さい点は両方で他に劣る。',
  bandNote: 'フロントの棒：GPU の最安値と最高値での同じ実行。',
  bandOff: '矢印：棒は図の外まで続く。値は表にある。',
  markNote:
    '色と形：GPU。白抜き：待ち行列が際限なく伸び、レイテンシが実行の長さとともに伸びるため、フロントに含めず、範囲外なら端に置く。',
  sloNote: (expression) => `網掛け：${expression} の範囲内。`,
  ringNote: '輪：サービス水準をすべて満たす。',
  hiddenNote: (count) => `選んだ指標の値がない ${count} 件は省いた。`,
  priceNote: (group, low, typical, high, source) =>
    `${group}：1 時間 ${dollars(typical)}、${dollars(low)} から ${dollars(high)}（仮定：${source}）。`,
  infeasibleNote: (count, first) => `実行できない構成が ${count} 件ある。例：${first}`,
  originNote: '時間とエネルギーはモデルによる推定、価格は仮定。',
  empty: '実行がない。比べる形、スケジュール、GPU を選ぶと表示される。',
  columns: {
    run: '構成',
    gpu: 'GPU',
    low: '最安値での費用（$）',
    high: '最高値での費用（$）',
    front: 'フロント上',
    state: '状態',
    slo: 'サービス水準',
    yes: 'はい',
    no: 'いいえ',
    stable: '安定',
  },
  controls: { title: '軸', x: '横軸', y: '縦軸', swap: '軸を入れ替える' },
};

export const messages: Record<Language, Messages> = { en, ja };
