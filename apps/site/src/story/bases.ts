/**
 * How a number of the story came about: its kind, in the words of the house (measured, modelled,
 * assumed; exact where it is counted), and a line in both languages. `source` names an entry of
 * sources.ts. Shown under each chapter for the numbers that stand in it.
 */
import type { Language } from '@beamline/figures';
import type { SourceId } from './sources.ts';

export type Kind = 'measured' | 'modelled' | 'assumed' | 'exact';

export interface BasisText {
  kind: Kind;
  text: Readonly<Record<Language, string>>;
  source?: SourceId;
  /** The command that prints such a number. */
  command?: string;
}

export const bases = {
  operators: {
    kind: 'exact',
    text: {
      en: 'Counted by the references of pack_beams and tree_mask on the example’s beams.',
      ja: '例のビームに対して pack_beams と tree_mask の参照実装で数えた値です。',
    },
  },
  example: {
    kind: 'assumed',
    text: {
      en: 'The example’s probabilities are chosen for easy arithmetic; products and sums follow.',
      ja: '例の確率は計算しやすい値に選んだ仮定です。積と和はそこから計算しています。',
    },
  },
  counted: {
    kind: 'exact',
    text: {
      en: 'Counted from the model’s shape and the drafter’s shape in the authors’ repository.',
      ja: 'モデルの形状と、著者らのリポジトリにあるドラフターの形状から数えた値です。',
    },
    source: 'redrafter-repository',
  },
  setting: {
    kind: 'assumed',
    text: {
      en: 'Past tokens of each request, where nothing else is said.',
      ja: '特に断らない場合の、リクエストごとの過去のトークン数です。',
    },
  },
  sheet: {
    kind: 'assumed',
    text: {
      en: 'Arithmetic on the data sheet of the H100 SXM, which is a vendor’s statement.',
      ja: 'H100 SXM のデータシートの値（メーカーの公称値）からの計算です。',
    },
  },
  fit: {
    kind: 'modelled',
    text: {
      en: 'Rates fitted on one third of published timings of matrix products on the H100 SXM.',
      ja: '公開された H100 SXM の行列積の測定値のうち 3 分の 1 に当てはめた実効性能からの計算です。',
    },
    source: 'aiconfigurator',
  },
  limits: {
    kind: 'modelled',
    text: {
      en: 'All bytes and operations of a step by the cost model, at the data sheet’s rates.',
      ja: 'コストモデルによる 1 ステップの全バイト数と全演算数を、公称性能で割った値です。',
    },
  },
  step: {
    kind: 'modelled',
    text: {
      en:
        'One engine step by the cost model: Llama 3.1 8B in bf16, one H100 SXM, 4 beams of 4 ' +
        'tokens, profile chat, 1,000 past tokens a request where nothing else is said. ' +
        'No queue and no prompts in the step.',
      ja:
        'コストモデルによるエンジンの 1 ステップの値です。Llama 3.1 8B（bf16）、H100 SXM 1 基、' +
        '4 ビーム × 4 トークン、受理プロファイル chat、断りがなければ過去 1,000 トークン。' +
        '待ち行列もプロンプト処理も含みません。',
    },
    command: 'beamline estimate --batch N --kv-tokens 1000',
  },
  rows: {
    kind: 'modelled',
    text: {
      en: 'Rows after merging, by a law fitted on trees of a small recurrent drafter.',
      ja: '共通接頭辞をまとめたあとの行数です。小さなリカレント・ドラフターの木に当てはめた式によります。',
    },
    command: 'beamline estimate --batch N --kv-tokens 1000',
  },
  acceptance: {
    kind: 'modelled',
    text: {
      en: 'Acceptance fitted to Table 4 (distilled) of the paper.',
      ja: '論文の表 4（蒸留あり）に当てはめた受理モデルの値です。',
    },
    source: 'redrafter-paper',
  },
  tasks: {
    kind: 'assumed',
    text: {
      en:
        'The chat profile times what five other drafters have on code, summaries and maths ' +
        'relative to chat. ReDrafter’s own figures by task were never published.',
      ja:
        'chat のプロファイルに、ほかの 5 手法でのコード・要約・数学と chat の比を掛けた値です。' +
        'ReDrafter 自身のタスク別の数値は公表されていません。',
    },
    source: 'eagle-3-paper',
  },
  memory: {
    kind: 'modelled',
    text: {
      en: 'What is left of 80 GB after weights, drafter and activations, times 0.9.',
      ja: '80 GB から重み・ドラフター・活性を除いた残りの 0.9 倍です。',
    },
    command: 'beamline estimate',
  },
  power: {
    kind: 'modelled',
    text: {
      en:
        'Idle power plus a share for busy memory and a share for busy matrix units, at most ' +
        '700 W. Nobody has published joules per token with drafting on.',
      ja:
        '待機電力に、メモリの稼働分と行列演算器の稼働分を足したモデルで、上限は 700 W です。' +
        '投機的デコーディング使用時のトークンあたりエネルギーの実測は公表されていません。',
    },
    command: 'beamline estimate --batch N --kv-tokens 1000',
  },
  price: {
    kind: 'assumed',
    text: {
      en: '2.95 $ per GPU and hour: the median of 37 providers; 1.99 to 5.00 $ were seen.',
      ja: '1 GPU 1 時間あたり 2.95 ドルと仮定しました。37 社の中央値で、1.99〜5.00 ドルの幅があります。',
    },
    source: 'gpu-prices',
  },
  table1: {
    kind: 'measured',
    text: {
      en: 'Table 1: PyTorch, one H100, greedy, one request. Beams and beam length not stated.',
      ja: '表 1：PyTorch、H100 1 基、貪欲法、リクエスト 1 件。ビーム数とビーム長の記載なし。',
    },
    source: 'redrafter-paper',
  },
  table2: {
    kind: 'measured',
    text: {
      en: 'Table 2: MLX, greedy, one request, 3 drafted tokens, one prompt.',
      ja: '表 2：MLX、貪欲法、リクエスト 1 件、ドラフト 3 トークン、プロンプト 1 個。',
    },
    source: 'redrafter-paper',
  },
  table3: {
    kind: 'measured',
    text: {
      en: 'Table 3: Vicuna 7B, MT-Bench, one H100, PyTorch, greedy. Beam length not stated.',
      ja: '表 3：Vicuna 7B、MT-Bench、H100 1 基、PyTorch、貪欲法。ビーム長の記載なし。',
    },
    source: 'redrafter-paper',
  },
  table4: {
    kind: 'measured',
    text: {
      en: 'Table 4, distilled: Vicuna 7B, MT-Bench, one request, greedy.',
      ja: '表 4（蒸留あり）：Vicuna 7B、MT-Bench、リクエスト 1 件、貪欲法。',
    },
    source: 'redrafter-paper',
  },
  eagle: {
    kind: 'measured',
    text: {
      en: 'Table 1 of the EAGLE-3 paper: Vicuna 13B, MT-Bench, greedy, one request.',
      ja: 'EAGLE-3 論文の表 1：Vicuna 13B、MT-Bench、貪欲法、リクエスト 1 件。',
    },
    source: 'eagle-3-paper',
  },
  vllm: {
    kind: 'measured',
    text: {
      en:
        'vLLM, DeepSeek-V4-Flash on an AMD node, ShareGPT, 512 output tokens: ratios of the ' +
        'published output tokens per second.',
      ja:
        'vLLM、DeepSeek-V4-Flash、AMD ノード 1 台、ShareGPT、出力 512 トークン。公表された' +
        '毎秒出力トークン数の比です。',
    },
    source: 'vllm-52362',
  },
  llama: {
    kind: 'measured',
    text: {
      en: 'llama.cpp, DFlash for the second Qwen3 model, quantised, one request.',
      ja: 'llama.cpp、二つ目の Qwen3 モデル（量子化）に対する DFlash、リクエスト 1 件。',
    },
    source: 'llama-cpp-25173',
  },
  validation: {
    kind: 'exact',
    text: {
      en: 'Error of predicted against measured times per output token, points no fit has seen.',
      ja: '出力トークンあたり時間の予測と実測の誤差です。当てはめに使っていない点だけで数えました。',
    },
    source: 'aiconfigurator',
    command: 'beamline validate',
  },
} as const satisfies Record<string, BasisText>;

export type Basis = keyof typeof bases;

export const kindNames: Readonly<Record<Kind, Readonly<Record<Language, string>>>> = {
  measured: { en: 'measured', ja: '実測' },
  modelled: { en: 'modelled', ja: 'モデル値' },
  assumed: { en: 'assumed', ja: '仮定' },
  exact: { en: 'exact', ja: '計数' },
};
