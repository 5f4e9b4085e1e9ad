/** Every sentence of the KV blocks, in both languages. */
import type { Language } from '../frame/index.ts';
import { numberText } from '../numbers.ts';
import type { KvPresetName } from './presets.ts';

/** What the whole run comes to, in blocks and counts. */
export interface RunWords {
  steps: number;
  requests: number;
  pool: number;
  most: number;
  /** Blocks taken for drafts, and of those given back. */
  tails: number;
  rewound: number;
  pauses: number;
  reused: number;
  evicted: number;
  /** Steps in which some request waits. */
  waits: number;
}

export interface HoldingWords {
  blocks: number;
  tail: number;
  rewound: number;
  shared: number;
  reused: number;
  isFinished: boolean;
}

export interface StepBlocks {
  /** From 1. */
  step: number;
  used: number;
  cached: number;
  free: number;
  rewound: number;
  /** Numbers from 1. */
  paused: readonly number[];
}

/** Kinds of events, each a row under the chart. */
export const eventNames = ['paused', 'waiting', 'rewound', 'reused', 'evicted', 'freed'] as const;
export type EventName = (typeof eventNames)[number];

export interface Messages {
  title: (run: RunWords) => string;
  summary: (run: RunWords) => string;
  axisBlocks: string;
  step: string;
  pool: (blocks: number) => string;
  kept: string;
  tail: string;
  rewound: string;
  shared: string;
  cached: string;
  events: Record<EventName, string>;
  stepHead: (step: StepBlocks) => string;
  stepLabel: (step: StepBlocks) => string;
  request: (request: number) => string;
  holding: (holding: HoldingWords) => string;
  pausedHolding: (blocks: number) => string;
  waitingHolding: string;
  columns: readonly string[];
  states: { context: string; generation: string; paused: string; waiting: string };
  shown: (first: number, last: number, count: number) => string;
  policy: (policy: string, block: number, blocks: number, reuse: boolean) => string;
  colours: string;
  origin: (beams: number, draftLength: number) => string;
  presets: Record<KvPresetName, string>;
  preset: string;
  poolSize: string;
  blocks: (count: number) => string;
}

const count = (value: number, noun: string) =>
  `${numberText(value, 5)} ${noun}${value === 1 ? '' : 's'}`;

const policies: Record<Language, Record<string, string>> = {
  en: {
    'guaranteed-no-evict': 'a request starts only when its whole answer is sure to fit',
    'max-utilization': 'requests start while blocks last, and the last one is paused when they end',
  },
  ja: {
    'guaranteed-no-evict': '応答全体が確実に収まるときだけリクエストを始める',
    'max-utilization': 'ブロックがある限り始め、尽きたら最後のリクエストを一時停止する',
  },
};

