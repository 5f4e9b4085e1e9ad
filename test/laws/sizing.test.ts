import { expect, it, vi } from 'vitest';
import { simulate } from '../../packages/simulator/src/events/index.ts';
import { parseSlo } from '../../packages/simulator/src/metrics/index.ts';
import { judge, size } from '../../packages/simulator/src/planning/index.ts';
import { parseScenario } from '../../packages/simulator/src/scenario/parse.ts';
import type { Scenario } from '../../packages/simulator/src/scenario/scenario.ts';
import { createScheduler } from './support/schedulers.ts';

/**
 * The smallest fleet on real simulations: whatever `size` finds is what trying every number of
 * replicas finds, and drafting that is chosen by the load never needs more GPUs than none.
 */

vi.setConfig({ testTimeout: 600_000 });

const ports = { createScheduler: createScheduler(), openTrace: () => [] };
const simulated = (scenario: Scenario) => simulate(scenario, ports, { withBaseline: false });
const SLO = 'ttft_p95 < 400ms and tpot_p95 < 14ms';

it('size finds what trying every number of replicas finds', async () => {
  const base = parseScenario({ workload: { ratePerSecond: 24, requests: 400 } }, 'law');
  const result = await size(base, SLO, {
    objective: 'gpus',
    candidates: { tensorParallel: [1, 2], schedules: ['none', 'fixed', 'confidence'], maxGpus: 32 },
    run: async (scenario) => simulated(scenario),
  });
  expect(result.ranking).toHaveLength(6);
  for (const { fleet, status, schedule, tensorParallel, notes } of result.ranking) {
    expect(status, `${schedule} on ${tensorParallel}`).toBe('meets');
    expect(notes).toEqual([]);
    const { scenario, replicas } = fleet!;
    for (let fewer = 1; fewer < replicas; fewer++) {
      const hardware = { ...scenario.hardware, replicas: fewer };
      const run = simulated({ ...scenario, hardware });
      expect(judge(parseSlo(SLO), run).meets, `${fewer} replicas`).toBe(false);
    }
    expect(judge(parseSlo(SLO), simulated(scenario)).meets).toBe(true);
  }
  const gpusOf = (schedule: string, degree: number) =>
    result.ranking.find((e) => e.schedule === schedule && e.tensorParallel === degree)!.fleet!.gpus;
  for (const degree of [1, 2]) {
    expect(gpusOf('confidence', degree)).toBeLessThanOrEqual(gpusOf('none', degree));
  }
  expect(result.best!.fleet!.gpus).toBe(Math.min(...result.ranking.map((e) => e.fleet!.gpus)));
});
