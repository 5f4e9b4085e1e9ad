import type { Language } from '@beamline/figures/frame';
import type { FieldGroup, ScenarioPath } from '@beamline/simulator';

/**
 * The words of the form, in both languages, beside the table of fields that they belong to: a field
 * without a label, or a label without a field, fails the type check. The English help is the
 * table's own sentence.
 */

type Words<K extends string> = Readonly<Record<K, Readonly<Record<Language, string>>>>;

export const groupWords: Words<FieldGroup> = {
  load: { en: 'Load', ja: '負荷' },
  model: { en: 'Model', ja: 'モデル' },
  hardware: { en: 'Hardware', ja: 'ハードウェア' },
  speculation: { en: 'Speculation', ja: '投機的デコーディング' },
  serving: { en: 'Serving engine', ja: 'サービングエンジン' },
  output: { en: 'Result', ja: '結果' },
};

/** The question that a group answers. */
export const groupQuestions: Words<FieldGroup> = {
  load: { en: 'Which requests come, and when?', ja: 'どのようなリクエストが、いつ来るか' },
  model: { en: 'What is served?', ja: '何を動かすか' },
  hardware: { en: 'On what does it run?', ja: '何の上で動かすか' },
  speculation: {
    en: 'How are tokens drafted and accepted?',
    ja: 'トークンをどうドラフトし、どう受理するか',
  },
  serving: { en: 'How does the engine batch?', ja: 'エンジンはどうバッチを組むか' },
  output: { en: 'What must the result meet?', ja: '結果に何を求めるか' },
};

export const fieldLabels: Words<ScenarioPath> = {
  version: { en: 'Format version', ja: '形式の版' },
  seed: { en: 'Seed', ja: '乱数の種' },
  model: { en: 'Model', ja: 'モデル' },
  'hardware.gpu': { en: 'GPU', ja: 'GPU' },
  'hardware.tensorParallel': { en: 'Tensor parallel', ja: 'テンソル並列' },
  'hardware.pipelineParallel': { en: 'Pipeline parallel', ja: 'パイプライン並列' },
  'hardware.replicas': { en: 'Replicas', ja: 'レプリカ数' },
  'hardware.router': { en: 'Router', ja: 'ルーター' },
  'precision.weights': { en: 'Weights', ja: '重みの数値形式' },
  'precision.kv': { en: 'KV cache', ja: 'KV キャッシュの数値形式' },
  'serving.engine': { en: 'Engine', ja: 'エンジン' },
  'serving.kvBlocks': { en: 'KV blocks', ja: 'KV ブロック数' },
  'serving.maxBatchSize': { en: 'Largest batch', ja: '最大バッチサイズ' },
  'serving.maxNumTokens': { en: 'Most tokens a step', ja: '1 ステップの最大トークン数' },
  'serving.maxQueuedRequests': { en: 'Longest queue', ja: '待ち行列の上限' },
  'serving.tokensPerBlock': { en: 'Tokens per KV block', ja: 'KV ブロックのトークン数' },
  'serving.kvCacheFraction': { en: 'Memory for the KV cache', ja: 'KV キャッシュの割合' },
  'serving.capacityPolicy': { en: 'Capacity policy', ja: '受け入れ方針' },
  'serving.contextChunking': { en: 'Context chunking', ja: 'コンテキストの分割' },
  'serving.blockReuse': { en: 'Reuse of KV blocks', ja: 'KV ブロックの再利用' },
  'speculation.method': { en: 'Method', ja: '手法' },
  'speculation.beams': { en: 'Beams', ja: 'ビーム数' },
  'speculation.draftLength': { en: 'Draft length', ja: 'ドラフト長' },
  'speculation.prefixDedup': { en: 'Merge equal prefixes', ja: '共通接頭辞の統合' },
  'speculation.placement': { en: 'Placement', ja: '実行場所' },
  'speculation.schedule': { en: 'Schedule', ja: 'スケジュール' },
  'speculation.acceptance': { en: 'Kind of text', ja: 'テキストの種類' },
  'speculation.sampling': { en: 'Acceptance rule', ja: '受理の規則' },
  'workload.kind': { en: 'Arrivals', ja: '到着の仕方' },
  'workload.ratePerSecond': { en: 'Your load', ja: 'あなたの負荷' },
  'workload.burstiness': { en: 'Burstiness', ja: '到着のばらつき' },
  'workload.concurrency': { en: 'Your load', ja: 'あなたの負荷' },
  'workload.requests': { en: 'Requests', ja: 'リクエスト数' },
  'workload.durationSeconds': { en: 'Duration', ja: '継続時間' },
  'workload.inputTokens': { en: 'Prompt lengths', ja: '入力の長さ' },
  'workload.outputTokens': { en: 'Answer lengths', ja: '出力の長さ' },
  'workload.trace': { en: 'Trace', ja: 'トレース' },
  'workload.timeScale': { en: 'Time scale', ja: '時間の倍率' },
  slo: { en: 'Service levels', ja: 'サービス水準' },
};

