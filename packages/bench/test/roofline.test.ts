import { floorOf, hardFloorNs, type Peaks } from '@beamline/bench';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Rates of an H200: measured copy and matrix rate. */
const peaks: Peaks = {
  hardware: 'H200',
  bytesPerSecond: 4.3e12,
  flopPerSecond: 7.9e14,
  expPerSecond: 4.2e12,
  launchNs: 2000,
};
const work = { bytes: 0, flop: 0, exps: 0, launches: 1 };

describe('the floor of a call', () => {
  it('is launch plus the largest of three', () => {
    expect(floorOf({ ...work, bytes: 43e6, flop: 1e9, exps: 1e6 }, peaks)).toEqual({
      ns: 12000,
      bound: 'memory',
      hardware: 'H200',
    });
    expect(floorOf({ ...work, bytes: 1e3, flop: 7.9e9 }, peaks)).toMatchObject({
      ns: 12000,
      bound: 'compute',
    });
    expect(floorOf({ ...work, exps: 42e6 }, peaks)).toMatchObject({ ns: 12000, bound: 'exp' });
    expect(floorOf({ ...work, bytes: 8 }, peaks).bound).toBe('launch');
  });

  it('is zero for a call that does nothing', () => {
    expect(floorOf({ ...work, launches: 0 }, peaks).ns).toBe(0);
  });

  it('never falls when there is more to do, and is never below the hard floor', () => {
    const count = fc.double({ min: 0, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(count, count, count, count, (bytes, flop, exps, more) => {
        const call = { bytes, flop, exps, launches: 1 };
        const { ns } = floorOf(call, peaks);
        expect(floorOf({ ...call, bytes: bytes + more }, peaks).ns).toBeGreaterThanOrEqual(ns);
        expect(ns).toBeGreaterThanOrEqual(hardFloorNs(call, peaks, false));
        expect(hardFloorNs(call, peaks, true)).toBeLessThanOrEqual(hardFloorNs(call, peaks, false));
      }),
    );
  });
});
