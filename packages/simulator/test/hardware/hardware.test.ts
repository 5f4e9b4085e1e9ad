import { hardwareCatalogue } from '@beamline/fixtures';
import { describe, expect, it } from 'vitest';
import { hardwareNames, hardwareOf } from '../../src/hardware/index.ts';

/** The GPUs of the catalogue, and GPUs that a scenario describes inline. */

describe('the catalogue', () => {
  it('holds the ten GPUs, each under its own id', () => {
    expect([...hardwareNames].sort()).toEqual([
      'a100-sxm',
      'b200-sxm',
      'h100-nvl',
      'h100-pcie',
      'h100-sxm',
      'h200-sxm',
      'l4',
      'l40s',
      'mi300x',
      'rtx-4090',
    ]);
    for (const name of hardwareNames) expect(hardwareOf(name).id).toBe(name);
  });

  it('gives every figure an origin with a source', () => {
    for (const name of hardwareNames) {
      const origins = Object.values(hardwareOf(name).origins);
      expect(origins.length).toBeGreaterThan(40);
      for (const { kind, source } of origins) {
        expect(['measured', 'modelled', 'assumed']).toContain(kind);
        expect(source.length).toBeGreaterThan(10);
      }
    }
  });

  it('uses every origin that a file states', () => {
    for (const [id, file] of Object.entries(hardwareCatalogue)) {
      const text = JSON.stringify({ ...file, origins: null });
      const unused = Object.keys(file.origins).filter((key) => !text.includes(`"origin":"${key}"`));
      expect({ id, unused }).toEqual({ id, unused: [] });
    }
  });

  it('keeps shares at most 1, prices in order and idle power below TDP', () => {
    for (const name of hardwareNames) {
      const gpu = hardwareOf(name);
      for (const curve of Object.values(gpu.gemm)) {
        expect(curve.memoryShare).toBeLessThanOrEqual(1);
        expect(curve.computeShare).toBeLessThanOrEqual(1);
      }
      expect(gpu.generationAttention.memoryShare).toBeLessThanOrEqual(1);
      expect(gpu.price.low).toBeLessThanOrEqual(gpu.price.typical);
      expect(gpu.price.typical).toBeLessThanOrEqual(gpu.price.high);
      expect(gpu.power.idleW).toBeLessThan(gpu.power.tdpW);
    }
  });

  it('widens fp8 weights where the GPU has no fp8 arithmetic', () => {
    const a100 = hardwareOf('a100-sxm').gemm.fp8;
    expect(a100.weightBytes).toBe(1);
    expect(a100.activationBytes).toBe(2);
    expect(a100.peakFlopPerSecond).toBe(312e12);
    expect(hardwareOf('h100-sxm').gemm.fp8.peakFlopPerSecond).toBe(1979e12);
  });
});

describe('an inline GPU', () => {
  it('is its base with the stated figures', () => {
    const gpu = hardwareOf({ base: 'h100-sxm', id: 'fast', memoryBytesPerSecond: 4e12 });
    expect(gpu.id).toBe('fast');
    expect(gpu.memoryBytesPerSecond).toBe(4e12);
    expect(gpu.origins['memoryBytesPerSecond']?.source).toBe('stated in the scenario');
    expect(gpu.multiprocessors).toBe(hardwareOf('h100-sxm').multiprocessors);
  });

  it('takes nested figures, plain or with a value', () => {
    const gpu = hardwareOf({
      base: 'h100-sxm',
      gemm: { bf16: { computeShare: { value: 0.9 } } },
      power: { tdpW: 500 },
    });
    expect(gpu.gemm.bf16.computeShare).toBe(0.9);
    expect(gpu.power.tdpW).toBe(500);
  });

  it.each([
    [{ memoryBytes: 1 }, /needs "base"/],
    [{ base: 'h100-smx' }, /Did you mean "h100-sxm"/],
    [{ base: 'h100-sxm', memoryByte: 1 }, /no figure "memoryByte".*Did you mean "memoryBytes"/],
    [{ base: 'h100-sxm', memoryBytes: -1 }, /memoryBytes is -1/],
    [{ base: 'h100-sxm', memoryBytes: Number.NaN }, /finite number/],
    [{ base: 'h100-sxm', memoryBytesPerSecond: 0 }, /above 0/],
    [{ base: 'h100-sxm', price: 'cheap' }, /no figure "price"/],
    [{ base: 'h100-sxm', link: { latencyNs: '1' } }, /link.latencyNs is "1"/],
  ])('is refused: %j', (gpu, message) => {
    expect(() => hardwareOf(gpu)).toThrow(message);
  });

  it('names the nearest GPU, and object keys are no GPUs', () => {
    expect(() => hardwareOf('h100sxm')).toThrow(/Did you mean "h100-sxm"/);
    expect(() => hardwareOf('constructor')).toThrow(/is not known/);
  });
});
