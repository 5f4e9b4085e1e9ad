/**
 * What the loop can start from: texts that the toy models have read, prompts and beams, and beams
 * that a reader types. All beams have one length and start with the same certain token; what is
 * typed is brought into that form, and the change is said.
 *
 * Example: `readRows('1 2 3\n1 2')` gives two beams of two tokens, and that one token was cut.
 */

export const texts = {
  code:
    'for i in range ( n ) : total += x [ i ] ; for j in range ( m ) : total += y [ j ] ; ' +
    'for i in range ( m ) : x [ i ] = y [ i ] ; for j in range ( n ) : y [ j ] = total ; ' +
    'total = x [ 0 ] ; for i in range ( n ) : total += x [ j ] ; for i in range ( n ) : ' +
    'total += x [ i ] ;',
  chat:
    'the model reads the text and the model writes the next word . the drafter reads the state ' +
    'of the model and guesses the next words . the model checks the words in one pass . the ' +
    'model keeps the longest run of words that it would have written . the drafter guesses ' +
    'again from the last state . the text stays the same and the next word comes sooner .',
  ids:
    '90 91 92 94 96 97 98 91 92 93 95 90 91 92 94 96 97 99 91 92 93 97 98 93 94 97 96 90 93 94 ' +
    '95 92 99 93 94 97 96 91 93 95 96 93 98 93 94 97 96 95',
} as const;

export type TextName = keyof typeof texts;

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
const WORD_LENGTH_MAX = 24;

export interface Rows {
  readonly rows: readonly (readonly string[])[];
  /** Beams left out, because there were more than `BEAMS_MAX`. */
  readonly beamsLeftOut: number;
  /** Words left out, because beams have one length, or a limit. */
  readonly wordsLeftOut: number;
  /** Whether a certain token had to be put before beams that start differently. */
  readonly hasAddedRoot: boolean;
}

/** Stands for the certain token when typed beams do not share their first word. */
export const ADDED_ROOT = '…';

/** Beams from lines of words. */
export function readRows(text: string): Rows {
  const typed = text
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/).filter(Boolean))
    .filter((row) => row.length > 0);
  const kept = typed.slice(0, BEAMS_MAX).map((row) => row.map(shortWord));
  const hasAddedRoot = kept.some((row) => row[0] !== kept[0]![0]);
  const rooted = hasAddedRoot ? kept.map((row) => [ADDED_ROOT, ...row]) : kept;
  const length = Math.min(DRAFT_LENGTH_MAX + 1, ...rooted.map((row) => row.length));
  return {
    rows: rooted.map((row) => row.slice(0, length)),
    beamsLeftOut: typed.length - kept.length,
    wordsLeftOut: rooted.reduce((sum, row) => sum + row.length - length, 0),
    hasAddedRoot,
  };
}

function shortWord(word: string): string {
  const characters = [...word];
  return characters.length <= WORD_LENGTH_MAX
    ? word
    : `${characters.slice(0, WORD_LENGTH_MAX - 1).join('')}…`;
}
