import type { EvidencePoint } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful } from '../../test/picture-laws.ts';
import { tableHtml, viewOptions } from '../frame/index.ts';
import { scatterFinding } from './messages.ts';
import { type PredictionScatter, predictionScatter } from './model.ts';
import { predictionScatterPicture } from './view.ts';

const pictureOf = (figure: PredictionScatter) =>
  predictionScatterPicture(figure, viewOptions('prediction-scatter'));
const predictionScatterSvg = (figure: PredictionScatter) => pictureOf(figure).svg;
const predictionScatterTable = (figure: PredictionScatter) =>
  tableHtml(pictureOf(figure).table, '');

/** A point of some quantity, the rest of it being of no matter to the picture. */
function point(measured: number, predicted: number, quantity = 'time, ms'): EvidencePoint {
  const names = { gpu: 'h100-sxm', model: 'llama-3.1-8b', engine: 'tensorrt-llm' };
  return {
    quantity,
    ...names,
    part: 'held out',
    cell: 'a < b',
    measured,
    predicted,
    scenario: null,
  };
}

const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const points = fc.array(
  fc
    .tuple(value, fc.double({ min: 0.3, max: 3, noNaN: true }), fc.integer({ min: 0, max: 8 }))
    .map(([measured, ratio, of]) => point(measured, measured * ratio, `quantity ${of}`)),
  { minLength: 1, maxLength: 40 },
);

function marksOf(svg: string) {
  const groups = [...svg.matchAll(/<g class="series s\d+">(.*?)<\/g>/g)];
  return groups.flatMap((group) =>
    [
      ...group[1]!.matchAll(/class="(mark[^"]*)" transform="translate\(([-\d.]+),([-\d.]+)\)"/g),
    ].map((match) => ({
      isHollow: match[1] === 'mark hollow',
      x: Number(match[2]),
      y: Number(match[3]),
    })),
  );
}

function lineOf(svg: string) {
  const [, x1, x2, y] = /class="one" x1="([\d.]+)" x2="([\d.]+)" y1="([\d.]+)"/
    .exec(svg)!
    .map(Number);
  return { x1: x1!, x2: x2!, y: y! };
}

describe('predictions against measurements', () => {
  it('counts a point on the edge of the band as inside, one beyond as outside', () => {
    const edges = [point(100, 110), point(100, 90), point(100, 111), point(100, 89)];
    expect(predictionScatter(edges).series[0]!.points.map((p) => p.isWithin)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(scatterFinding(predictionScatter(edges))).toBe(
      '2 of 4 predictions lie within 10 % of the measurement',
    );
  });

  it('leaves out what logarithmic axes cannot show, and counts it', () => {
    const figure = predictionScatter([point(1, 1), point(0, 1), point(1, Number.NaN)]);
    expect([figure.count, figure.leftOut]).toEqual([1, 2]);
    expect(predictionScatterSvg(figure)).toContain('2 points without a positive value left out');
  });

  it('law: draws every point inside the plot, above the line when it is too high', () => {
    fc.assert(
      fc.property(points, (given) => {
        const figure = predictionScatter(given);
        const svg = predictionScatterSvg(figure);
        const drawn = marksOf(svg);
        const one = lineOf(svg);
        expect(drawn).toHaveLength(given.length);
        const within = drawn.filter(({ isHollow }) => !isHollow).length;
        expect(within).toBe(figure.within);
        for (const { x, y } of drawn) {
          expect(x).toBeGreaterThanOrEqual(one.x1);
          expect(x).toBeLessThanOrEqual(one.x2);
          expect(Math.abs(y - one.y)).toBeLessThanOrEqual(160);
        }
        const high = given.filter((p) => p.predicted > 1.01 * p.measured).length;
        // The line at 1 stands half-way up the plot, which is 320 px high.
        const above = drawn.filter(({ y }) => y < one.y).length;
        const low = given.filter((p) => p.predicted < 0.99 * p.measured).length;
        expect(above).toBeGreaterThanOrEqual(high);
        expect(above).toBeLessThanOrEqual(given.length - low);
      }),
    );
  });

  it('names every point in the table, with nothing that could be markup', () => {
    const table = predictionScatterTable(predictionScatter([point(2, 3), point(5, 5, 'W')]));
    expect([...table.matchAll(/<tr><th/g)]).toHaveLength(3);
    expect(table).toContain('a &lt; b');
    expect(table).not.toContain('a < b');
  });

  it('is lawful at every width, in both languages', () => {
    const some = [point(2, 3), point(5, 5, 'W'), point(1e-3, 2e-3, 'a very long name '.repeat(5))];
    const many = Array.from({ length: 9 }, (_, i) => point(i + 1, 3, `quantity ${i}`));
    for (const given of [[], some, many]) {
      expectLawful((options) => predictionScatterPicture(predictionScatter(given), options));
    }
  });

  it('says so when there is nothing to draw', () => {
    expect(predictionScatterSvg(predictionScatter([]))).toContain('No point');
  });
});
