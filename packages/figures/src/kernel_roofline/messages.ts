/** Every sentence of the roofline of kernels, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { RooflineBound, RooflinePoint, RooflineSizes } from './model.ts';

export interface Messages {
  axisIntensity: string;
  axisRate: string;
  axisBytes: string;
  axisBandwidth: string;
  computeHead: string;
  moveHead: string;
  bound: Record<RooflineBound, string>;
  finding: (memory: number, compute: number, launch: number, exp: number, gpu: string) => string;
  findingMeasured: (count: number, best: string, share: number, gpu: string) => string;
  summary: (gpu: string, lines: readonly string[]) => string;
  point: (point: RooflinePoint) => string;
  floorMark: string;
  measuredMark: string;
  peakRate: (perSecond: number) => string;
  peakBandwidth: (perSecond: number) => string;
  listHead: string;
  listTime: string;
  selected: (point: RooflinePoint) => string;
  peaksNote: (gpu: string, kind: string, source: string) => string;
  /** Where the roof is measured on the device itself. */
  ceilingsNote: (device: string) => string;
  floorNote: (launchNs: number, isGraph: boolean) => string;
  noMeasuredNote: string;
  measuredNote: (devices: readonly string[], gpu: string) => string;
  functionalNote: (devices: readonly string[]) => string;
  warmNote: string;
  sizesNote: (sizes: RooflineSizes) => string;
  leftOutNote: (count: number) => string;
  empty: string;
  /** Where there are points, and none of them computes. */
  onlyMoves: string;
  columns: {
    operator: string;
    case: string;
    variant: string;
    bytes: string;
    flop: string;
    exps: string;
    launches: string;
    intensity: string;
    floor: string;
    bound: string;
    time: string;
    noise: string;
    share: string;
    origin: string;
    modelled: string;
    measured: string;
    functional: (device: string) => string;
  };
  controls: {
    title: string;
    gpu: string;
    requests: string;
    beams: string;
    draftLength: string;
    kvLength: string;
    operator: string;
    records: string;
    recordsHint: string;
    clear: string;
    tooLarge: (file: string, bytes: number) => string;
    tokens: (count: number) => string;
    count: (count: number) => string;
  };
}

const steps = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** `3.35 T`, `16.8 M`: a number with its SI prefix, the unit following it. */
export function siText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '– ';
  let at = 0;
  let size = value;
  while (size >= 999.5 && at < steps.length - 1) {
    size /= 1000;
    at++;
  }
  return `${numberText(size, digits)} ${steps[at]}`;
}

const microseconds = (ns: number) => `${numberText(ns / 1e3)} µs`;
const percent = (share: number) => `${numberText(100 * share, 2)} %`;

const enBound: Record<RooflineBound, string> = {
  memory: 'memory',
  compute: 'compute',
  exp: 'exponentials',
  launch: 'launch',
};

function enWork({ work, intensity }: RooflinePoint): string {
  const flop =
    work.flop > 0 ? `, ${siText(work.flop)}FLOP, ${numberText(intensity)} FLOP/byte` : '';
  const exps = work.exps > 0 ? `, ${siText(work.exps).trim()} exponentials` : '';
  const launches = `${work.launches} ${work.launches === 1 ? 'launch' : 'launches'}`;
  return `${siText(work.bytes)}B moved${flop}${exps}, ${launches}`;
}

function enTime({ floorNs, bound, measured }: RooflinePoint): string {
  const floor = `floor ${microseconds(floorNs)}, ${enBound[bound]} binds`;
  if (measured === null) return floor;
  const { ns, share, device, caches } = measured;
  const time = `measured ${microseconds(ns)} on ${device} (${caches})`;
  return `${time}, ${percent(share)} of the limit; ${floor}`;
}

const caseName = (point: RooflinePoint) =>
  point.case === null ? point.operator : `${point.case}, ${point.variant ?? ''}`;

