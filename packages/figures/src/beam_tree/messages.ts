/** Every sentence of the beam tree, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import { few } from './loop-messages.ts';
import type { Rows } from './rows.ts';

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
  merged: (merged: number, beams: number) => string;
}

const percent = (share: number) => `${numberText(Math.round(share * 100))} %`;

const en: BeamTreeMessages = {
  title: (beams, drafted, positions, rows) => {
    const width = few(beams, 'beam', 'beams');
    const depth = few(drafted, 'drafted token', 'drafted tokens');
    const places = few(positions, 'position', 'positions');
    const left = few(rows, 'tree row', 'tree rows');
    return rows === positions
      ? `${width} of ${depth}: nothing to merge, ${left}`
      : `${places} in ${width} become ${left}: ${percent(1 - rows / positions)} less to verify`;
  },
  empty: 'No beams, no tree',
  emptyWhy: 'No beams: the request does not draft in this step. Choose a preset or widen the beam.',
  summary: (positions, rows, words) =>
    'Beams as rows of words, and the prefix tree they merge into: ' +
    `${positions} positions, ${rows} rows. ${words}`,
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
  node: (row, word, depth, parent, beams) => {
    const place = parent === '' ? 'the certain token' : `after ${parent}`;
    return `Row ${row}: ${word}, depth ${depth}, ${place}, in ${few(beams, 'beam', 'beams')}`;
  },
  sharedBy: (beams) => `×${beams}`,
  columns: ['beam', 'depth', 'token', 'tree row', 'parent row', 'merge'],
  stands: { isNew: 'new', isShared: (beam) => `shared with beam ${beam}` },
  counted: (drafted, unique) =>
    'Positions count the certain first token of every beam, as the paper does; without it, ' +
    `${few(drafted, 'drafted token is', 'drafted tokens are')} ${few(unique, 'row', 'rows')}.`,
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
  merged: (merged, beams) => `${merged} of ${few(beams, 'beam', 'beams')} merged`,
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
  merged: (merged, beams) => `${beams} 本中 ${merged} 本を結合`,
};

export const beamTreeMessages: Record<Language, BeamTreeMessages> = { en, ja };
