import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyGemmTime, gemm } from '../../src/cost/index.ts';
import { hardwareNames, hardwareOf } from '../../src/hardware/index.ts';
import type { WeightType } from '../../src/scenario/scenario.ts';

/** Laws of a matrix product's time, and the verification window that speculation lives in. */

function ns(gpu: string, type: WeightType, m: number, n: number, k: number, groups = 1): number {
  const hardware = hardwareOf(gpu);
  return gemm(hardware, hardware.gemm[type], m, n, k, emptyGemmTime(), groups).ns;
}

const types: WeightType[] = ['bf16', 'fp8', 'int8', 'int4'];
const extent = fc.integer({ min: 1, max: 16384 });

describe('a matrix product', () => {
  it('costs nothing without rows, columns or inner extent', () => {
    for (const [m, n, k] of [
      [0, 64, 64],
      [64, 0, 64],
      [64, 64, 0],
    ] as const) {
      const hardware = hardwareOf('h100-sxm');
      const time = gemm(hardware, hardware.gemm.bf16, m, n, k, emptyGemmTime());
      expect([time.ns, time.bytes, time.flop]).toEqual([0, 0, 0]);
    }
  });

  it('stays above its roofline on every GPU and type', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...hardwareNames),
        fc.constantFrom(...types),
        extent,
        extent,
        extent,
        (gpu, type, m, n, k) => {
          const hardware = hardwareOf(gpu);
          const curve = hardware.gemm[type];
          const time = gemm(hardware, curve, m, n, k, emptyGemmTime());
          const bytes = n * k * curve.weightBytes + m * k * curve.activationBytes + 2 * m * n;
          expect(time.bytes).toBeCloseTo(bytes, 3);
          expect(time.flop).toBe(2 * m * n * k);
          expect(time.ns).toBeGreaterThan((bytes / hardware.memoryBytesPerSecond) * 1e9);
          expect(time.ns).toBeGreaterThan((time.flop / curve.peakFlopPerSecond) * 1e9);
        },
      ),
    );
  });

  it('never gets slower with faster memory or more arithmetic', () => {
    const base = hardwareOf('h100-sxm');
    const fast = hardwareOf({
      base: 'h100-sxm',
      memoryBytesPerSecond: 4e12,
      peakFlopPerSecond: { bf16: 1.2e15 },
    });
    fc.assert(
      fc.property(extent, extent, extent, (m, n, k) => {
        const before = gemm(base, base.gemm.bf16, m, n, k, emptyGemmTime()).ns;
        expect(gemm(fast, fast.gemm.bf16, m, n, k, emptyGemmTime()).ns).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('in waves: one tile more than the GPU holds starts another', () => {
    // 132 multiprocessors; 128 × 256 tiles: 12 × 11 fill one wave, the next column starts a second.
    const oneWave = ns('h100-sxm', 'bf16', 12 * 128, 11 * 256, 16384);
    const twoWaves = ns('h100-sxm', 'bf16', 12 * 128, 11 * 256 + 1, 16384);
    expect(twoWaves / oneWave).toBeGreaterThan(1.1);
    expect(ns('h100-sxm', 'bf16', 12 * 128, 11 * 256 - 64, 16384)).toBeLessThanOrEqual(oneWave);
  });

  it('of experts reads the weights of every group', () => {
    const one = ns('h100-sxm', 'bf16', 8, 14336, 4096);
    const eight = ns('h100-sxm', 'bf16', 8, 14336, 4096, 8);
    expect(eight / one).toBeGreaterThan(6);
  });

  it('with narrow weights reads less: int4 before int8 before bf16 at one row', () => {
    for (const gpu of hardwareNames) {
      const at = (type: WeightType) => ns(gpu, type, 1, 16384, 16384);
      expect(at('int8')).toBeLessThan(at('bf16'));
      expect(at('int4')).toBeLessThan(at('int8'));
    }
  });
});

/**
 * Time relative to m = 1 at n = k = 8192, from the published tables of aiconfigurator; the
 * verification window is where it stays near 1.
 */
describe('the verification window at n = k = 8192', () => {
  const ratio = (gpu: string, type: WeightType, m: number) =>
    ns(gpu, type, m, 8192, 8192) / ns(gpu, type, 1, 8192, 8192);

  it.each([
    ['h100-sxm', 'bf16', 64, 1.03],
    ['h100-sxm', 'bf16', 128, 1.06],
    ['h100-sxm', 'bf16', 256, 1.15],
    ['h100-sxm', 'bf16', 512, 1.83],
    ['h100-sxm', 'bf16', 1024, 3.88],
    ['h200-sxm', 'bf16', 128, 1.08],
    ['h200-sxm', 'bf16', 256, 1.38],
    ['h200-sxm', 'bf16', 512, 2.46],
    ['b200-sxm', 'bf16', 128, 1.08],
    ['b200-sxm', 'bf16', 256, 1.24],
    ['a100-sxm', 'bf16', 64, 1.04],
    ['a100-sxm', 'bf16', 128, 1.29],
    ['a100-sxm', 'bf16', 256, 1.8],
    ['a100-sxm', 'bf16', 512, 3.6],
  ] as const)('on %s in %s at m = %i is within 18 percent of %f', (gpu, type, m, published) => {
    expect(Math.abs(ratio(gpu, type, m) / published - 1)).toBeLessThan(0.18);
  });

  it('on B200 at m = 512 is within 30 % of 1.72: pairs of multiprocessors share its tiles', () => {
    expect(Math.abs(ratio('b200-sxm', 'bf16', 512) / 1.72 - 1)).toBeLessThan(0.3);
  });

  it('on an H100 is open at 256 rows and shut at 1,024', () => {
    expect(ratio('h100-sxm', 'bf16', 256)).toBeGreaterThan(1);
    expect(ratio('h100-sxm', 'bf16', 256)).toBeLessThan(1.35);
    expect(ratio('h100-sxm', 'bf16', 1024)).toBeGreaterThan(3);
    expect(ratio('h100-sxm', 'bf16', 1024)).toBeLessThan(4.6);
  });

  it.each([
    ['a100-sxm', 0.75],
    ['h100-sxm', 0.81],
    ['h200-sxm', 0.79],
    ['b200-sxm', 0.64],
  ])('reaches the published share of the bandwidth of %s at m = 1', (gpu, share) => {
    const { memoryBytesPerSecond } = hardwareOf(gpu);
    const achieved = (2 * 8192 * 8192) / ns(gpu, 'bf16', 1, 8192, 8192) / memoryBytesPerSecond;
    expect(Math.abs((achieved * 1e9) / share - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['a100-sxm', 'bf16', 260],
    ['h100-sxm', 'bf16', 817],
    ['h100-sxm', 'fp8', 1231],
    ['h200-sxm', 'bf16', 723],
    ['h200-sxm', 'fp8', 1192],
    ['b200-sxm', 'bf16', 1415],
    ['b200-sxm', 'fp8', 2434],
    ['l40s', 'bf16', 218],
    ['l40s', 'fp8', 373],
  ] as const)('reaches the published rate of %s in %s at m = 4,096', (gpu, type, teraflops) => {
    const achieved = (2 * 4096 * 8192 * 8192) / ns(gpu, type, 4096, 8192, 8192) / 1e3;
    expect(Math.abs(achieved / teraflops - 1)).toBeLessThan(0.1);
  });
});
