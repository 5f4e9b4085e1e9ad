/** Every sentence of the figure, in both languages, made from its content. */
import type { Language } from '../frame/language.ts';
import { loadSpeedupMessages, loadText } from '../load_speedup/messages.ts';
import { numberText } from '../numbers.ts';
import type { ShapeCell, ShapeHeatmap } from './model.ts';

export interface ShapeHeatmapMessages {
  finding: (best: string, speedup: string, load: string) => string;
  noneBetter: (best: string, speedup: string, load: string) => string;
  nothing: string;
  summary: (measure: string, load: string, parts: readonly string[]) => string;
  beams: string;
  draftLength: string;
  cell: (cell: ShapeCell, marks: { isBest: boolean; isCurrent: boolean }) => string;
  computing: string;
  overloaded: string;
  legend: string;
  requests: (count: number) => string;
  origin: string;
  head: readonly string[];
  keepsUp: string;
}

const times = (value: number) => `${numberText(value)}×`;

const en: ShapeHeatmapMessages = {
  finding: (best, speedup, load) => `At ${load} the shape ${best} pays most: ${speedup}`,
  noneBetter: (best, speedup, load) => `At ${load} no shape pays; ${best} costs least: ${speedup}`,
  nothing: 'No shape has been run',
  summary: (measure, load, parts) =>
    `Speedup of the ${measure} over decoding without drafting at ${load}, for each number of ` +
    `beams and draft length. ${parts.join('. ')}.`,
  beams: '↑ beams',
  draftLength: 'draft length (tokens) →',
  cell: (cell, { isBest, isCurrent }) => {
    const shape = `${cell.beams} beams × ${cell.draftLength} tokens`;
    const value =
      cell.speedup === null
        ? cell.reason === ''
          ? 'not computed yet'
          : cell.reason
        : `${times(cell.speedup)}, ${numberText(cell.tokensPerStep ?? 0)} tokens per step`;
    const marks = [
      ...(isBest ? ['best'] : []),
      ...(isCurrent ? ['your shape'] : []),
      ...(cell.isOverloaded ? ['overloaded'] : []),
    ];
    return [`${shape}: ${value}`, ...marks].join(', ');
  },
  computing: '…',
  overloaded: '▲ overloaded: the queue grows without end.',
  legend: '★ the best shape, ● yours; hatched: slower than without drafting.',
  requests: (count) => `Each cell rests on ${numberText(count, 6)} requests.`,
  origin: 'Modelled: simulated runs; each run names the origin of its numbers.',
  head: ['beams', 'draft length (tokens)', 'speedup (×)', 'tokens per step', 'state'],
  keepsUp: 'keeps up',
};

const ja: ShapeHeatmapMessages = {
  finding: (best, speedup, load) => `${load} では ${best} の形が最も有利です：${speedup}`,
  noneBetter: (best, speedup, load) =>
    `${load} ではどの形も割に合いません。損が最も小さいのは ${best}：${speedup}`,
  nothing: '計算された形がありません',
  summary: (measure, load, parts) =>
    `${load} での、ビーム数とドラフト長ごとの${measure}の高速化率（ドラフトなしとの比）。` +
    `${parts.join('。')}。`,
  beams: '↑ ビーム数',
  draftLength: 'ドラフト長（トークン）→',
  cell: (cell, { isBest, isCurrent }) => {
    const shape = `${cell.beams} ビーム × ${cell.draftLength} トークン`;
    const value =
      cell.speedup === null
        ? cell.reason === ''
          ? '未計算'
          : cell.reason
        : `${times(cell.speedup)}、1 ステップに ${numberText(cell.tokensPerStep ?? 0)} トークン`;
    const marks = [
      ...(isBest ? ['最良'] : []),
      ...(isCurrent ? ['現在の形'] : []),
      ...(cell.isOverloaded ? ['過負荷'] : []),
    ];
    return [`${shape}：${value}`, ...marks].join('、');
  },
  computing: '…',
  overloaded: '▲ 過負荷：待ち行列が際限なく伸びます。',
  legend: '★ 最良の形、● 現在の形。斜線はドラフトなしより遅い形。',
  requests: (count) => `各マスは ${numberText(count, 6)} リクエストの結果です。`,
  origin: 'モデルによる値：シミュレーション結果。各実行が数値の出どころを示します。',
  head: ['ビーム数', 'ドラフト長（トークン）', '高速化率 (×)', '1 ステップのトークン数', '状態'],
  keepsUp: '追従',
};

export const shapeHeatmapMessages: Record<Language, ShapeHeatmapMessages> = { en, ja };

const shapeOf = ({ beams, draftLength }: ShapeCell) => `${beams}×${draftLength}`;

/** The title: the finding as a sentence. */
export function finding(figure: ShapeHeatmap, language: Language): string {
  const words = shapeHeatmapMessages[language];
  if (figure.best === null) return words.nothing;
  const best = figure.cells[figure.best]!;
  const say = best.speedup! > 1 ? words.finding : words.noneBetter;
  return say(shapeOf(best), times(best.speedup!), loadText(figure.load, figure.unit, language));
}

/** For those who do not see it: the best, and the worst. */
export function description(figure: ShapeHeatmap, language: Language): string {
  const words = shapeHeatmapMessages[language];
  const known = figure.cells.filter(({ speedup }) => speedup !== null);
  if (known.length === 0) return words.nothing;
  const ordered = [...known].sort((a, b) => b.speedup! - a.speedup!);
  const parts = [ordered[0]!, ordered.at(-1)!].map(
    (cell) => `${shapeOf(cell)}: ${times(cell.speedup!)}`,
  );
  const measure = loadSpeedupMessages[language].measures[figure.measure];
  return words.summary(measure, loadText(figure.load, figure.unit, language), parts);
}
