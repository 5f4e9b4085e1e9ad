import { describe, expect, it } from 'vitest';
import { dashes, themes } from './palette.ts';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  it('marks and words contrast at least 4.5 to 1: names are in the colour of their lines', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5);
    for (const color of [...theme.series, theme.ink, theme.muted]) {
      expect(contrast(color, theme.background), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has a line pattern for every colour', () => {
    expect(dashes).toHaveLength(theme.series.length);
    expect(new Set(dashes).size).toBe(dashes.length);
  });
});
