/**
 * The grid of shapes: a cell's shade is how far above 1 its speedup is, a hatch that it lies below,
 * and its number stands in it, so that colour says nothing alone. Laws: cells do not overlap and
 * fill the plot; the table holds every cell.
 */
import {
  drawPicture,
  linked,
  type Picture,
  type Plot,
  toned,
  type ViewOptions,
} from '../frame/index.ts';
import { hatch } from '../frame/marks.ts';
import { element, textElement } from '../markup.ts';
import { numberText } from '../numbers.ts';
import { description, finding, shapeHeatmapMessages } from './messages.ts';
import type { ShapeCell, ShapeHeatmap } from './model.ts';

const LEFT = 44;
const TOP = 26;
const AXIS = 46;
const GAP = 3;
const MOST_ROW = 46;
/** Shade of the greatest speedup; more would not leave its number readable. */
const MOST_SHADE = 0.5;
const LEAST_SHADE = 0.06;

export const cellKey = ({ beams, draftLength }: Pick<ShapeCell, 'beams' | 'draftLength'>) =>
  `cell:${beams}x${draftLength}`;

export function shapeHeatmapPicture(figure: ShapeHeatmap, options: ViewOptions): Picture {
  const { language, width } = options;
  const words = shapeHeatmapMessages[language];
  const rows = figure.beams.length;
  const row = Math.min(MOST_ROW, Math.max(34, (width - LEFT) / figure.draftLengths.length));
  return drawPicture(options, {
    title: finding(figure, language),
    summary: description(figure, language),
    table: {
      columns: words.head.map((label, i) => ({ label, numeric: i < 4 })),
      rows: figure.cells.map((cell) => [
        String(cell.beams),
        String(cell.draftLength),
        cell.speedup === null ? '–' : numberText(cell.speedup),
        cell.tokensPerStep === null ? '–' : numberText(cell.tokensPerStep),
        cell.reason !== '' ? cell.reason : cell.isOverloaded ? words.overloaded : words.keepsUp,
      ]),
    },
    notes: [
      words.legend,
      ...(figure.cells.some(({ isOverloaded }) => isOverloaded) ? [words.overloaded] : []),
      ...(figure.requests > 0 ? [words.requests(figure.requests)] : []),
      words.origin,
    ],
    height: TOP + row * rows + AXIS,
    draw: (area) => drawing(figure, options, area, row),
  });
}

/** Labels of both axes and the cells; `row` is a cell's height in px. */
function drawing(figure: ShapeHeatmap, options: ViewOptions, area: Plot, row: number): string {
  const words = shapeHeatmapMessages[options.language];
  const column = (area.right - LEFT - 4) / figure.draftLengths.length;
  const top = area.top + TOP;
  const bottom = top + row * figure.beams.length;
  const cells = figure.cells.map((_, i) => {
    const x = LEFT + column * (i % figure.draftLengths.length);
    // More beams stand higher, as an axis with an arrow upwards says.
    const y = bottom - row * (1 + Math.floor(i / figure.draftLengths.length));
    return cellMarks(figure, i, { x, y, width: column, height: row }, options);
  });
  return [
    textElement('text', { class: 'muted', x: 8, y: area.top + 14 }, words.beams),
    ...figure.beams.map((beams, i) =>
      textElement(
        'text',
        {
          class: 'muted',
          x: LEFT - 10,
          y: bottom - row * (i + 0.5) + 4,
          'text-anchor': 'end',
        },
        String(beams),
      ),
    ),
    ...figure.draftLengths.map((length, i) =>
      textElement(
        'text',
        {
          class: 'muted',
          x: LEFT + column * (i + 0.5),
          y: bottom + 18,
          'text-anchor': 'middle',
        },
        String(length),
      ),
    ),
    textElement(
      'text',
      { class: 'muted', x: area.right - 4, y: bottom + 38, 'text-anchor': 'end' },
      words.draftLength,
    ),
    ...cells,
  ].join('\n');
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function cellMarks(figure: ShapeHeatmap, index: number, box: Box, options: ViewOptions): string {
  const cell = figure.cells[index]!;
  const words = shapeHeatmapMessages[options.language];
  const isBest = index === figure.best;
  const { current } = figure;
  const isCurrent = current?.beams === cell.beams && current.draftLength === cell.draftLength;
  const identity = {
    key: cellKey(cell),
    group: 'cells',
    label: words.cell(cell, { isBest, isCurrent }),
  };
  const inner = {
    x: box.x + GAP / 2,
    y: box.y + GAP / 2,
    width: box.width - GAP,
    height: box.height - GAP,
    rx: 4,
  };
  const isSlower = cell.speedup !== null && cell.speedup < 1;
  const tone = isSlower ? 'rejected' : 'draft';
  const shade =
    cell.speedup === null
      ? element('rect', { class: 'loss', ...inner })
      : isSlower
        ? element('rect', { fill: hatch(options, tone), 'fill-opacity': 0.4, ...inner })
        : element('rect', { class: 'fill', 'fill-opacity': shadeOf(figure, cell), ...inner });
  const frame =
    isBest || isCurrent
      ? element('rect', {
          fill: 'none',
          stroke: 'var(--ink)',
          'stroke-width': isBest ? 2 : 1.5,
          ...(isBest ? {} : { 'stroke-dasharray': '3 2' }),
          ...inner,
        })
      : '';
  const marks = `${isBest ? '★' : ''}${isCurrent ? '●' : ''}${cell.isOverloaded ? '▲' : ''}`;
  const middle = { x: box.x + box.width / 2, 'text-anchor': 'middle' };
  const halo = { style: 'paint-order:stroke;stroke:var(--background);stroke-width:3px' };
  const number =
    cell.speedup === null
      ? cell.reason === ''
        ? words.computing
        : '–'
      : `${numberText(cell.speedup)}${box.width >= 56 ? '×' : ''}`;
  const isNarrow = box.width < 64 && marks !== '';
  const middleY = box.y + box.height / 2 + 4.5;
  const strong = marks === '' ? {} : { 'font-weight': 700 };
  const around = { ...middle, ...strong, ...(isSlower ? halo : {}) };
  const text = isNarrow
    ? textElement('text', { ...around, y: middleY - 6 }, number) +
      textElement('text', { ...around, y: middleY + 8 }, marks)
    : textElement('text', { ...around, y: middleY }, `${marks}${marks && ' '}${number}`);
  const hit = element('rect', { fill: 'transparent', ...inner });
  return element(
    'g',
    { ...linked(options, identity), style: 'cursor:pointer' },
    toned(tone, shade) + frame + text + hit,
  );
}

function shadeOf(figure: ShapeHeatmap, cell: ShapeCell): number {
  const most = figure.best === null ? 1 : figure.cells[figure.best]!.speedup!;
  const share = most > 1 ? (cell.speedup! - 1) / (most - 1) : 0;
  return Math.round((LEAST_SHADE + share * (MOST_SHADE - LEAST_SHADE)) * 100) / 100;
}