/** The table's help in Japanese. */
export const fieldHelpJa: Readonly<Record<ScenarioPath, string>> = {
  version: 'この形式の版。',
  seed: 'すべての乱数列のもとになる種。同じ種なら同じ結果になる。',
  model: '既知のモデル、または HuggingFace 形式の設定（JSON）。',
  'hardware.gpu': '既知の GPU、または同じ形式のオブジェクト（JSON）。',
  'hardware.tensorParallel': '1 エンジンの各層を分担する GPU の数。',
  'hardware.pipelineParallel': '1 エンジンの層を分ける段の数。',
  'hardware.replicas': '1 つのルーターの後ろに並ぶ同一エンジンの数。',
  'hardware.router': 'リクエストをどのレプリカへ送るか。',
  'precision.weights': '重みの数値形式。',
  'precision.kv': 'KV キャッシュの数値形式。',
  'serving.engine': 'どのエンジンの固定費用を用いるか。',
  'serving.kvBlocks': 'KV ブロックの総数。指定しなければメモリから決まる。',
  'serving.maxBatchSize': '1 ステップに入るリクエストの上限。',
  'serving.maxNumTokens': '1 ステップのトークンの上限。コンテキストと生成の合計。',
  'serving.maxQueuedRequests': '1 エンジンで待てるリクエストの上限。超えた分は断る。',
  'serving.tokensPerBlock': '1 つの KV ブロックが持つトークンの数。',
  'serving.kvCacheFraction': '重みと活性化を除いた残りのメモリのうち KV キャッシュが使う割合。',
  'serving.capacityPolicy': '待っているリクエストのうちどれをバッチに入れるか。',
  'serving.contextChunking': '長い入力をどう分け、生成とステップを共有するか。',
  'serving.blockReuse': '接頭辞が同じリクエストで KV ブロックを共有するか。',
  'speculation.method': 'ドラフトの手法。none は通常の自己回帰デコーディング。',
  'speculation.beams': '1 回のドラフトの候補列の数。0 は none と同じ。',
  'speculation.draftLength': '各候補列でドラフトするトークンの数。確定した最初の 1 つは含まない。',
  'speculation.prefixDedup': 'ビームの共通接頭辞をトークン木にまとめるか。',
  'speculation.placement': '検証と受理をエンジンのステップ内で行うか、ホスト側で行うか。',
  'speculation.schedule':
    'fixed、adaptive（毎ステップ形を選ぶ）、confidence、または 4:8x5,16:4x4,0 のような行。',
  'speculation.acceptance': '既知のプロファイル、または 0.8,0.6,0.4 のような深さごとの生存率。',
  'speculation.sampling': 'ドラフトを受理する規則。redrafter は論文の確率的な規則。',
  'workload.kind': 'リクエストの到着の仕方。',
  'workload.ratePerSecond': '開ループの負荷で 1 秒に到着するリクエストの数。',
  'workload.burstiness': 'gamma の到着間隔の変動係数の 2 乗。0 は等間隔、1 はポアソン。',
  'workload.concurrency': 'closed-loop で同時に処理中にしておくリクエストの数。',
  'workload.requests': 'リクエストの総数。トレースが短ければ繰り返す。',
  'workload.durationSeconds': 'この時間を過ぎると新しいリクエストは来ない。',
  'workload.inputTokens': '入力の長さ。azure-chat のような実測の名前、または分布。',
  'workload.outputTokens': '出力の長さ。',
  'workload.trace':
    'トレースのファイル：azure-llm、burstgpt（CSV）、mooncake、beamline、vllm（JSONL）。',
  'workload.timeScale': 'トレースの間隔に掛ける倍率。0.5 で負荷は 2 倍。',
  slo: '満たすべき水準。例：ttft_p95 < 500ms and itl_p99 < 50ms',
};

/** Japanese units where the table's English word is not the one to read. */
export const unitsJa: Readonly<Record<string, string>> = {
  GPUs: '台',
  stages: '段',
  engines: '台',
  requests: '件',
  tokens: 'トークン',
  share: '割合',
  sequences: '本',
  'CV²': 'CV²',
  s: '秒',
  factor: '倍',
  'requests/s': '件/秒',
};
