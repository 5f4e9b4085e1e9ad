/** Every sentence of verification, in both languages. */

import { few } from '../beam_tree/loop-messages.ts';
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { VerifyRule } from './rules.ts';

export interface VerifyAcceptMessages {
  rules: Record<VerifyRule, string>;
  title: (rule: VerifyRule, accepted: number, drafted: number, bonus: string) => string;
  empty: string;
  summary: (rule: string, steps: string, emitted: string) => string;
  counter: { accepted: string; emitted: string; moved: string };
  tree: string;
  legend: { target: string; draft: string };
  decisions: (rule: VerifyRule) => string;
  /** What the target wants behind a word. */
  wants: Record<'greedy' | 'exact', (after: string, token: string, p: string, u: string) => string>;
  isDrafted: string;
  isBonus: string;
  level: (depth: number) => string;
  ratio: (beam: number, token: string, p: string, q: string) => string;
  stands: (u: string, ratio: string) => string;
  falls: (u: string, ratio: string) => string;
  bonusFrom: (isResidual: boolean, u: string) => string;
  committed: string;
  slots: (prefix: number) => string;
  moves: (moves: readonly { from: number; to: number }[]) => string;
  freed: (kept: number, freed: number) => string;
  node: (row: number, word: string, p: string, q: string, stand: string) => string;
  standing: Record<'open' | 'accepted' | 'rejected' | 'aside' | 'root', string>;
  bonusNode: (word: string) => string;
  law: {
    head: (draws: string) => string;
    target: string;
    exact: string;
    /** Short, for the key. */
    redrafter: string;
    others: string;
    distance: (exact: string, noise: string, redrafter: string) => string;
    mark: (word: string, target: string, exact: string, redrafter: string) => string;
  };
  quoted: (word: string) => string;
  greedyLaw: (isSame: boolean, tokens: string) => string;
  ruleNotes: Record<VerifyRule, string>;
  /** What a strip shows. */
  strips: Record<'greedy' | 'exact', string>;
  toy: string;
  columns: readonly string[];
  stage: {
    start: string;
    level: (level: number) => string;
    bonus: (word: string) => string;
    commit: (tokens: number) => string;
  };
  controls: { rule: string; seed: string; redraw: string; more: string };
  number: (value: number) => string;
  /** A draw, or what it is compared with. */
  draw: (value: number) => string;
  percent: (value: number) => string;
}

/** Never rounded up to 1, which no draw reaches. */
const draw = (value: number) => (value === 1 ? '1' : Math.min(0.999, value).toFixed(3));
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;

