import { compareQuantity, type ReplayComparison } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful } from '../../test/picture-laws.ts';
import { figureHtml, type ViewOptions, viewOptions } from '../frame/index.ts';
import { finding, signedPercent } from './messages.ts';
import { type QuantilePlot, quantilePlot } from './model.ts';
import { quantilePlotPicture } from './view.ts';

const quantilePlotSvg = (figure: QuantilePlot, options: Partial<ViewOptions> = {}) =>
  quantilePlotPicture(figure, viewOptions('quantile-plot', options)).svg;

function comparison(recorded: number[], simulated: number[]): ReplayComparison {
  const quantities = [compareQuantity('ttftMs', recorded, simulated)];
  return { format: 'beamline', from: 0, to: recorded.length, quantities };
}

const marksOf = (svg: string) =>
  [...svg.matchAll(/class="mark" transform="translate\(([-\d.]+),([-\d.]+)\)"/g)]
    .map((match) => ({ x: Number(match[1]), y: Number(match[2]) }))
    .slice(0, -1); // The last one is the legend's.

function lineOf(svg: string) {
  const [, x1, y1, x2, y2] = /class="one" x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"/
    .exec(svg)!
    .map(Number);
  return { x1: x1!, y1: y1!, x2: x2!, y2: y2! };
}

const latencies = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 30,
});

describe('laws of the picture', () => {
  it('every point stands inside the plot, longer than recorded above the diagonal', () => {
    fc.assert(
      fc.property(latencies, latencies, (recorded, simulated) => {
        const figure = quantilePlot(comparison(recorded, simulated));
        const svg = quantilePlotSvg(figure);
        const { x1, y1, x2, y2 } = lineOf(svg);
        const marks = marksOf(svg);
        expect(marks).toHaveLength(figure.series[0]!.points.length);
        marks.forEach(({ x, y }, i) => {
          const point = figure.series[0]!.points[i]!;
          expect(x).toBeGreaterThanOrEqual(x1 - 0.01);
          expect(x).toBeLessThanOrEqual(x2 + 0.01);
          expect(y).toBeGreaterThanOrEqual(y2 - 0.01);
          expect(y).toBeLessThanOrEqual(y1 + 0.01);
          const diagonal = y1 + ((x - x1) / (x2 - x1)) * (y2 - y1);
          const ratio = point.simulated / point.recorded;
          if (ratio > 1.2) expect(y).toBeLessThan(diagonal);
          if (ratio < 1 / 1.2) expect(y).toBeGreaterThan(diagonal);
        });
      }),
    );
  });

  it('the same relative error is the same distance from the diagonal anywhere', () => {
    const recorded = [1, 10, 100, 1000];
    const svg = quantilePlotSvg(
      quantilePlot(
        comparison(
          recorded,
          recorded.map((v) => 1.5 * v),
        ),
      ),
    );
    const { x1, y1, x2, y2 } = lineOf(svg);
    const away = marksOf(svg).map(({ x, y }) => y1 + ((x - x1) / (x2 - x1)) * (y2 - y1) - y);
    expect(Math.min(...away)).toBeGreaterThan(5);
    expect(Math.max(...away) - Math.min(...away)).toBeLessThan(0.05);
  });
});

describe('the diagonal', () => {
  it('holds what came out as recorded', () => {
    const svg = quantilePlotSvg(quantilePlot(comparison([1, 30, 900], [1, 30, 900])));
    const { x1, y1, x2, y2 } = lineOf(svg);
    expect(x2 - x1).toBeCloseTo(y1 - y2, 6); // Both axes alike: a diagonal of 45 degrees.
    for (const { x, y } of marksOf(svg)) {
      expect(Math.abs(y1 + ((x - x1) / (x2 - x1)) * (y2 - y1) - y)).toBeLessThan(0.05);
    }
  });
});

describe('the picture', () => {
  const figure = quantilePlot(comparison([100, 200, 300], [110, 220, 330]));

  it('says what came out, in words, for those who do not see it', () => {
    expect(finding(figure)).toBe(
      'Simulated against recorded means of 3 requests: time to first token +10 %',
    );
    const svg = quantilePlotSvg(figure, { scope: 'q' });
    expect(svg).toContain('role="img" aria-labelledby="q-title q-desc"');
    expect(svg).toContain('p50 200 recorded, 220 simulated');
    expect(svg).toContain('median quantile error 10 %');
  });

  it('keeps its meaning', () => {
    const svg = quantilePlotSvg(figure).replace(/<(style|desc)[\s\S]*<\/\1>/g, '');
    const words = [...svg.matchAll(/>([^<>\n]+)</g)].map((match) => match[1]!);
    expect(words.filter((word) => !/^[\d,.]+$/.test(word))).toEqual([
      finding(figure),
      finding(figure),
      '↑ simulated (ms), log scale',
      'recorded (ms), log scale →',
      'time to first token',
      'mean +10 %, KS distance 0.33',
      'median quantile error 10 %',
      'as recorded',
      'Recorded values are measured, simulated ones modelled. Points: quantiles p5 to p99; band: ' +
        'within 10 % of',
      'what was recorded.',
    ]);
  });

  it('leaves out what is 0, and says so; says when there is nothing', () => {
    const zeros = quantilePlot(comparison([0, 0, 5], [0, 1, 5]));
    expect(zeros.series[0]!.leftOut).toBeGreaterThan(0);
    expect(quantilePlotSvg(zeros)).toContain('quantiles at 0 left out');
    const none = quantilePlot({ format: 'vllm', from: 0, to: 0, quantities: [] });
    expect(quantilePlotSvg(none)).toContain('No quantile to draw');
    expect(finding(none)).toBe('Nothing recorded to compare with');
  });

  it('has a table with every quantile', () => {
    const html = figureHtml(quantilePlotPicture(figure, viewOptions('q')));
    expect(html.match(/<tr>/g)).toHaveLength(1 + figure.series[0]!.points.length);
    expect(html).toContain('<details><summary>Show data</summary>');
  });

  it('is lawful at every width, in both languages', () => {
    const none = quantilePlot({ format: 'vllm', from: 0, to: 0, quantities: [] });
    for (const one of [none, figure]) expectLawful((options) => quantilePlotPicture(one, options));
  });

  it('writes signs and no zeros with them', () => {
    expect([0.031, -0.12, 0, Number.NaN].map(signedPercent)).toEqual([
      '+3.1 %',
      '-12 %',
      '±0 %',
      '–',
    ]);
  });
});
