/** Every sentence of the lanes, in both languages. */
import { type Language, listText } from '../frame/index.ts';
import { numberText } from '../numbers.ts';
import type { PresetName } from './presets.ts';

/** What one step holds. */
export interface StepWords {
  /** From 1. */
  step: number;
  contexts: number;
  contextRows: number;
  generations: number;
  generationRows: number;
  /** Numbers from 1. */
  paused: readonly number[];
}

export interface Messages {
  /** The finding of the selected step. */
  title: (step: StepWords) => string;
  summary: (requests: number, steps: number, limit: number, step: StepWords) => string;
  requestName: (request: number) => string;
  step: string;
  axisRows: string;
  limit: (rows: number) => string;
  context: string;
  chunk: string;
  generation: string;
  accepted: string;
  finished: string;
  paused: string;
  waiting: string;
  held: string;
  batch: (step: number, requests: number, rows: number) => string;
  contextPath: string;
  generationPath: string;
  phaseCount: (requests: number, rows: number) => string;
  emptyPhase: string;
  emptyTensor: string;
  contextOperators: string;
  generationOperators: string;
  merged: string;
  segment: (request: number, rows: number) => string;
  stepLabel: (step: StepWords) => string;
  requestLabel: (
    request: number,
    prompt: number,
    output: number,
    arrives: number,
    ends: number | null,
  ) => string;
  columns: readonly string[];
  shown: (first: number, last: number, count: number) => string;
  origin: (beams: number, draftLength: number) => string;
  options: (block: number, blocks: number, tokens: number) => string;
  presets: Record<PresetName, string>;
  preset: string;
  requests: string;
  requestCount: (count: number) => string;
}

const en: Messages = {
  title: ({ step, contexts, contextRows, generations, generationRows, paused }) => {
    const stops =
      paused.length === 0
        ? ''
        : paused.length === 1
          ? `; request ${paused[0]} is paused`
          : `; requests ${listText('en', paused.map(String))} are paused`;
    const context = `${count(contexts, 'context request')} (${count(contextRows, 'row')})`;
    const rows = count(generationRows, 'row');
    const generation = `${count(generations, 'generation request')} (${rows})`;
    if (contexts === 0 && generations === 0) return `Step ${step} runs no request${stops}`;
    if (generations === 0)
      return `Step ${step} is all context, ${context}: the generation tensors are empty${stops}`;
    if (contexts === 0)
      return `Step ${step} is all generation, ${generation}: the context tensors are empty${stops}`;
    return `Step ${step} runs ${context} and ${generation} in one batch${stops}`;
  },
  summary: (requests, steps, limit, step) =>
    `${count(requests, 'request')} as lanes over ${count(steps, 'step')} of the scheduler, at ` +
    `most ${numberText(limit)} rows in each. ${en.stepLabel(step)}. The step splits its batch ` +
    'into a context and a generation path, runs each, and merges them in the order of the batch.',
  requestName: (request) => `request ${request}`,
  step: 'step',
  axisRows: 'rows',
  limit: (rows) => `limit: ${numberText(rows)}`,
  context: 'context: rows of the prompt',
  chunk: 'chunk with a rest to come',
  generation: 'generation: 1 + draft rows',
  accepted: 'dots: draft tokens accepted',
  finished: 'last step',
  paused: 'paused',
  waiting: 'waits',
  held: 'held back by the limit',
  batch: (step, requests, rows) =>
    `Batch of step ${step}: ${count(requests, 'request')}, ${count(rows, 'row')}`,
  contextPath: 'Context path',
  generationPath: 'Generation path',
  phaseCount: (requests, rows) => `${count(requests, 'request')}, ${count(rows, 'row')}`,
  emptyPhase: 'gets empty tensors and gives empty tensors',
  emptyTensor: '0 rows',
  contextOperators: 'context attention, first token, first draft',
  generationOperators: 'tree attention, verify, select path, next draft',
  merged: 'Merged in the order of the batch: tokens that each request got',
  segment: (request, rows) => `${request}: ${count(rows, 'row')}`,
  stepLabel: ({ step, contexts, contextRows, generations, generationRows, paused }) =>
    `Step ${step}: ${count(contexts, 'context request')} with ${count(contextRows, 'row')}, ` +
    `${count(generations, 'generation request')} with ${count(generationRows, 'row')}` +
    (paused.length === 0 ? '' : `, paused: ${listText('en', paused.map(String))}`),
  requestLabel: (request, prompt, output, arrives, ends) =>
    `Request ${request}: prompt of ${count(prompt, 'token')}, ${count(output, 'output token')}, ` +
    `arrives before step ${arrives}` +
    (ends === null ? '' : `, ends in step ${ends}`),
  columns: ['step', 'request', 'state', 'rows', 'KV before (tokens)', 'draft tokens accepted'],
  shown: (first, last, count) =>
    `Steps ${first} to ${last} of ${count} are drawn; the data hold all.`,
  origin: (beams, draftLength) =>
    'Plans are those of the scheduler; how many draft tokens are accepted is drawn from the ' +
    `modelled acceptance of chat, with ${beams} beams of ${draftLength} tokens.`,
  options: (block, blocks, tokens) =>
    `At most ${numberText(tokens)} rows a step; KV blocks of ${block} tokens, ` +
    `${numberText(blocks)} of them.`,
  presets: {
    mixed: 'Mixed batch',
    'all-context': 'All context',
    'all-generation': 'All generation',
    'empty-context': 'One request generates: empty context',
    'empty-generation': 'One new request: empty generation',
    chunked: 'Prompts in chunks',
    paused: 'Pool too small: paused',
  },
  preset: 'Batch',
  requests: 'Requests',
  requestCount: (requests) => count(requests, 'request'),
};