const en: Messages = {
  title: (run) => {
    const draft =
      `${numberText(run.rewound)} of ${count(run.tails, 'block')} taken for drafts ` +
      `${run.rewound === 1 ? 'was' : 'were'} given back after rejection`;
    if (run.pauses > 0)
      return `${draft}; requests were paused ${times(run.pauses)} for want of blocks`;
    if (run.reused > 0)
      return `${draft}; ${count(run.reused, 'block')} of prompts ${
        run.reused === 1 ? 'was' : 'were'
      } reused`;
    if (run.waits > 0) return `${draft}; requests waited in ${count(run.waits, 'step')}`;
    return `${draft}; ${run.most} of ${run.pool} blocks were in use at most`;
  },
  summary: (run) =>
    `KV blocks of ${count(run.requests, 'request')} over ${count(run.steps, 'step')} as stacked ` +
    `columns under a pool of ${run.pool}. At most ${run.most} were in use. For draft tokens ` +
    `${count(run.tails, 'block')} were taken and ${run.rewound} given back when drafts were ` +
    `rejected. ${count(run.pauses, 'pause')}, ${count(run.reused, 'reused block')}, ` +
    `${count(run.evicted, 'evicted block')}; a request waited in ${count(run.waits, 'step')}.`,
  axisBlocks: '↑ KV blocks',
  step: 'step',
  pool: (blocks) => `pool: ${count(blocks, 'block')}`,
  kept: 'holds KV (number: request)',
  tail: 'for draft tokens, kept',
  rewound: 'for draft tokens, given back after rejection',
  shared: 'shared by several requests',
  cached: 'free, kept for reuse until evicted',
  events: {
    paused: 'paused request',
    waiting: 'requests waiting',
    rewound: 'blocks given back',
    reused: 'blocks reused',
    evicted: 'blocks evicted',
    freed: 'blocks freed at the end',
  },
  stepHead: ({ step, used, cached, free }) =>
    `Step ${step}: ${used} used${cached > 0 ? `, ${cached} kept for reuse` : ''}, ${free} free`,
  stepLabel: ({ step, used, cached, free, rewound, paused }) =>
    `Step ${step}: ${count(used, 'block')} used, ${cached} kept for reuse, ${free} free; ` +
    `${rewound} given back` +
    (paused.length === 0 ? '' : `; paused: ${paused.join(', ')}`),
  request: (request) => `request ${request}`,
  holding: ({ blocks, tail, rewound, shared, reused, isFinished }) =>
    [
      count(blocks, 'block'),
      ...(shared > 0 ? [`${shared} shared`] : []),
      ...(reused > 0 ? [`${reused} reused`] : []),
      ...(tail > 0 ? [`${tail} for drafts`] : []),
      ...(rewound > 0 ? [`${rewound} given back`] : []),
      ...(isFinished ? ['all freed'] : []),
    ].join(', '),
  pausedHolding: (blocks) => `paused, ${count(blocks, 'block')} taken away`,
  waitingHolding: 'waits',
  columns: [
    'step',
    'request',
    'state',
    'own blocks',
    'shared blocks',
    'for drafts',
    'given back',
    'reused',
    'used in all',
    'kept for reuse',
    'free',
    'evicted',
  ],
  states: { context: 'context', generation: 'generation', paused: 'paused', waiting: 'waits' },
  shown: (first, last, all) => `Steps ${first} to ${last} of ${all} are drawn; the data hold all.`,
  policy: (policy, block, blocks, reuse) =>
    `${blocks} blocks of ${block} tokens; ${policies.en[policy] ?? policy}` +
    `${reuse ? '; full prompt blocks are kept for equal prefixes' : ''}.`,
  colours: 'Colours repeat after six requests; the numbers do not.',
  origin: (beams, draftLength) =>
    'Blocks are those of the scheduler, with the step planned; how many draft tokens are ' +
    `accepted is drawn from the modelled acceptance of chat, with ${beams} beams of ` +
    `${draftLength} tokens.`,
  presets: {
    rewinds: 'Room enough: drafts rewound',
    waits: 'Small pool: requests wait',
    pauses: 'Small pool: requests paused',
    reuses: 'Equal prompts: blocks reused',
  },
  preset: 'Pool',
  poolSize: 'Blocks in the pool',
  blocks: (blocks) => count(blocks, 'block'),
};

function times(value: number): string {
  if (value === 1) return 'once';
  return value === 2 ? 'twice' : `${numberText(value)} times`;
}

