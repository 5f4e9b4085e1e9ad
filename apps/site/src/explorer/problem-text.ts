import type { Language } from '@beamline/figures/frame';
import { isScenarioPath } from '@beamline/simulator';
import { fieldLabels } from './form-words.ts';

/**
 * What the simulator says is wrong, for a reader of the page. Law: the simulator's own sentence is
 * always there, whole, as the command prints it; in Japanese a sentence stands before it that says
 * what happened, in which field, and what to do about it.
 * Example: `must be an integer from 0 to 64 (got "many").` of `speculation.beams` begins with
 * 「ビーム数」には 0 ～ 64 の整数を入力してください。
 */
export function problemText(message: string, language: Language, path = ''): string {
  if (language === 'en' || message === '') return message;
  return `${japaneseOf(message, path)}（詳細・英語：${message}）`;
}

/** Where a sentence names no field: what it is about, given in a path's place. */
const fallbacks: Readonly<Record<string, string>> = {
  file: 'ファイルを読めません。内容を確かめて、もう一度ドロップしてください。',
  warning: '注意があります。',
};

/** Names of fields that are no scenario's. */
const pageFields: Readonly<Record<string, string>> = {
  over: '負荷の範囲',
  price: 'GPU 1 時間の価格',
  measure: '比べる量',
  'max-gpus': 'GPU の上限',
  gpus: '候補の GPU',
  tp: 'テンソル並列',
};

function japaneseOf(message: string, given: string): string {
  const trace = /^([^\s:]+\.(?:csv|jsonl|ndjson|json|yaml|yml)):(\d+):/.exec(message);
  if (trace !== null) {
    const [, file, line] = trace;
    return `${file} の ${line} 行目を読めません。その行を直して、もう一度ドロップしてください。`;
  }
  const [first] = message.split(' ', 1);
  const field = fieldOf(first!.replace(/:$/, '')) ?? fieldOf(given) ?? fieldIn(message);
  const name = field === null ? null : `「${field}」`;
  const known = wishOf(message, name ?? 'この値');
  if (known !== null) return known;
  if (name !== null) return `${name}の値を使えません。この項目を直してください。`;
  return fallbacks[given] ?? '計算できませんでした。設定を見直してください。';
}

/** `2.model` is the model of the second scenario; `workload.trace[3]` is a part of a field. */
function fieldOf(path: string): string | null {
  const bare = path.replace(/^[2-6]\./, '');
  for (let at = bare; at !== ''; at = at.replace(/(?:^|[.[])[^.[]*$/, '')) {
    if (isScenarioPath(at)) return fieldLabels[at].ja;
    if (Object.hasOwn(pageFields, at)) return pageFields[at]!;
  }
  return null;
}

/** The first field that a sentence speaks of. */
function fieldIn(message: string): string | null {
  for (const [word] of message.matchAll(/[a-z]+\.[A-Za-z]+|\b(?:model|slo|seed)\b/g)) {
    const field = fieldOf(word);
    if (field !== null) return field;
  }
  return null;
}

type Wish = readonly [RegExp, (name: string, ...parts: string[]) => string];

const wishes: readonly Wish[] = [
  [
    /Did you mean "([^"]+)"\?/,
    (name, near) => `${name}に指定された名前はありません。「${near}」ではありませんか。`,
  ],
  [
    /must be an integer from (\S+) to ([\d.e+]+)/,
    (name, least, most) => `${name}には ${least} ～ ${most} の整数を入力してください。`,
  ],
  [
    /must be a number from (\S+) to ([\d.e+]+)/,
    (name, least, most) => `${name}には ${least} ～ ${most} の数を入力してください。`,
  ],
  [
    /must be a number above (\S+) and at most ([\d.e+]+)/,
    (name, least, most) => `${name}には ${least} より大きく ${most} 以下の数を入力してください。`,
  ],
  [
    /must be (?:one|some) of (.+?) \(got/,
    (name, choices) => `${name}は次の中から選んでください：${choices}。`,
  ],
  [/must not be empty|is missing/, (name) => `${name}が空です。値を入力してください。`],
  [
    /is not read by/,
    (name) => `${name}はこの種類の負荷では使われません。どちらかを変えてください。`,
  ],
  [/is not known/, (name) => `${name}に指定された名前はありません。一覧から選んでください。`],
  [
    /(\S+) in \S+ does not fit on (\S+)/,
    (_, model, gpu) =>
      `${model} は ${gpu} のメモリに収まりません。「${fieldLabels['hardware.tensorParallel'].ja}」を` +
      `増やすか、「${fieldLabels['hardware.gpu'].ja}」か「${fieldLabels.model.ja}」を変えてください。`,
  ],
  [
    /SLO looks like: (.+)$/,
    (name, example) => `${name}の式を読めません。例のように書いてください：${example}`,
  ],
  [
    /^([\d,]+) requests were refused/,
    (_, count) =>
      `${count} 件のリクエストを拒否しました。KV キャッシュかステップのトークン数に収まらないか、` +
      '待ち行列が満杯でした。',
  ],
  [/^([\d,]+) failed requests of/, (_, count) => `応答のない ${count} 件を除きました。`],
  [
    /a link holds no files/,
    () => 'リンクにトレースのファイルは含まれません。ファイルをもう一度ドロップしてください。',
  ],
];

function wishOf(message: string, name: string): string | null {
  for (const [pattern, say] of wishes) {
    const match = pattern.exec(message);
    if (match !== null) return say(name, ...match.slice(1));
  }
  return null;
}
