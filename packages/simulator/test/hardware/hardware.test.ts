import { hardwareCatalogue } from '@beamline/fixtures';
import { describe, expect, it } from 'vitest';
import { engineOf, engineOverheads } from '../../src/cost/index.ts';
import { hardwareNames, hardwareOf } from '../../src/hardware/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';

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
      for (const { plain, grouped } of Object.values(gpu.generationAttention.curves)) {
        expect(Math.max(plain.memoryShare, grouped.memoryShare)).toBeLessThanOrEqual(1);
      }
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

  it('states overheads, efficiency and spread of a deployment, with their origin', () => {
    const origin = { kind: 'modelled', source: 'fitted on six points of one deployment' };
    const base = hardwareOf('h100-sxm');
    const gpu = hardwareOf({
      base: 'h100-sxm',
      origin,
      overheads: { perStepNs: 900_000, perRequestNs: 0 },
      efficiency: { memory: 0.5, compute: 2 },
      spread: { memory: 0 },
    });
    expect(gpu.overheads).toEqual({ perStepNs: 900_000, perRequestNs: 0 });
    expect(gpu.overheadsOrigin).toEqual(origin);
    expect(gpu.spread).toEqual({ memory: 0 });
    expect(gpu.streamShare).toBe(base.streamShare / 2);
    expect(gpu.gemm.fp8.memoryShare).toBe(base.gemm.fp8.memoryShare / 2);
    expect(gpu.gemm.fp8.computeShare).toBe(base.gemm.fp8.computeShare * 2);
    const context = (g: typeof gpu) => g.contextAttention.curves.fp8.computeShare;
    expect(context(gpu)).toBe(context(base) * 2);
    const generation = (g: typeof gpu) => g.generationAttention.curves.bf16.grouped.memoryShare;
    expect(generation(gpu)).toBe(generation(base) / 2);
    expect(gpu.gemm.bf16.overheadNs).toBe(base.gemm.bf16.overheadNs);
    expect(gpu.gemm.bf16.origin.source).toContain('fitted on six points');
    expect(base.overheadsOrigin).toBe(null);
  });

  it('with its own overheads makes an engine with them, the others at their defaults', () => {
    const gpu = { base: 'h100-sxm', overheads: { perLayerNs: 0 } };
    const { overheads } = engineOf(parseScenario({ hardware: { gpu } }, 'test'));
    expect(overheads).toMatchObject({
      ...engineOverheads('tensorrt-llm'),
      perLayerNs: 0,
      origin: {},
    });
    expect(overheads.origin.source).toBe('stated in the scenario');
  });

  it.each([
    [{ base: 'h100-sxm', overheads: { perStep: 1 } }, /Did you mean "overheads.perStepNs"/],
    [{ base: 'h100-sxm', efficiency: { memory: 0 } }, /efficiency.memory is 0; it must be above/],
    [{ base: 'h100-sxm', origin: { kind: 'measured', source: 'x' } }, /origin must be/],
    [{ base: 'h100-sxm', origin: null }, /origin must be/],
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
