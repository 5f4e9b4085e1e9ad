/** The page of a scenario's fields, from the one table: every field an anchor, `#workload.kind`. */
import type { Language } from '@beamline/figures/frame';
import {
  allowed,
  type Field,
  type FieldGroup,
  fieldGroups,
  fields,
  parseScenario,
  type ScenarioPath,
  scenarioPaths,
  toYaml,
} from '@beamline/simulator';
import { fieldHelpJa, fieldLabels, groupQuestions, groupWords } from '../explorer/form-words.ts';
import { code, type GeneratedPage, plain, table } from './page.ts';

const text = {
  en: {
    title: 'Scenario fields',
    description: 'Every field of a scenario: what it means, what it may be, its default and flag.',
    lead:
      'Everything has a default, so that an empty file is a scenario. A file, flags and an ' +
      'address are spellings of the same object; `beamline scenario` turns one into another, ' +
      'and so does the [explorer](/explorer/).',
    columns: ['field', 'meaning', 'default', 'may be'],
    whole: 'The whole scenario',
    wholeLead: 'What an empty file stands for, as YAML with its comments:',
    flag: (flag: string) => `also as ${code(flag)}`,
  },
  ja: {
    title: 'シナリオの項目',
    description: 'シナリオの全項目：意味、取りうる値、既定値、フラグ。',
    lead:
      'すべてに既定値があるので、空のファイルもシナリオです。ファイル、フラグ、URL は同じものの書き方の' +
      '違いにすぎず、`beamline scenario` や[エクスプローラー](/ja/explorer/)で相互に変換できます。',
    columns: ['項目', '意味', '既定値', '取りうる値'],
    whole: 'シナリオの全体',
    wholeLead: '空のファイルが表すもの（コメントつき YAML）：',
    flag: (flag: string) => `${code(flag)} とも書ける`,
  },
};

const started = parseScenario({}, 'the reference page');

function defaultText(path: ScenarioPath): string {
  const field = fields[path] as Field;
  if (typeof field.default !== 'function') return code(JSON.stringify(field.default));
  return plain(field.defaultNote ?? '');
}

function row(path: ScenarioPath, language: Language): string[] {
  const field = fields[path] as Field;
  const help = language === 'ja' ? fieldHelpJa[path] : field.help;
  const flag = field.flag === undefined ? '' : `<br>${text[language].flag(`--${field.flag}`)}`;
  const label = fieldLabels[path][language];
  return [
    `${code(path, path)}<br><small>${plain(label)}</small>`,
    `${plain(help)}${flag}`,
    defaultText(path),
    plain(allowed(field.value, field.unit)),
  ];
}

export function scenarioPages(language: Language): GeneratedPage[] {
  const words = text[language];
  const groups = Object.keys(fieldGroups) as FieldGroup[];
  const sections = groups.map((group) => {
    const paths = scenarioPaths.filter((path) => fields[path].group === group);
    const colon = language === 'ja' ? '：' : ': ';
    const heading = `## ${groupWords[group][language]}${colon}${groupQuestions[group][language]}`;
    return `${heading}\n\n${table(
      words.columns,
      paths.map((path) => row(path, language)),
    )}`;
  });
  const yaml = toYaml(started, { comments: true }).trimEnd();
  const whole = `## ${words.whole}\n\n${words.wholeLead}\n\n\`\`\`yaml\n${yaml}\n\`\`\``;
  const { title, description, lead } = words;
  return [
    {
      id: 'reference/scenario',
      title,
      description,
      isWide: true,
      body: [lead, ...sections, whole].join('\n\n'),
    },
  ];
}
