import { HISTOGRAM_RELATIVE_ERROR, parseScenario, simulate } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../../test/laws/support/schedulers.ts';
import { someRun } from '../../../../test/support/runs.ts';
import { expectLawful } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { type LatencySlo, latencySlo, latencySloOfRun, quantities } from './model.ts';
import { latencySloPicture, stretched } from './view.ts';

const ports = { createScheduler: createScheduler(), openTrace: () => [] };
const slo = 'ttft_p95 < 100ms and itl_p99 < 60ms';
const scenario = { slo, workload: { requests: 300, ratePerSecond: 10 } };
const model = latencySlo({ scenario }, ports);

function* curvesOf({ curves }: LatencySlo) {
  for (const quantity of quantities) {
    for (const curve of Object.values(curves[quantity])) yield { quantity, curve };
  }
}

describe('laws of the model', () => {
  it('curves rise in both, at any load and seed', () => {
    const loads = fc.double({ min: 1, max: 200, noNaN: true });
    fc.assert(
      fc.property(loads, fc.nat(99), (ratePerSecond, seed) => {
        const drawn = latencySlo(
          { scenario: { seed, workload: { requests: 60, ratePerSecond } } },
          ports,
        );
        for (const { curve } of curvesOf(drawn)) {
          curve.points.forEach(({ p, ms }, i) => {
            expect(p).toBeGreaterThan(i === 0 ? 0 : curve.points[i - 1]!.p);
            expect(ms).toBeGreaterThanOrEqual(i === 0 ? 0 : curve.points[i - 1]!.ms);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is plain data that a worker can send', () => {
    expect(structuredClone(model)).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});

describe('its numbers are the run’s', () => {
  const run = simulate(parseScenario(scenario, 'test'), ports);

  it('marks are the metrics of the run and of its baseline', () => {
    for (const quantity of quantities) {
      for (const [side, metrics] of [
        ['drafting', run.metrics],
        ['plain', run.baseline!],
      ] as const) {
        const { p50, p95, p99, mean, max } = metrics[`${quantity}Ms`];
        const curve = model.curves[quantity][side]!;
        expect(curve.marks.map(({ ms }) => ms)).toEqual([p50, p95, p99]);
        expect([curve.meanMs, curve.maxMs]).toEqual([mean, max]);
      }
    }
  });

  it('a curve passes where the marks are, to the histogram’s error', () => {
    for (const { curve, quantity } of curvesOf(model)) {
      if (quantity === 'itl') continue; // Its sample is of the histogram's own quantiles.
      for (const mark of curve.marks) {
        const point = curve.points.find(({ p }) => Math.abs(p - mark.p) < 1e-9)!;
        const error = Math.abs(point.ms - mark.ms);
        expect(error).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR * mark.ms + 1e-9);
      }
    }
  });

  it('shares and clauses are the run’s service level', () => {
    expect(model.slo!.expression).toBe(slo);
    const { drafting } = model.slo!.sides;
    expect(drafting!.goodputRequestsPerSecond).toBe(run.metrics.goodputRequestsPerSecond);
    expect(drafting!.isMet).toBe(run.slo!.met);
    expect(model.slo!.targets.map(({ sides }) => sides.drafting)).toEqual(
      run.slo!.clauses.map(({ value, met }) => ({ ms: value, isMet: met })),
    );
  });

  it('of a run’s file only what it states, and it says so', () => {
    const stated = latencySloOfRun(JSON.parse(JSON.stringify(run)));
    const { points, isSampled } = stated.curves.e2e.drafting!;
    const { p50, p90, p95, p99 } = run.metrics.e2eMs;
    expect(isSampled).toBe(false);
    expect(points.map(({ ms }) => ms)).toEqual([p50, p90, p95, p99]);
    const { notes } = latencySloPicture(stated, viewOptions('l'));
    expect(notes.join(' ')).toContain('nothing is known between');
  });
});

describe('the picture', () => {
  const draw = (width: number, language: 'en' | 'ja' = 'en', of = model) =>
    latencySloPicture(of, viewOptions('l', { width, language }));

  it('a mark stands left of a target’s corner exactly where the clause is met', () => {
    const bounds = fc.record({
      bound: fc.integer({ min: 1, max: 400 }),
      statistic: fc.constantFrom('p50', 'p95', 'p99'),
      metric: fc.constantFrom('ttft', 'itl'),
    });
    fc.assert(
      fc.property(bounds, ({ bound, statistic, metric }) => {
        const judged = latencySlo(
          {
            scenario: {
              slo: `${metric}_${statistic} < ${bound}ms`,
              workload: { requests: 40, ratePerSecond: 10 },
            },
          },
          ports,
        );
        const { svg } = draw(900, 'en', judged);
        const corner = /data-key="target:0"[^>]* d="M([\d.]+),[\d.]+V([\d.]+)H([\d.]+)"/.exec(svg);
        if (corner === null || corner[1] === corner[3]) return; // Beyond the axis.
        const key = `mark:${metric}:drafting:${statistic}`;
        const mark = new RegExp(`data-key="${key}"[^>]* transform="translate\\(([\\d.]+),`);
        const isLeft = Number(mark.exec(svg)![1]) < Number(corner[1]);
        const { ms, isMet } = judged.slo!.targets[0]!.sides.drafting!;
        if (Math.abs(ms! - bound) > 0.01 * bound) expect(isLeft).toBe(isMet);
      }),
      { numRuns: 40 },
    );
  });

  it('stretches the share so that each tenth of the rest takes the same height', () => {
    expect(stretched(0)).toBeCloseTo(0, 12);
    expect(stretched(0.99) - stretched(0.9)).toBeCloseTo(stretched(0.9) - stretched(0), 12);
  });

  it('has a finding, and a table with every point drawn', () => {
    const { title, table, summary } = draw(760);
    expect(title).toMatch(/^[\d.]+ % of requests keep the service level with redrafter 4×4, /);
    const points = [...curvesOf(model)].reduce((sum, { curve }) => sum + curve.points.length, 0);
    expect(table.rows).toHaveLength(points + 6 * 5 + 2);
    expect(summary).toContain('Distributions of latencies of 300 requests');
  });

  it('without a service level tells of the whole answer; without drafting of one side', () => {
    const plain = latencySlo(
      { scenario: { speculation: { method: 'none' }, workload: { requests: 30 } } },
      ports,
    );
    expect(plain.sides).toEqual(['plain']);
    expect(draw(760, 'en', plain).title).toMatch(/^95 % of answers are complete within [\d.]+ s$/);
  });

  it('keeps the laws of every picture, at any width and in both languages', () => {
    const hard = 'ttft_max < 1s and itl_mean < 2ms and ttft_p50 < 1ms and queue_p95 < 1s';
    const strict = { ...scenario, slo: hard };
    for (const of of [
      model,
      latencySlo({ scenario: strict }, ports),
      latencySloOfRun(someRun({})),
    ]) {
      expectLawful((options) => latencySloPicture(of, options));
    }
  });

  it('of no request says what fills it', () => {
    const workload = { requests: 1, ratePerSecond: 1e-6, durationSeconds: 1e-3 };
    const none = latencySlo({ scenario: { workload } }, ports);
    expect(draw(320, 'en', none).svg).toContain('No run: choose');
  });
});
