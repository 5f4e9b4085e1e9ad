/**
 * Operator curves against their tables: in sample, by folds, on held-out rows, and with the figures
 * of the other GPU, as if this one had never been measured.
 */

import { summarise } from '../calibration/errors.ts';
import type {
  FittedSubject,
  OperatorCurveFit,
  OperatorSubject,
} from '../calibration/operator-fits.ts';
import { type ErrorTarget, type EvidencePoint, type EvidenceRow, rowOf } from './evidence.ts';

const TARGET: ErrorTarget = { median: 0.08, p90: 0.2 };
/** Points of one curve that a picture can bear. */
const SHOWN = 12;

export interface OperatorEvidence {
  readonly rows: EvidenceRow[];
  readonly transfers: EvidenceRow[];
  readonly points: EvidencePoint[];
}

export function operatorEvidence(fits: readonly FittedSubject[]): OperatorEvidence {
  return {
    rows: fits.flatMap(({ fit }) => curveRows(fit)),
    transfers: fits.flatMap(({ subject }) => {
      const other = fits.find(({ fit }) => {
        return fit.operator === subject.operator && fit.gpu !== subject.gpu;
      });
      return other === undefined ? [] : [transferRow(subject, other.fit)];
    }),
    points: fits.flatMap(({ subject, fit }) => shownPoints(subject, fit)),
  };
}

function curveRows(fit: OperatorCurveFit): EvidenceRow[] {
  const { gpu, operator, source } = fit;
  const common = { quantity: `time of ${operator}`, gpu, model: '–', engine: 'operator table' };
  // A table of some dozen messages has no 90th percentile to speak of, and no target.
  const target = operator.startsWith('link') ? {} : { target: TARGET };
  const folds = `by folds: median ${percent(fit.crossValidated.median)}`;
  return [
    rowOf({ ...common, part: 'held out', source, ...target, note: folds }, fit.heldOut),
    rowOf({ ...common, part: 'fitted', source }, fit.inSample),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function transferRow(subject: OperatorSubject, from: OperatorCurveFit): EvidenceRow {
  const { gpu, operator } = subject;
  return rowOf(
    {
      quantity: `time of ${operator}`,
      gpu,
      model: '–',
      engine: 'operator table',
      part: 'foreign',
      source: subject.source.replace('fitted on one third of ', ''),
      note: `with the figures of ${from.gpu}`,
    },
    summarise(subject.judge(from.figures)),
  );
}

function shownPoints(subject: OperatorSubject, fit: OperatorCurveFit): EvidencePoint[] {
  return subject.sample(fit.figures, SHOWN).map(({ axes, measured, predicted }) => ({
    quantity: 'operator time, ms',
    gpu: fit.gpu,
    model: fit.operator,
    engine: 'operator table',
    part: 'held out',
    cell: Object.entries(axes)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    measured: measured / 1e6,
    predicted: predicted / 1e6,
    scenario: null,
  }));
}