const ja: Messages = {
  title: (run) => {
    const draft = `ドラフト用に確保した ${run.tails} ブロックのうち ${run.rewound} は棄却後に返却`;
    if (run.pauses > 0) return `${draft}。ブロック不足による一時停止は ${run.pauses} 回`;
    if (run.reused > 0) return `${draft}。プロンプトの ${run.reused} ブロックを再利用した`;
    if (run.waits > 0) return `${draft}。${run.waits} ステップで待機が生じた`;
    return `${draft}。使用は最大で ${run.pool} のうち ${run.most} ブロック`;
  },
  summary: (run) =>
    `リクエスト ${run.requests} 件の KV ブロックを ${run.steps} ステップにわたる積み上げ棒で示す。` +
    `プールは ${run.pool} ブロック、使用は最大 ${run.most}。ドラフト用に ${run.tails} ブロックを` +
    `確保し、棄却により ${run.rewound} を返却。一時停止 ${run.pauses} 回、再利用 ${run.reused}、` +
    `追い出し ${run.evicted}、待機が生じたステップは ${run.waits}。`,
  axisBlocks: '↑ KV ブロック',
  step: 'ステップ',
  pool: (blocks) => `プール：${blocks} ブロック`,
  kept: 'KV を保持（数字はリクエスト）',
  tail: 'ドラフト用、保持された',
  rewound: 'ドラフト用、棄却後に返却',
  shared: '複数のリクエストが共有',
  cached: '空き、追い出されるまで再利用のため保持',
  events: {
    paused: '一時停止した要求',
    waiting: '待機中の要求数',
    rewound: '返却ブロック',
    reused: '再利用ブロック',
    evicted: '追い出しブロック',
    freed: '終了時に解放',
  },
  stepHead: ({ step, used, cached, free }) =>
    `ステップ ${step}：使用 ${used}${cached > 0 ? `、再利用待ち ${cached}` : ''}、空き ${free}`,
  stepLabel: ({ step, used, cached, free, rewound, paused }) =>
    `ステップ ${step}：使用 ${used} ブロック、再利用待ち ${cached}、空き ${free}、返却 ${rewound}` +
    (paused.length === 0 ? '' : `、一時停止：${paused.join('、')}`),
  request: (request) => `リクエスト ${request}`,
  holding: ({ blocks, tail, rewound, shared, reused, isFinished }) =>
    [
      `${blocks} ブロック`,
      ...(shared > 0 ? [`共有 ${shared}`] : []),
      ...(reused > 0 ? [`再利用 ${reused}`] : []),
      ...(tail > 0 ? [`ドラフト用 ${tail}`] : []),
      ...(rewound > 0 ? [`返却 ${rewound}`] : []),
      ...(isFinished ? ['すべて解放'] : []),
    ].join('、'),
  pausedHolding: (blocks) => `一時停止、${blocks} ブロックを失う`,
  waitingHolding: '待機',
  columns: [
    'ステップ',
    'リクエスト',
    '状態',
    '専有ブロック',
    '共有ブロック',
    'ドラフト用',
    '返却',
    '再利用',
    '使用合計',
    '再利用待ち',
    '空き',
    '追い出し',
  ],
  states: {
    context: 'コンテキスト',
    generation: '生成',
    paused: '一時停止',
    waiting: '待機',
  },
  shown: (first, last, all) =>
    `描いているのは全 ${all} ステップのうち ${first} から ${last} まで。データには全部がある。`,
  policy: (policy, block, blocks, reuse) =>
    `${block} トークンのブロックが ${blocks} 個。${policies.ja[policy] ?? policy}` +
    `${reuse ? '。プロンプトの満杯ブロックは同じ接頭辞のために残す' : ''}。`,
  colours: '色は 6 件ごとに繰り返すが、番号は繰り返さない。',
  origin: (beams, draftLength) =>
    'ブロックはステップを計画した時点のスケジューラのもの。受理されるドラフトトークン数は chat の' +
    `受理モデルから引いた値で、ビーム ${beams} 本 × ${draftLength} トークン。`,
  presets: {
    rewinds: '余裕あり：ドラフトの返却',
    waits: '小さなプール：待機',
    pauses: '小さなプール：一時停止',
    reuses: '同じプロンプト：再利用',
  },
  preset: 'プール',
  poolSize: 'プールのブロック数',
  blocks: (blocks) => `${blocks} ブロック`,
};

export const messages: Record<Language, Messages> = { en, ja };
