import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAt, someRun } from '../../../../test/support/runs.ts';
import { finding } from './messages.ts';
import { loadSpeedup } from './model.ts';

describe('load against speedup', () => {
  it('interpolates the crossover on the logarithmic axis', () => {
    const { series } = loadSpeedup([runAt(4, 1.4), runAt(16, 0.8)]);
    expect(series[0]!.crossovers).toHaveLength(1);
    expect(series[0]!.crossovers[0]!.kind).toBe('ends');
    expect(series[0]!.crossovers[0]!.load).toBeCloseTo(10.0794, 4); // 4 · 4^(2/3)
  });

  it('law: a crossover lies between the two loads whose speedups lie on either side of 1', () => {
    const curve = fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(curve, (speedups) => {
        const runs = speedups.map((speedup, i) => runAt(2 ** i, speedup));
        const { points, crossovers } = loadSpeedup(runs).series[0]!;
        const flips = points.slice(1).flatMap((to, i) => {
          const from = points[i]!;
          return from.speedup >= 1 === to.speedup >= 1 ? [] : [{ from, to }];
        });
        expect(crossovers).toHaveLength(flips.length);
        crossovers.forEach(({ load, kind }, i) => {
          const { from, to } = flips[i]!;
          expect(load).toBeGreaterThanOrEqual(from.load * (1 - 1e-12));
          expect(load).toBeLessThanOrEqual(to.load * (1 + 1e-12));
          expect(kind).toBe(from.speedup >= 1 ? 'ends' : 'begins');
        });
      }),
    );
  });

  it('does not depend on the order of the runs', () => {
    const runs = [runAt(1, 2), runAt(8, 1.2), runAt(64, 0.7)];
    expect(loadSpeedup([...runs].reverse())).toEqual(loadSpeedup(runs));
  });

  it('makes a series of each way of drafting and names it by what differs', () => {
    const runs = [2, 8].flatMap((beams) => [
      runAt(1, 2, { scenario: { speculation: { beams } } }),
      runAt(8, 1.5, { scenario: { speculation: { beams } } }),
    ]);
    expect(loadSpeedup(runs).series.map((s) => s.label)).toEqual([
      'redrafter 2×4',
      'redrafter 8×4',
    ]);
    const gpus = ['h100-sxm', 'l4'].map((gpu) => runAt(1, 2, { scenario: { hardware: { gpu } } }));
    expect(loadSpeedup(gpus).series.map((s) => s.label)).toEqual(['gpu h100-sxm', 'gpu l4']);
  });

  it('names no more than it takes to tell the series apart', () => {
    const runs = (['chat', 'code'] as const).map((acceptance) => {
      const tokens = { kind: 'constant', value: acceptance === 'chat' ? 10 : 20 } as const;
      const workload = { inputTokens: tokens, outputTokens: tokens };
      return runAt(1, 2, { scenario: { speculation: { acceptance }, workload } });
    });
    const labels = loadSpeedup(runs).series.map((s) => s.label);
    expect(labels).toEqual(['redrafter 4×4 · chat', 'redrafter 4×4 · code']);
  });

  it('gives a band over seeds: least, mean, greatest', () => {
    const runs = [1.2, 1.6].map((speedup, seed) => runAt(4, speedup, { scenario: { seed } }));
    const { points } = loadSpeedup(runs).series[0]!;
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ load: 4, low: 1.2, high: 1.6, seeds: 2 });
    expect(points[0]!.speedup).toBeCloseTo(1.4, 12);
  });

  it('counts what has no place: no baseline, another kind of load', () => {
    const closed = { workload: { kind: 'closed-loop', concurrency: 3 } } as const;
    const runs = [runAt(1, 2), someRun({ speedup: null }), someRun({ scenario: closed })];
    expect(loadSpeedup(runs)).toMatchObject({ leftOut: 2, unit: 'requests/s' });
  });

  it('compares throughput in a closed loop, where load is the number in flight', () => {
    const scenario = { workload: { kind: 'closed-loop', concurrency: 8 } } as const;
    const figure = loadSpeedup([someRun({ scenario, speedup: { outputTokensPerSecond: 1.7 } })]);
    expect(figure.measure).toBe('outputTokensPerSecond');
    expect(figure.unit).toBe('requests in flight');
    expect(figure.series[0]!.points[0]).toMatchObject({ load: 8, speedup: 1.7 });
  });

  it('counts the load of a trace as a multiple of its own', () => {
    const scenario = { workload: { kind: 'trace', trace: 'a.csv', timeScale: 0.25 } } as const;
    expect(loadSpeedup([someRun({ scenario })]).series[0]!.points[0]!.load).toBe(4);
  });
});

describe('the finding', () => {
  it.each([
    [[], 'No run to draw'],
    [[runAt(4, 1.5)], '1.5× at 4 requests/s'],
    [
      [runAt(1, 2), runAt(4, 1.4), runAt(16, 0.8)],
      'Drafting pays up to 10.1 requests/s: 2× at 1 request/s, 0.8× at 16 requests/s',
    ],
    [
      [runAt(1, 2), runAt(16, 1.1)],
      'Drafting pays at every load shown: 2× at 1 request/s, 1.1× at 16 requests/s',
    ],
    [
      [runAt(1, 0.9), runAt(16, 0.5)],
      'Drafting pays at no load shown: 0.9× at 1 request/s, 0.5× at 16 requests/s',
    ],
    [
      [runAt(1, 0.5), runAt(4, 2)],
      'Drafting pays from 1.59 requests/s: 0.5× at 1 request/s, 2× at 4 requests/s',
    ],
    [
      [runAt(1, 2), runAt(4, 0.5), runAt(16, 2)],
      'Drafting pays at some of the loads shown: 2× at 1 request/s, 2× at 16 requests/s',
    ],
    [
      [1, 2, 3].flatMap((beams) => [
        runAt(1, 2, { scenario: { speculation: { beams } } }),
        runAt(4, beams === 2 ? 0.5 : 1.5, { scenario: { speculation: { beams } } }),
      ]),
      'Drafting pays at every load shown for redrafter 1×4 and redrafter 3×4, ' +
        'up to 2.52 requests/s for redrafter 2×4',
    ],
    [
      [1, 2, 3, 4].flatMap((beams) => [
        runAt(1, beams, { scenario: { speculation: { beams } } }),
        runAt(4, 1 / beams, { scenario: { speculation: { beams } } }),
      ]),
      'The best of 4 series pays at every load shown: 4× at 1 request/s, 1× at 4 requests/s',
    ],
  ])('%#', (runs, sentence) => {
    expect(finding(loadSpeedup(runs))).toBe(sentence);
  });
});
