/** The lab's Japanese. */
import type { Messages } from './messages.ts';

const results = (count: number) => `${count} 件`;

export const ja: Messages = {
  gpuHead: 'この端末の GPU',
  which: 'ブラウザーに求めるもの',
  choices: {
    default: 'ブラウザーに任せる',
    'high-performance': '最も速い GPU',
    'low-power': '省電力の GPU',
    software: 'ソフトウェアアダプター（CPU）',
  },
  asking: 'ブラウザーにアダプターを問い合わせています…',
  facts: {
    name: '名前',
    kind: '種類',
    vendor: 'ベンダー、アーキテクチャ',
    subgroups: 'サブグループ',
    half: '16 ビット浮動小数点',
    clock: '専用の時計',
  },
  kinds: {
    gpu: 'GPU',
    software: 'ソフトウェア：CPU が計算するため、時間は GPU を代表しません',
  },
  lanes: (least, most) => (least === most ? `${least} レーン` : `${least}～${most} レーン`),
  lackLanes: 'なし。使わない変種が動きます',
  half: (has) => (has ? 'あり（shader-f16）' : 'なし。fp16 のケースは汎用の変種で動きます'),
  clock: (has) => (has ? 'あり（timestamp-query）' : 'なし。検証はできますが、計時はできません'),
  limitsAndFeatures: 'すべての上限と機能',
  limits: '上限',
  limit: '上限',
  value: '値',
  features: '機能',
  obstacles: {
    'no-webgpu':
      'このブラウザーには WebGPU がないか、このページが https か localhost で開かれていません。' +
      '最近の Chrome、Edge、Safari、Firefox にはあります。下の参照実装は WebGPU なしで動きます。',
    'no-adapter':
      'WebGPU はありますが、ブラウザーがアダプターを提供しません。chrome://gpu（または about:support）を' +
      '確かめ、設定でハードウェアアクセラレーションを許可するか、上で別のアダプターを選んでください。' +
      '下の参照実装はアダプターなしで動きます。',
    'no-device':
      'アダプターからデバイスを得られませんでした。使用中か、異常終了した可能性があります。GPU を使う' +
      'ほかのタブを閉じるか、このページを再読み込みするか、別のアダプターを選んでください。',
    'no-clock':
      'このアダプターには timestamp-query がないため、計時できません。検証はすべてできます。' +
      '別のブラウザーやアダプターにはあるかもしれません。',
    'no-memory':
      'この大きさに必要なメモリを得られませんでした。ほかのタブを閉じるか、小さいものを選んでください。',
    error:
      '実行が途中で終わりました。それまでの結果は下に残っています。もう一度始めると続けられます。',
  },
  said: (message) => `報告された内容：${message}`,
  noWorkers:
    'このブラウザーではワーカーを使えません。スイートはページの中で動くため、ページが応答するのはケースの合間だけです。',
  verifyHead: '検証',
  verifyLead:
    '各ケースを、でたらめな値で埋めたメモリの上、見張りの領域の間で 3 回、さらにバッチの中と単独で' +
    '実行します。値は、float64 の参照実装と、同じ丸めを入れた参照実装の両方と比べます。',
  device: '実行先',
  devices: { webgpu: 'WebGPU', reference: '参照実装（GPU なし）' },
  verify: (count) => `${count} 個の演算子を検証`,
  stop: '中止',
  stopping: 'このケースの後で止まります…',
  all: 'すべての演算子',
  columns: {
    operator: '演算子',
    passed: '合格',
    failed: '不合格',
    untaken: '対象外',
    state: '状態',
  },
  states: {
    idle: '',
    running: (done, total) => `${done} / ${total}`,
    right: '正しい',
    wrong: '誤りあり',
    partial: (done, total) => `${done} / ${total} で中止`,
    missing: 'WGSL カーネルはまだない',
  },
  progress: (operator, done, total) => `${operator}：${done} / ${total}`,
  starting: 'スイートを読み込んでいます…',
  verified: (passed, failed, untaken) => {
    const rest = untaken === 0 ? '' : `、対象外 ${untaken} 件`;
    return failed === 0
      ? `正しい ${passed} 件、誤りなし${rest}。`
      : `誤り ${failed} 件、正しい ${passed} 件${rest}。`;
  },
  stopped: '中止しました。そこまでの結果は下にあります。',
  lost: (count) =>
    `GPU が ${count} 回失われました。該当するケースに印を付け、残りは新しいデバイスで続けました。`,
  wrongCases: (count) => `失敗 ${count} 件`,
  untakenCases: (count) => `対象外 ${count} 件とその理由`,
  more: (count) => `ほか ${count} 件。すべて保存した記録にあります`,
  reason: (reason, count) => `${reason}（${count}）`,
  statuses: {
    passed: '合格',
    'wrong-value': '値の誤り',
    nan: 'NaN',
    'probe-failed': 'プローブ不合格',
    'red-zone': '出力の外への書き込み',
    'poison-read': '書いていない値の読み取り',
    nondeterministic: '実行ごとに異なるビット',
    'batch-variance': '単独とバッチで異なるビット',
    fault: 'デバイスの異常',
    timeout: '時間切れ',
    crash: '例外',
    'below-floor': 'あり得ない速さ',
    unsupported: '対象外',
    'invalid-case': '拒まれたケース',
  },
  timeHead: '計時',
  timeLead:
    'まずアダプター自身の上限、つまり単純なコピーと積和演算の最高速度を測ります。次に各演算子を、' +
    '正しさを確かめてからアダプターの時計で測ります。ツリーアテンションは素朴な版と並べます。',
  size: '大きさ',
  sizes: {
    small: '小（CPU 向け）',
    medium: '中：2 リクエスト、過去 4,096 トークン、語彙 32,000',
    large: '大：8 リクエスト、過去 4,096 トークン、語彙 128,256。2 GB が必要',
  },
  time: (count) => `${count} 個の演算子を計時`,
  timed: (count) => `${count} 件を計時しました。`,
  ceilings: (copy, multiply, launch) =>
    `このアダプターの上限（実測）：コピー ${copy}、fp32 の積和演算 ${multiply}、` +
    `起動から次の起動まで ${launch}。`,
  timeColumns: {
    operator: '演算子と変種',
    time: '時間',
    moved: '移動量',
    computed: '計算量',
    share: '上限に対する割合',
    bound: '律速',
  },
  bounds: { memory: 'メモリ', compute: '積和演算', exp: '指数関数', launch: '起動' },
  untimed: (reason) => `計時なし：${reason}`,
  fasterThanNaive: (times) => `素朴な版の ${times} 倍の速さ`,
  softwareTimes: 'CPU での時間です。カーネルどうしの比較にはなりますが、GPU の比較にはなりません。',
  cached:
    '100 % を超える割合は、データがキャッシュにあったか、起動が重なったことを示します。' +
    '上限の測定ではどちらも起きません。',
  table: '時間',
  keepHead: '記録を残す',
  keepLead: '記録の形式はコマンドと同じで、コマンドで読めます：',
  save: '記録を保存（JSONL）',
  copy: '要約をコピー',
  copied: 'コピーしました。',
  copyByHand: 'クリップボードを使えません。下の文を選んでコピーしてください。',
  summary: '要約',
  nothing: 'まだありません。先に検証か計時をしてください。',
  count: results,
};
