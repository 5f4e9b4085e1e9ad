import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAt } from '../../../../test/support/runs.ts';
import { viewOptions } from '../frame/index.ts';
import { envelopeOf, loadsOf, speedupAt } from './curve.ts';
import { finding } from './messages.ts';
import { loadSpeedup } from './model.ts';
import { loadAtX, loadSpeedupPicture } from './view.ts';

const curves = fc.array(
  fc.record({
    beams: fc.integer({ min: 1, max: 4 }),
    rate: fc.integer({ min: 1, max: 200 }),
    speedup: fc.double({ min: 0.05, max: 6, noNaN: true }),
  }),
  { minLength: 1, maxLength: 14 },
);
type Curves = { beams: number; rate: number; speedup: number }[];
const figureOf = (points: Curves) =>
  loadSpeedup(
    points.map(({ beams, rate, speedup }) =>
      runAt(rate, speedup, { scenario: { speculation: { beams } } }),
    ),
  );

describe('between the loads', () => {
  it('is linear on the logarithmic axis, and nothing beyond the ends', () => {
    const points = [
      { load: 1, speedup: 2 },
      { load: 16, speedup: 1 },
    ];
    expect(speedupAt(points, 4)).toBeCloseTo(1.5, 12);
    expect([speedupAt(points, 1), speedupAt(points, 16)]).toEqual([2, 1]);
    expect([speedupAt(points, 0.5), speedupAt(points, 17)]).toEqual([null, null]);
  });
});

describe('the envelope', () => {
  it('law: is nowhere below a series, nor below 1, and is one of them everywhere', () => {
    fc.assert(
      fc.property(curves, fc.double({ min: 0, max: 1, noNaN: true }), (points, share) => {
        const { series } = figureOf(points);
        const envelope = envelopeOf(series);
        if (series.length < 2) {
          expect(envelope).toEqual([]);
          return;
        }
        const loads = loadsOf(series);
        const load = loads[0]! * (loads.at(-1)! / loads[0]!) ** share;
        const best = Math.max(1, ...series.map((one) => speedupAt(one.points, load) ?? 0));
        const drawn = speedupAt(envelope, Math.min(load, loads.at(-1)!))!;
        // Where a series ends, the drawn line joins the two sides.
        const isWhole = series.every((one) =>
          loads.every((at) => speedupAt(one.points, at) !== null),
        );
        if (isWhole) expect(drawn).toBeCloseTo(best, 6);
        for (const point of envelope) {
          for (const one of series) {
            expect(point.speedup).toBeGreaterThanOrEqual(speedupAt(one.points, point.load) ?? 1);
          }
          expect(point.speedup).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

describe('a choice', () => {
  it('there is between ways of drafting, not between texts', () => {
    const of = (speculation: object) =>
      [1, 8].map((rate) => runAt(rate, 2, { scenario: { speculation } }));
    expect(loadSpeedup([...of({ beams: 2 }), ...of({ beams: 6 })]).envelope).not.toEqual([]);
    const texts = loadSpeedup([...of({ acceptance: 'chat' }), ...of({ acceptance: 'code' })]);
    expect(texts.series).toHaveLength(2);
    expect(texts.envelope).toEqual([]);
  });
});

describe('the reader’s load', () => {
  it('law: the picture’s x and the load under it are inverse', () => {
    const figure = figureOf([
      { beams: 1, rate: 1, speedup: 2 },
      { beams: 1, rate: 64, speedup: 0.8 },
    ]);
    for (const width of [320, 760]) {
      const options = viewOptions('x', { width });
      const { svg } = loadSpeedupPicture(figure, { load: 10 }, options);
      const x = Number(/class="your-line" x1="([\d.]+)"/.exec(svg)![1]);
      expect(loadAtX(figure, x, options)).toBeCloseTo(10, 1);
      expect(loadAtX(figure, -50, options)).toBe(1);
      expect(loadAtX(figure, 9999, options)).toBe(64);
    }
  });

  it('says it in words of either language', () => {
    const figure = figureOf([
      { beams: 1, rate: 4, speedup: 1.4 },
      { beams: 1, rate: 16, speedup: 0.8 },
    ]);
    expect(finding(figure, 'ja')).toBe(
      'ドラフトが有利な負荷：10.1 リクエスト/秒まで（4 リクエスト/秒で 1.4×、16 リクエスト/秒で 0.8×）',
    );
  });
});
