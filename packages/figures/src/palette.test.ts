import { describe, expect, it } from 'vitest';
import {
  dashes,
  figureStyle,
  type Theme,
  type Token,
  themeStyle,
  themes,
  tokenDashes,
  tokens,
} from './palette.ts';

type Rgb = [number, number, number];

/** Linear light, 0 to 1. */
function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Full colour blindness of three kinds on linear light: Machado, Oliveira, Fernandes (2009). */
const blindness: Record<string, number[][]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE 1976 L*a*b* of linear sRGB, white point D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: string, b: string, kind: string): number {
  const seen = (hex: string) => {
    const rgb = linear(hex);
    const through = blindness[kind]!.map((row) =>
      Math.min(1, Math.max(0, row[0]! * rgb[0] + row[1]! * rgb[1] + row[2]! * rgb[2])),
    );
    return lab(through as Rgb);
  };
  const [p, q] = [seen(a), seen(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Meanings that stand side by side in one picture. */
const together: [Token, Token][] = [
  ['draft', 'accepted'],
  ['draft', 'rejected'],
  ['accepted', 'rejected'],
  ['draft', 'baseline'],
  ['draft', 'target'],
  ['context', 'generation'],
  ['generation', 'baseline'],
  ['generation', 'target'],
  ['accepted', 'target'],
];

/** About ten times what is just noticeable side by side. */
const APART = 20;

describe.each(Object.entries(themes))('the %s theme', (_, theme: Theme) => {
  it('marks and words contrast at least 4.5 to 1: names are in the colour of their lines', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5);
    const words = [...theme.series, ...tokens.map((token) => theme[token]), theme.ink, theme.muted];
    for (const color of words) {
      expect(contrast(color, theme.background), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(Object.keys(blindness))('meanings of one picture stay apart: %s', (kind) => {
    const near = together
      .map(([a, b]) => ({ pair: `${a} ${b}`, by: distance(theme[a], theme[b], kind) }))
      .filter(({ by }) => by < APART);
    expect(near).toEqual([]);
  });
});

describe('the second channel', () => {
  it('has a line pattern for every series, and one for each meaning of a pair', () => {
    expect(dashes).toHaveLength(themes.light.series.length);
    expect(new Set(dashes).size).toBe(dashes.length);
    for (const [a, b] of together) expect(tokenDashes[a], `${a} ${b}`).not.toBe(tokenDashes[b]);
  });
});

describe('the style sheet', () => {
  it('lets a page bring its colours, except where the theme is fixed', () => {
    expect(figureStyle('.x', 'auto', '<g class="t-draft">')).toContain(
      '--draft:var(--bl-draft,#0072b2)',
    );
    expect(figureStyle('.x', 'dark', '')).not.toMatch(/var\(--bl-|prefers-color-scheme|print/);
    const all = [...tokens.map((token) => `t-${token}`), ...dashes.map((_, i) => `s${i}`)].join(
      ' ',
    );
    for (const [name] of figureStyle('.x', 'auto', all).matchAll(/--bl-[a-z0-9]+/g)) {
      expect(themeStyle()).toContain(`${name}:`);
    }
  });
});
