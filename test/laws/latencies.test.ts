import { describe, expect, it } from 'vitest';
import { type RequestLatencies, simulate } from '../../packages/simulator/src/events/index.ts';
import { HISTOGRAM_RELATIVE_ERROR } from '../../packages/simulator/src/metrics/index.ts';
import { quantileOf } from '../../packages/simulator/src/replay/compare.ts';
import { parseScenario } from '../../packages/simulator/src/scenario/parse.ts';
import { createScheduler } from './support/schedulers.ts';

/** Latencies of single requests are told to who asks, and are those that the metrics sum up. */

const ports = { createScheduler: createScheduler(), openTrace: () => [] };
const scenario = parseScenario({ workload: { requests: 300, ratePerSecond: 20 } }, 'test');

function watched() {
  const told = new Map<string, { latencies: RequestLatencies; gaps: readonly number[] }>();
  const run = simulate(scenario, {
    ...ports,
    onLatencies: (latencies, gaps, of) => told.set(of, { latencies, gaps }),
  });
  return { run, told };
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe('latencies of every request', () => {
  it('change nothing of the run', () => {
    expect(watched().run).toEqual(simulate(scenario, ports));
  });

  it('are those whose quantiles the metrics of the run and of its baseline hold', () => {
    const { run, told } = watched();
    for (const [of, metrics] of [
      ['run', run.metrics],
      ['baseline', run.baseline!],
    ] as const) {
      const { latencies, gaps } = told.get(of)!;
      expect(latencies.ttftMs).toHaveLength(300);
      for (const p of [0.5, 0.9, 0.95, 0.99] as const) {
        const name = `p${Math.round(100 * p)}` as 'p50' | 'p90' | 'p95' | 'p99';
        for (const quantity of ['ttftMs', 'e2eMs', 'queueMs'] as const) {
          const exact = quantileOf(sorted(latencies[quantity]), p);
          const error = Math.abs(metrics[quantity][name] - exact);
          expect(error).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR * exact + 1e-9);
        }
      }
      expect(gaps).toHaveLength(2000);
      expect(gaps[999]).toBeLessThanOrEqual(metrics.itlMs.p50);
      expect(gaps[1000]).toBeGreaterThanOrEqual(metrics.itlMs.p50);
    }
  });
});
