/** The words of the operators' pages, in both languages. */

const en = {
  title: 'Operators',
  description: 'Every operator of the suite: tensors, cost, cases to run here.',
  lead:
    'One folder per operator; its record is the only description. The simulator prices a step ' +
    'with these records, so a kernel and a capacity plan can never disagree about what an ' +
    'operator moves.',
  indexColumns: ['operator', 'what it does'],
  inputs: 'Inputs',
  outputs: 'Outputs',
  attributes: 'Attributes',
  axes: 'Axes',
  cost: 'What it must at least cost',
  costLead: (gpu: string) =>
    'The record’s own formula, evaluated for a model of 8 billion parameters in bf16 with 4 ' +
    `beams of 4 tokens. The floor is that of an ${gpu} (data sheet): modelled, not measured.`,
  cases: 'Run its cases',
  casesLead: (count: number) =>
    `${count} cases are listed. They run here, in your browser, through the operator’s reference ` +
    'in float64, and its exact laws are checked on the result.',
  listed: (count: number) => `${count} cases`,
  design: 'How it is built',
  source: 'Source',
  tensorColumns: ['tensor', 'type', 'shape', 'meaning'],
  attributeColumns: ['attribute', 'meaning', 'default', 'range'],
  axisColumns: ['axis', 'meaning', 'range'],
  costColumns: ['requests', 'bytes', 'operations', 'exponentials', 'launches', 'floor', 'bound'],
  bounds: {
    memory: 'memory',
    compute: 'compute',
    launch: 'launch',
    exp: 'exponentials',
  } as Record<string, string>,
};

const ja: typeof en = {
  title: '演算子',
  description: 'スイートの全演算子：テンソル、コスト、その場で動かせるケース。',
  lead:
    '演算子ごとに一つのフォルダーがあり、そのレコードが唯一の記述です。シミュレーターも同じレコードで' +
    'ステップの時間を見積もるので、カーネルと容量計画の数字が食い違うことはありません。',
  indexColumns: ['演算子', 'はたらき'],
  inputs: '入力',
  outputs: '出力',
  attributes: '属性',
  axes: '軸',
  cost: '最低限のコスト',
  costLead: (gpu) =>
    'レコードの式を、80 億パラメータのモデル（bf16、4 ビーム × 4 トークン）で評価した値です。下限は ' +
    `${gpu} のデータシートによるもので、測定値ではなくモデルによる値です。`,
  cases: 'ケースを動かす',
  casesLead: (count) =>
    `${count} 個のケースがあります。このブラウザの中で、演算子の参照実装（float64）が計算し、` +
    '結果が厳密な法則を満たすかどうかも確かめます。',
  listed: (count) => `${count} 個のケース`,
  design: '作り',
  source: '出典',
  tensorColumns: ['テンソル', '型', '形', '意味'],
  attributeColumns: ['属性', '意味', '既定値', '範囲'],
  axisColumns: ['軸', '意味', '範囲'],
  costColumns: ['リクエスト', 'バイト', '演算', '指数関数', '起動', '下限', '律速'],
  bounds: { memory: 'メモリ', compute: '演算', launch: '起動', exp: '指数関数' },
};

export const operatorWords = { en, ja };

export const operatorSummariesJa: Record<string, string> = {
  drafter_cell: 'リカレント・ドラフターの状態の更新：SiLU(W·E(t) + U·s + b)',
  drafter_residual: 'ドラフターのヘッドの残差ブロック：x + SiLU(linear(x))',
  draft_topk: 'マスクつき log-softmax と各行の上位 k 個を 1 回の走査で求める',
  beam_step: '1 リクエストの全継続から上位 W 本を選び、履歴と状態を集める',
  pack_beams: '同じ接頭辞をもつビームを、詰めたトークン木にまとめる',
  prune_tree: 'バッチ全体で確率の高いノードだけを予算内で残し、詰め直す',
  tree_mask: 'ツリーの各行の祖先を表すビット列',
  kv_append: '新しいキーの回転位置埋め込みと、KV ページへの書き込み',
  tree_attention: 'ページ化された KV 上で、ツリーマスクの下、全行のアテンションを計算する',
  verify_greedy: '各トークンが親の argmax に一致する最長のビームを選ぶ',
  verify_exact: 'ターゲットモデルの分布そのものから引いて、木をたどる',
  verify_redrafter: '論文の確率的な受理規則（近似）',
  select_path: '受理したトークンと、次のドラフトの出発点になる隠れ状態',
  compact_kv: '受理した経路の KV を、全層で接頭辞の後ろに移す',
  split_phases: '混在バッチを、コンテキスト行と生成行に添字で分ける',
  merge_phases: 'コンテキスト行と生成行を、添字で一つのバッチに戻す',
  scan_lengths: '長さの排他的累積和、合計、最大',
  uniform: 'リクエストとステップごとの Philox 一様乱数',
};
