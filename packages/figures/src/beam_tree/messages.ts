/** Every sentence of the beam tree, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { PresetName, Rows } from './presets.ts';

export interface BeamTreeMessages {
  title: (beams: number, drafted: number, positions: number, rows: number) => string;
  empty: string;
  emptyWhy: string;
  summary: (positions: number, rows: number, words: string) => string;
  /** How one beam is read out. */
  beamOf: (beam: number, words: string, rows: number) => string;
  beams: string;
  tree: (rows: number, merged: number, beams: number) => string;
  counter: { drafted: string; unique: string; saved: string };
  percent: (share: number) => string;
  cell: (beam: number, depth: number, word: string, row: number, isNew: boolean) => string;
  node: (row: number, word: string, depth: number, parent: string, beams: number) => string;
  sharedBy: (beams: number) => string;
  columns: readonly [string, string, string, string, string, string];
  stands: { isNew: string; isShared: (beam: number) => string };
  counted: (drafted: number, unique: number) => string;
  computed: string;
  toy: string;
  given: string;
  leftOut: (out: Omit<Rows, 'rows'>) => readonly string[];
  presets: Record<PresetName, string>;
  controls: {
    preset: string;
    own: string;
    typed: string;
    typedHint: string;
    apply: string;
    width: string;
    widthValue: (beams: number) => string;
    depth: string;
    depthValue: (tokens: number) => string;
    merged: (merged: number, beams: number) => string;
  };
}

const percent = (share: number) => `${numberText(Math.round(share * 100))} %`;
const few = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

const en: BeamTreeMessages = {
  title: (beams, drafted, positions, rows) =>
    rows === positions
      ? `${few(beams, 'beam', 'beams')} of ${few(drafted, 'drafted token', 'drafted tokens')}: nothing to merge, ${rows} rows`
      : `${few(positions, 'position', 'positions')} in ${few(beams, 'beam', 'beams')} become ${few(rows, 'tree row', 'tree rows')}: ${percent(1 - rows / positions)} less to verify`,
  empty: 'No beams, no tree',
  emptyWhy: 'No beams: the request does not draft in this step. Choose a preset or widen the beam.',
  summary: (positions, rows, words) =>
    `Beams as rows of words, and the prefix tree they merge into: ${positions} positions, ${rows} rows. ${words}`,
  beamOf: (beam, words, rows) => `Beam ${beam}: ${words}; adds ${few(rows, 'row', 'rows')}.`,
  beams: 'candidate beams',
  tree: (rows, merged, beams) =>
    merged === beams
      ? `prefix tree, ${few(rows, 'row', 'rows')}`
      : `prefix tree of the first ${few(merged, 'beam', 'beams')}, ${few(rows, 'row', 'rows')}`,
  counter: { drafted: 'drafted', unique: 'unique', saved: 'saved' },
  percent,
  cell: (beam, depth, word, row, isNew) =>
    `Beam ${beam}, depth ${depth}: ${word}, ${isNew ? `new, row ${row}` : `shares row ${row}`}`,
  node: (row, word, depth, parent, beams) =>
    `Row ${row}: ${word}, depth ${depth}, ${parent === '' ? 'the certain token' : `after ${parent}`}, in ${few(beams, 'beam', 'beams')}`,
  sharedBy: (beams) => `×${beams}`,
  columns: ['beam', 'depth', 'token', 'tree row', 'parent row', 'merge'],
  stands: { isNew: 'new', isShared: (beam) => `shared with beam ${beam}` },
  counted: (drafted, unique) =>
    `Positions count the certain first token of every beam, as the paper does; without it, ${drafted} drafted tokens are ${unique} distinct rows.`,
  computed: 'The tree is what the reference of the operator pack_beams gives.',
  toy: 'The beams come from a toy drafter that looks one word back in a short text.',
  given: 'The beams are given.',
  leftOut: ({ beamsLeftOut, wordsLeftOut, hasAddedRoot }) => [
    ...(beamsLeftOut > 0 ? [`${few(beamsLeftOut, 'beam', 'beams')} left out: at most 8.`] : []),
    ...(wordsLeftOut > 0
      ? [`${few(wordsLeftOut, 'token', 'tokens')} cut: all beams have one length, at most 7.`]
      : []),
    ...(hasAddedRoot ? ['The beams start differently, so “…” stands for the certain token.'] : []),
  ],
  presets: {
    code: 'Code completion',
    chat: 'Chat',
    'worked-a': 'Apple’s worked example, first request',
    'worked-b': 'Apple’s worked example, second request',
    'no-sharing': 'No sharing',
    'all-same': 'All the same',
    'one-beam': 'One beam',
    empty: 'Empty',
  },
  controls: {
    preset: 'Beams',
    own: 'My own',
    typed: 'My own beams, one a line, tokens apart by spaces',
    typedHint: 'Up to 8 beams of up to 7 tokens; the first token of all beams is the certain one.',
    apply: 'Pack these beams',
    width: 'Beams',
    widthValue: (beams) => few(beams, 'beam', 'beams'),
    depth: 'Drafted tokens per beam',
    depthValue: (tokens) => few(tokens, 'token', 'tokens'),
    merged: (merged, beams) => `${merged} of ${few(beams, 'beam', 'beams')} merged`,
  },
};

