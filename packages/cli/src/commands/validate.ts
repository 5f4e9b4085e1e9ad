import { numberText } from '@beamline/figures';
import { type Comparison, comparePublished } from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { Result } from '../result.ts';

/** `beamline validate`: predictions beside published figures, each with its source. */
export async function validateCommand(_context: Context<'validate'>): Promise<Result> {
  const comparisons = comparePublished();
  const claimed = comparisons.filter(({ withinTarget }) => withinTarget !== null);
  const within = claimed.filter(({ withinTarget }) => withinTarget === true);
  const worst = claimed.reduce<Comparison | null>(
    (a, b) => (a === null || errorOf(b) > errorOf(a) ? b : a),
    null,
  );
  const open = comparisons.length - claimed.length;
  return {
    data: { version: 1, comparisons },
    tables: [
      {
        title: '',
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
      },
    ],
    closing: [
      `Result: ${within.length} of ${claimed.length} predictions are within what is asked; for ` +
        `${open} more the published setting is not known and nothing is claimed.`,
      worst === null
        ? 'Why: no prediction is claimed.'
        : `Why: the largest error is ${numberText(100 * errorOf(worst), 2)} %, of ` +
          `${worst.quantity} in ${worst.table}, ${worst.cell}.`,
      'Dig deeper: beamline validate --format md',
    ],
    exitCode: 0,
  };
}

function errorOf({ relativeError }: Comparison): number {
  return Math.abs(relativeError ?? 0);
}
