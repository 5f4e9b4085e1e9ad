/** Every sentence of latencies against a service level, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { LatencyQuantity, SideName } from './model.ts';

export interface Messages {
  quantity: Record<LatencyQuantity, string>;
  side: Record<SideName, string>;
  time: (ms: number) => string;
  axisTime: (unit: string, isLog: boolean) => string;
  axisShare: Record<LatencyQuantity, string>;
  findingSlo: (draft: string, share: number, plain: number | null) => string;
  findingPlainSlo: (share: number) => string;
  finding: (draft: string, ms: number, plainMs: number | null) => string;
  findingPlain: (ms: number) => string;
  summary: (requests: number, lines: readonly string[]) => string;
  line: (quantity: string, side: string, p50: string, p95: string, p99: string) => string;
  point: (quantity: string, side: string, p: number, time: string) => string;
  targetState: (text: string, side: string, time: string, isMet: boolean) => string;
  beyond: (text: string) => string;
  within: string;
  withinLabel: (side: string, share: number, goodput: number, rate: number) => string;
  withinValue: (share: number, goodput: number, rate: number, isTight: boolean) => string;
  goodput: (goodput: number, rate: number) => string;
  expression: (text: string) => string;
  sampledNote: (requests: number) => string;
  statedNote: string;
  sloNote: string;
  overloadedNote: string;
  scaleNote: string;
  originNote: string;
  empty: string;
  columns: {
    quantity: string;
    side: string;
    share: string;
    time: string;
    source: string;
    sampled: string;
    stated: string;
    mean: string;
    max: string;
    within: string;
  };
  controls: { title: string; slo: string; apply: string; hint: string };
}

/** Below two seconds in ms, above in s. */
function timeText(ms: number): string {
  return ms < 2000 ? `${numberText(ms)} ms` : `${numberText(ms / 1000)} s`;
}

const percent = (share: number) => `${numberText(100 * share, share > 0.99 ? 4 : 3)} %`;

const en: Messages = {
  quantity: {
    ttft: 'Time to first token',
    itl: 'Gap between tokens',
    e2e: 'Whole answer',
  },
  side: { drafting: 'with drafting', plain: 'without drafting' },
  time: timeText,
  axisTime: (unit, isLog) => (isLog ? `${unit}, log scale →` : `${unit} →`),
  axisShare: {
    ttft: '↑ share of requests within (%)',
    itl: '↑ share of gaps within (%)',
    e2e: '↑ share of requests within (%)',
  },
  findingSlo: (draft, share, plain) =>
    plain === null
      ? `${percent(share)} of requests keep the service level with ${draft}`
      : `${percent(share)} of requests keep the service level with ${draft}, ` +
        `${percent(plain)} without`,
  findingPlainSlo: (share) => `${percent(share)} of requests keep the service level`,
  finding: (draft, ms, plainMs) =>
    plainMs === null
      ? `95 % of answers are complete within ${timeText(ms)} with ${draft}`
      : `95 % of answers are complete within ${timeText(ms)} with ${draft}, ` +
        `${timeText(plainMs)} without`,
  findingPlain: (ms) => `95 % of answers are complete within ${timeText(ms)}`,
  summary: (requests, lines) =>
    `Distributions of latencies of ${numberText(requests, 7)} requests. ${lines.join(' ')}`,
  line: (quantity, side, p50, p95, p99) =>
    `${quantity}, ${side}: p50 ${p50}, p95 ${p95}, p99 ${p99}.`,
  point: (quantity, side, p, time) => `${quantity}, ${side}: p${numberText(100 * p)} is ${time}`,
  targetState: (text, side, time, isMet) =>
    `${text}, ${side}: ${isMet ? 'met' : 'missed'} with ${time}`,
  beyond: (text) => `${text} (beyond the axis)`,
  within: 'Requests within every bound',
  withinLabel: (side, share, goodput, rate) =>
    `${side}: ${percent(share)} of requests within every bound, goodput ${numberText(goodput)} ` +
    `of ${numberText(rate)} requests/s`,
  withinValue: (share, goodput, rate, isTight) =>
    isTight
      ? `${percent(share)} · ${numberText(goodput)}/s`
      : `${percent(share)} · goodput ${numberText(goodput)} of ${numberText(rate)} requests/s`,
  goodput: (goodput, rate) => `goodput ${numberText(goodput)} of ${numberText(rate)} requests/s`,
  expression: (text) => `Service level: ${text}`,
  sampledNote: (requests) =>
    `Curves: every one of ${numberText(requests, 7)} simulated requests; of the gaps between ` +
    'tokens 2,000 quantiles. Tokens of one step arrive together, with gaps of 0.',
  statedNote:
    'The run’s file states p50, p90, p95 and p99 alone: thin lines only join them, nothing is ' +
    'known between.',
  sloNote:
    'A curve meets a bound where it passes left of the corner. For goodput each request is ' +
    'judged alone, by its own times and its own longest gap.',
  overloadedNote:
    'Overloaded: the queue grows without end, so latencies grow with the length of the run.',
  scaleNote: 'The upper end of the share is stretched, so that the slowest requests can be seen.',
  originNote: 'All times are modelled.',
  empty: 'No run: choose a scenario, or drop the file of a run here.',
  columns: {
    quantity: 'latency',
    side: 'run',
    share: 'share within (%)',
    time: 'time (ms)',
    source: 'from',
    sampled: 'requests',
    stated: 'run’s metrics',
    mean: 'mean',
    max: 'longest',
    within: 'requests within every bound',
  },
  controls: {
    title: 'Service level',
    slo: 'Service level',
    apply: 'Apply',
    hint: 'for example ttft_p95 < 500ms and itl_p99 < 50ms; empty for none',
  },
};

