/**
 * The words of the site: what each is called in both languages and what it means. A page refers to
 * one as `reference/glossary/#token-tree`; the build fails on a term that is not here.
 */

interface Words {
  name: string;
  meaning: string;
}

export interface Term {
  en: Words;
  ja: Words;
}

const term = (en: string, enMeaning: string, ja: string, jaMeaning: string): Term => ({
  en: { name: en, meaning: enMeaning },
  ja: { name: ja, meaning: jaMeaning },
});

export const terms = {
  acceptance: term(
    'acceptance',
    'How much of a draft the target model agrees with; here a distribution per depth, ' +
      'request and kind of text, never one number.',
    '受理',
    'ドラフトのうちターゲットモデルが認めた分。ここでは一つの数ではなく、深さ・リクエスト・文章の種類ごとの分布。',
  ),
  'adaptive-schedule': term(
    'adaptive schedule',
    'The shape of the draft is chosen anew every step, from the batch at hand; it may be no draft.',
    '適応スケジュール',
    'ステップごとに、その時のバッチからドラフトの形を選び直す。ドラフトなしも選べる。',
  ),
  'autoregressive-decoding': term(
    'autoregressive decoding',
    'One token a step, each from all before it: what drafting is compared with.',
    '自己回帰デコーディング',
    '1 ステップに 1 トークンずつ、それまでの全トークンから生成する。ドラフトの比較対象。',
  ),
  baseline: term(
    'baseline',
    'The same traffic on the same hardware without drafting.',
    'ベースライン',
    '同じ負荷を同じハードウェアで、ドラフトなしで処理したもの。',
  ),
  beam: term('beam', 'One candidate sequence of a draft.', 'ビーム', 'ドラフトの候補列の一本。'),
  'beam-search': term(
    'beam search',
    'Keeps the W most probable sequences and continues only those.',
    'ビーム探索',
    '確率の高い W 本の列だけを残し、それらだけを伸ばしていく探索。',
  ),
  'bonus-token': term(
    'bonus token',
    'The token that the target model gives behind the last accepted one, for free.',
    'ボーナストークン',
    '受理した最後のトークンの次に、ターゲットモデルが追加費用なしで与えるトークン。',
  ),
  'context-phase': term(
    'context phase',
    'The prompt, or a chunk of it, goes through the model; also called prefill.',
    'コンテキストフェーズ',
    '入力（またはその一部）をモデルに通す段階。プリフィルとも呼ぶ。',
  ),
  crossover: term(
    'crossover',
    'The load at which drafting stops paying: the speedup passes 1.',
    '損益分岐の負荷',
    'ドラフトが得にならなくなる負荷。高速化率が 1 を横切る点。',
  ),
  depth: term(
    'depth',
    'Place of a token in the tree, counted from the root, which is depth 0.',
    '深さ',
    'ツリーの中での位置。根を 0 として数える。',
  ),
  draft: term(
    'draft',
    'Tokens that are guessed ahead, to be verified.',
    'ドラフト',
    '検証のために先に推測しておくトークン列。',
  ),
  drafter: term(
    'drafter',
    'The small model that drafts; a recurrent drafter feeds its own state forward.',
    'ドラフター',
    'ドラフトを作る小さなモデル。リカレント・ドラフターは自分の状態を次へ渡していく。',
  ),
  'empty-batch': term(
    'empty batch',
    'A step all of whose requests are in one phase: the other phase’s tensors have 0 rows ' +
      'and must still be right.',
    '空のバッチ',
    '全リクエストが片方のフェーズにあるステップ。もう片方のテンソルは 0 行だが、それでも正しくなければならない。',
  ),
  'engine-step': term(
    'engine step',
    'One pass of the engine over its batch: context, generation, verification and drafting.',
    'エンジンステップ',
    'エンジンがバッチを 1 回処理すること。コンテキスト、生成、検証、ドラフトを含む。',
  ),
  'generation-phase': term(
    'generation phase',
    'Tokens are given out, one or more a step; also called decode.',
    '生成フェーズ',
    'ステップごとに 1 個以上のトークンを出す段階。デコードとも呼ぶ。',
  ),
  goodput: term(
    'goodput',
    'Requests per second that met the service level.',
    'グッドプット',
    'サービスレベルを満たしたリクエストの毎秒の数。',
  ),
  'in-flight-batching': term(
    'in-flight batching',
    'Requests enter and leave the batch at every step; also called continuous batching.',
    'インフライトバッチング',
    'ステップごとにリクエストがバッチに入り、抜けていく方式。連続バッチングとも呼ぶ。',
  ),
  itl: term(
    'ITL',
    'Inter-token latency: the gap between two tokens that a client sees.',
    'ITL（トークン間レイテンシ）',
    'クライアントから見た、隣り合うトークンの間隔。',
  ),
  'kv-block': term(
    'KV block',
    'A page of the KV cache; holds the keys and values of a fixed number of tokens.',
    'KV ブロック',
    'KV キャッシュの 1 ページ。決まった数のトークンのキーとバリューを持つ。',
  ),
  'kv-cache': term(
    'KV cache',
    'Keys and values of all past tokens, kept so that they are not computed again.',
    'KV キャッシュ',
    '過去のトークンのキーとバリュー。計算し直さないために取っておく。',
  ),
  launch: term(
    'launch',
    'Starting one kernel on the GPU; costs microseconds whatever the kernel does.',
    '起動',
    'GPU でカーネルを一つ始めること。中身によらず数マイクロ秒かかる。',
  ),
  lossless: term(
    'lossless',
    'The output has the distribution that it would have without drafting.',
    '無損失',
    '出力の分布が、ドラフトなしの場合と同じであること。',
  ),
  operator: term(
    'operator',
    'One step of the computation with a record of its tensors and of its least cost.',
    '演算子',
    '計算の一段。テンソルと最低限のコストがレコードに書かれている。',
  ),
  'prefix-dedup': term(
    'prefix dedup',
    'Beams that agree in their first tokens share the rows for them.',
    '接頭辞の重複除去',
    '最初のトークンが同じビームどうしで、その行を共有すること。',
  ),
  provenance: term(
    'provenance',
    'Where a number is from: measured, modelled or assumed, with its source.',
    '出どころ',
    '数字が測定・モデル・仮定のどれによるか、そしてその出典。',
  ),
  roofline: term(
    'roofline',
    'The least time that bytes and operations allow; the larger of the two binds.',
    'ルーフライン',
    'バイト数と演算数から決まる最短時間。大きいほうが律速する。',
  ),
  row: term(
    'row',
    'One token of one request as the model sees it in a step.',
    '行',
    'ステップの中でモデルが見る、あるリクエストの 1 トークン。',
  ),
  scenario: term(
    'scenario',
    'Model, hardware, serving, speculation and workload as one object.',
    'シナリオ',
    'モデル、ハードウェア、サービング、投機、負荷を一つにまとめたもの。',
  ),
  seed: term(
    'seed',
    'The number that every random draw comes from; the same seed gives the same bytes.',
    '乱数の種',
    'すべての乱数のもとになる数。同じ種なら結果はバイト単位で同じ。',
  ),
  slo: term(
    'service level (SLO)',
    'What latencies must stay below, and for which share of requests.',
    'サービスレベル（SLO）',
    'レイテンシがどれだけ以下でなければならないか、どの割合のリクエストについてか。',
  ),
  'speculative-decoding': term(
    'speculative decoding',
    'Several tokens are guessed cheaply and verified by the large model in one pass.',
    '投機的デコーディング',
    '複数のトークンを安く推測し、大きなモデルが 1 回でまとめて検証する方法。',
  ),
  speedup: term(
    'speedup',
    'How many times as fast as the baseline; below 1 drafting costs time.',
    '高速化率',
    'ベースラインの何倍速いか。1 未満ならドラフトは損。',
  ),
  'target-model': term(
    'target model',
    'The large model whose output is wanted.',
    'ターゲットモデル',
    'その出力が求められている大きなモデル。',
  ),
  'token-tree': term(
    'token tree',
    'All beams of a draft with shared prefixes stored once.',
    'トークン木',
    'ドラフトの全ビームを、共通の接頭辞を一度だけ持つ木にまとめたもの。',
  ),
  tpot: term(
    'TPOT',
    'Time per output token: the mean over an answer, without its first token.',
    'TPOT（出力トークン当たり時間）',
    '最初のトークンを除いた、回答全体での平均。',
  ),
  'tree-attention': term(
    'tree attention',
    'Every row of the token tree sees the context and its own ancestors, nothing else.',
    'ツリーアテンション',
    'トークン木の各行が、コンテキストと自分の祖先だけを見るアテンション。',
  ),
  ttft: term(
    'TTFT',
    'Time to first token: from a request’s arrival to its first token.',
    'TTFT（最初のトークンまでの時間）',
    'リクエストの到着から最初のトークンまでの時間。',
  ),
  verification: term(
    'verification',
    'The target model looks at all drafted tokens in one pass and keeps those it agrees with.',
    '検証',
    'ターゲットモデルがドラフトの全トークンを 1 回で見て、認めるものを残すこと。',
  ),
} as const satisfies Record<string, Term>;

export type TermId = keyof typeof terms;
