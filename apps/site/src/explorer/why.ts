import { numberText } from '@beamline/figures';
import type { Language } from '@beamline/figures/frame';
import type { SpeedupReason } from '@beamline/simulator';

/**
 * Why drafting gives what it gives, as the sentence of the simulator's own reason, in both
 * languages; and the verdict's words for what binds. Law: the English is the simulator's text, so
 * that the page and the command say the same; `none` alone is spelled out.
 */

const percent = (share: number) => `${numberText(100 * share, 2)} %`;

export function reasonText(reason: SpeedupReason, language: Language): string {
  if (language === 'en') return `${upperFirst(reason.sentence)}.`;
  const { requestsPerStep, rowsPerStep, kneeRows, tokensPerStep } = reason;
  const knee =
    rowsPerStep > kneeRows
      ? `折れ点の約 ${numberText(kneeRows, 2)} 行を超え、1 行ごとに時間がかかります`
      : `折れ点の約 ${numberText(kneeRows, 2)} 行より少なく、行を足してもほとんど時間は増えません`;
  return (
    `1 ステップで ${numberText(requestsPerStep)} リクエスト、${numberText(rowsPerStep)} 行を検証します。` +
    `${knee}。検証でステップは ${percent(reason.verifyShare)}、ドラフトで ` +
    `${percent(reason.draftShare)} 長くなり、1 トークンの代わりに ${numberText(tokensPerStep)} ` +
    `トークンが得られます。ドラフトで短くならない入力の処理が時間の ${percent(reason.promptShare)} を占めます。`
  );
}

const limitsJa: Readonly<Record<string, string>> = {
  'KV blocks': 'KV キャッシュが満杯',
  'batch size': 'バッチサイズが上限（serving.maxBatchSize）',
  'token budget': 'ステップのトークン数が上限（serving.maxNumTokens）',
};

const resourcesJa: Readonly<Record<string, string>> = {
  'fixed costs such as launches': 'カーネル起動などの固定費用',
  'memory bandwidth': 'メモリ帯域',
  compute: '演算',
};

const BINDING = new RegExp(
  '^(none|KV blocks|batch size|token budget): .*?in ([^;]*?) of (?:the )?steps[^;]*; ' +
    'steps are bound by (.*?) \\((.*?) of peak bandwidth, (.*?) of peak compute\\)$',
);

/** The verdict's `binding` as a sentence. */
export function bindingText(binding: string, language: Language): string {
  if (language === 'en') {
    const said = binding.replace(/^none: /, 'no limit binds: ');
    return `${upperFirst(said)}.`;
  }
  const match = BINDING.exec(binding);
  if (match === null) return binding;
  const [, limit, share, resource, bandwidth, compute] = match;
  const known = limitsJa[limit!];
  const head =
    known === undefined
      ? `待ちが生じたのはステップの ${tidy(share!)} で、制約なし`
      : `待ちが生じたステップの ${tidy(share!)} で${known}`;
  const steps = resourcesJa[resource!] ?? resource;
  return `${head}。ステップの時間は${steps}で決まります（ピーク帯域の ${tidy(bandwidth!)}、ピーク演算性能の ${tidy(compute!)}）。`;
}

function tidy(share: string): string {
  return share === 'under 1 %' ? '1 % 未満' : share;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
