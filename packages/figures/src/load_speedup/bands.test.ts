import { type Band, type Bands, headlineNames, type Run } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { runAt } from '../../../../test/support/runs.ts';
import { tableHtml, type ViewOptions, viewOptions } from '../frame/index.ts';
import { finding, intervalText } from './messages.ts';
import { type LoadSpeedup, loadSpeedup } from './model.ts';
import { loadSpeedupPicture } from './view.ts';

const pictureOf = (figure: LoadSpeedup, options: Partial<ViewOptions> = {}) =>
  loadSpeedupPicture(figure, { load: null }, viewOptions('load-speedup', options));
const loadSpeedupSvg = (figure: LoadSpeedup, options: Partial<ViewOptions> = {}) =>
  pictureOf(figure, options).svg;
const loadSpeedupTable = (figure: LoadSpeedup) => tableHtml(pictureOf(figure).table, '');

/** Runs with bands: the band in the picture and the interval of the crossover. */

const band = (p10: number, p50: number, p90: number): Band => ({ p10, p50, p90 });

function drawnRun(load: number, speedup: number, drawn: readonly number[]): Run {
  const run = runAt(load, speedup);
  const all = (value: Band) => ({
    outputTokensPerSecond: value,
    e2eP50: value,
    itlMean: value,
    joulesPerOutputToken: value,
  });
  const bands = {
    draws: drawn.length,
    metrics: Object.fromEntries(headlineNames.map((name) => [name, band(1, 2, 3)])),
    speedup: all(band(Math.min(...drawn), speedup, Math.max(...drawn))),
    samples: drawn.map((itlMean) => ({ speedup: { ...run.speedup!, itlMean } })),
  } as unknown as Bands;
  return { ...run, bands };
}

const runs = [drawnRun(4, 1.4, [1.2, 1.4, 1.6]), drawnRun(16, 0.8, [0.6, 0.8, 0.9])];

describe('a figure of runs with bands', () => {
  it('draws the bands, and the interval in which drafting stops paying', () => {
    const { series } = loadSpeedup(runs, 'itlMean');
    expect(series[0]!.points.map(({ low, high, draws }) => [low, high, draws])).toEqual([
      [1.2, 1.6, 3],
      [0.6, 0.9, 3],
    ]);
    const [crossover] = series[0]!.crossovers;
    // Draw by draw, on the logarithmic axis: 4·4^(1/3), 4·4^(2/3), 4·4^(6/7).
    expect(crossover!.interval!.low).toBeCloseTo(4 * 4 ** (1 / 3), 9);
    expect(crossover!.interval!.high).toBeCloseTo(4 * 4 ** (6 / 7), 9);
  });

  it('says so in its finding, its words and its table', () => {
    const figure = loadSpeedup(runs, 'itlMean');
    expect(finding(figure)).toContain('Drafting pays up to 10.1 requests/s (6.35 to 13.1): ');
    const svg = loadSpeedupSvg(figure);
    expect(svg).toContain('10 to 90 % of 3 draws of');
    expect(svg).toContain('1× at 10.1 requests/s (6.35 to 13.1)');
    expect(svg.match(/class="band"/g)).toHaveLength(2); // The series' and the interval's.
    const table = loadSpeedupTable(figure);
    expect(table).toContain('10 to 90 % of the draws (×)');
    expect(table).toContain('1.2 – 1.6');
  });

  it('takes the speedups that are drawn, not others of the same draws', () => {
    const other = runs.map((run) => {
      const samples = run.bands!.samples.map(({ speedup }) => ({
        speedup: { ...speedup!, outputTokensPerSecond: speedup!.itlMean, itlMean: 9 },
      }));
      return { ...run, bands: { ...run.bands!, samples } as unknown as Bands };
    });
    const measured = (measure: 'itlMean' | 'outputTokensPerSecond') =>
      loadSpeedup(
        other.map((run) => ({
          ...run,
          speedup: { ...run.speedup!, outputTokensPerSecond: run.speedup!.itlMean },
        })),
        measure,
      ).series[0]!.crossovers[0]!.interval!;
    expect(measured('outputTokensPerSecond').high).toBeCloseTo(4 * 4 ** (6 / 7), 9);
    expect(measured('itlMean').high).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps a point inside the plot that its band does not hold', () => {
    const svg = loadSpeedupSvg(
      loadSpeedup([drawnRun(4, 5, [1.2, 1.4]), drawnRun(16, 0.2, [1, 1])]),
    );
    const ys = [...svg.matchAll(/class="mark" transform="translate\([\d.]+,([-\d.]+)\)"/g)];
    const top = Number(/class="cross"[^>]*y1="([\d.]+)"/.exec(svg)![1]);
    const bottom = Number(/class="cross"[^>]*y2="([\d.]+)"/.exec(svg)![1]);
    expect(ys).toHaveLength(2);
    for (const [, y] of ys) {
      expect(Number(y)).toBeGreaterThanOrEqual(top);
      expect(Number(y)).toBeLessThanOrEqual(bottom);
    }
  });

  it('without bands says nothing of them', () => {
    const figure = loadSpeedup([runAt(4, 1.4), runAt(16, 0.8)]);
    expect(figure.series[0]!.crossovers[0]!.interval).toBe(null);
    expect(loadSpeedupSvg(figure)).not.toMatch(/class="band"|draws/);
  });

  it('keeps the interval’s mark inside the plot where an end is open', () => {
    const open = loadSpeedup(
      [drawnRun(4, 1.4, [1.2, 1.6]), drawnRun(16, 0.8, [0.6, 1.2])],
      'itlMean',
    );
    const svg = loadSpeedupSvg(open);
    const mark = /<rect class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(svg)!;
    const right = Number(/class="one"[^>]*x2="([\d.]+)"/.exec(svg)![1]);
    expect(Number(mark[1]) + Number(mark[2])).toBeLessThanOrEqual(right);
    expect(svg).toContain('(above 6.35)');
  });

  it('words the open ends', () => {
    const text = (low: number, high: number) => intervalText({ interval: { low, high } });
    expect(text(2, 8)).toBe(' (2 to 8)');
    expect(text(2, Number.POSITIVE_INFINITY)).toBe(' (above 2)');
    expect(text(0, 8)).toBe(' (below 8)');
    expect(text(0, Number.POSITIVE_INFINITY)).toBe(' (not sure at any load shown)');
    expect(intervalText({ interval: null })).toBe('');
  });
});
