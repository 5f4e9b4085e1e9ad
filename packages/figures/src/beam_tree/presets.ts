/** What the loop can start from: prompts and beams over the texts that the toy models have read. */
import type { TextName } from './texts.ts';

export interface Preset {
  readonly text: TextName;
  /** Committed before the first step; its last word is the first certain token. */
  readonly prompt: string;
  /** Beams of the first step; null = drafted by the toy drafter. */
  readonly rows: string | null;
  readonly beams: number;
  readonly draftLength: number;
}

/** The worked examples are those of Apple's recurrent drafting code and of TensorRT-LLM's tests. */
export const presets = {
  code: {
    text: 'code',
    prompt: 'for i in range ( n ) :',
    rows: null,
    beams: 4,
    draftLength: 4,
  },
  chat: { text: 'chat', prompt: 'the model and guesses', rows: null, beams: 5, draftLength: 4 },
  'worked-a': {
    text: 'ids',
    prompt: '98 90 91',
    rows: '91 92 93 95\n91 92 94 96\n91 92 93 97',
    beams: 3,
    draftLength: 3,
  },
  'worked-b': {
    text: 'ids',
    prompt: '97 98 93',
    rows: '93 94 95 92\n93 95 96 93\n93 94 97 96',
    beams: 3,
    draftLength: 3,
  },
  'no-sharing': {
    text: 'chat',
    prompt: 'the drafter reads the',
    rows: 'the state of the\nthe text stays same\nthe model keeps words\nthe next word .',
    beams: 4,
    draftLength: 3,
  },
  'all-same': {
    text: 'chat',
    prompt: 'and guesses the',
    rows: 'the next words .\nthe next words .\nthe next words .',
    beams: 3,
    draftLength: 3,
  },
  'one-beam': {
    text: 'chat',
    prompt: 'the drafter reads the',
    rows: null,
    beams: 1,
    draftLength: 4,
  },
  empty: { text: 'chat', prompt: 'the', rows: '', beams: 0, draftLength: 0 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];

export const BEAMS_MAX = 8;
export const DRAFT_LENGTH_MAX = 6;
