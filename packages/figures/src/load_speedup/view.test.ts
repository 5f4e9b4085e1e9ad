import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAt } from '../../../../test/support/runs.ts';
import { expectLawful } from '../../test/picture-laws.ts';
import { figureHtml, tableHtml, type ViewOptions, viewOptions } from '../frame/index.ts';
import { type LoadSpeedup, loadSpeedup } from './model.ts';
import { loadSpeedupPicture } from './view.ts';

const pictureOf = (figure: LoadSpeedup, options: Partial<ViewOptions> = {}) =>
  loadSpeedupPicture(figure, { load: null }, viewOptions('load-speedup', options));
const loadSpeedupSvg = (figure: LoadSpeedup, options: Partial<ViewOptions> = {}) =>
  pictureOf(figure, options).svg;
const loadSpeedupTable = (figure: LoadSpeedup) => tableHtml(pictureOf(figure).table, '');

/** Centres of the marks, per series, as they are drawn. */
function marksOf(svg: string): { x: number; y: number }[][] {
  return [...svg.matchAll(/<g class="series s\d+">(.*?)<\/g>/g)].map((group) =>
    [...group[1]!.matchAll(/class="mark[^"]*" transform="translate\(([-\d.]+),([-\d.]+)\)"/g)].map(
      (match) => ({ x: Number(match[1]), y: Number(match[2]) }),
    ),
  );
}

function numberOf(svg: string, pattern: RegExp): number {
  const match = pattern.exec(svg);
  expect(match, String(pattern)).not.toBe(null);
  return Number(match![1]);
}

