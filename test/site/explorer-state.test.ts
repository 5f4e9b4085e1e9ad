import { changedPaths, fields, parseScenario, scenarioPaths } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyOf, readingBetween } from '../../apps/site/src/explorer/at-load.ts';
import { Explorer } from '../../apps/site/src/explorer/controller.ts';
import { editScenario } from '../../apps/site/src/explorer/edit.ts';
import { formGroups, isRead } from '../../apps/site/src/explorer/form-fields.ts';
import { commit, redo, startHistory, undo } from '../../apps/site/src/explorer/history.ts';
import { labelsOf } from '../../apps/site/src/explorer/labels.ts';
import { loadOfValue, loadPathOf, loadValueOf } from '../../apps/site/src/explorer/load-axis.ts';
import { alongAxis, wantedOf } from '../../apps/site/src/explorer/plan.ts';
import { commandsOf, shellWord } from '../../apps/site/src/explorer/spell.ts';
import {
  activeEntry,
  addEntry,
  duplicateEntry,
  type ExplorerState,
  editFields,
  initialState,
  MAX_ENTRIES,
  removeEntry,
  renameEntry,
  seriesOf,
  setLoad,
} from '../../apps/site/src/explorer/state.ts';
import { bindingText } from '../../apps/site/src/explorer/why.ts';
import { arbitraryScenario } from '../support/arbitrary-scenario.ts';

