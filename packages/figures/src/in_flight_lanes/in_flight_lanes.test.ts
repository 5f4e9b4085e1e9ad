import { suites } from '@beamline/kernels/suites';
import { loadWasmScheduler } from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { type Language, viewOptions } from '../frame/index.ts';
import { drive } from './drive.ts';
import {
  driveInputOf,
  type InFlightLanes,
  type InFlightLanesInput,
  inFlightLanes,
  type LaneStep,
} from './model.ts';
import { presetNames, REQUESTS_MAX } from './presets.ts';
import { stepColumns } from './step-columns.ts';
import { inFlightLanesPicture } from './view.ts';

const wasm = loadWasmScheduler(readWasmModule());

const inputs: fc.Arbitrary<InFlightLanesInput> = fc.record({
  preset: fc.constantFrom(...presetNames),
  requests: fc.option(fc.integer({ min: 1, max: REQUESTS_MAX })),
});

const suiteOf = (name: string) => suites.find(({ operator }) => operator.name === name)!;

const focus = (model: InFlightLanes): LaneStep => model.steps[model.focusStep]!;

describe('the lanes', () => {
  it('are the steps of the scheduler, within its limits, each request once', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const model = inFlightLanes(input, wasm);
        const driven = [...drive(driveInputOf(input), wasm)];
        expect(model.steps).toHaveLength(driven.length);
        model.steps.forEach((step, i) => {
          expect(step.context).toEqual(driven[i]!.context);
          expect(step.generation).toEqual(driven[i]!.generation);
          const rows = step.contextRows + step.generationRows;
          expect(rows).toBeLessThanOrEqual(model.options.maxNumTokens);
          expect(step.phases.rows.reduce((sum, one) => sum + one, 0)).toBe(rows);
          const seen = [...step.phases.batch, ...step.waiting, ...step.held];
          expect(new Set(seen).size).toBe(seen.length);
        });
        for (const [request, { arrivesAt, finishedAt }] of model.lanes.entries()) {
          model.steps.forEach((step, i) => {
            const isSeen = [...step.phases.batch, ...step.waiting, ...step.held].includes(request);
            expect(isSeen).toBe(i >= arrivesAt && (finishedAt === null || i <= finishedAt));
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('split and merge as the operators do', () => {
    const splitSuite = suiteOf('split_phases');
    const mergeSuite = suiteOf('merge_phases');
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { phases } of inFlightLanes(input, wasm).steps) {
          const { types, rows, split, merge } = phases;
          if (types.length === 0) continue;
          const offsets = [0];
          for (const count of rows) offsets.push(offsets.at(-1)! + count);
          const i32 = (data: number[]) => ({
            dtype: 'i32' as const,
            shape: [data.length],
            data: Int32Array.from(data),
          });
          const none = { dtype: 'fp32' as const, shape: [0, 2], data: new Float64Array(0) };
          const given = { types: i32(types), offsets: i32(offsets) };
          const call = (operator: string, name: string) => ({
            operator,
            attributes: {},
            inputs: { ...given, [name]: none },
          });
          const divided = splitSuite.reference(splitSuite.resolve(call('split_phases', 'rows')));
          expect([...divided['indices']!.data]).toEqual(split);
          const merged = mergeSuite.reference(
            mergeSuite.resolve(call('merge_phases', 'phase_rows')),
          );
          expect([...merged['indices']!.data]).toEqual(merge);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('are plain data that cross to a page', () => {
    const model = inFlightLanes({ preset: 'chunked' }, wasm);
    expect(JSON.parse(JSON.stringify(structuredClone(model)))).toEqual(model);
  });
});

describe('bad input', () => {
  const from = (input: object) => () => inFlightLanes(input, wasm);

  it('says what is allowed', () => {
    expect(from({ preset: 'chunkt' })).toThrow(/"chunked"/);
    expect(from({ preset: { length: 1 } })).toThrow(/an object/);
    for (const requests of [0, 13, 1.5, Number.NaN, '4', Number.POSITIVE_INFINITY]) {
      expect(from({ requests })).toThrow(/from 1 to 12/);
    }
  });
});

describe('the presets show what they are named for', () => {
  const model = (preset: InFlightLanesInput['preset']) => inFlightLanes({ preset }, wasm);

  it('mixed', () => {
    const { context, generation } = focus(model('mixed'));
    expect(context.length).toBeGreaterThan(0);
    expect(generation.length).toBeGreaterThan(0);
  });
  it('all context, all generation, and either empty for one request', () => {
    expect(focus(model('all-context')).context).toHaveLength(5);
    expect(focus(model('all-context')).generation).toEqual([]);
    expect(focus(model('all-generation')).generation).toHaveLength(5);
    expect(focus(model('all-generation')).context).toEqual([]);
    expect(focus(model('empty-context')).generation).toHaveLength(1);
    expect(focus(model('empty-context')).context).toEqual([]);
    expect(focus(model('empty-generation')).context).toHaveLength(1);
    expect(focus(model('empty-generation')).generation).toEqual([]);
  });
  it('chunked, in whole units but for the last', () => {
    const { steps, options } = model('chunked');
    const chunks = steps.flatMap(({ context }) => context).filter(({ isLast }) => !isLast);
    expect(chunks.length).toBeGreaterThan(0);
    for (const { tokens } of chunks) expect(tokens % options.tokensPerBlock).toBe(0);
  });
  it('paused, and computed again', () => {
    const { steps, focusStep } = model('paused');
    const [request] = steps[focusStep]!.paused;
    const again = steps.slice(focusStep + 1).flatMap(({ context }) => context);
    expect(again.some((run) => run.request === request)).toBe(true);
  });
});

describe('the columns', () => {
  it('hold the selected step, in order, inside the room', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.nat(98),
        fc.integer({ min: 60, max: 1200 }),
        (count, wanted, room) => {
          const selected = Math.min(count - 1, wanted);
          const found = stepColumns(count, selected, 40, 40 + room, { least: 23, most: 44 });
          expect(found.first).toBeGreaterThanOrEqual(0);
          expect(found.end).toBeLessThanOrEqual(count);
          expect(found.first <= selected && selected < found.end).toBe(true);
          expect(found.x(found.end)).toBeLessThanOrEqual(40 + room + 1e-9);
        },
      ),
    );
  });
});

describe('the picture', () => {
  it('is lawful for every preset, at every width, in both languages', () => {
    for (const preset of presetNames) {
      const model = inFlightLanes({ preset }, wasm);
      const state = { step: model.focusStep };
      expectLawful((options) => inFlightLanesPicture(model, state, options));
    }
    const full = inFlightLanes({ preset: 'all-generation', requests: REQUESTS_MAX }, wasm);
    for (const step of [0, 5, full.steps.length - 1]) {
      expectLawful((options) => inFlightLanesPicture(full, { step }, options));
    }
  });

  it('draws rows on one scale in the batch and in its paths', () => {
    const model = inFlightLanes({ preset: 'mixed' }, wasm);
    const state = { step: model.focusStep };
    const { svg } = inFlightLanesPicture(model, state, viewOptions('x', { width: 900 }));
    const detail = svg.slice(svg.indexOf('font-weight="600"'));
    const { batch, rows, types } = focus(model).phases;
    batch.forEach((request, place) => {
      const tag = new RegExp(`<rect data-key="request:${request}"[^>]*>`, 'g');
      const widths = [...detail.matchAll(tag)].map(([text]) =>
        Number(/ width="([\d.]+)"/.exec(text)![1]),
      );
      expect(widths).toHaveLength(2);
      const outline = types[place] === 0 ? 1.5 : 0;
      const [first, second] = widths.map((width) => (width + outline) / rows[place]!);
      expect(first).toBeCloseTo(second!, 1);
    });
  });

  it('says that tensors are empty, in both languages', () => {
    const model = inFlightLanes({ preset: 'empty-context' }, wasm);
    const words: Record<Language, string> = { en: 'empty', ja: '空' };
    for (const language of ['en', 'ja'] as const) {
      const options = viewOptions('x', { language });
      const { title, svg } = inFlightLanesPicture(model, { step: model.focusStep }, options);
      expect(title).toContain(words[language]);
      expect(svg).toContain(language === 'en' ? '0 rows' : '0 行');
    }
  });

  it('has a tab stop for the steps and one for the requests, and all runs in its table', () => {
    const model = inFlightLanes({ preset: 'mixed' }, wasm);
    const { svg, table } = inFlightLanesPicture(model, { step: 0 }, viewOptions('x'));
    expect(keysOf(svg, 'steps')).toHaveLength(model.steps.length);
    expect(keysOf(svg, 'requests')).toHaveLength(model.lanes.length);
    const runs = model.steps.flatMap(({ context, generation, waiting, held, paused }) => [
      ...context,
      ...generation,
      ...held,
      ...new Set([...waiting, ...paused]),
    ]);
    expect(table.rows).toHaveLength(runs.length);
  });
});