const curves = fc.array(
  fc.record({
    beams: fc.integer({ min: 1, max: 4 }),
    rate: fc.integer({ min: 1, max: 200 }),
    speedup: fc.double({ min: 0.05, max: 6, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('laws of the picture', () => {
  it('every point stands inside the plot, on its side of the line at 1', () => {
    fc.assert(
      fc.property(curves, (points) => {
        const figure = loadSpeedup(
          points.map(({ beams, rate, speedup }) =>
            runAt(rate, speedup, { scenario: { speculation: { beams } } }),
          ),
        );
        const svg = loadSpeedupSvg(figure);
        const one = numberOf(svg, /class="one"[^>]*y1="([\d.]+)"/);
        const right = numberOf(svg, /class="one"[^>]*x2="([\d.]+)"/);
        const height = numberOf(svg, /<svg[^>]*height="([\d.]+)"/);
        const drawn = marksOf(svg);
        expect(drawn.map((marks) => marks.length)).toEqual(
          figure.series.map((s) => s.points.length),
        );
        drawn.forEach((marks, i) => {
          marks.forEach(({ x, y }, j) => {
            const { speedup } = figure.series[i]!.points[j]!;
            expect(x).toBeGreaterThanOrEqual(52);
            expect(x).toBeLessThanOrEqual(right);
            expect(y).toBeGreaterThan(0);
            expect(y).toBeLessThan(height);
            if (Math.abs(speedup - 1) > 0.02) expect(y < one).toBe(speedup > 1);
          });
        });
      }),
    );
  });

  it('further right is more load, further up is more speedup', () => {
    const [marks] = marksOf(
      loadSpeedupSvg(loadSpeedup([runAt(1, 2), runAt(8, 1.2), runAt(64, 0.7)])),
    );
    expect(marks!.map((m) => m.x)).toEqual(marks!.map((m) => m.x).sort((a, b) => a - b));
    expect(marks!.map((m) => m.y)).toEqual(marks!.map((m) => m.y).sort((a, b) => a - b));
  });

  it('labels at the ends of the lines do not cover each other', () => {
    const runs = [1, 2, 3, 4, 5, 6].map((beams) =>
      runAt(4, 1.001 + beams / 1000, { scenario: { speculation: { beams } } }),
    );
    const svg = loadSpeedupSvg(loadSpeedup(runs));
    const right = numberOf(svg, /class="one"[^>]*x2="([\d.]+)"/) + 8;
    const at = [...svg.matchAll(new RegExp(`<text[^>]*x="${right}" y="([\\d.]+)"`, 'g'))];
    const heights = at.map((match) => Number(match[1])).sort((a, b) => a - b);
    expect(heights).toHaveLength(7);
    heights.slice(1).forEach((y, i) => {
      expect(y - heights[i]!).toBeGreaterThanOrEqual(16.9);
    });
  });
});

describe('the picture', () => {
  it('names itself for those who do not see it', () => {
    const svg = loadSpeedupSvg(loadSpeedup([runAt(1, 2), runAt(16, 0.8)]), { scope: 'x' });
    expect(svg).toContain('role="img" aria-labelledby="x-title x-desc"');
    expect(svg).toContain('<title id="x-title">Drafting pays up to');
    expect(svg).toContain('redrafter 4×4: 2× at 1 request/s, 0.8× at 16 requests/s.');
  });

  it('tells series apart by dash and marker, not by colour alone', () => {
    const runs = [1, 2].map((beams) => runAt(1, beams, { scenario: { speculation: { beams } } }));
    const svg = loadSpeedupSvg(loadSpeedup(runs));
    expect(svg).toMatch(/\.s1 \.line[^{]*\{stroke-dasharray:/);
    const shapes = [...svg.matchAll(/class="mark"[^>]* d="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(shapes).size).toBe(2);
  });

  it('draws an overloaded point hollow and says what that means', () => {
    const svg = loadSpeedupSvg(loadSpeedup([runAt(1, 2), runAt(64, 0.9, { state: 'overloaded' })]));
    expect(svg.match(/class="mark hollow"/g)).toHaveLength(1);
    expect(svg).toContain('Hollow: overloaded');
  });

  it('shows axes and the way to fill it when there is nothing', () => {
    const svg = loadSpeedupSvg(loadSpeedup([]));
    expect(svg).toContain('No run with a baseline');
    expect(svg).toContain('requests/s, log scale →');
  });

  it('cannot be broken out of by a name', () => {
    const evil = '</style><script>alert(1)</script>"\'&';
    const runs = ['l4', evil].map((gpu) => runAt(1, 2, { scenario: { hardware: { gpu } } }));
    const html = figureHtml(pictureOf(loadSpeedup(runs), { hasTitle: false }));
    expect(html).not.toContain('<script');
    expect(html.match(/<\/style>/g)).toHaveLength(1);
  });

  it('has a table with every point', () => {
    const html = loadSpeedupTable(loadSpeedup([runAt(1, 2.125), runAt(1200, 0.75)]));
    expect(html).toContain('<th scope="row">redrafter 4×4</th><td class="n">1,200</td>');
    expect(html.match(/<tr>/g)).toHaveLength(3);
    expect(html).toContain('2.125');
  });

  it('is lawful at every width, in both languages, with a load of the reader’s', () => {
    const shapes = (count: number) =>
      Array.from({ length: count }, (_, i) => i + 1).flatMap((beams) => [
        runAt(1, beams, { scenario: { speculation: { beams } } }),
        runAt(900, 1 / beams, { scenario: { speculation: { beams } }, state: 'overloaded' }),
      ]);
    for (const runs of [[], [runAt(4, 1)], shapes(2), shapes(4), shapes(8)]) {
      for (const load of [null, 30]) {
        const figure = loadSpeedup(runs);
        expectLawful((options) => loadSpeedupPicture(figure, { load }, options));
      }
    }
  });

  it('keeps its meaning', () => {
    const figure = loadSpeedup([runAt(1, 2), runAt(4, 1.4), runAt(16, 0.8)]);
    const svg = loadSpeedupSvg(figure).replace(/<(style|desc)[\s\S]*<\/\1>/g, '');
    const words = [...svg.matchAll(/>([^<>\n]+)</g)].map((match) => match[1]);
    expect(words).toMatchInlineSnapshot(`
      [
        "Drafting pays up to 10.1 requests/s: 2× at 1 request/s, 0.8× at 16 requests/s",
        "Drafting pays up to 10.1 requests/s: 2× at 1 request/s, 0.8× at 16 requests/s",
        "0.6×",
        "0.8×",
        "1×",
        "1.2×",
        "1.4×",
        "1.6×",
        "1.8×",
        "2×",
        "↑ speedup (generation speed of a request)",
        "1",
        "4",
        "16",
        "requests/s, log scale →",
        "1× at 10.1 requests/s",
        "no drafting (1×)",
        "redrafter 4×4",
        "Modelled: simulated runs; each run names the origin of its numbers.",
      ]
    `);
  });
});