const en: Messages = {
  axisIntensity: 'FLOP per byte, log scale\u00a0→',
  axisRate: '↑ FLOP per second, log scale',
  axisBytes: 'bytes of a call, log scale\u00a0→',
  axisBandwidth: '↑ bytes per second, log scale',
  computeHead: 'Operators that compute',
  moveHead: 'All operators by bytes moved',
  bound: enBound,
  finding: (memory, compute, launch, exp, gpu) => {
    const parts = [
      [memory, 'by memory'],
      [launch, 'by their launch'],
      [compute, 'by compute'],
      [exp, 'by exponentials'],
    ] as const;
    const known = parts.filter(([count]) => count > 0).map(([count, by]) => `${count} ${by}`);
    return `Operators at their least on ${gpu} are bound: ${known.join(', ')}`;
  },
  findingMeasured: (count, best, share, gpu) =>
    `${count === 1 ? 'One timed call' : `${count} timed calls`} on ${gpu}: ${best} comes ` +
    `closest, at ${percent(share)} of its limit`,
  summary: (gpu, lines) => `Roofline of ${gpu}. ${lines.join(' ')}`,
  point: (point) => `${caseName(point)}: ${enWork(point)}; ${enTime(point)}`,
  floorMark: 'modelled floor',
  measuredMark: 'measured',
  peakRate: (perSecond) => `${siText(perSecond)}FLOP/s`,
  peakBandwidth: (perSecond) => `${siText(perSecond)}B/s`,
  listHead: 'Operator',
  listTime: 'floor (µs), what binds',
  selected: (point) => `${caseName(point)}: ${enWork(point)}; ${enTime(point)}.`,
  peaksNote: (gpu, kind, source) => `Limits of ${gpu} (${kind}: ${source}); FLOP in bf16.`,
  ceilingsNote: (device) =>
    `The roof is what ${device} itself reached: a plain copy, multiply-adds in fp32.`,
  floorNote: (launchNs, isGraph) =>
    'Floor: launch latency + the longest of bytes, FLOP and exponentials at their limits; ' +
    `${numberText(launchNs / 1e3)} µs for a launch${isGraph ? ' inside a graph' : ''} keep small ` +
    'calls below the roof.',
  noMeasuredNote:
    'No measured time: these are floors from the operators’ records and the GPU’s data sheet, ' +
    'not results. Records of the kernel bench add measured points.',
  measuredNote: (devices, gpu) => `Measured on ${devices.join(', ')}; the roof is of ${gpu}.`,
  functionalNote: (devices) =>
    `Timed on ${devices.join(', ')}, which stands for no GPU: floor only.`,
  warmNote: 'Warm calls read from the cache and can pass the roof of the memory.',
  sizesNote: ({ requests, beams, draftLength, kvLength, hidden, vocab }) =>
    `${requests} ${requests === 1 ? 'request' : 'requests'} of ${beams} beams × ${draftLength} ` +
    `tokens, ${numberText(kvLength, 6)} past tokens each; hidden size ${numberText(hidden, 6)}, ` +
    `vocabulary ${numberText(vocab, 7)}, bf16.`,
  leftOutNote: (count) =>
    `${numberText(count, 7)} records are not drawn: failed, or further ones of a drawn case.`,
  empty: 'No record to draw: drop a file of the kernel bench here, or clear the records.',
  onlyMoves: 'None of these computes: they only move bytes.',
  columns: {
    operator: 'operator',
    case: 'case',
    variant: 'variant',
    bytes: 'bytes',
    flop: 'FLOP',
    exps: 'exponentials',
    launches: 'launches',
    intensity: 'FLOP per byte',
    floor: 'floor (µs)',
    bound: 'what binds',
    time: 'measured (µs)',
    noise: 'noise (%)',
    share: 'share of the limit (%)',
    origin: 'origin',
    modelled: 'modelled floor',
    measured: 'measured',
    functional: (device) => `modelled floor (timed on ${device})`,
  },
  controls: {
    title: 'GPU and sizes of a step',
    gpu: 'GPU',
    requests: 'Requests',
    beams: 'Beams',
    draftLength: 'Draft length',
    kvLength: 'Past tokens',
    operator: 'Operator',
    records: 'Records of the kernel bench',
    recordsHint: 'JSON lines, as beamline kernels writes them',
    clear: 'Clear the records',
    tooLarge: (file, bytes) => `${file} is larger than ${siText(bytes)}B; cut it.`,
    tokens: (count) => `${numberText(count, 6)} ${count === 1 ? 'token' : 'tokens'}`,
    count: (count) => numberText(count, 6),
  },
};

const jaBound: Record<RooflineBound, string> = {
  memory: 'メモリ',
  compute: '演算',
  exp: '指数関数',
  launch: '起動',
};

function jaWork({ work, intensity }: RooflinePoint): string {
  const flop =
    work.flop > 0 ? `、${siText(work.flop)}FLOP、${numberText(intensity)} FLOP/バイト` : '';
  const exps = work.exps > 0 ? `、指数関数 ${siText(work.exps).trim()} 回` : '';
  return `転送 ${siText(work.bytes)}B${flop}${exps}、起動 ${work.launches} 回`;
}

function jaTime({ floorNs, bound, measured }: RooflinePoint): string {
  const floor = `下限 ${microseconds(floorNs)}（${jaBound[bound]}が律速）`;
  if (measured === null) return floor;
  const { ns, share, device, caches } = measured;
  const state = caches === 'cold' ? 'キャッシュなし' : 'キャッシュあり';
  return `${device}（${state}）で実測 ${microseconds(ns)}、限界の ${percent(share)}。${floor}`;
}

