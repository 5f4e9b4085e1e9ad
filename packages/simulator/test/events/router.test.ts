import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Router } from '../../src/events/router.ts';

const loads = fc.array(fc.nat(100), { minLength: 1, maxLength: 9 }).map((l) => Int32Array.from(l));

/** Laws of the four policies; ties go to the lowest index. */
describe('Router', () => {
  it('round-robin takes the engines in turn, whatever their load', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 40 }), (load, count) => {
        const router = new Router('round-robin', 8);
        for (let i = 0; i < count; i++) expect(router.route(load, i)).toBe(i % load.length);
      }),
    );
  });

  it('least-loaded takes the first engine with the fewest requests', () => {
    fc.assert(
      fc.property(loads, (load) => {
        const least = load.indexOf(Math.min(...load));
        expect(new Router('least-loaded', 1).route(load, 5)).toBe(least);
      }),
    );
  });

  it('central-queue takes the least loaded engine with room, else the request waits', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 100 }), (load, maxBatchSize) => {
        const least = Math.min(...load);
        const want = least < maxBatchSize ? load.indexOf(least) : -1;
        expect(new Router('central-queue', maxBatchSize).route(load, null)).toBe(want);
      }),
    );
  });

  it('prefix-affinity sends a prefix to one engine while that is not far ahead', () => {
    const hash = fc.integer({ min: 0, max: 2 ** 52 });
    fc.assert(
      fc.property(hash, fc.integer({ min: 1, max: 9 }), (prefix, engines) => {
        const router = new Router('prefix-affinity', 10);
        const load = new Int32Array(engines).fill(3);
        const home = router.route(load, prefix);
        expect(home).toBeGreaterThanOrEqual(0);
        expect(home).toBeLessThan(engines);
        // Up to twice the fewest requests plus a batch it stays; one more, and it goes elsewhere.
        load[home] = 16;
        expect(router.route(load, prefix)).toBe(home);
        if (engines === 1) return;
        load[home] = 17;
        expect(router.route(load, prefix)).toBe(home === 0 ? 1 : 0);
      }),
    );
  });

  it('prefix-affinity spreads different prefixes, and takes the least loaded without one', () => {
    const router = new Router('prefix-affinity', 10);
    const counts = new Int32Array(8);
    for (let prefix = 0; prefix < 8000; prefix++)
      counts[router.route(new Int32Array(8), prefix)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(300);
    expect(router.route(Int32Array.from([4, 2, 2]), null)).toBe(1);
  });
});
