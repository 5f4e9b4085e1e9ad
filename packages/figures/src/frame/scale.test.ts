import * as d3 from 'd3-scale';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleLinear, scaleLog } from './scale.ts';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const close = (a: number, b: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a), Math.abs(b)));

describe('scales (law: the numbers of d3-scale)', () => {
  it('linear: positions, ends, ticks', () => {
    const ends = fc.tuple(number, number).filter(([a, b]) => Math.abs(a - b) > 1e-3);
    fc.assert(
      fc.property(ends, ends, number, fc.integer({ min: 2, max: 12 }), fc.boolean(), (...given) => {
        const [domain, range, value, count, isClamped] = given;
        const [a, b] = [Math.min(...domain), Math.max(...domain)];
        const ours = scaleLinear().domain([a, b]).nice(count).range(range).clamp(isClamped);
        const theirs = d3.scaleLinear().domain([a, b]).nice(count).range(range).clamp(isClamped);
        expect(ours.domain()).toEqual(theirs.domain());
        expect(ours.ticks(count)).toEqual(theirs.ticks(count));
        close(ours(value), theirs(value));
      }),
    );
  });

  it('logarithmic: positions and back', () => {
    const ends = fc.tuple(positive, positive).filter(([a, b]) => Math.abs(Math.log(a / b)) > 1e-3);
    fc.assert(
      fc.property(ends, positive, fc.boolean(), (domain, value, isClamped) => {
        const ours = scaleLog().domain(domain).range([40, 700]).clamp(isClamped);
        const theirs = d3.scaleLog().domain(domain).range([40, 700]).clamp(isClamped);
        close(ours(value), theirs(value));
        const inside = 40 + 660 * 0.3;
        close(ours.invert(inside) / theirs.invert(inside), 1);
        const [low, high] = [Math.min(...domain), Math.max(...domain)];
        for (const tick of scaleLog().domain([low, high]).ticks(5)) {
          expect(tick).toBeGreaterThanOrEqual(low);
          expect(tick).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it('a domain of one point stands in the middle', () => {
    expect(scaleLinear().domain([3, 3]).range([0, 10])(3)).toBe(5);
  });
});