const ja: Messages = {
  axisIntensity: '1 バイトあたりの FLOP、対数目盛 →',
  axisRate: '↑ 毎秒の FLOP、対数目盛',
  axisBytes: '1 回の呼び出しのバイト数、対数目盛 →',
  axisBandwidth: '↑ 毎秒のバイト数、対数目盛',
  computeHead: '演算する演算子',
  moveHead: 'すべての演算子（転送バイト数別）',
  bound: jaBound,
  finding: (memory, compute, launch, exp, gpu) => {
    const parts = [
      [memory, 'メモリ'],
      [launch, '起動'],
      [compute, '演算'],
      [exp, '指数関数'],
    ] as const;
    const known = parts.filter(([count]) => count > 0).map(([count, by]) => `${by} ${count}`);
    return `${gpu} での演算子の下限を律速するもの：${known.join('、')}`;
  },
  findingMeasured: (count, best, share, gpu) =>
    `${gpu} で計測した ${count} 件のうち、限界に最も近いのは ${best} で ${percent(share)}`,
  summary: (gpu, lines) => `${gpu} のルーフライン。${lines.join('')}`,
  point: (point) => `${caseName(point)}：${jaWork(point)}。${jaTime(point)}`,
  floorMark: 'モデルによる下限',
  measuredMark: '実測',
  peakRate: (perSecond) => `${siText(perSecond)}FLOP/s`,
  peakBandwidth: (perSecond) => `${siText(perSecond)}B/s`,
  listHead: '演算子',
  listTime: '下限（µs）と律速',
  selected: (point) => `${caseName(point)}：${jaWork(point)}。${jaTime(point)}。`,
  peaksNote: (gpu, kind, source) => `${gpu} の上限（${kind}：${source}）。FLOP は bf16。`,
  ceilingsNote: (device) => `屋根は ${device} 自身の実測値：単純なコピーと、fp32 の積和演算。`,
  floorNote: (launchNs, isGraph) =>
    '下限：起動の遅延に、バイト・FLOP・指数関数をそれぞれの上限で処理する時間のうち最長を加えたもの。' +
    `${isGraph ? 'グラフ内の' : ''}起動 ${numberText(launchNs / 1e3)} µs のため、小さな呼び出しは屋根の下に留まる。`,
  noMeasuredNote:
    '実測値はない。演算子の記録と GPU の仕様書から求めた下限であり、結果ではない。' +
    'カーネルベンチの記録を加えると実測点が現れる。',
  measuredNote: (devices, gpu) => `${devices.join('、')} で実測。屋根は ${gpu} のもの。`,
  functionalNote: (devices) =>
    `${devices.join('、')} での時間は GPU を代表しないため、下限だけを示す。`,
  warmNote: 'キャッシュありの呼び出しは、メモリの屋根を超えることがある。',
  sizesNote: ({ requests, beams, draftLength, kvLength, hidden, vocab }) =>
    `${requests} リクエスト、${beams} ビーム × ${draftLength} トークン、過去トークン各 ` +
    `${numberText(kvLength, 6)}。隠れ次元 ${numberText(hidden, 6)}、語彙 ${numberText(vocab, 7)}、bf16。`,
  leftOutNote: (count) =>
    `${numberText(count, 7)} 件の記録は描いていない（失敗、または描いたケースの重複）。`,
  empty: '描く記録がない。カーネルベンチのファイルをここにドロップするか、記録を消すと表示される。',
  onlyMoves: 'ここにある演算子は計算をせず、バイトを移すだけである。',
  columns: {
    operator: '演算子',
    case: 'ケース',
    variant: '変種',
    bytes: 'バイト',
    flop: 'FLOP',
    exps: '指数関数',
    launches: '起動',
    intensity: 'FLOP/バイト',
    floor: '下限（µs）',
    bound: '律速',
    time: '実測（µs）',
    noise: 'ノイズ（%）',
    share: '限界に対する割合（%）',
    origin: '由来',
    modelled: 'モデルによる下限',
    measured: '実測',
    functional: (device) => `モデルによる下限（${device} で計測）`,
  },
  controls: {
    title: 'GPU とステップの大きさ',
    gpu: 'GPU',
    requests: 'リクエスト数',
    beams: 'ビーム数',
    draftLength: 'ドラフト長',
    kvLength: '過去トークン数',
    operator: '演算子',
    records: 'カーネルベンチの記録',
    recordsHint: 'beamline kernels が書く JSON Lines',
    clear: '記録を消す',
    tooLarge: (file, bytes) => `${file} は ${siText(bytes)}B を超えています。小さくしてください。`,
    tokens: (count) => `${numberText(count, 6)} トークン`,
    count: (count) => numberText(count, 6),
  },
};

export const messages: Record<Language, Messages> = { en, ja };
