import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/events/event-queue.ts';

/**
 * Law: events come out by time, then priority, then the order in which they were pushed: a stable
 * sort, whatever pushes and pops come between.
 */

interface Entry {
  timeNs: number;
  priority: number;
  event: number;
}

// Few distinct values, so that ties are the rule; large times, as a long run has.
const entry = fc.record({
  timeNs: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(2 ** 31, 2 ** 40 + 1, 2 ** 53)),
  priority: fc.integer({ min: -1, max: 2 }),
});

describe('EventQueue', () => {
  it('gives back a stable sort by (time, priority, sequence)', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 200 }), (given) => {
        const entries: Entry[] = given.map((e, event) => ({ ...e, event }));
        const queue = new EventQueue();
        for (const { timeNs, priority, event } of entries) queue.push(timeNs, priority, event);
        // Array.prototype.sort is stable: equal (time, priority) keep the order of pushing.
        const sorted = [...entries].sort((a, b) => a.timeNs - b.timeNs || a.priority - b.priority);
        for (const { timeNs, event } of sorted) {
          expect(queue.firstNs).toBe(timeNs);
          expect(queue.pop()).toBe(event);
        }
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('does so between pushes, like a sorted list', () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: entry },
      { weight: 2, arbitrary: fc.constant(null) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const queue = new EventQueue();
        const list: Entry[] = [];
        actions.forEach((next, event) => {
          if (next === null) {
            expect(queue.pop()).toBe(list.shift()?.event ?? -1);
          } else {
            queue.push(next.timeNs, next.priority, event);
            list.push({ ...next, event });
            list.sort((a, b) => a.timeNs - b.timeNs || a.priority - b.priority);
          }
          expect(queue.size).toBe(list.length);
          expect(queue.firstNs).toBe(list[0]?.timeNs ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it('empty is valid', () => {
    const queue = new EventQueue();
    expect(queue.pop()).toBe(-1);
    expect(queue.firstNs).toBe(Number.POSITIVE_INFINITY);
  });
});
