/**
 * Marks: what can be focused, named and lit up, and the shapes, dashes and hatches that stand
 * beside every colour. Keys are stable over redraws (`token:5`, `point:redrafter 4×4:16`), so that
 * an element keeps focus and moves instead of being replaced.
 */
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import { element, px } from '../markup.ts';
import { type Tone, toneClass } from '../palette.ts';
import type { ViewOptions } from './picture.ts';

const SYMBOLS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
] as const;

/** The outline of the `index`-th series' marker around 0, 0; its area in px². */
export function symbolPath(index: number, area: number): string {
  return (
    symbol()
      .type(SYMBOLS[index % SYMBOLS.length]!)
      .size(area)() ?? ''
  );
}

export interface MarkIdentity {
  key: string;
  /** One tab stop for all marks of a group; arrows move between them. Without one, no focus. */
  group?: string;
  /** What the live region says of it. */
  label?: string;
}

/** Attributes of an element that can be linked to: spread them into `element(name, {...})`. */
export function linked(
  { highlight }: Pick<ViewOptions, 'highlight'>,
  { key, group, label }: MarkIdentity,
  className = '',
): Record<string, string> {
  const isLit = highlight !== null && highlight !== undefined && highlight === key;
  const kinds = [className, ...(isLit ? ['lit'] : [])].filter((kind) => kind !== '').join(' ');
  return {
    'data-key': key,
    ...(group === undefined ? {} : { 'data-group': group }),
    ...(label === undefined ? {} : { role: 'img', 'aria-label': label }),
    ...(kinds === '' ? {} : { class: kinds }),
  };
}

export interface PointMark extends MarkIdentity {
  x: number;
  y: number;
  /** Which marker. */
  shape: number;
  /** Px². */
  area?: number;
  isHollow?: boolean;
}

/** A point of a series; its colour is that of the group around it. */
export function pointMark(options: Pick<ViewOptions, 'highlight'>, point: PointMark): string {
  const { x, y, shape, area = 52, isHollow = false } = point;
  return element('path', {
    ...linked(options, point, isHollow ? 'mark hollow' : 'mark'),
    transform: `translate(${px(x)},${px(y)})`,
    d: symbolPath(shape, area),
  });
}

/** Marks of one colour. */
export function toned(tone: Tone, content: string, className = ''): string {
  const kind = className === '' ? toneClass(tone) : `${className} ${toneClass(tone)}`;
  return element('g', { class: kind }, content);
}

/**
 * The value of `fill` that hatches a shape in a tone: `element('rect', { fill: hatch(options,
 * 'rejected'), … })`. The frame draws the pattern that it names.
 */
export function hatch({ scope }: Pick<ViewOptions, 'scope'>, tone: Tone): string {
  return `url(#${scope}-hatch-${tone})`;
}

/** The patterns that a picture's content names. */
export function hatchPatterns(scope: string, content: string): string {
  const named = new Set(
    [...content.matchAll(/url\(#([a-z0-9-]+)-hatch-([a-z0-9]+)\)/g)]
      .filter((match) => match[1] === scope)
      .map((match) => match[2] as Tone),
  );
  const patterns = [...named].sort().map((tone) =>
    element(
      'pattern',
      {
        id: `${scope}-hatch-${tone}`,
        class: toneClass(tone),
        patternUnits: 'userSpaceOnUse',
        width: 6,
        height: 6,
        patternTransform: 'rotate(45)',
      },
      element('rect', { class: 'back', width: 6, height: 6 }) +
        element('rect', { class: 'fill', width: 3, height: 6 }),
    ),
  );
  return patterns.length === 0 ? '' : element('defs', {}, patterns.join(''));
}
