import { suites } from '@beamline/kernels/suites';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful, keysOf } from '../../test/picture-laws.ts';
import { typedBeams } from '../../test/typed-beams.ts';
import { loopStep } from '../beam_tree/loop.ts';
import { type PresetName, presetNames } from '../beam_tree/presets.ts';
import { type LoopStep, loopInput } from '../beam_tree/step.ts';
import { toyLogits, toyTarget } from '../beam_tree/toy.ts';
import { viewOptions } from '../frame/index.ts';
import { lawOf, samplingNoise, totalVariation } from './law.ts';
import { verifyAcceptModel, verifyAcceptOf } from './model.ts';
import { verifyRules } from './rules.ts';
import { stagesOf, standingAt } from './stages.ts';
import { drawOf, probabilitiesOf, type Verified, verify } from './verify.ts';
import { verifyAcceptPicture } from './view.ts';

const i32 = (shape: number[], values: readonly number[]) => ({
  dtype: 'i32' as const,
  shape,
  data: Int32Array.from(values),
});
const fp32 = (shape: number[], values: readonly number[]) => ({
  dtype: 'fp32' as const,
  shape,
  data: Float64Array.from(values, Math.fround),
});

/** What an operator's own suite gives for a step. */
function outputsOf(step: LoopStep, operator: string): Record<string, number[]> {
  const suite = suites.find((one) => one.operator.name === operator)!;
  const { beams, positions, tree, text } = step;
  const vocab = text.words.length;
  const rows = tree.tokens.length;
  const { draft } = probabilitiesOf(step);
  const before = step.committed.slice(0, -1);
  const prefix = (row: number): number[] =>
    row < 0 ? [] : [...prefix(tree.parent[row]!), tree.tokens[row]!];
  const logits = tree.tokens.flatMap((_, row) => [
    ...toyLogits(text, toyTarget, [...before, ...prefix(row)]),
  ]);
  const draw = (index: number) => drawOf(step, step.input.step, index);
  const drafted = beams * (positions - 1);
  const given = {
    logits: fp32([rows, vocab], logits),
    tokens: i32([rows], tree.tokens),
    parent: i32([rows], tree.parent),
    unpack: i32([1, beams, positions], tree.unpack),
    offsets: i32([2], [0, rows]),
    uniforms:
      operator === 'verify_exact'
        ? fp32(
            [1, positions],
            Array.from({ length: positions }, (_, i) => draw(i)),
          )
        : fp32(
            [1, beams, positions - 1],
            Array.from({ length: drafted }, (_, i) => draw(positions + i)),
          ),
    bonus_uniforms: fp32([1], [draw(positions + drafted)]),
    draft_log_probs: fp32(
      [1, beams, positions - 1, vocab],
      Array.from({ length: drafted }, (_, i) => {
        const [beam, j] = [Math.floor(i / (positions - 1)), i % (positions - 1)];
        return [...draft[tree.unpack[beam * positions + j]!]!].map(Math.log);
      }).flat(),
    ),
  };
  const inputs = Object.fromEntries(
    suite.operator.inputs.map(({ name }) => [name, given[name as keyof typeof given]]),
  );
  const call = suite.resolve({ operator, attributes: {}, inputs });
  return Object.fromEntries(
    Object.entries(suite.reference(call)).map(([name, { data }]) => [name, [...data]]),
  );
}

const steps = fc
  .record({
    typed: fc.option(typedBeams, { nil: null, freq: 2 }),
    preset: fc.constantFrom(...presetNames.filter((name) => name !== 'empty')),
    beams: fc.integer({ min: 1, max: 8 }),
    draftLength: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer({ min: 0, max: 1000 }),
    step: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ typed, preset, ...more }) =>
    loopStep(loopInput(preset, typed === null ? more : { ...more, typed, step: 0 })),
  )
  .filter(({ positions }) => positions > 1);

function expectSame(verified: Verified, outputs: Record<string, number[]>): void {
  expect(verified.accepted).toBe(outputs['accepted']![0]);
  expect(verified.bonus).toBe(outputs['bonus']![0]);
  if (outputs['beam'] !== undefined) expect(verified.beam).toBe(outputs['beam'][0]);
  const path = outputs['path']?.filter((row) => row >= 0);
  if (path !== undefined) expect(verified.path).toEqual(path);
}

