/**
 * What a prediction was held against a measurement for, and how it came out: single points, rows
 * that sum points up, and facts that have no number.
 */
import { type ErrorSummary, relativeError, summarise } from '../calibration/errors.ts';
import type { PartialScenario } from '../scenario/index.ts';

/**
 * `fitted`: parameters were fitted on it; `held out`: on others of its table; `foreign`: on none.
 */
export type Part = 'fitted' | 'held out' | 'foreign';

/** One measured value beside its prediction. */
export interface EvidencePoint {
  readonly quantity: string;
  readonly gpu: string;
  readonly model: string;
  readonly engine: string;
  readonly part: Part;
  /** The setting in words. */
  readonly cell: string;
  readonly measured: number;
  readonly predicted: number;
  /** What to put into a scenario to see it; null where it is no scenario's result. */
  readonly scenario: PartialScenario | null;
}

/** Largest errors that are asked for, on points that were not fitted to. */
export interface ErrorTarget {
  readonly median: number;
  readonly p90?: number;
}

export interface EvidenceRow extends ErrorSummary {
  readonly quantity: string;
  readonly gpu: string;
  readonly model: string;
  readonly engine: string;
  readonly part: Part;
  readonly target: ErrorTarget | null;
  /** null where nothing is asked. */
  readonly isMet: boolean | null;
  readonly source: string;
  readonly note: string;
}

/** A fact about the shape of things, as it should be and as it is. */
export interface Fact {
  readonly fact: string;
  readonly found: string;
  readonly holds: boolean;
  readonly source: string;
}

export interface RowFields {
  readonly quantity: string;
  readonly gpu: string;
  readonly model: string;
  readonly engine: string;
  readonly part: Part;
  readonly target?: ErrorTarget;
  readonly source: string;
  readonly note?: string;
}

export function rowOf(fields: RowFields, errors: ErrorSummary): EvidenceRow {
  const { target = null, note = '', part } = fields;
  const isAsked = target !== null && part !== 'fitted';
  const isMedianMet = target !== null && errors.median <= target.median;
  const isTailMet = target?.p90 === undefined || errors.p90 <= target.p90;
  return {
    ...fields,
    ...errors,
    target: isAsked ? target : null,
    isMet: isAsked ? isMedianMet && isTailMet : null,
    note: [note, ...(isAsked ? missed(target, errors) : [])].filter((text) => text).join('; '),
  };
}

/** By how much a target is missed, in words. */
function missed(target: ErrorTarget, { median, p90 }: ErrorSummary): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} points`;
  const words: string[] = [];
  if (!(median <= target.median)) words.push(`median missed by ${percent(median - target.median)}`);
  if (target.p90 !== undefined && !(p90 <= target.p90)) {
    words.push(`p90 missed by ${percent(p90 - target.p90)}`);
  }
  return words;
}

export function pointErrors(points: readonly EvidencePoint[]): ErrorSummary {
  return summarise(points.map(({ predicted, measured }) => relativeError(predicted, measured)));
}

/** One row for each GPU, model, engine and part among the points of one quantity. */
export function rowsByGroup(
  points: readonly EvidencePoint[],
  fields: Pick<RowFields, 'target' | 'source' | 'note'>,
): EvidenceRow[] {
  const groups = new Map<string, EvidencePoint[]>();
  for (const point of points) {
    const key = [point.gpu, point.model, point.engine, point.part].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.keys()].sort().map((key) => {
    const members = groups.get(key)!;
    const { quantity, gpu, model, engine, part } = members[0]!;
    return rowOf({ ...fields, quantity, gpu, model, engine, part }, pointErrors(members));
  });
}

/** The row over all points of one part. */
export function totalRow(
  points: readonly EvidencePoint[],
  part: Part,
  fields: Pick<RowFields, 'target' | 'source' | 'note'>,
): EvidenceRow[] {
  const members = points.filter((point) => point.part === part);
  if (members.length === 0) return [];
  const { quantity } = members[0]!;
  const all = { quantity, gpu: 'all', model: 'all', engine: 'all', part };
  return [rowOf({ ...fields, ...all }, pointErrors(members))];
}
