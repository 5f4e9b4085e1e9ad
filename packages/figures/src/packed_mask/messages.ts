/** Every sentence of the packed mask, in both languages. */
import type { Language } from '../frame/language.ts';

export interface PackedMaskMessages {
  title: (rows: number, naive: number, isNaive: boolean) => string;
  empty: string;
  summary: (rows: number, pairs: number, words: string) => string;
  counter: { rows: string; saved: string; wasted: string; words: string };
  tree: (isNaive: boolean) => string;
  mask: string;
  index: string;
  position: string;
  context: (tokens: number) => string;
  node: (row: number, word: string, depth: number, position: number) => string;
  slot: (row: number, word: string, slot: number, position: number, seenBy: string) => string;
  row: (row: number, word: string, sees: string, words: string) => string;
  columns: readonly [string, string, string, string, string, string, string];
  popcount: string;
  contextNote: (tokens: number) => string;
  computed: string;
  words: string;
  controls: { packing: string; naive: string; packed: string };
}

const en: PackedMaskMessages = {
  title: (rows, naive, isNaive) =>
    isNaive
      ? `Naïve beams verify ${naive} rows; the packed tree needs ${rows} and a mask`
      : rows === naive
        ? `One pass verifies ${rows} rows; the mask keeps branches apart`
        : `One pass verifies ${rows} rows instead of ${naive}; the mask keeps branches apart`,
  empty: 'No tree, no mask: the request has no rows in this step',
  summary: (rows, pairs, words) =>
    `A packed row of ${rows} tokens and its mask: each row sees the whole context, itself and ` +
    `its ancestors, ${pairs} pairs in all. ${words}`,
  counter: {
    rows: 'rows',
    saved: 'KV slots saved',
    wasted: 'KV slots too many',
    words: 'words a row',
  },
  tree: (isNaive) => (isNaive ? 'beams, not merged' : 'packed tree with row numbers'),
  mask: 'packed row ↓ and what each row sees',
  index: 'row',
  position: 'position',
  context: (tokens) => `context: ${tokens}`,
  node: (row, word, depth, position) => `Row ${row}: ${word}, depth ${depth}, position ${position}`,
  slot: (row, word, slot, position, seenBy) =>
    `Column ${row}: ${word}, KV slot ${slot}, position ${position}, seen by ${seenBy}`,
  row: (row, word, sees, words) => `Row ${row}: ${word} sees ${sees}; ${words}`,
  columns: ['row', 'token', 'depth', 'position', 'KV slot', 'sees rows', 'mask words'],
  popcount: 'A row sees depth + 1 rows: ■ itself, ● its ancestors.',
  contextNote: (tokens) =>
    `The ${tokens} tokens in the cache are seen by every row and have no mask bits.`,
  computed: 'Words and bits are what the reference of the operator tree_mask gives.',
  words: 'Bit c of a row, counted from the lowest bit of its first word, stands for column c.',
  controls: { packing: 'Rows', naive: 'naïve beams', packed: 'packed tree' },
};

const ja: PackedMaskMessages = {
  title: (rows, naive, isNaive) =>
    isNaive
      ? `まとめないビームは ${naive} 行を検証し、木にまとめれば ${rows} 行とマスクで足りる`
      : rows === naive
        ? `1 回の計算で ${rows} 行を検証し、マスクが枝どうしを分ける`
        : `1 回の計算で ${naive} 行の代わりに ${rows} 行を検証し、マスクが枝どうしを分ける`,
  empty: '木がなければマスクもない。このステップで、このリクエストには行がない',
  summary: (rows, pairs, words) =>
    `${rows} トークンを詰めた行とそのマスク。各行は文脈全体と自分自身と祖先を見て、組は全部で ${pairs}。${words}`,
  counter: {
    rows: '行',
    saved: '節約した KV スロット',
    wasted: '余分な KV スロット',
    words: '語 / 行',
  },
  tree: (isNaive) => (isNaive ? 'まとめないビーム' : '詰めた木と行番号'),
  mask: '詰めた行 ↓ と、各行が見るもの',
  index: '行',
  position: '位置',
  context: (tokens) => `文脈：${tokens}`,
  node: (row, word, depth, position) => `行 ${row}：${word}、深さ ${depth}、位置 ${position}`,
  slot: (row, word, slot, position, seenBy) =>
    `列 ${row}：${word}、KV スロット ${slot}、位置 ${position}、見る行は ${seenBy}`,
  row: (row, word, sees, words) => `行 ${row}：${word} が見る行は ${sees}、${words}`,
  columns: ['行', 'トークン', '深さ', '位置', 'KV スロット', '見る行', 'マスクの語'],
  popcount: '各行は深さ + 1 行を見る。■ は自分自身、● は祖先。',
  contextNote: (tokens) =>
    `キャッシュにある ${tokens} トークンはどの行からも見え、マスクのビットを持たない。`,
  computed: '語とビットは演算子 tree_mask の参照実装の結果。',
  words: '行の最初の語の最下位ビットから数えて c 番目のビットが列 c を表す。',
  controls: { packing: '行', naive: 'まとめないビーム', packed: '詰めた木' },
};

export const packedMaskMessages: Record<Language, PackedMaskMessages> = { en, ja };
