/** Every sentence of the step on the clock, in both languages. */
import type { Bound, Origin } from '@beamline/simulator';
import type { Language } from '../frame/index.ts';
import { numberText } from '../numbers.ts';
import type { PartName, PhaseName } from './parts.ts';

export interface Messages {
  /** The finding: how much longer the step takes, how many tokens it gives, what comes of it. */
  title: (longer: number, tokens: number, speedup: number) => string;
  summary: (plain: StepWords, drafted: StepWords, speedup: number) => string;
  roofSummary: (rows: number, plainRows: number, longer: number, free: number) => string;
  kneeSummary: (rows: number | null) => string;
  parts: Record<PartName, string>;
  phases: Record<PhaseName, string>;
  bounds: Record<Bound, string>;
  origins: Record<Origin['kind'], string>;
  without: string;
  withDrafting: string;
  stepTime: (ns: number) => string;
  milliseconds: (ns: number) => string;
  oneToken: (ns: number) => string;
  tokensEach: (tokens: number, ns: number) => string;
  axisTime: string;
  axisPass: string;
  axisRows: string;
  memoryLimit: string;
  computeLimit: string;
  free: (rows: number) => string;
  knee: (rows: number) => string;
  here: string;
  rowsTime: (rows: number, ns: number) => string;
  partLabel: (step: string, part: string, ns: number, share: number, bound: string) => string;
  pointLabel: (rows: number, ns: number, memoryNs: number, computeNs: number) => string;
  setting: (setting: SettingWords) => string;
  limited: (wanted: number, batch: number) => string;
  roofNote: (batch: number) => string;
  times: string;
  tokens: (source: string) => string;
  sourced: (kind: string, source: string) => string;
  columns: readonly string[];
  verifyPass: string;
  controls: {
    batch: string;
    beams: string;
    draftLength: string;
    context: string;
    gpu: string;
    model: string;
    requests: (count: number) => string;
    tokens: (count: number) => string;
    count: (count: number) => string;
  };
}

export interface StepWords {
  ns: number;
  tokens: number;
  nsPerToken: number;
  phases: readonly string[];
}

export interface SettingWords {
  model: string;
  gpu: string;
  gpus: number;
  batch: number;
  contextTokens: number;
  beams: number;
  draftLength: number;
  rowsPerRequest: number;
}

const times = (value: number) => `${numberText(value)}×`;
/** `6.39 ms`, below a tenth of one `13 µs`. */
const ms = (ns: number) =>
  ns < 1e5 ? `${numberText(ns / 1e3, 2)} µs` : `${numberText(ns / 1e6)} ms`;

const rowsText = (rows: number) => `${numberText(rows, 5)} ${rows === 1 ? 'row' : 'rows'}`;

