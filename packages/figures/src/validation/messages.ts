/** The words of the tables of predictions against measurements. */
import type { Language } from '../frame/language.ts';

export interface EvidenceMessages {
  /** What a quantity of the stored validation is called. */
  quantity: (quantity: string) => string;
  parts: Readonly<Record<'fitted' | 'held out' | 'foreign', string>>;
  /** Errors in percent, as text. */
  asked: (median: string, p90: string | null) => string;
  verdicts: Readonly<Record<'within' | 'outside' | 'nothing asked', string>>;
  missed: (points: string) => string;
  holds: string;
  fails: string;
}

const en: EvidenceMessages = {
  quantity: (quantity) => quantity,
  parts: { fitted: 'fitted', 'held out': 'held out', foreign: 'foreign' },
  asked: (median, p90) => `median ≤ ${median} %${p90 === null ? '' : `, p90 ≤ ${p90} %`}`,
  verdicts: { within: 'within', outside: 'outside', 'nothing asked': 'nothing asked' },
  missed: (points) => `missed by ${points} points`,
  holds: 'holds',
  fails: 'does not hold',
};

const quantities: readonly (readonly [RegExp, string])[] = [
  [/^time per output token, event simulation, ms$/, '出力トークン当たり時間（イベント模擬、ms）'],
  [/^time per output token, ms$/, '出力トークン当たり時間（ms）'],
  [/^output tokens\/s at maximum load$/, '最大負荷での出力トークン毎秒'],
  [/^wall power, W$/, '消費電力（W）'],
  [/^mean time to first token of a log, ms$/, 'ログの TTFT の平均（ms）'],
  [/^mean time to the whole answer of a log, ms$/, 'ログの全体時間の平均（ms）'],
  [/^mean time per output token of a log, ms$/, 'ログの TPOT の平均（ms）'],
  [/^time of (.*)$/, '演算の時間：$1'],
  [/^tokens\/s of a request, (.*)$/, '1 リクエストのトークン毎秒（$1）'],
  [/^speedup, (.*)$/, '高速化率（$1）'],
];

const ja: EvidenceMessages = {
  quantity: (quantity) => {
    const found = quantities.find(([pattern]) => pattern.test(quantity));
    if (found === undefined) return quantity;
    return quantity.replace(found[0], found[1]).replace(/Table (\d)/, '表 $1');
  },
  parts: { fitted: '当てはめ', 'held out': '別の点', foreign: '別の出典' },
  asked: (median, p90) => `中央値 ≤ ${median} %${p90 === null ? '' : `、p90 ≤ ${p90} %`}`,
  verdicts: { within: '範囲内', outside: '範囲外', 'nothing asked': '目標なし' },
  missed: (points) => `${points} ポイント超過`,
  holds: '成り立つ',
  fails: '成り立たない',
};

export const evidenceMessages: Record<Language, EvidenceMessages> = { en, ja };
