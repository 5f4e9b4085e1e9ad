import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from '../../src/events/fifo.ts';

/** Law: a Fifo is a list of which the front is taken, also across the blocks that it gives back. */
describe('Fifo', () => {
  it('is a list with push and shift', () => {
    // Runs of pushes and shifts long enough to pass the 1024 taken entries that are given back.
    const run = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 1500 }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const fifo = new Fifo<number>();
        const list: number[] = [];
        let next = 0;
        for (const [isPush, count] of runs) {
          for (let i = 0; i < count; i++) {
            if (isPush) {
              fifo.push(next);
              list.push(next++);
            } else if (fifo.shift() !== list.shift()) {
              throw new Error('another entry than the list gives');
            }
          }
          expect(fifo.length).toBe(list.length);
          expect(fifo.first).toBe(list[0]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has nothing when empty', () => {
    const fifo = new Fifo<string>();
    expect([fifo.length, fifo.first, fifo.shift()]).toEqual([0, undefined, undefined]);
    fifo.push('a');
    expect([fifo.shift(), fifo.shift(), fifo.length, fifo.first]).toEqual([
      'a',
      undefined,
      0,
      undefined,
    ]);
  });
});
