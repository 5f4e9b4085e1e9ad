/**
 * What a table of predictions against measurements says of a row: the same cells for the command,
 * its page and the site.
 *
 * Law: a target is missed by more than nothing exactly where the verdict is `outside`.
 */
import type { EvidenceRow } from '@beamline/simulator';
import type { Language } from '../frame/language.ts';
import { numberText } from '../numbers.ts';
import { evidenceMessages } from './messages.ts';

export type Verdict = 'within' | 'outside' | 'nothing asked';

export interface EvidenceCells {
  readonly quantity: string;
  readonly part: string;
  readonly count: number;
  /** Percent of the measured value. */
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
  readonly asked: string;
  readonly verdict: Verdict;
  readonly verdictText: string;
  /** The verdict, and by how much a target is missed. */
  readonly missedText: string;
  /** The row's note without what `missedText` says already. */
  readonly remark: string;
}

const percent = (share: number) => 100 * share;

/** By how much the worse of the two bounds is missed, as a share; 0 where it is kept. */
export function missedBy({ target, median, p90 }: EvidenceRow): number {
  if (target === null) return 0;
  const tail = target.p90 === undefined ? 0 : p90 - target.p90;
  return Math.max(0, median - target.median, tail);
}

export function evidenceCells(row: EvidenceRow, language: Language): EvidenceCells {
  const words = evidenceMessages[language];
  const { target, isMet } = row;
  const verdict: Verdict = isMet === null ? 'nothing asked' : isMet ? 'within' : 'outside';
  const verdictText = words.verdicts[verdict];
  const tail = target?.p90;
  return {
    quantity: words.quantity(row.quantity),
    part: words.parts[row.part],
    count: row.count,
    median: percent(row.median),
    p90: percent(row.p90),
    bias: percent(row.bias),
    asked:
      target === null
        ? '–'
        : words.asked(
            numberText(percent(target.median)),
            tail === undefined ? null : numberText(percent(tail)),
          ),
    verdict,
    verdictText,
    missedText:
      verdict === 'outside' ? words.missed(numberText(percent(missedBy(row)), 2)) : verdictText,
    remark: row.note
      .split('; ')
      .filter((part) => !/^(?:median|p90) missed by /.test(part))
      .join('; '),
  };
}

/** Rows of which something is asked, and those of them that keep it. */
export function judgedRows(rows: readonly EvidenceRow[]): {
  judged: EvidenceRow[];
  met: EvidenceRow[];
} {
  const judged = rows.filter(({ isMet }) => isMet !== null);
  return { judged, met: judged.filter(({ isMet }) => isMet === true) };
}
