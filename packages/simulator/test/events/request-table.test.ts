import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestTable } from '../../src/events/request-table.ts';

/**
 * Laws: no two live requests share an id; a row keeps what was written until it is removed, also
 * when the table grows; a row given again starts afresh; ids stay below the most requests that ever
 * lived at once, so that memory follows the live requests and not the run.
 */
describe('RequestTable', () => {
  it('behaves as a map from id to request', () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 1e6 }) },
      { weight: 2, arbitrary: fc.nat(1000).map((n) => -n) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
        const table = new RequestTable();
        const live = new Map<number, number>();
        let most = 0;
        for (const value of actions) {
          if (value > 0) {
            const id = table.add(value, value + 1, value + 2, value + 3);
            expect(live.has(id)).toBe(false);
            expect(table.emittedTokens[id]).toBe(0);
            expect(table.admittedNs[id]).toBe(-1);
            expect(table.firstTokenNs[id]).toBe(-1);
            table.emittedTokens[id] = value;
            table.admittedNs[id] = value;
            table.firstTokenNs[id] = value;
            live.set(id, value);
          } else if (live.size > 0) {
            const id = [...live.keys()][-value % live.size]!;
            table.remove(id);
            live.delete(id);
          }
          most = Math.max(most, live.size);
          expect(table.live).toBe(live.size);
        }
        for (const [id, value] of live) {
          expect(id).toBeLessThan(most);
          expect(table.arrivalNs[id]).toBe(value);
          expect(table.inputTokens[id]).toBe(value + 1);
          expect(table.outputTokens[id]).toBe(value + 2);
          expect(table.key[id]).toBe(value + 3);
          expect(table.emittedTokens[id]).toBe(value);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every column when it grows', () => {
    const table = new RequestTable();
    const columns = Object.keys(table).filter((key) =>
      ArrayBuffer.isView(table[key as keyof RequestTable]),
    ) as (keyof RequestTable)[];
    expect(columns.length).toBeGreaterThan(10);
    const first = table.add(11, 22, 33, 44);
    const column = (key: keyof RequestTable) => table[key] as unknown as Int32Array;
    columns.forEach((key, i) => {
      column(key)[first] = i + 1;
    });
    const length = column('arrivalNs').length;
    for (let i = 0; i < 3 * length; i++) table.add(i, 1, 1, i);
    columns.forEach((key, i) => {
      expect(column(key)[first], key).toBe(i + 1);
      expect(column(key).length, key).toBeGreaterThan(3 * length);
    });
  });
});
