/**
 * Random worlds under all laws, with shrinking: any options, any order of submissions, steps,
 * cancellations, budgets, survivals and limits. Each world is then run dry: everything ends, and
 * every block is free or cached again.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checked } from './support/backends.ts';
import { arbitraryWorld, World } from './support/world.ts';

test('every law holds in every random world, and each can be run dry', () => {
  let steps = 0;
  fc.assert(
    fc.property(arbitraryWorld, ({ options, commands }) => {
      const scheduler = checked(options);
      const world = new World(scheduler);
      for (const command of commands) {
        world.run(command);
        if (command.kind === 'step') steps++;
      }
      world.drain(5000);
      const { freeBlocks, cachedBlocks, usedBlocks } = scheduler.inspect();
      expect(usedBlocks).toBe(0);
      expect(freeBlocks + cachedBlocks).toBe(options.kvBlocks);
      scheduler.free();
    }),
    { numRuns: 1500, seed: 20261124 },
  );
  expect(steps).toBeGreaterThan(20_000);
});
