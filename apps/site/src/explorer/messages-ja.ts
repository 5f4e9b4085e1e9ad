import type { Messages } from './messages.ts';
import { problemText } from './problem-text.ts';

/** The explorer's Japanese. */
export const ja: Messages = {
  undo: '元に戻す',
  redo: 'やり直す',
  share: 'コピー',
  command: 'コマンド',
  yaml: 'YAML',
  link: 'リンク',
  open: 'ファイルを開く…',
  save: '結果を保存',
  copy: 'コピー',
  close: '閉じる',
  copied: 'コピーしました。',
  copyByHand: 'クリップボードを使えません。テキストを選択してコピーしてください。',
  spelling: {
    command: '同じシナリオのコマンド。あなたの負荷での実行と、負荷曲線。',
    yaml: '同じシナリオのファイル。既定値も書き込み済み。',
    link: 'このページの状態すべて。ドロップしたファイルは含まれません。',
  },
  scenarios: 'シナリオ',
  add: '複製を追加',
  remove: (name) => `${name} を削除`,
  rename: '名前を変更',
  name: '名前',
  settings: '設定',
  applyTo: '変更の対象',
  thisOne: 'このシナリオ',
  allOfThem: 'すべてのシナリオ',
  moreOf: (group, count) => `${group}：ほか ${count} 項目`,
  own: '自分で指定…',
  views: {
    load: '負荷曲線',
    shape: 'ドラフトの形',
    latency: 'レイテンシ',
    cost: 'コストと電力量',
    size: '必要な GPU 数',
  },
  measure: '比べる量',
  measures: {
    itlMean: 'リクエストごとの生成速度',
    outputTokensPerSecond: '毎秒の出力トークン数',
    e2eP50: '応答完了までの時間（中央値）',
    joulesPerOutputToken: '出力トークンあたりの電力量',
  },
  also: '重ねて描く',
  overlays: { adaptive: '適応的スケジュール', confidence: '確信度スケジュール' },
  bands: '不確かさ',
  noBands: 'なし',
  draws: (count) => `${count} 回の抽出`,
  axis: '負荷の範囲',
  axisHelp: '1,2,4 のような列、または 0.5:64:log20 のような範囲。コマンドと同じ書き方。',
  atYourLoad: (load) => `あなたの負荷（${load}）では`,
  progress: (stage, done, total) =>
    ({
      quick: `最初の曲線：${total} 点中 ${done} 点（各 200 リクエスト）`,
      yours: `あなたの負荷の本計算：${total} 件中 ${done} 件`,
      full: `精密化：${total} 点中 ${done} 点`,
      bands: `不確かさ：${total} 点中 ${done} 点`,
    })[stage],
  finished: (requests) => `完了。各点は ${requests} リクエストの結果です。`,
  starting: 'シミュレーターを起動しています…',
  cards: {
    speedup: 'リクエストの高速化',
    itl: 'トークン間隔（平均）',
    ttft: '最初のトークン（p95）',
    throughput: 'GPU あたりの出力',
    cost: '出力 100 万トークンあたり',
    energy: '出力 1 トークンあたり',
  },
  units: { ms: 'ms', s: '秒', tokensPerSecondPerGpu: 'トークン/秒', dollars: 'ドル', joules: 'J' },
  without: (value) => `ドラフトなしでは ${value}`,
  overloadedWithout: '過負荷：この値は実行が長いほど大きくなります',
  bandOf: (low, high) => `${low} ～ ${high}`,
  states: {
    stable: '安定',
    backlogged: '滞留：処理時間より待ち時間が長い',
    overloaded: '過負荷：待ち行列が際限なく伸びる',
  },
  why: '理由',
  provenance: '数値の出どころ',
  provenanceHelp: 'このページの数値はすべてシミュレーションで、次のものに基づきます。',
  origins: { measured: '実測', modelled: 'モデル', assumed: '仮定' },
  what: '項目',
  origin: '種別',
  source: '出典',
  noNumbers: (reason) => `このシナリオは計算できません。${problemText(reason, 'ja')}`,
  notComputed: (count, reason) => `${count} 点は計算できませんでした。${problemText(reason, 'ja')}`,
  otherUnit: (names) => `負荷の数え方が異なるため、この軸には描けません：${names}。`,
  cut: (requests) =>
    `このページでは 1 回の実行を ${requests} リクエストまでとします。コマンドに上限はありません。`,
  price: 'GPU 1 時間の価格',
  priceLow: '最低（ドル）',
  priceHigh: '最高（ドル）',
  priceOwn: (low, high) => `指定しなければ、公表価格の範囲 ${low} ～ ${high} ドルを使います。`,
  priceWrong: '0 より大きい金額を 2 つ、低い方から入力してください。',
  size: {
    needsSlo: 'まず満たすべき水準を入力してください。例：',
    objective: '最小にするもの',
    objectives: { gpus: 'GPU 数', cost: 'コスト', energy: '電力量' },
    gpus: '候補の GPU',
    ownGpu: 'シナリオの GPU',
    tensorParallel: 'テンソル並列',
    maxGpus: 'GPU の上限',
    find: '探す',
    stop: '止める',
    searching: (done, total, runs) => `候補 ${total} 件中 ${done} 件、シミュレーション ${runs} 回`,
    requests: (count) => `各構成を ${count} リクエストでシミュレーションしました。`,
    best: (gpus, gpu, replicas, degree, drafting) =>
      `${gpu} ${gpus} 台で満たせます（レプリカ ${replicas}、テンソル並列 ${degree}、${drafting}）`,
    closest: (gpus, gpu, replicas, degree, drafting) =>
      `満たす構成はありません。最も近いのは ${gpu} ${gpus} 台` +
      `（レプリカ ${replicas}、テンソル並列 ${degree}、${drafting}）`,
    infeasible: 'このモデルを動かせる候補がありません。',
    why: (reason) => `理由：${reason}`,
    use: 'この構成を使う',
    ranking: 'すべての候補',
    columns: ['GPU', 'TP', 'ドラフト', '結果', 'レプリカ', 'GPU 数', '制約'],
    status: { meets: '達成', misses: '未達', infeasible: '実行不可' },
    schedules: {
      none: 'ドラフトなし',
      fixed: '固定の形',
      adaptive: '適応的',
      confidence: '確信度による',
    },
    clause: '水準',
    value: '値',
  },
  shape: {
    help: 'マスを選ぶと、その形でドラフトします。',
    none: 'このシナリオはドラフトをしません。形を比べるには手法を選んでください。',
  },
  drop: 'トレース（CSV・JSONL）、シナリオ、コマンドの実行結果をこのページにドロップするか、',
  dropNow: '離すとファイルを開きます',
  trace: {
    reading: (name) => `${name} を読んでいます…`,
    read: (name, size, count, rate) => `${name}（${size}）：${count} リクエスト、平均 ${rate}。`,
    first: '先頭の',
    long: (requests) =>
      `ファイルは少しずつ読み、各実行は先頭の ${requests} リクエストを使います。` +
      '全体の再生にはコマンドを使ってください。',
    gone: (name) => `リンクにファイルは含まれません。${name} をもう一度ドロップしてください。`,
    wrongType: (name) =>
      `${name} はトレース（CSV、JSONL）、シナリオ（YAML、JSON）、実行結果（JSON）のどれでもありません。`,
    folder: 'フォルダーでした。ファイルを 1 つドロップしてください。',
    forget: 'トレースを外す',
  },
  opened: {
    scenario: (name) => `${name} を開きました。`,
    same: (name, count) =>
      `${name} の ${count} 件をここで再計算し、1 バイトも違わないことを確かめました。`,
    differs: (name, count, of) =>
      `${name}：${of} 件中 ${count} 件がここでの計算と異なります。別の版や実測カーネルによる結果か、` +
      '書き換えられたものです。',
    comparing: (name) => `${name} を再計算して比べています…`,
    full: 'シナリオは 6 つまでです。先に 1 つ削除してください。',
  },
  tooLarge: (name, size, most) => `${name} は ${size} あります。開けるのは ${most} までです。`,
  address: (report) => {
    switch (report.kind) {
      case 'unknown':
        return `${report.name} は未知の項目なので、そのまま残します。${report.hint}`.trim();
      case 'wrong':
        return `${report.name}：${problemText(report.message, 'ja', report.name)}既定値を使います。`;
      case 'twice':
        return `${report.name} が 2 回あります。最初の値を使います。`;
      case 'version':
        return `リンクの版は ${report.version} です。分かる範囲で読みました。`;
      case 'too-long':
        return 'リンクが長すぎて読めません。既定値から始めます。';
    }
  },
  addressHead: 'リンクの一部を読めませんでした',
  dismiss: '閉じる',
  noWorkers:
    'このブラウザーではバックグラウンドのワーカーを使えないため、ここではシミュレーションできません。',
  noWasm: 'このブラウザーでは WebAssembly が無効なため、ここではシミュレーションできません。',
  brokenWasm: (reason) => `シミュレーターの中核を読み込めませんでした：${reason}。`,
  commandInstead: 'フォーム、リンク、コマンドは使えます。数値はコマンドで得られます。',
  failed: (reason) => problemText(reason, 'ja'),
  historyDenied:
    'ブラウザーがアドレスの変更を許可していません。「コピー」の「リンク」を使ってください。',
  whole: '負荷エクスプローラーで条件を変える',
  limit: '上限',
  yes: 'はい',
  no: 'いいえ',
};
