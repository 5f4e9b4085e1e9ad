import { type DrafterProfile, type FitSource, publishedTables } from '@beamline/fixtures';
import { inputError } from '../base/errors.ts';
import { type FitPoint, type FitResult, fitProfile } from './fit.ts';
import { meanTokensPerStep } from './mean-acceptance.ts';

/**
 * The profiles of fixtures/drafters say what they were fitted on; here a profile is fitted again
 * from that, so that its numbers can be checked and remade after a table is added.
 */

/** Fits a profile again from its `fit`. `profileOf` gives the profiles that it was scaled from. */
export function refitProfile(
  profile: DrafterProfile,
  profileOf: (name: string) => DrafterProfile,
): FitResult {
  const points = fitPoints(profile.fit.points, profileOf);
  return fitProfile(points, profile.fit.form, profile.fit.beamGain);
}

/** The points that a profile's fit names. */
export function fitPoints(
  sources: readonly FitSource[],
  profileOf: (name: string) => DrafterProfile,
): FitPoint[] {
  return sources.flatMap((source) => {
    if ('profile' in source) return [scaledPoint(source, profileOf(source.profile))];
    return cellPoints(source);
  });
}

/** Cells of a published table; the source gives the shape where the table has none. */
function cellPoints(source: Extract<FitSource, { series: string }>): FitPoint[] {
  const cells = tableOf(source.table).cells.filter((cell) => {
    return cell.series === source.series && (source.task ?? cell.task) === cell.task;
  });
  if (cells.length === 0) throw inputError(`${source.table} has no series "${source.series}".`);
  return cells.map((cell) => {
    const beams = cell.beams ?? source.beams;
    const draftLength = cell.draftLength ?? source.draftLength;
    const tokensPerStep = cell.tokensPerStep ?? (cell.tokens ?? 0) / (cell.steps ?? 1);
    if (beams === undefined || draftLength === undefined) {
      throw inputError(`${source.table}, ${source.series}: the fit must say the shape.`);
    }
    return { beams, draftLength, tokensPerStep };
  });
}

/**
 * A profile's tokens per step at a shape, times the ratio that published figures have for another
 * text.
 */
function scaledPoint(
  source: Extract<FitSource, { profile: string }>,
  profile: DrafterProfile,
): FitPoint {
  const { beams, draftLength } = source;
  const tokens = meanTokensPerStep(profile, beams, draftLength);
  return { beams, draftLength, tokensPerStep: tokens * textRatio(source) };
}

/** Mean over series of a figure's mean over some texts, relative to its mean over others. */
function textRatio(source: Extract<FitSource, { profile: string }>): number {
  if (source.ratio === null) return 1;
  const { table, figure, series, of, to } = source.ratio;
  const mean = (name: string, texts: readonly string[]) => {
    const values = tableOf(table)
      .cells.filter((cell) => cell.series === name && texts.includes(cell.task ?? ''))
      .map((cell) => cell[figure] ?? Number.NaN);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const ratios = series.map((name) => mean(name, of) / mean(name, to));
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

function tableOf(id: string) {
  const table = publishedTables.find((known) => known.id === id);
  if (table === undefined) throw inputError(`No published table "${id}".`);
  return table;
}
