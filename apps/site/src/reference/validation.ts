/**
 * The page of predictions against measurements: the tables that `beamline validate` prints, from
 * the stored validation, what was asked beside each, by how much it is missed, and every row as a
 * scenario in the explorer.
 */
import {
  type EvidenceCells,
  evidenceCells,
  evidenceMessages,
  judgedRows,
  numberText,
} from '@beamline/figures';
import type { Language } from '@beamline/figures/frame';
import { storedValidation } from '@beamline/fixtures';
import {
  type EvidenceRow,
  parseScenario,
  toSearchParams,
  type Validation,
} from '@beamline/simulator';
import { hostHtml } from '../figures/host-html.ts';
import { type GeneratedPage, plain, table } from './page.ts';
import { validationWords } from './validation-words.ts';

export const validation = storedValidation as Validation;

const percent = (value: number) => `${numberText(value, 2)} %`;

function verdict({ verdict: kind, missedText }: EvidenceCells): string {
  if (kind === 'nothing asked') return missedText;
  return `<span class="${kind === 'within' ? 'met' : 'missed'}">${missedText}</span>`;
}

/** The group's median point as an address of the explorer. */
function scenarioLink(row: EvidenceRow, language: Language): string {
  const matches = (given: string, wanted: string) => wanted === 'all' || given === wanted;
  const point = validation.points.find(
    (one) =>
      one.quantity === row.quantity &&
      matches(one.gpu, row.gpu) &&
      matches(one.model, row.model) &&
      matches(one.engine, row.engine) &&
      one.scenario !== null,
  );
  if (point?.scenario == null) return '–';
  const scenario = parseScenario(point.scenario, point.cell);
  const query = new URLSearchParams(toSearchParams(scenario));
  const prefix = language === 'ja' ? '/ja' : '';
  const title = plain(point.cell).replace(/"/g, '&quot;');
  const words = validationWords[language];
  return `<a href="${prefix}/explorer/?${query}" title="${title}">${words.open}</a>`;
}

function evidenceRow(row: EvidenceRow, language: Language): string[] {
  const words = validationWords[language];
  const cells = evidenceCells(row, language);
  const where = [row.gpu, row.model, row.engine].map((name) => (name === 'all' ? words.all : name));
  const note = cells.remark === '' ? '' : `<br><small>${plain(cells.remark)}</small>`;
  return [
    `${plain(cells.quantity)}${note}`,
    plain(where.every((name) => name === words.all) ? words.all : where.join(' · ')),
    cells.part,
    String(cells.count),
    percent(cells.median),
    percent(cells.p90),
    percent(cells.bias),
    cells.asked,
    verdict(cells),
    scenarioLink(row, language),
  ];
}

const NUMBERS = [3, 4, 5, 6];

function evidenceTable(rows: readonly EvidenceRow[], language: Language): string {
  const { columns } = validationWords[language];
  return table(
    columns,
    rows.map((row) => evidenceRow(row, language)),
    NUMBERS,
  );
}

function missedList(language: Language): string {
  const words = validationWords[language];
  const missed = validation.rows.filter(({ isMet }) => isMet === false);
  if (missed.length === 0) return words.noneMissed;
  return missed
    .map((row) => {
      const { quantity, missedText, remark } = evidenceCells(row, language);
      const where = [row.gpu, row.model].filter((one) => one !== 'all').join(' · ');
      const note = remark === '' ? '' : ` ${plain(remark)}`;
      return `- **${plain(quantity)}**, ${plain(where)}: ${missedText}.${note}`;
    })
    .join('\n');
}

function factTable(language: Language): string {
  const words = validationWords[language];
  const verdicts = evidenceMessages[language];
  const rows = validation.facts.map(({ fact, found, holds, source }) => [
    plain(fact),
    plain(found),
    holds
      ? `<span class="met">${verdicts.holds}</span>`
      : `<span class="missed">${verdicts.fails}</span>`,
    plain(source),
  ]);
  return table(words.factColumns, rows);
}

export async function validationPages(language: Language): Promise<GeneratedPage[]> {
  const words = validationWords[language];
  const { judged, met } = judgedRows(validation.rows);
  const heldOut = validation.rows.filter(({ part }) => part !== 'fitted');
  const fitted = validation.rows.filter(({ part }) => part === 'fitted');
  const sources = [...new Set(validation.rows.map(({ source }) => `- ${plain(source)}`))];
  const body = [
    words.lead(met.length, judged.length),
    `<div class="not-content">${await hostHtml('prediction_scatter', {}, language)}</div>`,
    `## ${words.missedTitle}`,
    missedList(language),
    `## ${words.heldOut}`,
    words.heldOutLead,
    evidenceTable(heldOut, language),
    `## ${words.transfers}`,
    words.transfersLead,
    evidenceTable(validation.transfers, language),
    `## ${words.facts}`,
    factTable(language),
    `## ${words.fitted}`,
    words.fittedLead,
    evidenceTable(fitted, language),
    `## ${words.sources}`,
    sources.join('\n'),
    words.again,
  ];
  const { title, description } = words;
  return [
    { id: 'reference/validation', title, description, isWide: true, body: body.join('\n\n') },
  ];
}