const ja: BeamTreeMessages = {
  title: (beams, drafted, positions, rows) =>
    rows === positions
      ? `${beams} 本のビーム（ドラフト ${drafted} トークン）に共通部分はなく、${rows} 行のまま`
      : `${beams} 本のビームの ${positions} 箇所が木の ${rows} 行になり、検証が ${percent(1 - rows / positions)} 減る`,
  empty: 'ビームがなければ木もない',
  emptyWhy:
    'ビームがありません。このステップではドラフトしません。例を選ぶか、ビームを増やしてください。',
  summary: (positions, rows, words) =>
    `単語の行として並べたビームと、それらをまとめた接頭辞木。${positions} 箇所が ${rows} 行になる。${words}`,
  beamOf: (beam, words, rows) => `ビーム ${beam}：${words}、新しい行は ${rows}。`,
  beams: '候補のビーム',
  tree: (rows, merged, beams) =>
    merged === beams ? `接頭辞木、${rows} 行` : `最初の ${merged} 本の接頭辞木、${rows} 行`,
  counter: { drafted: 'ドラフト', unique: '重複なし', saved: '節約' },
  percent,
  cell: (beam, depth, word, row, isNew) =>
    `ビーム ${beam}、深さ ${depth}：${word}、${isNew ? `新しい行 ${row}` : `行 ${row} を共有`}`,
  node: (row, word, depth, parent, beams) =>
    `行 ${row}：${word}、深さ ${depth}、${parent === '' ? '確定トークン' : `${parent} の次`}、${beams} 本のビームが通る`,
  sharedBy: (beams) => `×${beams}`,
  columns: ['ビーム', '深さ', 'トークン', '木の行', '親の行', '結合'],
  stands: { isNew: '新規', isShared: (beam) => `ビーム ${beam} と共有` },
  counted: (drafted, unique) =>
    `箇所の数は論文と同じく各ビーム先頭の確定トークンを含む。含めなければ、ドラフト ${drafted} トークンは ${unique} 行。`,
  computed: '木は演算子 pack_beams の参照実装の結果。',
  toy: 'ビームは、短い文章を 1 語だけ遡って見るおもちゃのドラフターが出したもの。',
  given: 'ビームは与えられたもの。',
  leftOut: ({ beamsLeftOut, wordsLeftOut, hasAddedRoot }) => [
    ...(beamsLeftOut > 0 ? [`ビーム ${beamsLeftOut} 本は省略（最大 8 本）。`] : []),
    ...(wordsLeftOut > 0 ? [`${wordsLeftOut} トークンは省略（ビームの長さは同じで最大 7）。`] : []),
    ...(hasAddedRoot ? ['先頭が異なるので、「…」を確定トークンとした。'] : []),
  ],
  presets: {
    code: 'コード補完',
    chat: 'チャット',
    'worked-a': 'Apple の例題、1 番目のリクエスト',
    'worked-b': 'Apple の例題、2 番目のリクエスト',
    'no-sharing': '共通部分なし',
    'all-same': 'すべて同じ',
    'one-beam': 'ビーム 1 本',
    empty: '空',
  },
  controls: {
    preset: 'ビーム',
    own: '自分で入力',
    typed: '自分のビーム（1 行に 1 本、トークンは空白区切り）',
    typedHint: '最大 8 本、各 7 トークンまで。全ビームの先頭が確定トークンになる。',
    apply: 'このビームをまとめる',
    width: 'ビーム数',
    widthValue: (beams) => `${beams} 本`,
    depth: 'ビームあたりのドラフトトークン数',
    depthValue: (tokens) => `${tokens} トークン`,
    merged: (merged, beams) => `${beams} 本中 ${merged} 本を結合`,
  },
};

export const beamTreeMessages: Record<Language, BeamTreeMessages> = { en, ja };