const en: VerifyAcceptMessages = {
  rules: { greedy: 'Greedy', exact: 'Sampled, exact', redrafter: 'Sampled, ReDrafter’s rule' },
  title: (rule, accepted, drafted, bonus) => {
    const name = { greedy: 'Greedy', exact: 'Exact sampling', redrafter: 'ReDrafter’s rule' }[rule];
    const levels = few(drafted, 'level', 'levels');
    return `${name}: ${accepted} of ${levels} accepted, and “${bonus}” comes on top`;
  },
  empty: 'Nothing drafted, nothing to verify',
  summary: (rule, steps, emitted) =>
    `Verification of a token tree by the rule ${rule}. ${steps} Committed: ${emitted}.`,
  counter: { accepted: 'accepted', emitted: 'committed', moved: 'KV rows moved' },
  tree: 'token tree',
  legend: { target: 'target p', draft: 'drafter q' },
  decisions: (rule) =>
    ({
      greedy: 'what the target finds most likely',
      exact: 'what the target draws',
      redrafter: 'drafted tokens that stand: u < p/q',
    })[rule],
  wants: {
    greedy: (after, token, p) => `after “${after}” most likely “${token}”, p ${p}`,
    exact: (after, token, p, u) => `after “${after}” u ${u} draws “${token}”, p ${p}`,
  },
  isDrafted: '✓ drafted: accepted, go on',
  isBonus: '★ not drafted here: it is the bonus',
  level: (depth) => `level ${depth}, beam by beam`,
  ratio: (beam, token, p, q) => `${beam} “${token}” p ${p}, q ${q}`,
  stands: (u, ratio) => `u ${u} < ${ratio} ✓`,
  falls: (u, ratio) => `u ${u} ≥ ${ratio} ✕`,
  bonusFrom: (isResidual, u) =>
    isResidual ? `bonus from what p leaves over q, u ${u}` : `bonus from the target, u ${u}`,
  committed: 'text, and what this step commits',
  slots: (prefix) => `KV slots of the tree, from slot ${prefix}`,
  moves: (moves) =>
    moves.length === 0
      ? 'nothing moves: the path lies in place'
      : `moved: ${moves.map(({ from, to }) => `slot ${from} → ${to}`).join(', ')}`,
  freed: (kept, freed) => `${few(kept, 'slot', 'slots')} kept, ${freed} freed`,
  node: (row, word, p, q, stand) => `Row ${row}: ${word}, target ${p}, drafter ${q}, ${stand}`,
  standing: {
    open: 'not checked',
    accepted: 'accepted',
    rejected: 'rejected',
    aside: 'stands, but another beam won',
    root: 'certain',
  },
  bonusNode: (word) => `Bonus: ${word}`,
  law: {
    head: (draws) => `first committed token over ${draws} verifications of this step`,
    target: 'target p',
    exact: 'exact rule',
    redrafter: 'ReDrafter',
    others: 'all others',
    distance: (exact, noise, redrafter) =>
      `Total variation from the target: exact rule ${exact} (draws from the target itself: about ` +
      `${noise}), ReDrafter’s rule ${redrafter}.`,
    mark: (word, target, exact, redrafter) =>
      `${word}: target ${target}, exact rule ${exact}, ReDrafter’s rule ${redrafter}`,
  },
  quoted: (word) => `“${word}”`,
  greedyLaw: (isSame, tokens) =>
    isSame
      ? `Lossless: plain greedy decoding emits the same tokens, ${tokens}.`
      : `Plain greedy decoding would emit ${tokens}.`,
  ruleNotes: {
    greedy: 'Rule: verify_greedy; a drafted token stands when it is the target’s most likely one.',
    exact:
      'Rule: verify_exact; every token is a draw from the target, so the text keeps its law ' +
      'whatever was drafted.',
    redrafter:
      'Rule: verify_redrafter, as published; not exact, because beams are searched for and not ' +
      'drawn, and the longest is kept.',
  },
  strips: {
    greedy: 'A strip is the target’s distribution, one segment a word; drafted words are blue.',
    exact:
      'A strip is the target’s distribution, one segment a word; drafted words are blue; the ' +
      'draw u is the mark.',
  },
  toy:
    'Target and drafter are toy models over a short text; all else is computed by the ' +
    'operators’ references.',
  columns: ['row', 'token', 'parent row', 'target p', 'drafter q', 'result'],
  stage: {
    start: 'Nothing checked yet',
    level: (level) => `Level ${level} checked`,
    bonus: (word) => `Bonus “${word}”`,
    commit: (tokens) => `${few(tokens, 'token', 'tokens')} committed, KV compacted`,
  },
  controls: {
    rule: 'Rule',
    seed: 'Seed of the draws',
    redraw: 'Draw anew',
    more: 'Verify 20,000 times',
  },
  number: (value) => numberText(value, 2),
  draw,
  percent,
};

