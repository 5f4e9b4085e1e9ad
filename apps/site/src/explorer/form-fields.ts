import type { Language } from '@beamline/figures/frame';
import {
  type Field,
  type FieldGroup,
  type FieldKind,
  fields,
  type Scenario,
  type ScenarioPath,
  scenarioPaths,
} from '@beamline/simulator';
import { fieldHelpJa, fieldLabels, unitsJa } from './form-words.ts';

/**
 * The form as data, made from the scenario's own table of fields: every field stands in exactly one
 * place, the few that matter first in front, the rest behind a disclosure of its group. Fields that
 * the present kind of load does not read are left out, as the parser would refuse them.
 */

export interface FormField {
  path: ScenarioPath;
  kind: FieldKind;
  label: string;
  help: string;
  unit: string;
}

export interface FormGroup {
  group: FieldGroup;
  essential: FormField[];
  more: FormField[];
}

/** What most questions need; the rest has defaults that are seldom touched. */
const ESSENTIAL: ReadonlySet<ScenarioPath> = new Set<ScenarioPath>([
  'workload.kind',
  'workload.ratePerSecond',
  'workload.concurrency',
  'workload.trace',
  'workload.timeScale',
  'workload.inputTokens',
  'workload.outputTokens',
  'model',
  'hardware.gpu',
  'hardware.tensorParallel',
  'hardware.replicas',
  'speculation.method',
  'speculation.beams',
  'speculation.draftLength',
  'speculation.schedule',
  'speculation.acceptance',
  'slo',
]);

/** In which order a planner asks. */
export const groupOrder: readonly FieldGroup[] = [
  'load',
  'speculation',
  'hardware',
  'model',
  'output',
  'serving',
];

const HIDDEN: ReadonlySet<ScenarioPath> = new Set<ScenarioPath>(['version']);

/** Whether the scenario's other fields leave this one a meaning. */
export function isRead(path: ScenarioPath, { workload, speculation }: Scenario): boolean {
  const { kind } = workload;
  switch (path) {
    case 'workload.ratePerSecond':
      return kind !== 'closed-loop' && kind !== 'trace';
    case 'workload.concurrency':
      return kind === 'closed-loop';
    case 'workload.burstiness':
      return kind === 'gamma';
    case 'workload.trace':
    case 'workload.timeScale':
      return kind === 'trace';
    case 'speculation.beams':
    case 'speculation.draftLength':
    case 'speculation.schedule':
    case 'speculation.acceptance':
    case 'speculation.prefixDedup':
    case 'speculation.placement':
    case 'speculation.sampling':
      return speculation.method !== 'none';
    default:
      return !HIDDEN.has(path);
  }
}

export function formGroups(scenario: Scenario, language: Language): FormGroup[] {
  return groupOrder.map((group) => {
    const paths = scenarioPaths.filter(
      (path) => fields[path].group === group && isRead(path, scenario),
    );
    const make = (path: ScenarioPath) => formField(path, language);
    return {
      group,
      essential: paths.filter((path) => ESSENTIAL.has(path)).map(make),
      more: paths.filter((path) => !ESSENTIAL.has(path)).map(make),
    };
  });
}

export function formField(path: ScenarioPath, language: Language): FormField {
  const field = fields[path] as Field;
  const unit = field.unit ?? '';
  return {
    path,
    kind: field.value,
    label: fieldLabels[path][language],
    help: language === 'ja' ? fieldHelpJa[path] : field.help,
    unit: language === 'ja' ? (unitsJa[unit] ?? unit) : unit,
  };
}

/** Choices of an enum with the words that a reader knows; the value itself where there are none. */
export function choiceLabel(path: ScenarioPath, value: string, language: Language): string {
  const words = choiceWords[`${path} ${value}`];
  return words === undefined ? value : words[language];
}

const choiceWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'workload.kind poisson': { en: 'Poisson', ja: 'ポアソン到着' },
  'workload.kind gamma': { en: 'Gamma (bursty)', ja: 'ガンマ到着（ばらつき可変）' },
  'workload.kind closed-loop': { en: 'Closed loop', ja: '閉ループ' },
  'workload.kind trace': { en: 'Trace', ja: 'トレース' },
  'workload.kind burst': { en: 'Bursts', ja: 'バースト' },
  'workload.kind ramp': { en: 'Ramp', ja: '徐々に増加' },
  'speculation.method none': { en: 'None (autoregressive)', ja: 'なし（自己回帰）' },
  'speculation.method redrafter': { en: 'ReDrafter', ja: 'ReDrafter' },
  'speculation.method medusa': { en: 'Medusa', ja: 'Medusa' },
  'speculation.method eagle': { en: 'EAGLE', ja: 'EAGLE' },
  'speculation.method eagle-2': { en: 'EAGLE-2', ja: 'EAGLE-2' },
  'speculation.method eagle-3': { en: 'EAGLE-3', ja: 'EAGLE-3' },
  'speculation.method p-eagle': { en: 'P-EAGLE', ja: 'P-EAGLE' },
  'speculation.method mtp': { en: 'Multi-token prediction', ja: 'マルチトークン予測' },
  'speculation.method dflash': { en: 'DFlash', ja: 'DFlash' },
  'speculation.method dspark': { en: 'DSpark', ja: 'DSpark' },
  'speculation.method ngram': { en: 'N-gram lookup', ja: 'N-gram 参照' },
  'speculation.method draft-model': { en: 'Small draft model', ja: '小型ドラフトモデル' },
  'speculation.schedule fixed': { en: 'Fixed shape', ja: '固定の形' },
  'speculation.schedule adaptive': { en: 'Adaptive', ja: '適応的' },
  'speculation.schedule confidence': { en: 'By confidence', ja: '確信度による' },
  'speculation.acceptance chat': { en: 'Chat', ja: 'チャット' },
  'speculation.acceptance code': { en: 'Code', ja: 'コード' },
  'speculation.acceptance summarise': { en: 'Summaries', ja: '要約' },
  'speculation.acceptance maths': { en: 'Mathematics', ja: '数学' },
};