function count(value: number, noun: string): string {
  return `${numberText(value, 5)} ${noun}${value === 1 ? '' : 's'}`;
}

const ja: Messages = {
  title: ({ step, contexts, contextRows, generations, generationRows, paused }) => {
    const stops =
      paused.length === 0 ? '' : `。リクエスト ${listText('ja', paused.map(String))} は一時停止`;
    const context = `コンテキスト ${contexts} 件（${contextRows} 行）`;
    const generation = `生成 ${generations} 件（${generationRows} 行）`;
    if (contexts === 0 && generations === 0) return `ステップ ${step} は何も実行しない${stops}`;
    if (generations === 0)
      return `ステップ ${step} はすべてコンテキスト、${context}。生成側は空のテンソル${stops}`;
    if (contexts === 0)
      return `ステップ ${step} はすべて生成、${generation}。コンテキスト側は空のテンソル${stops}`;
    return `ステップ ${step} は${context}と${generation}を 1 つのバッチで実行する${stops}`;
  },
  summary: (requests, steps, limit, step) =>
    `リクエスト ${requests} 件を、スケジューラの ${steps} ステップにわたるレーンとして示す。` +
    `1 ステップは最大 ${numberText(limit)} 行。${ja.stepLabel(step)}。ステップはバッチを` +
    'コンテキストと生成の経路に分割し、それぞれ実行して、バッチの順序に統合する。',
  requestName: (request) => `リクエスト ${request}`,
  step: 'ステップ',
  axisRows: '行数',
  limit: (rows) => `上限：${numberText(rows)}`,
  context: 'コンテキスト：プロンプトの行数',
  chunk: '残りがあるチャンク',
  generation: '生成：1 + ドラフトの行数',
  accepted: '点：受理したドラフトトークン',
  finished: '最後のステップ',
  paused: '一時停止',
  waiting: '待機',
  held: '上限により見送り',
  batch: (step, requests, rows) => `ステップ ${step} のバッチ：${requests} 件、${rows} 行`,
  contextPath: 'コンテキスト経路',
  generationPath: '生成経路',
  phaseCount: (requests, rows) => `${requests} 件、${rows} 行`,
  emptyPhase: '空のテンソルを受け取り、空のテンソルを返す',
  emptyTensor: '0 行',
  contextOperators: 'コンテキストのアテンション、最初のトークン、最初のドラフト',
  generationOperators: 'ツリーアテンション、検証、経路の選択、次のドラフト',
  merged: 'バッチの順序に統合：各リクエストが得たトークン',
  segment: (request, rows) => `${request}：${rows} 行`,
  stepLabel: ({ step, contexts, contextRows, generations, generationRows, paused }) =>
    `ステップ ${step}：コンテキスト ${contexts} 件 ${contextRows} 行、` +
    `生成 ${generations} 件 ${generationRows} 行` +
    (paused.length === 0 ? '' : `、一時停止：${listText('ja', paused.map(String))}`),
  requestLabel: (request, prompt, output, arrives, ends) =>
    `リクエスト ${request}：プロンプト ${prompt} トークン、出力 ${output} トークン、` +
    `ステップ ${arrives} の前に到着` +
    (ends === null ? '' : `、ステップ ${ends} で終了`),
  columns: [
    'ステップ',
    'リクエスト',
    '状態',
    '行数',
    '実行前の KV（トークン）',
    '受理したドラフトトークン',
  ],
  shown: (first, last, count) =>
    `描いているのは全 ${count} ステップのうち ${first} から ${last} まで。データには全部がある。`,
  origin: (beams, draftLength) =>
    '計画はスケジューラが立てたもの。受理されるドラフトトークン数は chat の受理モデルから引いた値で、' +
    `ビーム ${beams} 本 × ${draftLength} トークン。`,
  options: (block, blocks, tokens) =>
    `1 ステップは最大 ${numberText(tokens)} 行。KV ブロックは ${block} トークンで ` +
    `${numberText(blocks)} 個。`,
  presets: {
    mixed: '混在バッチ',
    'all-context': 'すべてコンテキスト',
    'all-generation': 'すべて生成',
    'empty-context': '1 件が生成中：コンテキストは空',
    'empty-generation': '新しい 1 件：生成は空',
    chunked: 'プロンプトを分割',
    paused: 'プール不足：一時停止',
  },
  preset: 'バッチ',
  requests: 'リクエスト数',
  requestCount: (requests) => `${requests} 件`,
};

export const messages: Record<Language, Messages> = { en, ja };
