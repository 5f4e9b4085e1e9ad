/** Every sentence of acceptance by depth, in both languages. */
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import type { OriginKind } from './origin.ts';

export interface Messages {
  /** A kind of text by its name; a profile's own name stays as it is. */
  task: (name: string) => string;
  shape: (beams: number, draftLength: number) => string;
  none: string;
  one: (name: string, tokens: number, method: string, shape: string) => string;
  finding: (
    best: string,
    most: number,
    worst: string,
    least: number,
    method: string,
    shape: string,
  ) => string;
  summary: (method: string, shape: string, lines: readonly string[]) => string;
  line: (name: string, survival: readonly number[], tokens: number, origin: string) => string;
  axisDepth: string;
  axisSurvival: string;
  axisTokens: string;
  certainNote: string;
  tokens: (tokens: number) => string;
  spread: (least: number, greatest: number) => string;
  point: (name: string, depth: number, survival: number, conditional: number) => string;
  bar: (name: string, tokens: number, least: number, greatest: number) => string;
  bandNote: (name: string) => string;
  spreadNote: string;
  sourceNote: (name: string, kind: OriginKind, source: string) => string;
  chainNote: string;
  rowsNote: (rows: number) => string;
  empty: string;
  edited: (name: string) => string;
  columns: {
    text: string;
    depth: string;
    survival: string;
    conditional: string;
    least: string;
    greatest: string;
    tokens: string;
    origin: string;
    source: string;
  };
  controls: {
    title: string;
    method: string;
    beams: string;
    draftLength: string;
    profile: string;
    ease: string;
    easeText: (factor: number) => string;
    depths: string;
    depth: (depth: number) => string;
    percent: (share: number) => string;
    count: (tokens: number) => string;
    sequences: (beams: number) => string;
    reset: string;
  };
}

export const percentText = (share: number) => `${numberText(100 * share, share > 0.995 ? 4 : 3)} %`;

const tokensEn = (tokens: number) => `${numberText(tokens)} tokens`;

const en: Messages = {
  task: (name) => ({ summarise: 'summaries', maths: 'maths' })[name] ?? name,
  shape: (beams, draftLength) =>
    beams === 1 ? `one chain of ${draftLength} tokens` : `${beams} beams of ${draftLength} tokens`,
  none: 'Without drafting each step gives exactly one token',
  one: (name, tokens, method, shape) =>
    `A step gives ${tokensEn(tokens)} for ${name} with ${method}, ${shape}`,
  finding: (best, most, worst, least, method, shape) =>
    `A step gives ${tokensEn(most)} for ${best} and ${numberText(least)} for ${worst} ` +
    `with ${method}, ${shape}`,
  summary: (method, shape, lines) =>
    `Probability that at least d draft tokens are accepted, by kind of text, for ${method} with ` +
    `${shape}. ${lines.join(' ')}`,
  line: (name, survival, tokens, origin) =>
    `${name} (${origin}): ${survival.map(percentText).join(', ')}; ${tokensEn(tokens)} a step.`,
  axisDepth: 'depth d (draft tokens)\u00a0→',
  axisSurvival: '↑ steps that accept at least d tokens (%)',
  axisTokens: 'tokens a step = 1 + the sum of the curve\u00a0→',
  certainNote: 'Depth 0 is the certain token that every step gives.',
  tokens: (tokens) => numberText(tokens),
  spread: (least, greatest) => `${numberText(least)} – ${numberText(greatest)}`,
  point: (name, depth, survival, conditional) =>
    `${name}, depth ${depth}: ${percentText(survival)} of steps accept at least ${depth}; ` +
    `${percentText(conditional)} of those that got this far`,
  bar: (name, tokens, least, greatest) =>
    `${name}: ${tokensEn(tokens)} a step; requests from ${numberText(least)} to ` +
    `${numberText(greatest)}`,
  bandNote: (name) => `Band: the middle 80 % of the steps of ${name}, by request.`,
  spreadNote:
    'Ticks under a bar: tokens a step of each of 16 classes of requests, from hard to easy texts.',
  sourceNote: (name, kind, source) => `${name} is ${kind}: ${source}.`,
  chainNote: 'The method drafts one chain, whatever number of beams is asked for.',
  rowsNote: (rows) =>
    `A step verifies ${numberText(rows)} draft tokens on average, identical prefixes merged.`,
  empty: 'No draft, no acceptance: choose a method, at least one beam and one token.',
  edited: (name) => `${name} (changed)`,
  columns: {
    text: 'text',
    depth: 'depth d',
    survival: 'steps that accept at least d (%)',
    conditional: 'accepted, given all before (%)',
    least: 'hardest requests (%)',
    greatest: 'easiest requests (%)',
    tokens: 'tokens a step',
    origin: 'origin',
    source: 'source',
  },
  controls: {
    title: 'Change the draft and its acceptance',
    method: 'Method',
    beams: 'Beams',
    draftLength: 'Draft length',
    profile: 'Text to change',
    ease: 'Easier or harder to guess',
    easeText: (factor) => `odds × ${numberText(factor)}`,
    depths: 'Of the drafts that got this far, accepted:',
    depth: (depth) => `Depth ${depth}`,
    percent: percentText,
    count: (tokens) => `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`,
    sequences: (beams) => `${beams} ${beams === 1 ? 'sequence' : 'sequences'}`,
    reset: 'Back to the profile',
  },
};