describe('verification', () => {
  for (const rule of verifyRules) {
    it(`by the rule ${rule} is what the operator's own suite gives`, () => {
      fc.assert(
        fc.property(steps, (step) => {
          expectSame(verify(step, rule), outputsOf(step, `verify_${rule}`));
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  }

  it('emits accepted + 1 tokens along the tree, and moves rows to the front only', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...verifyRules), (step, rule) => {
        const { path, accepted, emitted, bonus, moves, levels } = verify(step, rule);
        expect(emitted.length).toBe(accepted + 1);
        expect(emitted.at(-1)).toBe(bonus);
        path.slice(1).forEach((row, j) => {
          expect(step.tree.parent[row]).toBe(path[j]);
          expect(emitted[j]).toBe(step.tree.tokens[row]);
        });
        for (const { row, position } of moves) expect(position).toBeLessThan(row);
        const decided = rule === 'redrafter' ? accepted : accepted + 1;
        expect(levels.length).toBeGreaterThanOrEqual(decided);
      }),
    );
  });

  it('never changes greedy text, whatever was drafted', () => {
    fc.assert(
      fc.property(steps, (step) => {
        const input = { ...step.input, rule: 'greedy' as const };
        const { verified, plainGreedy } = verifyAcceptOf({ ...step, input });
        expect(verified.emitted).toEqual(plainGreedy);
      }),
    );
  });

  // Beams 91 92 93 95 / 91 92 94 96 / 91 92 93 97; the text says 92 94 96 97 behind 90 91.
  it('accepts the second beam of the worked example and moves its two rows', () => {
    const { verified } = verifyAcceptModel(loopInput('worked-a'));
    expect(verified.path).toEqual([0, 1, 4, 5]);
    expect([verified.beam, verified.accepted]).toEqual([1, 3]);
    expect(verified.moves).toEqual([
      { row: 4, position: 2 },
      { row: 5, position: 3 },
    ]);
  });
});

describe('the law', () => {
  const step = loopStep(loopInput('code', { seed: 5 }));

  it('is kept by the exact rule and not by the published one', () => {
    const law = lawOf(step, 20000)!;
    expect(law.distance.exact).toBeLessThan(2 * law.noise);
    expect(law.distance.redrafter).toBeGreaterThan(10 * law.noise);
    for (const frequency of Object.values(law.frequency)) {
      expect(frequency.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
    }
  });

  it('comes closer with more draws under the exact rule alone', () => {
    const [few, many] = [500, 20000].map((draws) => lawOf(step, draws)!);
    expect(many!.distance.exact).toBeLessThan(few!.distance.exact);
    const change = Math.abs(many!.distance.redrafter - few!.distance.redrafter);
    expect(change).toBeLessThan(4 * few!.noise);
  });

  it('measures total variation and the noise of counting', () => {
    expect(totalVariation(Float64Array.of(0.5, 0.5), Float64Array.of(1, 0))).toBe(0.5);
    // Two words at ½: half of twice √(2·¼ / (π·100)).
    const noise = samplingNoise(Float64Array.of(0.5, 0.5), 100);
    expect(noise).toBeCloseTo(Math.sqrt(0.5 / (100 * Math.PI)), 12);
  });
});

describe('stages', () => {
  const models = verifyRules.flatMap((rule) =>
    presetNames.map((name: PresetName) =>
      verifyAcceptModel(loopInput(name, { rule, seed: 2 }), 50),
    ),
  );

  it('take nothing back before the bonus, and end at the path', () => {
    for (const model of models) {
      const stages = stagesOf(model);
      const standings = stages.map((stage) => standingAt(model, stage));
      standings.slice(1).forEach(({ rejected }, i) => {
        for (const row of standings[i]!.rejected) expect(rejected.has(row)).toBe(true);
      });
      expect([...standings.at(-1)!.accepted]).toEqual([...model.verified.path]);
      for (const { accepted, rejected, aside } of standings) {
        for (const row of [...accepted, ...aside]) expect(rejected.has(row)).toBe(false);
      }
    }
  });

  it('keep the laws of pictures', () => {
    for (const model of models) {
      for (const stage of [0, 1, 99]) {
        expectLawful((options) => verifyAcceptPicture(model, { stage }, options));
      }
    }
  });

  it('keep every mark in its place from stage to stage', () => {
    for (const model of models) {
      const places = stagesOf(model).map((_, stage) => {
        const { svg } = verifyAcceptPicture(model, { stage }, viewOptions('t'));
        return [...svg.matchAll(/data-key="(token:\d+)"[^>]*transform="([^"]+)"/g)].map(
          ([, key, place]) => `${key} ${place}`,
        );
      });
      for (const place of places) expect(place).toEqual(places[0]);
    }
  });

  it('show the accepted rows full, and the bonus only once it is drawn', () => {
    const model = verifyAcceptModel(loopInput('worked-a'));
    const at = (stage: number) => verifyAcceptPicture(model, { stage }, viewOptions('t')).svg;
    const lit = viewOptions('t', { highlight: 'bonus' });
    expect(verifyAcceptPicture(model, { stage: 99 }, lit).svg.match(/ lit"/g)!.length).toBe(1);
    expect(keysOf(at(0), 'tree')).not.toContain('bonus');
    expect(keysOf(at(99), 'tree')).toContain('bonus');
    const accepted = [...at(99).matchAll(/data-key="token:(\d+)"[^>]*><g class="t-accepted">/g)];
    expect(accepted.map(([, row]) => Number(row))).toEqual([1, 4, 5]);
  });
});
