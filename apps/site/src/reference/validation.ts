/**
 * The page of predictions against measurements: the tables that `beamline validate` prints, from
 * the stored validation, what was asked beside each, by how much it is missed, and every row as a
 * scenario in the explorer.
 */
import { numberText } from '@beamline/figures';
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
import { quantityJa, validationWords } from './validation-words.ts';

export const validation = storedValidation as Validation;

const percent = (share: number) => `${numberText(100 * share, 2)} %`;
const points = (share: number) => numberText(100 * share, 2);

function asked({ target }: EvidenceRow): string {
  if (target === null) return '–';
  const p90 = target.p90 === undefined ? '' : `, p90 ≤ ${percent(target.p90)}`;
  return `≤ ${percent(target.median)}${p90}`;
}

/** By how much the worse of the two bounds is missed, in points. */
export function missedBy({ target, median, p90 }: EvidenceRow): number {
  if (target === null) return 0;
  const tail = target.p90 === undefined ? 0 : p90 - target.p90;
  return Math.max(0, median - target.median, tail);
}

function verdict(row: EvidenceRow, language: Language): string {
  const words = validationWords[language];
  if (row.isMet === null) return words.nothingAsked;
  if (row.isMet) return `<span class="met">${words.met}</span>`;
  return `<span class="missed">${words.missed(points(missedBy(row)))}</span>`;
}

/** The note, without the part that says again by how much a target is missed. */
function noteOf({ note }: EvidenceRow): string {
  return note
    .split('; ')
    .filter((part) => !/^(?:median|p90) missed by /.test(part))
    .join('; ');
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
  const where = [row.gpu, row.model, row.engine].map((name) => (name === 'all' ? words.all : name));
  const said = noteOf(row);
  const note = said === '' ? '' : `<br><small>${plain(said)}</small>`;
  return [
    `${plain(language === 'ja' ? quantityJa(row.quantity) : row.quantity)}${note}`,
    plain(where.every((name) => name === words.all) ? words.all : where.join(' · ')),
    words.parts[row.part],
    String(row.count),
    percent(row.median),
    percent(row.p90),
    percent(row.bias),
    asked(row),
    verdict(row, language),
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
      const name = language === 'ja' ? quantityJa(row.quantity) : row.quantity;
      const where = [row.gpu, row.model].filter((one) => one !== 'all').join(' · ');
      const said = noteOf(row);
      const note = said === '' ? '' : ` ${plain(said)}`;
      const missed = words.missed(points(missedBy(row)));
      return `- **${plain(name)}**, ${plain(where)}: ${missed}.${note}`;
    })
    .join('\n');
}

function factTable(language: Language): string {
  const words = validationWords[language];
  const rows = validation.facts.map(({ fact, found, holds, source }) => [
    plain(fact),
    plain(found),
    holds
      ? `<span class="met">${words.holds}</span>`
      : `<span class="missed">${words.fails}</span>`,
    plain(source),
  ]);
  return table(words.factColumns, rows);
}

export async function validationPages(language: Language): Promise<GeneratedPage[]> {
  const words = validationWords[language];
  const judged = validation.rows.filter(({ isMet }) => isMet !== null);
  const met = judged.filter(({ isMet }) => isMet === true).length;
  const heldOut = validation.rows.filter(({ part }) => part !== 'fitted');
  const fitted = validation.rows.filter(({ part }) => part === 'fitted');
  const sources = [...new Set(validation.rows.map(({ source }) => `- ${plain(source)}`))];
  const body = [
    words.lead(met, judged.length),
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