const en: Messages = {
  title: (longer, tokens, speedup) => {
    const outcome =
      speedup >= 1
        ? `${times(speedup)} as fast per token`
        : `only ${times(speedup)} the speed per token`;
    return (
      `A step with drafting takes ${times(longer)} as long and gives ${numberText(tokens)} ` +
      `tokens instead of 1: ${outcome}`
    );
  },
  summary: (plain, drafted, speedup) =>
    `One engine step as two stacked bars. Without drafting ${ms(plain.ns)} for 1 token ` +
    `(${plain.phases.join(', ')}). With drafting ${ms(drafted.ns)} for ` +
    `${numberText(drafted.tokens)} tokens (${drafted.phases.join(', ')}), so ` +
    `${ms(drafted.nsPerToken)} a token: ${times(speedup)} as fast.`,
  roofSummary: (rows, plainRows, longer, free) =>
    `Beside them the time of the verify pass against its rows on logarithmic axes: ` +
    `${rowsText(rows)} take ${times(longer)} as long as ${numberText(plainRows)}; up to ` +
    `${numberText(free)} rows the pass stays within 10 % of that.`,
  kneeSummary: (rows) =>
    rows === null
      ? 'Memory binds at all rows shown.'
      : `From ${numberText(rows)} rows on computing limits it instead of memory.`,
  parts: {
    products: 'matrix products',
    attention: 'attention',
    head: 'output head',
    kernels: 'small kernels',
    links: 'links between GPUs',
    sampling: 'sampling',
    'draft-head': 'draft: output head',
    'draft-rest': 'draft: recurrent cell, beams',
    overhead: 'host overhead',
  },
  phases: { verify: 'verify', sampling: 'sampling', draft: 'draft', overhead: 'overhead' },
  bounds: {
    memory: 'memory',
    compute: 'compute',
    launch: 'launches',
    exp: 'exponentials',
    network: 'links',
    host: 'host',
  },
  origins: { measured: 'measured', modelled: 'modelled', assumed: 'assumed' },
  without: 'Without drafting',
  withDrafting: 'With drafting',
  stepTime: (ns) => `step: ${ms(ns)}`,
  milliseconds: ms,
  oneToken: (ns) => `1 token: ${ms(ns)}`,
  tokensEach: (tokens, ns) => `${numberText(tokens)} tokens: ${ms(ns)} each`,
  axisTime: 'time of one step (ms) →',
  axisPass: '↑ time of the verify pass (ms), log scale',
  axisRows: 'rows of the verify pass, log scale →',
  memoryLimit: 'memory limit',
  computeLimit: 'compute limit',
  free: (rows) => `nearly free: up to ${numberText(rows)} rows`,
  knee: (rows) => `knee: ${numberText(rows)}`,
  here: 'You are here',
  rowsTime: (rows, ns) => `${rowsText(rows)}, ${ms(ns)}`,
  partLabel: (step, part, ns, share, bound) =>
    `${step}, ${part}: ${ms(ns)}, ${numberText(share * 100, 2)} % of the step; ${bound} binds most`,
  pointLabel: (rows, ns, memoryNs, computeNs) =>
    `${rowsText(rows)}: ${ms(ns)}; memory alone ${ms(memoryNs)}, ` +
    `computing alone ${ms(computeNs)}`,
  setting: (s) =>
    `${s.model} on ${s.gpus} × ${s.gpu}; ${numberText(s.batch)} ` +
    `${s.batch === 1 ? 'request' : 'requests'} with ${numberText(s.contextTokens)} tokens of ` +
    `context each; ReDrafter with ${s.beams} × ${s.draftLength} draft tokens, ` +
    `${numberText(s.rowsPerRequest)} rows a request after equal prefixes are merged.`,
  limited: (wanted, batch) =>
    `Memory holds the KV of ${numberText(batch)} requests, not of ${numberText(wanted)}.`,
  roofNote: (batch) =>
    batch === 1
      ? 'Limits: all bytes at the peak memory rate, all operations at the peak matrix rate.'
      : `Up to ${numberText(batch)} rows each row is a request of its own. Limits: all bytes at ` +
        'the peak memory rate, all operations at the peak matrix rate.',
  times: 'Times are modelled, not measured; the data name the origin of each operator.',
  tokens: (source) => `Tokens per step: ${source}.`,
  sourced: (kind, source) => `${kind}: ${source}`,
  columns: [
    'step or curve',
    'operator',
    'rows',
    'time (ms)',
    'memory limit (ms)',
    'compute limit (ms)',
    'what binds',
    'origin',
  ],
  verifyPass: 'verify pass',
  controls: {
    batch: 'Requests in the batch',
    beams: 'Beams',
    draftLength: 'Draft length',
    context: 'Context',
    gpu: 'GPU',
    model: 'Model',
    requests: (count) => `${numberText(count)} ${count === 1 ? 'request' : 'requests'}`,
    tokens: (count) => `${numberText(count)} ${count === 1 ? 'token' : 'tokens'}`,
    count: (count) => numberText(count),
  },
};

