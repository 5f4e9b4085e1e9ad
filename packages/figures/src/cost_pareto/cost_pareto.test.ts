import { hardwareOf, parseScenario, simulate } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../../test/laws/support/schedulers.ts';
import { runAt } from '../../../../test/support/runs.ts';
import { expectLawful } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { dominates, paretoFront } from './front.ts';
import { placeLabels } from './labels.ts';
import { costPareto, costParetoOfRuns } from './model.ts';
import { type CostParetoState, costParetoPicture, initialAxes } from './view.ts';

const ports = { createScheduler: createScheduler(), openTrace: () => [] };
const base = {
  slo: 'itl_mean < 8ms',
  workload: { kind: 'closed-loop', concurrency: 8, requests: 60 },
} as const;
const over = ['hardware.gpu=h100-sxm,l40s', 'speculation.beams=0,1,4', 'workload.concurrency=4,16'];
const model = costPareto({ base, over }, ports);

describe('the front', () => {
  const pairs = fc.array(
    fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 9 }) }),
    { maxLength: 40 },
  );

  it('holds no dominated point, and every other point is dominated by one of it', () => {
    fc.assert(
      fc.property(pairs, (points) => {
        const front = new Set(paretoFront(points));
        points.forEach((point, i) => {
          const beaten = points.some((other) => dominates(other, point));
          expect(front.has(i)).toBe(!beaten);
          const byFront = [...front].some((at) => dominates(points[at]!, point));
          if (!front.has(i)) expect(byFront).toBe(true);
        });
      }),
    );
  });

  it('leaves out what has no value', () => {
    expect(
      paretoFront([
        { x: Number.NaN, y: 0 },
        { x: 1, y: 1 },
      ]),
    ).toEqual([1]);
  });
});

