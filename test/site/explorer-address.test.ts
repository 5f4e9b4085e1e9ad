import { fieldAt, textAt, toSearchParams } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, decodeAddress, encodeAddress } from '../../apps/site/src/explorer/address.ts';
import { axisOf, loadPathOf } from '../../apps/site/src/explorer/load-axis.ts';
import {
  bandCounts,
  type Entry,
  type ExplorerState,
  initialState,
  measures,
  objectives,
  overlays,
  views,
} from '../../apps/site/src/explorer/state.ts';
import { arbitraryScenario } from '../support/arbitrary-scenario.ts';

const name = fc
  .oneof(fc.constant(''), fc.string({ maxLength: 20, unit: 'grapheme' }))
  .map((text) => text.replace(/\s+/g, ' ').trim().slice(0, 40))
  // Half of a surrogate pair has no place in an address.
  .filter((text) => !/\p{Surrogate}/u.test(text));

const entries = fc
  .array(fc.record({ name, scenario: arbitraryScenario() }), { minLength: 1, maxLength: 6 })
  .map((list): Entry[] => list.map((entry, i) => ({ id: i + 1, ...entry })));

const price = fc
  .tuple(
    fc.double({ min: 0.01, max: 5000, noNaN: true }),
    fc.double({ min: 1, max: 2, noNaN: true }),
  )
  .map(([low, ratio]) => ({ low, high: low * ratio }));

const arbitraryState: fc.Arbitrary<ExplorerState> = entries.chain((list) =>
  fc.record({
    entries: fc.constant(list),
    active: fc.integer({ min: 0, max: list.length - 1 }),
    over: fc.constantFrom(null, '1,2,4', '1:64:pow2'),
    measure: fc.constantFrom(null, ...measures),
    also: fc.subarray([...overlays]),
    bands: fc.constantFrom(...bandCounts),
    price: fc.option(price),
    view: fc.constantFrom(...views),
    size: fc.record({
      objective: fc.constantFrom(...objectives),
      gpus: fc.option(fc.constantFrom(['l4'], ['l4', 'h100-sxm'])),
      tensorParallel: fc.constantFrom([1], [2, 4], [1, 2, 4, 8]),
      maxGpus: fc.integer({ min: 1, max: 4096 }),
    }),
    isEmbedded: fc.boolean(),
    kept: fc.constantFrom([], [['tomorrow', 'yes'] as const], [['7.model', 'x'] as const]),
  }),
);

describe('the address', () => {
  it('gives back any state that it spells, and says nothing is wrong', () => {
    fc.assert(
      fc.property(arbitraryState, (state) => {
        const { state: read, reports } = decodeAddress(addressOf(state));
        expect(read).toEqual(state);
        expect(reports.every(({ kind }) => kind === 'unknown')).toBe(true);
        expect(reports).toHaveLength(state.kept.length);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves out every default', () => {
    expect(addressOf(initialState())).toBe('');
  });

  it("spells the first scenario as the command's own address does", () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const state = { ...initialState(), entries: [{ id: 1, name: '', scenario }] };
        const pairs = encodeAddress(state).filter(([key]) => key !== 'v');
        expect(pairs).toEqual(toSearchParams(scenario));
      }),
      { numRuns: 100 },
    );
  });

  it('never throws, whatever stands in it, and every scenario stays valid', () => {
    const key = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        'model',
        '2.model',
        'speculation.beams',
        '3.speculation.beams',
        'over',
        'gpus',
      ),
      fc.constantFrom('__proto__', 'constructor', '2.__proto__', 'toString', 'scenarios', 'price'),
    );
    const value = fc.oneof(
      fc.string({ maxLength: 30, unit: 'binary' }),
      fc.constantFrom('NaN', '-1', '1e999', '{"__proto__":{"a":1}}', '%', '<script>', '[[[['),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), (pairs) => {
        const query = pairs.map(
          ([k, v]) => `${encodeURIComponent(k.replace(/\p{Surrogate}/gu, ''))}=${v}`,
        );
        const { state } = decodeAddress(`?${query.join('&')}`);
        for (const { scenario } of state.entries) {
          const path = 'speculation.beams';
          expect(textAt(scenario, path)).toMatch(/^\d+$/);
          axisOf(loadPathOf(scenario), state.over ?? '1,2');
        }
        expect(state.active).toBeLessThan(state.entries.length);
        expect(({} as Record<string, unknown>)['a']).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('a broken address', () => {
  it('uses the default for a wrong value and says what was wrong with it', () => {
    const { state, reports } = decodeAddress('?speculation.beams=1000&workload.ratePerSecond=8');
    expect(state.entries[0]!.scenario.speculation.beams).toBe(4);
    expect(state.entries[0]!.scenario.workload.ratePerSecond).toBe(8);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ kind: 'wrong', name: 'speculation.beams' });
    expect((reports[0] as { message: string }).message).toContain('from 0 to 64');
  });

  it('keeps what it does not know, and suggests what may have been meant', () => {
    const { state, reports } = decodeAddress('?speculation.beems=8&later=1');
    expect(state.kept).toEqual([
      ['speculation.beems', '8'],
      ['later', '1'],
    ]);
    expect(reports[0]).toMatchObject({
      kind: 'unknown',
      hint: 'Did you mean "speculation.beams"?',
    });
    expect(addressOf(state)).toBe('?speculation.beems=8&later=1');
  });

  it('reports what stands twice, another version, and what is too long to be read', () => {
    expect(decodeAddress('?seed=2&seed=3').reports).toEqual([{ kind: 'twice', name: 'seed' }]);
    expect(decodeAddress('?seed=2&seed=3').state.entries[0]!.scenario.seed).toBe(2);
    expect(decodeAddress('?v=9').reports).toEqual([{ kind: 'version', version: '9' }]);
    const long = `?${'a=1&'.repeat(500)}`;
    expect(decodeAddress(long).reports).toEqual([{ kind: 'too-long' }]);
    expect(decodeAddress(`?model=${'x'.repeat(70_000)}`).reports).toEqual([{ kind: 'too-long' }]);
  });

  it('opens the scenarios that it counts or names, and no more than six', () => {
    expect(decodeAddress('?scenarios=3').state.entries).toHaveLength(3);
    expect(decodeAddress('?4.seed=2').state.entries).toHaveLength(4);
    expect(decodeAddress('?7.seed=2').reports[0]).toMatchObject({ kind: 'unknown' });
    expect(decodeAddress('?scenarios=7').reports[0]).toMatchObject({ kind: 'wrong' });
  });

  it('falls back to the defaults of a scenario whose fields contradict each other', () => {
    const { state, reports } = decodeAddress('?workload.kind=trace');
    expect(state.entries[0]!.scenario.workload.kind).toBe('poisson');
    expect(reports[0]).toMatchObject({ kind: 'wrong', name: 'workload.trace' });
    expect(fieldAt('workload.kind').default).toBe('poisson');
  });
});