describe('an edit', () => {
  it('of any valid scenario to any kind of load but a trace is valid', () => {
    const kinds = ['poisson', 'gamma', 'closed-loop', 'burst', 'ramp'];
    fc.assert(
      fc.property(arbitraryScenario(), fc.constantFrom(...kinds), (scenario, kind) => {
        const { problems } = editScenario(scenario, [['workload.kind', kind]]);
        expect(problems).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('that is wrong changes nothing and says so in the words of the parser', () => {
    const state = initialState();
    const edited = editFields(state, [['speculation.beams', 'many']]);
    expect(edited.state).toBe(state);
    expect(edited.problems).toEqual([
      {
        path: 'speculation.beams',
        message: 'must be an integer from 0 to 64 (sequences) (got the text "many").',
      },
    ]);
  });

  it('reaches all scenarios when asked, and the load always does', () => {
    const two = duplicateEntry(initialState());
    const own = editFields(two, [['speculation.beams', 8]]).state;
    expect(own.entries.map(({ scenario }) => scenario.speculation.beams)).toEqual([4, 8]);
    const all = editFields(two, [['speculation.beams', 8]], true).state;
    expect(all.entries.map(({ scenario }) => scenario.speculation.beams)).toEqual([8, 8]);
    const load = editFields(two, [['workload.ratePerSecond', 9]]).state;
    expect(load.entries.map(({ scenario }) => scenario.workload.ratePerSecond)).toEqual([9, 9]);
  });
});

describe('scenarios side by side', () => {
  it('are at most six and at least one, and the active one stays in range', () => {
    let state: ExplorerState = initialState();
    for (let i = 0; i < 9; i++) state = duplicateEntry(state);
    expect(state.entries).toHaveLength(MAX_ENTRIES);
    for (let i = 0; i < 9; i++) state = removeEntry(state, 0);
    expect(state.entries).toHaveLength(1);
    expect(activeEntry(state)).toBe(state.entries[0]);
  });

  it('have distinct names, their own or what tells them apart', () => {
    fc.assert(
      fc.property(fc.array(arbitraryScenario(), { minLength: 1, maxLength: 6 }), (scenarios) => {
        const entries = scenarios.map((scenario, id) => ({ id, name: '', scenario }));
        const labels = labelsOf(entries, 'en');
        expect(new Set(labels).size).toBe(labels.length);
      }),
      { numRuns: 50 },
    );
    const two = editFields(duplicateEntry(initialState()), [['hardware.gpu', 'l4']]).state;
    expect(labelsOf(two.entries, 'en')).toEqual(['redrafter 4×4 · h100-sxm', 'redrafter 4×4 · l4']);
    expect(labelsOf(renameEntry(two, 0, '  our   fleet ').entries, 'en')[0]).toBe('our fleet');
  });

  it('with schedules drawn over them stay within six lines', () => {
    let state: ExplorerState = { ...initialState(), also: ['adaptive', 'confidence'] };
    expect(seriesOf(state, ['a']).map(({ label }) => label)).toEqual([
      'a',
      'a · adaptive',
      'a · confidence',
    ]);
    for (let i = 0; i < 5; i++) state = duplicateEntry(state);
    expect(seriesOf(state, ['a', 'b', 'c', 'd', 'e', 'f'])).toHaveLength(6);
  });
});

describe('the form', () => {
  it('holds every field that the kind of load reads exactly once, in both languages', () => {
    fc.assert(
      fc.property(arbitraryScenario(), fc.constantFrom('en', 'ja'), (scenario, language) => {
        const groups = formGroups(scenario, language as 'en' | 'ja');
        const shown = groups.flatMap(({ essential, more }) => [...essential, ...more]);
        const paths = shown.map(({ path }) => path);
        expect(new Set(paths).size).toBe(paths.length);
        expect([...paths].sort()).toEqual(scenarioPaths.filter((p) => isRead(p, scenario)).sort());
        for (const { label, help } of shown) expect(label !== '' && help !== '').toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out no field that has another value than its default', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const hidden = changedPaths(scenario).filter((path) => !isRead(path, scenario));
        // What only drafting reads may be set while nothing drafts; a rate while none arrives.
        const idle = hidden.filter((path) => !/^speculation\.|ratePerSecond|timeScale/.test(path));
        expect(idle).toEqual([]);
      }),
      { numRuns: 100 },
    );
    expect(fields.version.default).toBe(1);
  });
});

describe('your load', () => {
  it('stands in the scenarios themselves, in few digits', () => {
    const state = setLoad(duplicateEntry(initialState()), 7.123456);
    expect(state.entries.map(({ scenario }) => scenario.workload.ratePerSecond)).toEqual([
      7.12, 7.12,
    ]);
    expect(setLoad(state, Number.NaN)).toBe(state);
  });

  it('of a trace is one over its time scale', () => {
    const workload = { kind: 'trace', trace: 'a.csv', timeScale: 0.5 } as const;
    const scenario = parseScenario({ workload }, 'test');
    const path = loadPathOf(scenario);
    expect(loadOfValue(path, loadValueOf(scenario))).toBe(2);
    const entries = [{ id: 1, name: '', scenario }];
    const state = setLoad({ ...initialState(), entries }, 4);
    expect(state.entries[0]!.scenario.workload.timeScale).toBe(0.25);
  });

  it('between two points lies between their numbers', () => {
    const reading = (itlMs: number) => ({ itlMs, state: 'stable' }) as never;
    const low = { load: 2, reading: reading(10) };
    const high = { load: 8, reading: reading(20) };
    const between = readingBetween(
      [low, high].map(({ load, reading: r }) => ({
        load,
        reading: {
          ...(r as object),
          dollarsPerMillionTokens: { low: 1, typical: 2, high: 3 },
          speedup: null,
          plainItlMs: null,
        } as never,
      })),
      4,
    );
    expect(between?.itlMs).toBeCloseTo(15, 12);
    expect(readingBetween([low, high], 9)).toBeNull();
  });

  it('costs in proportion to the price', () => {
    const price = { low: 1, typical: 2, high: 5 };
    expect(moneyOf(0.4, price, null)).toEqual({ low: 0.2, typical: 0.4, high: 1 });
    expect(moneyOf(0.4, price, { low: 4, high: 4 })).toEqual({ low: 0.8, typical: 0.8, high: 0.8 });
  });
});

describe('undo', () => {
  it('gives back any state, and redo gives it again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), (states) => {
        let history = startHistory(-1);
        for (const state of states) history = commit(history, state);
        let back = history;
        while (back.past.length > 0) back = undo(back);
        expect(back.present).toBe(-1);
        while (back.future.length > 0) back = redo(back);
        expect(back.present).toBe(history.present);
      }),
    );
  });

  it('takes a whole drag as one step, and the address follows', () => {
    const seen: string[] = [];
    let now = '';
    const address = {
      read: () => now,
      push: (search: string) => {
        seen.push(`push ${search}`);
        now = search;
        return true;
      },
      replace: (search: string) => {
        seen.push(`replace ${search}`);
        now = search;
        return true;
      },
    };
    const explorer = new Explorer(address, 'en', () => {});
    explorer.moveLoad(5);
    explorer.moveLoad(6);
    explorer.settle();
    expect(seen).toEqual([
      'replace ?workload.ratePerSecond=5&v=1',
      'replace ?workload.ratePerSecond=6&v=1',
      'replace ',
      'push ?workload.ratePerSecond=6&v=1',
    ]);
    explorer.undo();
    expect(explorer.load).toBe(4);
    expect(explorer.canUndo).toBe(false);
    explorer.redo();
    expect(explorer.load).toBe(6);
  });
});

describe('what is asked of the workers', () => {
  it('is a coarse curve first, then your load in full, then all in full, then bands', () => {
    const state = addEntry(initialState(), initialState().entries[0]!.scenario);
    const series = seriesOf(state, ['a', 'b']);
    const wanted = wantedOf(state, series);
    const order = wanted.map(({ stage }) => stage);
    const firsts = ['quick', 'yours', 'full', 'bands'].map((s) => order.indexOf(s as never));
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    const points = alongAxis(state, series[0]!.scenario);
    expect(points).toHaveLength(20);
    expect(order.filter((stage) => stage === 'quick')).toHaveLength(40);
    const [first, second] = wanted;
    expect(first!.scenario.workload.ratePerSecond).toBe(0.5);
    expect(second!.scenario.workload.ratePerSecond).toBe(0.5);
    expect(wanted[2]!.scenario.workload.ratePerSecond).toBe(64);
  });
});

describe('the other spellings', () => {
  it('quote what a shell would read otherwise', () => {
    expect(shellWord("a b'c")).toBe(`'a b'\\''c'`);
    const { state } = editFields(initialState(), [['slo', 'ttft_p95 < 500ms']]);
    const { simulate, sweep } = commandsOf(setLoad(state, 8));
    expect(simulate).toBe(
      "beamline simulate --set workload.ratePerSecond=8 --set 'slo=ttft_p95 < 500ms'",
    );
    expect(sweep).toMatch(/^beamline sweep --over workload\.ratePerSecond=0\.5,0\.75,/);
    expect(sweep).not.toContain('--set workload.ratePerSecond');
  });

  it("say in Japanese what binds, from the verdict's own words", () => {
    const binding =
      'batch size: serving.maxBatchSize is reached in 100 % of the steps with requests waiting; ' +
      'steps are bound by compute (40 % of peak bandwidth, 56 % of peak compute)';
    expect(bindingText(binding, 'ja')).toBe(
      '待ちが生じたステップの 100 % でバッチサイズが上限（serving.maxBatchSize）。' +
        'ステップの時間は演算で決まります（ピーク帯域の 40 %、ピーク演算性能の 56 %）。',
    );
    const none =
      'none: requests waited in under 1 % of steps; steps are bound by memory bandwidth ' +
      '(66 % of peak bandwidth, 15 % of peak compute)';
    expect(bindingText(none, 'ja')).toContain('制約なし');
    expect(bindingText('something new', 'ja')).toBe('something new');
  });
});