const ja: VerifyAcceptMessages = {
  rules: {
    greedy: '貪欲法',
    exact: 'サンプリング（厳密）',
    redrafter: 'サンプリング（ReDrafter の規則）',
  },
  title: (rule, accepted, drafted, bonus) => {
    const name = { greedy: '貪欲法', exact: '厳密なサンプリング', redrafter: 'ReDrafter の規則' }[
      rule
    ];
    return `${name}：${drafted} 段のうち ${accepted} 段を受理し、ボーナス「${bonus}」を加える`;
  },
  empty: 'ドラフトがなければ、検証するものもない',
  summary: (rule, steps, emitted) =>
    `規則 ${rule} によるトークン木の検証。${steps}確定：${emitted}。`,
  counter: { accepted: '受理', emitted: '確定', moved: '移動した KV 行' },
  tree: 'トークン木',
  legend: { target: 'ターゲット p', draft: 'ドラフター q' },
  decisions: (rule) =>
    ({
      greedy: 'ターゲットが最も確からしいとする語',
      exact: 'ターゲットの分布から引いた語',
      redrafter: '残るドラフトトークン：u < p/q',
    })[rule],
  wants: {
    greedy: (after, token, p) => `「${after}」の次は「${token}」、p ${p}`,
    exact: (after, token, p, u) => `「${after}」の次：u ${u} →「${token}」、p ${p}`,
  },
  isDrafted: '✓ ドラフト済み：受理して先へ',
  isBonus: '★ ドラフトにない：これがボーナス',
  level: (depth) => `${depth} 段目（ビームごと）`,
  ratio: (beam, token, p, q) => `${beam}「${token}」p ${p}、q ${q}`,
  stands: (u, ratio) => `u ${u} < ${ratio} ✓`,
  falls: (u, ratio) => `u ${u} ≥ ${ratio} ✕`,
  bonusFrom: (isResidual, u) =>
    isResidual ? `ボーナスは p が q を超える分から、u ${u}` : `ボーナスはターゲットから、u ${u}`,
  committed: 'これまでの文と、このステップで確定する語',
  slots: (prefix) => `木の KV スロット（スロット ${prefix} から）`,
  moves: (moves) =>
    moves.length === 0
      ? '移動なし：経路は既に正しい場所にある'
      : `移動：${moves.map(({ from, to }) => `スロット ${from} → ${to}`).join('、')}`,
  freed: (kept, freed) => `${kept} スロットを残し、${freed} を解放`,
  node: (row, word, p, q, stand) =>
    `行 ${row}：${word}、ターゲット ${p}、ドラフター ${q}、${stand}`,
  standing: {
    open: '未確認',
    accepted: '受理',
    rejected: '棄却',
    aside: '残るが、別のビームが勝つ',
    root: '確定済み',
  },
  bonusNode: (word) => `ボーナス：${word}`,
  law: {
    head: (draws) => `このステップを ${draws} 回検証したときの最初の確定トークン`,
    target: 'ターゲット p',
    exact: '厳密な規則',
    redrafter: 'ReDrafter',
    others: 'その他すべて',
    distance: (exact, noise, redrafter) =>
      `ターゲットとの全変動距離：厳密な規則 ${exact}（ターゲット自身から引いた場合で約 ${noise}）、ReDrafter の規則 ${redrafter}。`,
    mark: (word, target, exact, redrafter) =>
      `${word}：ターゲット ${target}、厳密な規則 ${exact}、ReDrafter の規則 ${redrafter}`,
  },
  quoted: (word) => `「${word}」`,
  greedyLaw: (isSame, tokens) =>
    isSame
      ? `損失なし：普通の貪欲デコーディングも同じ ${tokens} を出す。`
      : `普通の貪欲デコーディングなら ${tokens} を出す。`,
  ruleNotes: {
    greedy:
      '規則：verify_greedy。ターゲットが最も確からしいとする語と一致するドラフトトークンが残る。',
    exact:
      '規則：verify_exact。どのトークンもターゲットから引くので、何をドラフトしても文の分布は変わらない。',
    redrafter:
      '規則：公表どおりの verify_redrafter。ビームは探索で得たもので分布から引いたものではなく、最長のものを残すため、厳密ではない。',
  },
  strips: {
    greedy: '帯はターゲットの分布で、1 区間が 1 語。ドラフトした語は青。',
    exact: '帯はターゲットの分布で、1 区間が 1 語。ドラフトした語は青、印は乱数 u。',
  },
  toy: 'ターゲットとドラフターは短い文章のおもちゃのモデルで、ほかはすべて演算子の参照実装が計算する。',
  columns: ['行', 'トークン', '親の行', 'ターゲット p', 'ドラフター q', '結果'],
  stage: {
    start: 'まだ何も確かめていない',
    level: (level) => `${level} 段目を確認`,
    bonus: (word) => `ボーナス「${word}」`,
    commit: (tokens) => `${tokens} トークンを確定し、KV を詰める`,
  },
  controls: {
    rule: '規則',
    seed: '乱数の種',
    redraw: '引き直す',
    more: '20,000 回検証する',
  },
  number: (value) => numberText(value, 2),
  draw,
  percent,
};

export const verifyAcceptMessages: Record<Language, VerifyAcceptMessages> = { en, ja };
