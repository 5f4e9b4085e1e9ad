import { loadWasmScheduler } from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { drive } from '../in_flight_lanes/drive.ts';
import { type KvBlocksInput, type KvStep, kvBlocks, kvDriveInput } from './model.ts';
import { kvPresetNames } from './presets.ts';
import { kvBlocksPicture } from './view.ts';

const wasm = loadWasmScheduler(readWasmModule());

const inputs: fc.Arbitrary<KvBlocksInput> = fc.record({
  preset: fc.constantFrom(...kvPresetNames),
  kvBlocks: fc.option(fc.integer({ min: 12, max: 40 })),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const height = ({ holdings, shared, cached }: KvStep) =>
  sum(holdings.map(({ own }) => own)) + shared + cached;

describe('the blocks', () => {
  it('are conserved in every step: held, kept for reuse and free sum to the pool', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { steps, options } = kvBlocks(input, wasm);
        for (const step of steps) {
          expect(step.used + step.cached + step.free).toBe(options.kvBlocks);
          expect(height(step)).toBe(step.used + step.cached);
        }
      }),
    );
  });

  it('are those of the scheduler, request by request', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { steps } = kvBlocks(input, wasm);
        const driven = [...drive(kvDriveInput(input), wasm)];
        expect(steps).toHaveLength(driven.length);
        steps.forEach((step, i) => {
          const { planned, committed, blocksUsed } = driven[i]!;
          expect(step.used).toBe(blocksUsed);
          expect(step.holdings).toHaveLength(planned.active.length);
          for (const { request, own, shared, rewound, isFinished } of step.holdings) {
            const before = planned.active.find(({ id }) => id === request)!;
            const after = committed.active.find(({ id }) => id === request);
            expect(own + shared).toBe(before.blocks.length);
            expect(isFinished).toBe(after === undefined);
            const kept = after?.blocks.length ?? before.blocks.length;
            expect(rewound).toBe(before.blocks.length - kept);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are given back from the draft tail alone', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { holdings } of kvBlocks(input, wasm).steps) {
          for (const { own, tail, rewound } of holdings) {
            expect(rewound).toBeGreaterThanOrEqual(0);
            expect(rewound).toBeLessThanOrEqual(tail);
            expect(tail).toBeLessThanOrEqual(own);
          }
        }
      }),
    );
  });

  it('are as many as drafts and KV need', () => {
    const input: KvBlocksInput = { preset: 'rewinds', kvBlocks: null };
    const { steps, options } = kvBlocks(input, wasm);
    const driven = [...drive(kvDriveInput(input), wasm)];
    const fills = (tokens: number) => Math.ceil(tokens / options.tokensPerBlock);
    steps.forEach(({ holdings }, i) => {
      for (const { request, rows, kvTokens, accepted, isFinished } of driven[i]!.generation) {
        const holding = holdings.find((one) => one.request === request)!;
        const all = fills(kvTokens + rows);
        expect(holding.own).toBe(all);
        expect(holding.tail).toBe(all - fills(kvTokens + 1));
        if (!isFinished) expect(holding.rewound).toBe(all - fills(kvTokens + 1 + accepted));
      }
    });
  });
});

describe('the presets show what they are named for', () => {
  const steps = (preset: KvBlocksInput['preset']) => kvBlocks({ preset }, wasm).steps;
  const total = (all: readonly KvStep[], value: (step: KvStep) => number) => sum(all.map(value));

  it('drafts are rewound, and nothing else happens', () => {
    const all = steps('rewinds');
    const rewound = total(all, ({ holdings }) => sum(holdings.map((one) => one.rewound)));
    expect(rewound).toBeGreaterThan(0);
    expect(total(all, ({ paused, waiting }) => paused.length + waiting.length)).toBe(0);
  });
  it('requests wait without being paused, or are paused', () => {
    expect(total(steps('waits'), ({ waiting }) => waiting.length)).toBeGreaterThan(0);
    expect(total(steps('waits'), ({ paused }) => paused.length)).toBe(0);
    const pauses = steps('pauses').flatMap(({ paused }) => paused);
    expect(pauses.length).toBeGreaterThan(0);
    for (const { blocks } of pauses) expect(blocks).toBeGreaterThan(0);
  });
  it('blocks are shared, reused and evicted', () => {
    const all = steps('reuses');
    expect(total(all, ({ shared }) => shared)).toBeGreaterThan(0);
    expect(total(all, ({ evicted }) => evicted)).toBeGreaterThan(0);
    const reused = total(all, ({ holdings }) => sum(holdings.map((one) => one.reused)));
    expect(reused).toBeGreaterThan(0);
    expect(total(steps('pauses'), ({ shared, cached }) => shared + cached)).toBe(0);
  });
});

describe('bad input', () => {
  it('says what is allowed', () => {
    const from = (input: object) => () => kvBlocks(input, wasm);
    expect(from({ preset: 'pausse' })).toThrow(/"pauses"/);
    for (const size of [0, 5, 41, 12.5, Number.NaN, '18']) {
      expect(from({ kvBlocks: size })).toThrow(/from 11 to 40/);
    }
  });
});

describe('the picture', () => {
  it('is lawful for every preset, at every width, in both languages', () => {
    for (const preset of kvPresetNames) {
      const model = kvBlocks({ preset }, wasm);
      for (const step of [0, model.focusStep, model.steps.length - 1]) {
        expectLawful((options) => kvBlocksPicture(model, { step }, options));
      }
    }
    for (const size of [11, 40]) {
      const model = kvBlocks({ preset: 'pauses', kvBlocks: size }, wasm);
      expectLawful((options) => kvBlocksPicture(model, { step: 3 }, options));
    }
  });

  it('draws one box a block, all of them under the line of the pool', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const model = kvBlocks(input, wasm);
        const options = viewOptions('x', { width: 2000 });
        const { svg } = kvBlocksPicture(model, { step: 0 }, options);
        const line = Number(/class="one"[^>]* y1="([\d.]+)"/.exec(svg)![1]);
        const chart = svg.slice(0, svg.indexOf('font-weight="600"'));
        const boxes = [...chart.matchAll(/M[\d.]+,([\d.]+)h[\d.]+v[\d.]+/g)];
        for (const [, top] of boxes) expect(Number(top)).toBeGreaterThanOrEqual(line);
        const keys = [...chart.slice(chart.lastIndexOf('class="grid"')).matchAll(/M[\d.]+,/g)];
        expect(boxes.length - keys.length).toBe(sum(model.steps.map(height)));
      }),
      { numRuns: 20 },
    );
  });

  it('has one tab stop for the steps, and every request of every step in its table', () => {
    const model = kvBlocks({ preset: 'pauses' }, wasm);
    const { svg, table } = kvBlocksPicture(model, { step: 0 }, viewOptions('x', { width: 1200 }));
    expect(keysOf(svg, 'steps')).toHaveLength(model.steps.length);
    const listed = model.steps.map(({ holdings, waiting, paused }) => {
      const lost = paused.map(({ request }) => request);
      return holdings.length + new Set([...waiting, ...lost]).size;
    });
    expect(table.rows).toHaveLength(sum(listed));
  });

  it('is plain data that crosses to a page', () => {
    const model = kvBlocks({ preset: 'reuses' }, wasm);
    expect(JSON.parse(JSON.stringify(structuredClone(model)))).toEqual(model);
  });
});
