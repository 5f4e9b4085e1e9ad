import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allGatherNs, allReduceNs } from '../../src/cost/collective.ts';
import { hardwareOf } from '../../src/hardware/index.ts';

const gpus = ['h100-sxm', 'h200-sxm', 'a100-sxm', 'l40s', 'mi300x'];
const devices = fc.integer({ min: 2, max: 8 });
const bytes = fc.integer({ min: 1, max: 1 << 29 });

describe('collectives', () => {
  it.each(gpus)('law: on %s more bytes never take less time', (gpu) => {
    const hardware = hardwareOf(gpu);
    fc.assert(
      fc.property(bytes, bytes, devices, (a, b, n) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        for (const ns of [allGatherNs, allReduceNs]) {
          expect(ns(hardware, few, n)).toBeLessThanOrEqual(ns(hardware, many, n));
        }
      }),
    );
  });

  it.each(gpus)('law: on %s one GPU, or nothing to send, takes no time', (gpu) => {
    const hardware = hardwareOf(gpu);
    for (const ns of [allGatherNs, allReduceNs]) {
      expect(ns(hardware, 1 << 20, 1)).toBe(0);
      expect(ns(hardware, 0, 8)).toBe(0);
    }
  });

  it('gathers no faster than the link of a GPU can', () => {
    // NVLink 4: 450 GB/s in one direction; seven eighths of the result come from others.
    const hardware = hardwareOf('h100-sxm');
    const result = 1 << 29;
    expect((result * 7) / 8 / allGatherNs(hardware, result, 8)).toBeLessThan(450);
  });

  it('take a gather from the GPU of the family, and say that it was not measured', () => {
    const { gather } = hardwareOf('h200-sxm').link;
    expect(gather?.origin.kind).toBe('assumed');
    expect(gather?.bytesPerSecond).toBe(hardwareOf('h100-sxm').link.gather?.bytesPerSecond);
    expect(hardwareOf('l40s').link.gather).toBeNull();
  });
});