describe('names beside points', () => {
  it('cover neither each other nor a point, and stay in the plot', () => {
    const plot = { left: 0, top: 0, right: 300, bottom: 200 };
    const spots = fc.array(
      fc.record({
        x: fc.integer({ min: 0, max: 300 }),
        y: fc.integer({ min: 0, max: 200 }),
        width: fc.integer({ min: 5, max: 120 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(spots, (given) => {
        const taken = given.map(({ x, y }) => ({
          left: x - 5,
          right: x + 5,
          top: y - 5,
          bottom: y + 5,
        }));
        const wanted = given.map((spot, i) => ({ ...spot, text: String(i), tone: 0 }));
        const boxes = placeLabels(wanted, taken, plot).map(({ left, baseline, width }) => ({
          left,
          right: left + width,
          top: baseline - 11,
          bottom: baseline + 3,
        }));
        boxes.forEach((a, i) => {
          expect(a.left).toBeGreaterThanOrEqual(plot.left);
          expect(a.right).toBeLessThanOrEqual(plot.right);
          for (const b of [...taken, ...boxes.slice(0, i)]) {
            const apart =
              a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            expect(apart).toBe(true);
          }
        });
      }),
    );
  });
});

describe('its numbers are the runs’', () => {
  it('each point is the run of its scenario', () => {
    const workload = { ...base.workload, concurrency: 16 };
    const speculation = { beams: 4 };
    const hardware = { gpu: 'l40s' };
    const given = { ...base, workload, speculation, hardware };
    const { metrics } = simulate(parseScenario(given, 'test'), ports, { withBaseline: false });
    const point = model.points.find(
      ({ group, label }) => group.includes('L40S') && label === 'redrafter 4×4 · concurrency 16',
    )!;
    expect(point.values.cost).toBe(metrics.dollarsPerMillionOutputTokens);
    expect(point.values.energy).toBe(metrics.joulesPerOutputToken);
    expect(point.values.throughput).toBe(metrics.outputTokensPerSecondPerGpu);
    expect(point.values.itl_p99).toBe(metrics.itlMs.p99);
    expect(point.meetsSlo).toBe(metrics.itlMs.mean < 8);
  });

  it('the band is the run at the lowest and the highest price of its GPU', () => {
    for (const { cost, group } of model.points) {
      const { price } = hardwareOf(group.includes('L40S') ? 'l40s' : 'h100-sxm');
      expect(cost.low! / cost.typical!).toBeCloseTo(price.low / price.typical, 9);
      expect(cost.high! / cost.typical!).toBeCloseTo(price.high / price.typical, 9);
      expect(cost.low!).toBeLessThanOrEqual(cost.typical!);
      expect(cost.high!).toBeGreaterThanOrEqual(cost.typical!);
    }
  });

  it('runs what differs in nothing once: without drafting a length changes nothing', () => {
    const grid = ['speculation.beams=0,4', 'speculation.draftLength=3,5'];
    const labels = costPareto({ base, over: grid }, ports).points.map(({ label }) => label);
    expect(labels).toEqual(['none', 'redrafter 4×3', 'redrafter 4×5']);
  });

  it('names what cannot run and why', () => {
    const { infeasible, points } = costPareto(
      { base: { ...base, model: 'llama-3.1-70b' }, over: ['hardware.gpu=l4,b200-sxm'] },
      ports,
    );
    expect(points).toHaveLength(1);
    expect(infeasible[0]!.label).toBe('hardware.gpu=l4');
    expect(infeasible[0]!.reason).toMatch(/does not fit/);
  });

  it('is plain data that a worker can send', () => {
    expect(structuredClone(model)).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});

describe('the picture', () => {
  const draw = (state: CostParetoState, width = 760, language: 'en' | 'ja' = 'en', of = model) =>
    costParetoPicture(of, state, viewOptions('c', { width, language }));

  it('opens with the latency that the service level bounds', () => {
    expect(initialAxes(model)).toEqual({ x: 'itl_mean', y: 'cost' });
  });

  it('says in its table who stands on the front, by the axes chosen', () => {
    for (const state of [
      { x: 'itl_mean', y: 'cost' },
      { x: 'throughput', y: 'energy' },
      { x: 'cost', y: 'throughput' },
    ] as const) {
      const { table, title } = draw(state);
      const column = table.columns.findIndex(({ label }) => label === 'on the front');
      const rowsOn = table.rows.filter((row) => row[column] === 'yes');
      const value = (i: number, measure: 'x' | 'y') => {
        const found = model.points[i]!.values[state[measure]]!;
        return state[measure] === 'throughput' ? -found : found;
      };
      const all = model.points.map((_, i) => ({ x: value(i, 'x'), y: value(i, 'y') }));
      const best = all.filter((one) => !all.some((other) => dominates(other, one)));
      expect(rowsOn).toHaveLength(best.length);
      if (best.length > 1) expect(title).toContain(`${best.length} of ${all.length} set-ups`);
    }
  });

  it('a point inside the shaded region keeps that bound', () => {
    const { svg } = draw({ x: 'itl_mean', y: 'cost' });
    const region = /class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(svg)!;
    const end = Number(region[1]) + Number(region[2]);
    for (const { key, values } of model.points) {
      const mark = new RegExp(`data-key="${key}"[^>]*transform="translate\\(([\\d.]+),`).exec(svg)!;
      if (Math.abs(values.itl_mean! - 8) < 0.01) continue;
      expect(Number(mark[1]) < end).toBe(values.itl_mean! < 8);
    }
  });

  it('an overloaded run is hollow and never on the front', () => {
    const runs = [runAt(4, 1), { ...runAt(9, 1), verdict: { state: 'overloaded', binding: '' } }];
    const of = costParetoOfRuns(runs as Parameters<typeof costParetoOfRuns>[0]);
    const { svg, table } = draw({ x: 'e2e_p50', y: 'cost' }, 760, 'en', of);
    expect(svg.match(/class="mark hollow"/g)).toHaveLength(1);
    const column = table.columns.findIndex(({ label }) => label === 'on the front');
    expect(table.rows.map((row) => row[column])).toEqual(['yes', 'no']);
  });

  it('keeps the laws of every picture, at any width and in both languages', () => {
    const axes: CostParetoState[] = [
      { x: 'itl_mean', y: 'cost' },
      { x: 'cost', y: 'throughput' },
      { x: 'e2e_p99', y: 'energy' },
    ];
    for (const state of axes) {
      for (const of of [model, costParetoOfRuns([runAt(4, 1)]), costParetoOfRuns([])]) {
        expectLawful((options) => costParetoPicture(of, state, options));
      }
    }
  });

  it('of no run says what fills it', () => {
    const none = costParetoOfRuns([]);
    const { title, svg } = draw(initialAxes(none), 320, 'en', none);
    expect(title).toBe('No run: choose shapes, schedules or GPUs to compare.');
    expect(svg).toContain('No run: choose');
  });
});
