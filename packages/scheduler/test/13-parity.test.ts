/** One core, two back ends: the same plans and the same snapshot bytes, and bytes cross over. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordPlan } from '../src/checkers/index.ts';
import { backends } from './support/backends.ts';
import { arbitraryWorld, World } from './support/world.ts';

const both = backends.length === 2;
if (!both) console.warn('skips parity: it needs the native and the WebAssembly back end');

test.skipIf(!both)('native and WebAssembly agree to the byte in every random world', () => {
  const [native, wasm] = backends;
  fc.assert(
    fc.property(arbitraryWorld, ({ options, commands }) => {
      const a = new World(native!.create(options));
      const b = new World(wasm!.create(options));
      for (const command of commands) {
        a.run(command);
        b.run(command);
        expect(recordPlan(b.scheduler.plan)).toEqual(recordPlan(a.scheduler.plan));
      }
      const bytes = a.scheduler.snapshot();
      expect(b.scheduler.snapshot()).toEqual(bytes);
      a.scheduler.free();
      b.scheduler.free();
    }),
    { numRuns: 400, seed: 11 },
  );
});

test.skipIf(!both)('native bytes continue in WebAssembly and the other way round', () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.boolean(), ({ options, commands }, swap) => {
      const [from, to] = swap ? [backends[1]!, backends[0]!] : [backends[0]!, backends[1]!];
      const world = new World(from.create(options));
      for (const command of commands) world.run(command);
      const moved = to.create(options);
      moved.restore(world.scheduler.snapshot());
      const away = new World(moved);
      const home = new World(world.scheduler);
      for (let i = 0; i < 30; i++) {
        away.step(i);
        home.step(i);
        expect(recordPlan(moved.plan)).toEqual(recordPlan(world.scheduler.plan));
      }
      expect(moved.snapshot()).toEqual(world.scheduler.snapshot());
      moved.free();
      world.scheduler.free();
    }),
    { numRuns: 150, seed: 12 },
  );
});
