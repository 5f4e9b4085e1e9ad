import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibratedHardware, fitOverheads, type Target } from '../../src/calibration/deployment.ts';
import { solve } from '../../src/calibration/overheads-fit.ts';
import { engineOf, engineOverheads } from '../../src/cost/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { engineWith, noFactors, type ParameterFactors } from '../../src/uncertainty/index.ts';

/**
 * A small engine with the structure of the real one: bytes over the memory's rate, FLOP over the
 * matrix units', a host time, a time per request.
 */
const points = [
  { bytes: 8, flop: 1, requests: 1 },
  { bytes: 8, flop: 4, requests: 8 },
  { bytes: 9, flop: 20, requests: 32 },
  { bytes: 12, flop: 60, requests: 64 },
  { bytes: 10, flop: 5, requests: 128 },
  { bytes: 20, flop: 2, requests: 4 },
];
const timeOf = (point: (typeof points)[0], f: ParameterFactors) =>
  point.bytes / f.memory +
  (0.3 * point.flop) / f.compute +
  2 * f.host +
  0.02 * f.request * point.requests;
const predict = async (factors: ParameterFactors) => points.map((p) => timeOf(p, factors));
const targetsFor = (truth: ParameterFactors, noise = (_: number) => 1): Target[] =>
  points.map((point, i) => ({
    label: `point ${i}`,
    quantity: 'tpotMs',
    measured: timeOf(point, truth) * noise(i),
    fold: i,
  }));

describe('the fit', () => {
  it('finds what moved, and predicts points that it has not seen', async () => {
    const truth = { ...noFactors, memory: 0.85, compute: 1.15, host: 2, request: 1.5 };
    const fit = await fitOverheads(targetsFor(truth), predict);
    expect(fit.improves).toBe(true);
    expect(fit.before.mean).toBeGreaterThan(0.15);
    expect(fit.inSample.mean).toBeLessThan(0.01);
    expect(fit.crossValidated.mean).toBeLessThan(0.03);
    expect(Math.abs(fit.factors.memory - 0.85)).toBeLessThan(0.06);
    expect(fit.factors.host).toBeGreaterThan(1.3);
    expect(fit.bounded).toEqual([]);
  });

  it('law: what nothing measures stays as it was, however wrong it is', async () => {
    const only = points.map(() => ({ bytes: 5, flop: 0, requests: 0 }));
    const truth = { ...noFactors, memory: 0.8 };
    const targets = only.map((point, fold) => ({
      label: '',
      quantity: 'tpotMs',
      measured: timeOf(point, truth),
      fold,
    }));
    const fit = await fitOverheads(targets, async (f) => only.map((p) => timeOf(p, f)));
    expect([fit.factors.compute, fit.factors.request]).toEqual([1, 1]);
    expect(fit.inSample.mean).toBeLessThan(0.01);
    expect(fit.before.mean).toBeGreaterThan(0.1);
    expect(fit.spread.request).toBeCloseTo(0.7, 9); // As assumed before any point.
    expect(fit.spread.memory).toBeLessThan(0.15);
  });

  it('law: a fold’s own measurements never reach the prediction for it', async () => {
    const truth = { ...noFactors, memory: 0.9, host: 1.6 };
    const scale = fc.double({ min: 0.3, max: 3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.nat(points.length - 1), scale, async (left, factor) => {
        const plain = await fitOverheads(targetsFor(truth), predict);
        const other = await fitOverheads(
          targetsFor(truth, (i) => (i === left ? factor : 1)),
          predict,
        );
        expect(other.targets[left]!.heldOut).toBe(plain.targets[left]!.heldOut);
      }),
      { numRuns: 25 },
    );
  });

  it('says that it does not help where the model was right, or the points are noise', async () => {
    const right = await fitOverheads(targetsFor(noFactors), predict);
    expect(right).toMatchObject({ improves: false, before: { mean: expect.closeTo(0, 12) } });
    for (const factor of Object.values(right.factors)) expect(factor).toBeCloseTo(1, 9);
    const noisy = await fitOverheads(
      targetsFor(noFactors, (i) => (i % 2 === 0 ? 1.3 : 1 / 1.3)),
      predict,
    );
    expect(noisy.crossValidated.mean).toBeGreaterThan(noisy.inSample.mean);
    expect(noisy.improves).toBe(false);
  });

  it('stays within its bounds, and says where it ended', async () => {
    const truth = { ...noFactors, host: 200 };
    const fit = await fitOverheads(targetsFor(truth), predict);
    expect(fit.bounded).toContain('host');
    expect(fit.factors.host).toBeCloseTo(Math.E ** 2, 9);
  });

  it('solves what it is given', () => {
    expect(
      solve(
        [
          [4, 1],
          [1, 3],
        ],
        [1, 2],
      ),
    ).toEqual([expect.closeTo(1 / 11, 12), expect.closeTo(7 / 11, 12)]);
  });
});

describe('a calibrated GPU', () => {
  const origin = { kind: 'modelled', source: 'fitted on six points' } as const;
  const factors = { ...noFactors, memory: 0.9, compute: 1.2, host: 2, request: 0.5 };
  const spread = { memory: 0.01, compute: 0.02, host: 0.3, request: 0.4 };
  const at = (gpu: string | Record<string, unknown>) =>
    parseScenario({ hardware: { gpu } }, 'test');

  it('law: the written object makes the engine that the factors make', () => {
    for (const gpu of ['l40s', { base: 'l40s', efficiency: { memory: 1.1 }, memoryBytes: 2e10 }]) {
      const moved = engineWith(at(gpu), factors);
      const { hardware, overheads } = engineOf(
        at(calibratedHardware(at(gpu), factors, spread, origin)),
      );
      expect(hardware.memoryBytes).toBe(moved.hardware.memoryBytes);
      expect(hardware.streamShare / moved.hardware.streamShare).toBeCloseTo(1, 4);
      const [curve, wanted] = [hardware.gemm.bf16, moved.hardware.gemm.bf16];
      expect(curve.memoryShare / wanted.memoryShare).toBeCloseTo(1, 4);
      expect(curve.computeShare / wanted.computeShare).toBeCloseTo(1, 4);
      const { perStepNs, perLayerNs, roundTripNs } = moved.overheads;
      expect(overheads).toMatchObject({ perStepNs, perLayerNs, roundTripNs, origin });
      expect(overheads.perRequestNs).toBe(
        Math.round(engineOverheads('tensorrt-llm').perRequestNs / 2),
      );
      expect(hardware.spread).toEqual(spread);
    }
  });
});