const jaTasks: Record<string, string> = {
  chat: '対話',
  code: 'コード',
  summarise: '要約',
  maths: '数学',
};

const jaKinds: Record<OriginKind, string> = {
  measured: '実測',
  modelled: 'モデルによる推定',
  assumed: '仮定',
};

const ja: Messages = {
  task: (name) => jaTasks[name] ?? name,
  shape: (beams, draftLength) =>
    beams === 1
      ? `1 本の鎖 × ${draftLength} トークン`
      : `${beams} ビーム × ${draftLength} トークン`,
  none: 'ドラフトなしでは 1 ステップでちょうど 1 トークンが得られる',
  one: (name, tokens, method, shape) =>
    `${method}（${shape}）では、${name}で 1 ステップあたり ${numberText(tokens)} トークンが得られる`,
  finding: (best, most, worst, least, method, shape) =>
    `${method}（${shape}）の 1 ステップは、${best}で ${numberText(most)} トークン、` +
    `${worst}で ${numberText(least)} トークンを生む`,
  summary: (method, shape, lines) =>
    `${method}（${shape}）で、少なくとも d 個のドラフトトークンが受理される確率を文章の種類ごとに示す。` +
    lines.join(''),
  line: (name, survival, tokens, origin) =>
    `${name}（${origin}）：${survival.map(percentText).join('、')}。` +
    `1 ステップ ${numberText(tokens)} トークン。`,
  axisDepth: '深さ d（ドラフトトークン）→',
  axisSurvival: '↑ d 個以上を受理するステップの割合（%）',
  axisTokens: '1 ステップのトークン数 = 1 + 曲線の和 →',
  certainNote: '深さ 0 は、どのステップでも得られる確定トークン。',
  tokens: (tokens) => numberText(tokens),
  spread: (least, greatest) => `${numberText(least)} – ${numberText(greatest)}`,
  point: (name, depth, survival, conditional) =>
    `${name}、深さ ${depth}：${percentText(survival)} のステップが ${depth} 個以上を受理。` +
    `ここまで届いたうちの ${percentText(conditional)}`,
  bar: (name, tokens, least, greatest) =>
    `${name}：1 ステップ ${numberText(tokens)} トークン。` +
    `リクエストにより ${numberText(least)} から ${numberText(greatest)}`,
  bandNote: (name) => `帯：${name}のステップの中央 80 %（リクエスト別）。`,
  spreadNote:
    '棒の下の目盛り：難しい文から易しい文まで 16 のリクエスト階級それぞれの 1 ステップのトークン数。',
  sourceNote: (name, kind, source) => `${name}は${jaKinds[kind]}：${source}。`,
  chainNote: 'この手法は、指定したビーム数にかかわらず 1 本の鎖をドラフトする。',
  rowsNote: (rows) =>
    `1 ステップは平均 ${numberText(rows)} 個のドラフトトークンを検証する（同じ接頭辞は統合）。`,
  empty: 'ドラフトがないため受理もない。手法、1 本以上のビーム、1 トークン以上を選ぶと表示される。',
  edited: (name) => `${name}（変更済み）`,
  columns: {
    text: '文章',
    depth: '深さ d',
    survival: 'd 個以上を受理するステップ（%）',
    conditional: '直前までが受理された場合の受理率（%）',
    least: '最も難しいリクエスト（%）',
    greatest: '最も易しいリクエスト（%）',
    tokens: '1 ステップのトークン数',
    origin: '由来',
    source: '出典',
  },
  controls: {
    title: 'ドラフトと受理率を変える',
    method: '手法',
    beams: 'ビーム数',
    draftLength: 'ドラフト長',
    profile: '変更する文章',
    ease: '当てやすさ',
    easeText: (factor) => `オッズ × ${numberText(factor)}`,
    depths: 'ここまで届いたドラフトのうち受理される割合：',
    depth: (depth) => `深さ ${depth}`,
    percent: percentText,
    count: (tokens) => `${tokens} トークン`,
    sequences: (beams) => `${beams} 本`,
    reset: 'プロファイルに戻す',
  },
};

export const messages: Record<Language, Messages> = { en, ja };
