import {
  escapeText,
  figureHtml,
  type PredictionScatter,
  predictionScatterPicture,
  scatterFinding,
  viewOptions,
} from '@beamline/figures';
import { pageStyle } from './report-page.ts';
import { renderHtml, type Table } from './table.ts';

/** The validation as one self-contained page: the picture, its data, and every table. */
export function validationPage(
  figure: PredictionScatter,
  tables: readonly Table[],
  notes: readonly string[],
): string {
  const title = scatterFinding(figure);
  const picture = predictionScatterPicture(
    figure,
    viewOptions('prediction-scatter', { hasTitle: false }),
  );
  const csp = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${csp}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(title)}</title>`,
    `<style>${pageStyle}</style></head><body><main>`,
    `<h1>${escapeText(title)}</h1>`,
    figureHtml(picture, { hasTitle: false }),
    ...notes.map((note) => `<p>${escapeText(note)}</p>`),
    ...tables.map(
      (table) => `<h2>${escapeText(table.title)}</h2><div class="wide">${renderHtml(table)}</div>`,
    ),
    '</main></body></html>',
    '',
  ].join('\n');
}
