/** The words of the controls that the figures of the loop share, in both languages. */
import type { Language } from '../frame/language.ts';
import type { PresetName } from './presets.ts';

export interface LoopMessages {
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
  };
  loop: { back: string; next: string; at: (step: number) => string };
}

/** `1 beam`, `2 beams`. */
export const few = (count: number, one: string, more: string) =>
  `${count} ${count === 1 ? one : more}`;

const en: LoopMessages = {
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
    preset: 'Example',
    own: 'My own',
    typed: 'My own beams, one a line, tokens apart by spaces',
    typedHint: 'Up to 8 beams of up to 7 tokens; the first token of all beams is the certain one.',
    apply: 'Pack these beams',
    width: 'Beam width',
    widthValue: (beams) => few(beams, 'beam', 'beams'),
    depth: 'Drafted tokens per beam',
    depthValue: (tokens) => few(tokens, 'token', 'tokens'),
  },
  loop: {
    back: 'Previous step',
    next: 'Next step of the loop',
    at: (step) => `Step ${step} of the loop`,
  },
};

const ja: LoopMessages = {
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
    preset: '例',
    own: '自分で入力',
    typed: '自分のビーム（1 行に 1 本、トークンは空白区切り）',
    typedHint: '最大 8 本、各 7 トークンまで。全ビームの先頭が確定トークンになる。',
    apply: 'このビームをまとめる',
    width: 'ビーム数',
    widthValue: (beams) => `${beams} 本`,
    depth: 'ビームあたりのドラフトトークン数',
    depthValue: (tokens) => `${tokens} トークン`,
  },
  loop: {
    back: '前のステップ',
    next: 'ループの次のステップ',
    at: (step) => `ループのステップ ${step}`,
  },
};

export const loopMessages: Record<Language, LoopMessages> = { en, ja };
