import {
  emptyStepShape,
  engineOf,
  estimate,
  modelNames,
  parseScenario,
  StepCost,
} from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { defaultInput, type StepClockInput, scenarioOf, stepClock } from './model.ts';
import { partNames, partOf, phaseOf } from './parts.ts';
import { stepClockPicture } from './view.ts';

const inputs: fc.Arbitrary<StepClockInput> = fc.record({
  model: fc.constantFrom('llama-3.1-8b', 'llama-3.1-70b', 'qwen3-30b-a3b', 'vicuna-7b'),
  gpu: fc.constantFrom('h100-sxm', 'a100-sxm', 'l40s', 'b200-sxm'),
  batch: fc.integer({ min: 1, max: 256 }),
  beams: fc.integer({ min: 1, max: 16 }),
  draftLength: fc.integer({ min: 1, max: 8 }),
  contextTokens: fc.integer({ min: 1, max: 32000 }),
  acceptance: fc.constantFrom('chat', 'code'),
});

describe('the steps', () => {
  it('are those that the estimate of the same scenario gives', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const model = stepClock(input);
        const given = { batch: input.batch, kvTokens: input.contextTokens };
        const wanted = estimate(scenarioOf(input), given);
        expect(model.batch).toBe(wanted.setting.batch);
        expect(model.drafted.timeNs).toBe(wanted.totals.decode.timeNs);
        expect(model.drafted.tokens).toBe(wanted.setting.tokensPerStep);
        const drawn = model.drafted.parts.flatMap(({ operators }) => operators);
        expect(drawn).toHaveLength(wanted.decode.length);
        for (const { operator, timeNs } of wanted.decode) {
          expect(drawn.find((one) => one.operator === operator)?.timeNs).toBe(timeNs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are the sums of their parts, and parts of their operators', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { plain, drafted, speedup } = stepClock(input);
        for (const step of [plain, drafted]) {
          const sum = step.parts.reduce((ns, part) => ns + part.timeNs, 0);
          expect(Math.abs(sum - step.timeNs)).toBeLessThanOrEqual(0.5 + 1e-3);
          for (const part of step.parts) {
            const operators = part.operators.reduce((ns, one) => ns + one.timeNs, 0);
            expect(operators).toBeCloseTo(part.timeNs, 3);
          }
        }
        expect(plain.tokens).toBe(1);
        expect(speedup).toBeCloseTo((plain.timeNs * drafted.tokens) / drafted.timeNs, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('draft nothing without drafting', () => {
    const { plain } = stepClock({ batch: 8 });
    expect(plain.parts.filter(({ part }) => phaseOf(part) === 'draft')).toEqual([]);
    expect(plain.rows).toBe(8);
  });
});

describe('the parts', () => {
  it('put no drafting into the pass of the target, for any method and model', () => {
    const methods = ['redrafter', 'medusa', 'eagle-2', 'draft-model', 'ngram'];
    for (const model of modelNames) {
      for (const method of methods) {
        const scenario = parseScenario({ model, speculation: { method } }, 'test');
        const shape = emptyStepShape();
        Object.assign(shape, {
          generationRequests: 2,
          generationRows: 18,
          generationKvTokens: 999,
        });
        Object.assign(shape, { draftRequests: 2, beams: 2, draftLength: 3, draftKvTokens: 999 });
        Object.assign(shape, { movedTokens: 2 });
        for (const { operator } of new StepCost(engineOf(scenario)).itemise(shape)) {
          const phase = phaseOf(partOf(operator));
          const isDraft = /draft|beam/.test(operator) || operator === 'tree_mask';
          expect(phase === 'draft', operator).toBe(isDraft);
          if (operator.startsWith('gemm_')) expect(partOf(operator)).toBe('products');
        }
      }
    }
  });
});

describe('the roofline', () => {
  it('passes through the verify pass of both steps', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { plain, drafted, roofline } = stepClock(input);
        const verify = (step: typeof plain) =>
          step.parts
            .filter(({ part }) => phaseOf(part) === 'verify')
            .reduce((ns, part) => ns + part.timeNs, 0);
        expect(roofline.plain.timeNs).toBeCloseTo(verify(plain), 3);
        expect(roofline.here.timeNs).toBeCloseTo(verify(drafted), 3);
        expect(roofline.here.rows).toBe(drafted.rows);
      }),
      { numRuns: 60 },
    );
  });

  it('counts a row as a request of its own up to the batch, and as a draft token beyond', () => {
    const { points, plain } = stepClock({ batch: 64 }).roofline;
    for (const batch of [1, 4, 16, 32, 64]) {
      const alone = stepClock({ batch }).roofline.plain;
      const here = points.find(({ rows }) => rows === batch)!;
      expect(here.timeNs).toBeCloseTo(alone.timeNs, 3);
      expect(here.memoryNs).toBeCloseTo(alone.memoryNs, 3);
    }
    const [twice, wide] = [128, 512].map((rows) => points.find((point) => point.rows === rows)!);
    // Weights and KV are read once, however many rows share them: only activations add bytes.
    expect(wide!.memoryNs - twice!.memoryNs).toBeLessThan(0.25 * plain.memoryNs);
  });

  it('never lies below its limits, and the knee is where they cross', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { points, kneeRows, freeRows, plain, here } = stepClock(input).roofline;
        for (const { rows, timeNs, memoryNs, computeNs } of [...points, plain, here]) {
          expect(timeNs).toBeGreaterThanOrEqual(Math.max(memoryNs, computeNs));
          if (kneeRows !== null && rows < kneeRows) expect(computeNs).toBeLessThan(memoryNs);
        }
        const after = points.find(({ rows }) => kneeRows !== null && rows >= kneeRows);
        if (after) expect(after.computeNs).toBeGreaterThanOrEqual(after.memoryNs);
        expect(freeRows).toBeGreaterThanOrEqual(plain.rows);
        for (const { rows, timeNs } of points) {
          if (rows < plain.rows || rows > freeRows) continue;
          expect(timeNs).toBeLessThanOrEqual(1.1 * plain.timeNs);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('bad input', () => {
  it('says what is wrong', () => {
    expect(() => stepClock({ gpu: 'h100-smx' })).toThrow(/h100-sxm/);
    for (const batch of [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => stepClock({ batch })).toThrow(/batch/);
    }
    expect(() => stepClock({ beams: 1e9 })).toThrow(/beams/);
    expect(() => stepClock({ gpu: 'l4', contextTokens: 2e7 })).toThrow(/No number of l4/);
  });
});

/** Left edge and width of the mark with a key. */
function boxOf(svg: string, key: string): { x: number; width: number } {
  const tag = new RegExp(`<rect[^>]*data-key="${key}"[^>]*>`).exec(svg)![0];
  const read = (name: string) => Number(new RegExp(` ${name}="([-\\d.]+)"`).exec(tag)![1]);
  return { x: read('x'), width: read('width') };
}

describe('the picture', () => {
  it('is lawful at every width and in both languages', () => {
    for (const input of [{}, { batch: 64 }, { batch: 256, contextTokens: 8000 }]) {
      const model = stepClock(input);
      expectLawful((options) => stepClockPicture(model, options));
    }
    fc.assert(
      fc.property(inputs, (input) => {
        const model = stepClock(input);
        expectLawful((options) => stepClockPicture(model, options));
      }),
      { numRuns: 6 },
    );
  });

  it('draws parts on one scale, end to end, and tokens over the whole step', () => {
    const model = stepClock({ batch: 16 });
    const { svg } = stepClockPicture(model, viewOptions('x', { width: 1000 }));
    const start = boxOf(svg, 'part:plain:products').x;
    const ends = (['plain', 'drafted'] as const).map((name) => {
      const last = boxOf(svg, `part:${name}:overhead`);
      return last.x + last.width - start;
    });
    const ratio = model.drafted.timeNs / model.plain.timeNs;
    expect(Math.abs(ends[1]! / ends[0]! - ratio)).toBeLessThan(0.02);
    const lastToken = boxOf(svg, `token:drafted:${Math.ceil(model.drafted.tokens) - 1}`);
    expect(Math.abs(lastToken.x + lastToken.width - start - ends[1]!)).toBeLessThan(3);
    expect(boxOf(svg, 'token:plain:0').width).toBeGreaterThan(boxOf(svg, 'token:drafted:0').width);
  });

  it('has one tab stop a step and one for the curve, and every operator in its table', () => {
    const model = stepClock();
    const { svg, table } = stepClockPicture(model, viewOptions('x'));
    expect(keysOf(svg, 'step:plain')).toHaveLength(model.plain.parts.length);
    expect(keysOf(svg, 'step:drafted')).toHaveLength(model.drafted.parts.length);
    expect(keysOf(svg, 'roofline')).toHaveLength(model.roofline.points.length);
    const operators = model.drafted.parts.flatMap((part) => part.operators);
    for (const { operator } of operators) {
      expect(table.rows.some((row) => row[1]?.endsWith(`: ${operator}`))).toBe(true);
    }
  });

  it('says when drafting does not pay', () => {
    const dear = stepClock({ batch: 256, beams: 16, draftLength: 8, contextTokens: 128 });
    expect(dear.speedup).toBeLessThan(1);
    const { title } = stepClockPicture(dear, viewOptions('x'));
    expect(title).toContain('only');
  });

  it('is plain data that crosses to a page', () => {
    const model = stepClock();
    expect(JSON.parse(JSON.stringify(structuredClone(model)))).toEqual(model);
    expect(model.input).toEqual(defaultInput);
    expect(partNames).toHaveLength(new Set(partNames).size);
  });
});