const ja: Messages = {
  quantity: {
    ttft: '最初のトークンまでの時間',
    itl: 'トークン間隔',
    e2e: '応答全体の時間',
  },
  side: { drafting: 'ドラフトあり', plain: 'ドラフトなし' },
  time: timeText,
  axisTime: (unit, isLog) => (isLog ? `${unit}（対数目盛）→` : `${unit} →`),
  axisShare: {
    ttft: '↑ 以内のリクエストの割合（%）',
    itl: '↑ 以内の間隔の割合（%）',
    e2e: '↑ 以内のリクエストの割合（%）',
  },
  findingSlo: (draft, share, plain) =>
    plain === null
      ? `${draft} では ${percent(share)} のリクエストがサービス水準を満たす`
      : `${draft} では ${percent(share)} のリクエストがサービス水準を満たし、` +
        `ドラフトなしでは ${percent(plain)}`,
  findingPlainSlo: (share) => `${percent(share)} のリクエストがサービス水準を満たす`,
  finding: (draft, ms, plainMs) =>
    plainMs === null
      ? `${draft} では応答の 95 % が ${timeText(ms)} 以内に完了する`
      : `${draft} では応答の 95 % が ${timeText(ms)} 以内に完了し、` +
        `ドラフトなしでは ${timeText(plainMs)}`,
  findingPlain: (ms) => `応答の 95 % が ${timeText(ms)} 以内に完了する`,
  summary: (requests, lines) =>
    `${numberText(requests, 7)} リクエストのレイテンシの分布。${lines.join('')}`,
  line: (quantity, side, p50, p95, p99) =>
    `${quantity}、${side}：p50 ${p50}、p95 ${p95}、p99 ${p99}。`,
  point: (quantity, side, p, time) => `${quantity}、${side}：p${numberText(100 * p)} は ${time}`,
  targetState: (text, side, time, isMet) =>
    `${text}、${side}：${time} で${isMet ? '達成' : '未達'}`,
  beyond: (text) => `${text}（軸の外）`,
  within: 'すべての上限を満たすリクエスト',
  withinLabel: (side, share, goodput, rate) =>
    `${side}：${percent(share)} のリクエストがすべての上限を満たす。` +
    `グッドプット ${numberText(goodput)} / ${numberText(rate)} リクエスト/秒`,
  withinValue: (share, goodput, rate, isTight) =>
    isTight
      ? `${percent(share)} · ${numberText(goodput)}/秒`
      : `${percent(share)} · グッドプット ${numberText(goodput)} / ${numberText(rate)} リクエスト/秒`,
  goodput: (goodput, rate) =>
    `グッドプット ${numberText(goodput)} / ${numberText(rate)} リクエスト/秒`,
  expression: (text) => `サービス水準：${text}`,
  sampledNote: (requests) =>
    `曲線：シミュレートした ${numberText(requests, 7)} リクエストすべて。トークン間隔は 2,000 個の分位点。` +
    '同じステップのトークンは同時に届き、間隔は 0。',
  statedNote:
    '結果ファイルには p50、p90、p95、p99 だけがある。細線は点を結ぶだけで、その間は分からない。',
  sloNote:
    '曲線が角の左を通れば上限を満たす。グッドプットではリクエストごとに、自身の時間と最長の間隔で判定する。',
  overloadedNote: '過負荷：待ち行列が際限なく伸びるため、レイテンシは実行の長さとともに伸びる。',
  scaleNote: '最も遅いリクエストが見えるように、割合の上端を引き伸ばしている。',
  originNote: '時間はすべてモデルによる推定。',
  empty: '結果がない。シナリオを選ぶか、結果ファイルをここにドロップすると表示される。',
  columns: {
    quantity: 'レイテンシ',
    side: '実行',
    share: '以内の割合（%）',
    time: '時間（ms）',
    source: '元データ',
    sampled: 'リクエスト',
    stated: '実行の指標',
    mean: '平均',
    max: '最長',
    within: 'すべての上限を満たすリクエスト',
  },
  controls: {
    title: 'サービス水準',
    slo: 'サービス水準',
    apply: '適用',
    hint: '例：ttft_p95 < 500ms and itl_p99 < 50ms。空欄ならなし',
  },
};

export const messages: Record<Language, Messages> = { en, ja };