const ja: Messages = {
  title: (longer, tokens, speedup) => {
    const outcome =
      speedup >= 1
        ? `トークンあたり ${numberText(speedup)} 倍速い`
        : `トークンあたりの速度は ${numberText(speedup)} 倍に落ちる`;
    return (
      `ドラフトありのステップは ${numberText(longer)} 倍の時間で、1 個ではなく ` +
      `${numberText(tokens)} 個のトークンを出し、${outcome}`
    );
  },
  summary: (plain, drafted, speedup) =>
    `エンジンの 1 ステップを 2 本の積み上げ棒で示す。ドラフトなしは ${ms(plain.ns)} で 1 トークン` +
    `（${plain.phases.join('、')}）。ドラフトありは ${ms(drafted.ns)} で ` +
    `${numberText(drafted.tokens)} トークン（${drafted.phases.join('、')}）、1 トークンあたり ` +
    `${ms(drafted.nsPerToken)}、速さは ${numberText(speedup)} 倍。`,
  roofSummary: (rows, plainRows, longer, free) =>
    `隣に、検証パスの時間を行数に対して両対数で示す。${numberText(rows)} 行は ` +
    `${numberText(plainRows)} 行の ${numberText(longer)} 倍の時間がかかる。` +
    `${numberText(free)} 行までは差が 10 % 以内に収まる。`,
  kneeSummary: (rows) =>
    rows === null
      ? '示した範囲ではつねにメモリが律速する。'
      : `${numberText(rows)} 行からはメモリではなく演算が律速する。`,
  parts: {
    products: '行列積',
    attention: 'アテンション',
    head: '出力層',
    kernels: '小さなカーネル',
    links: 'GPU 間通信',
    sampling: 'サンプリング',
    'draft-head': 'ドラフト：出力層',
    'draft-rest': 'ドラフト：再帰セルとビーム',
    overhead: 'ホストのオーバーヘッド',
  },
  phases: {
    verify: '検証',
    sampling: 'サンプリング',
    draft: 'ドラフト',
    overhead: 'ホスト',
  },
  bounds: {
    memory: 'メモリ',
    compute: '演算',
    launch: '起動',
    exp: '指数関数',
    network: '通信',
    host: 'ホスト',
  },
  origins: { measured: '実測', modelled: 'モデル', assumed: '仮定' },
  without: 'ドラフトなし',
  withDrafting: 'ドラフトあり',
  stepTime: (ns) => `ステップ：${ms(ns)}`,
  milliseconds: ms,
  oneToken: (ns) => `1 トークン：${ms(ns)}`,
  tokensEach: (tokens, ns) => `${numberText(tokens)} トークン：1 個あたり ${ms(ns)}`,
  axisTime: '1 ステップの時間（ms）→',
  axisPass: '↑ 検証パスの時間（ms、対数目盛）',
  axisRows: '検証パスの行数（対数目盛）→',
  memoryLimit: 'メモリの限界',
  computeLimit: '演算の限界',
  free: (rows) => `ほぼ無料：${numberText(rows)} 行まで`,
  knee: (rows) => `折れ点：${numberText(rows)}`,
  here: '現在地',
  rowsTime: (rows, ns) => `${numberText(rows, 5)} 行、${ms(ns)}`,
  partLabel: (step, part, ns, share, bound) =>
    `${step}、${part}：${ms(ns)}、ステップの ${numberText(share * 100, 2)} %。主な律速は${bound}`,
  pointLabel: (rows, ns, memoryNs, computeNs) =>
    `${numberText(rows)} 行：${ms(ns)}。メモリだけなら ${ms(memoryNs)}、` +
    `演算だけなら ${ms(computeNs)}`,
  setting: (s) =>
    `${s.model}、${s.gpu} ${s.gpus} 基。リクエスト ${numberText(s.batch)} 件、` +
    `コンテキストは各 ${numberText(s.contextTokens)} トークン。ReDrafter のドラフトは ` +
    `${s.beams} × ${s.draftLength} トークン、同じ接頭辞を統合して 1 件あたり ` +
    `${numberText(s.rowsPerRequest)} 行。`,
  limited: (wanted, batch) =>
    `メモリに KV が収まるのは ${numberText(wanted)} 件ではなく ${numberText(batch)} 件。`,
  roofNote: (batch) =>
    batch === 1
      ? '限界線：全バイトをメモリの最高速度で、全演算を行列演算器の最高速度で処理した時間。'
      : `${numberText(batch)} 行までは 1 行が 1 件のリクエスト。限界線：全バイトをメモリの最高速度で、` +
        '全演算を行列演算器の最高速度で処理した時間。',
  times: '時間は実測ではなくモデルの値。演算子ごとの出所はデータの表にある。',
  tokens: (source) => `ステップあたりのトークン数：${source}。`,
  sourced: (kind, source) => `${kind}：${source}`,
  columns: [
    'ステップまたは曲線',
    '演算子',
    '行数',
    '時間（ms）',
    'メモリの限界（ms）',
    '演算の限界（ms）',
    '律速',
    '出所',
  ],
  verifyPass: '検証パス',
  controls: {
    batch: 'バッチのリクエスト数',
    beams: 'ビーム数',
    draftLength: 'ドラフト長',
    context: 'コンテキスト',
    gpu: 'GPU',
    model: 'モデル',
    requests: (count) => `${numberText(count)} 件`,
    tokens: (count) => `${numberText(count)} トークン`,
    count: (count) => `${numberText(count)} 本`,
  },
};

export const messages: Record<Language, Messages> = { en, ja };
