import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../../test/laws/support/schedulers.ts';
import { emptyStepShape, engineOf, StepCost, steadyState } from '../../src/cost/index.ts';
import { simulate } from '../../src/events/index.ts';
import { engineWith, scenarioWith } from './engines.ts';

/** The closed form of a closed loop, and that the event simulation comes to the same by itself. */

const cost = new StepCost(engineWith('llama-3.1-8b', 'h100-sxm'));

describe('a steady state', () => {
  it('of one request is its decode step: nobody else is prefilled', () => {
    const shape = emptyStepShape();
    shape.generationRequests = 1;
    shape.generationRows = 1;
    shape.generationKvTokens = 1000 + 64;
    const state = steadyState(cost, { batch: 1, inputTokens: 1000, outputTokens: 128 });
    expect(state.tpotNs).toBe(cost.timeNs(shape));
    expect(state.prefillNs).toBeGreaterThan(0);
  });

  it('waits for one prefill of each of the others while its own tokens come', () => {
    const load = { batch: 33, inputTokens: 2048, outputTokens: 128 };
    const { tpotNs, decodeNs, prefillNs, outputTokensPerSecond } = steadyState(cost, load);
    expect(tpotNs).toBeCloseTo(decodeNs + (32 * prefillNs) / 128, 3);
    expect(outputTokensPerSecond).toBeCloseTo((33 * 1e9) / tpotNs, 6);
    // As published for such loads: shorter answers make every token wait longer.
    const longer = steadyState(cost, { ...load, outputTokens: 512 });
    expect(longer.tpotNs).toBeLessThan(tpotNs);
  });

  it('draws at most what the GPUs may draw', () => {
    const { joulesPerSecond } = steadyState(cost, {
      batch: 256,
      inputTokens: 512,
      outputTokens: 512,
    });
    expect(joulesPerSecond).toBeGreaterThan(100);
    expect(joulesPerSecond).toBeLessThanOrEqual(700);
  });

  it.each([
    [8, 1024, 256],
    [32, 2048, 256],
  ])('of %i requests of %i/%i tokens is that of the event simulation', (batch, input, output) => {
    const scenario = scenarioWith({
      model: 'llama-3.1-8b',
      hardware: { gpu: 'h100-sxm' },
      speculation: { method: 'none' },
      serving: { maxBatchSize: batch },
      workload: {
        kind: 'closed-loop',
        concurrency: batch,
        requests: 12 * batch,
        inputTokens: { kind: 'constant', value: input },
        outputTokens: { kind: 'uniform', min: output / 2, max: (3 * output) / 2 },
      },
    });
    const ports = { createScheduler: createScheduler(), openTrace: () => [] };
    const { tpotMs } = simulate(scenario, ports, { withBaseline: false }).metrics;
    const load = { batch, inputTokens: input, outputTokens: output };
    const closed = steadyState(new StepCost(engineOf(scenario)), load).tpotNs / 1e6;
    expect(Math.abs(tpotMs.mean / closed - 1)).toBeLessThan(0.08);
  });
});
