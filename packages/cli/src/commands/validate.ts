import {
  evidenceCells,
  evidenceMessages,
  judgedRows,
  numberText,
  predictionScatter,
  predictionScatterPicture,
  viewOptions,
} from '@beamline/figures';
import { storedValidation } from '@beamline/fixtures';
import {
  type Comparison,
  comparePublished,
  type EvidenceRow,
  inputError,
  type Validation,
  validate,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import { dataFolder } from '../data-folder.ts';
import { writeAtomically } from '../files.ts';
import { svgFile } from '../report-page.ts';
import type { Result } from '../result.ts';
import { loadScheduler } from '../schedulers.ts';
import type { Table } from '../table.ts';
import { validationPage } from '../validation-page.ts';

/** `beamline validate`: predictions beside published figures, each with its source. */
export async function validateCommand(context: Context<'validate'>): Promise<Result> {
  const { data, html, svg } = context.values;
  const validation = data === null ? (storedValidation as Validation) : fromFolder(context, data);
  const comparisons = comparePublished();
  const tables = [
    evidenceTable('Against measurements', validation.rows),
    evidenceTable('With one model or one GPU left out', validation.transfers),
    factTable(validation),
    comparisonTable(comparisons),
  ];
  const closing = findings(validation, comparisons);
  const figure = predictionScatter(validation.points);
  const write = (name: string | null, content: () => string) => {
    if (name !== null) writeAtomically(context.path(name), name, content());
  };
  write(svg, () => svgFile(predictionScatterPicture(figure, viewOptions('prediction-scatter'))));
  write(html, () => validationPage(figure, tables, closing));
  return {
    data: { version: 1, comparisons, validation },
    tables,
    closing: [...closing, 'Dig deeper: beamline validate --html validation.html'],
    exitCode: 0,
  };
}

function fromFolder(context: Context<'validate'>, folder: string): Validation {
  const read = dataFolder(context.path(folder), folder);
  const { create, note } = loadScheduler();
  if (note !== null) context.note(note);
  const validation = validate(read, { createScheduler: create, openTrace });
  const { absent } = validation;
  if (validation.rows.every(({ engine }) => engine.startsWith('PyTorch'))) {
    throw inputError(
      `--data ${folder}: holds none of the tables of measurements that are compared ` +
        `(looked for ${absent.join(', ')}); see fixtures/published/README.md.`,
    );
  }
  if (absent.length > 0) context.note(`Not in ${folder}: ${absent.join(', ')}.`);
  return validation;
}

/** No scenario that is compared has a trace. */
function openTrace(path: string): never {
  throw new Error(`no trace is read here, and ${path} was asked for`);
}

const percent = (share: number) => 100 * share;

function evidenceTable(title: string, rows: readonly EvidenceRow[]): Table {
  return {
    title,
    columns: [
      { name: 'quantity' },
      { name: 'GPU' },
      { name: 'model' },
      { name: 'engine' },
      { name: 'points' },
      { name: 'count' },
      { name: 'median error', unit: '%', digits: 3 },
      { name: 'p90', unit: '%', digits: 3 },
      { name: 'bias', unit: '%', digits: 3 },
      { name: 'asked' },
      { name: 'verdict' },
      { name: 'source of the measurement' },
      { name: 'note' },
    ],
    rows: rows.map((row) => {
      const cells = evidenceCells(row, 'en');
      const { quantity, part, count, median, p90, bias, asked, verdictText } = cells;
      const { gpu, model, engine, source, note } = row;
      const errors = [median, p90, bias];
      return [
        ...[quantity, gpu, model, engine, part, count],
        ...errors,
        asked,
        verdictText,
        source,
        note,
      ];
    }),
  };
}

function factTable({ facts }: Validation): Table {
  const words = evidenceMessages.en;
  return {
    title: 'Facts of shape',
    columns: [{ name: 'fact' }, { name: 'found' }, { name: 'verdict' }, { name: 'source' }],
    rows: facts.map(({ fact, found, holds, source }) => [
      fact,
      found,
      holds ? words.holds : words.fails,
      source,
    ]),
  };
}

function comparisonTable(comparisons: readonly Comparison[]): Table {
  return {
    title: 'Acceptance and tree size, cell by cell',
    columns: [
      { name: 'table' },
      { name: 'cell' },
      { name: 'quantity' },
      { name: 'published' },
      { name: 'predicted' },
      { name: 'error', unit: '%', digits: 2 },
      { name: 'asked', unit: '%', digits: 2 },
      { name: 'verdict' },
      { name: 'source of the published figure' },
      { name: 'note' },
    ],
    rows: comparisons.map((c) => [
      c.table,
      c.cell,
      c.quantity,
      c.published,
      c.predicted,
      c.relativeError === null ? null : 100 * c.relativeError,
      100 * c.target,
      c.withinTarget === null ? 'setting not known' : c.withinTarget ? 'within' : 'outside',
      c.source,
      c.note,
    ]),
  };
}

function findings(validation: Validation, comparisons: readonly Comparison[]): string[] {
  const { judged, met } = judgedRows(validation.rows);
  const claimed = comparisons.filter(({ withinTarget }) => withinTarget !== null);
  const within = claimed.filter(({ withinTarget }) => withinTarget === true);
  const tpot = judged.find(({ quantity, gpu }) => quantity.startsWith('time per') && gpu === 'all');
  const worst = judged.reduce<EvidenceRow | null>((a, b) => {
    return a === null || b.median / b.target!.median > a.median / a.target!.median ? b : a;
  }, null);
  const speed =
    tpot === undefined
      ? ''
      : ` Time per output token is ${numberText(percent(tpot.median), 2)} % off in the median.`;
  return [
    `Result: ${met.length} of ${judged.length} groups of held-out measurements and ` +
      `${within.length} of ${claimed.length} published cells are within what is asked.${speed}`,
    worst === null
      ? 'Why: no measurement is compared.'
      : `Why: furthest from what is asked is the ${worst.quantity} on ${worst.gpu} ` +
        `(${numberText(percent(worst.median), 2)} %).`,
  ];
}
