import {
  acceptanceNames,
  acceptanceOf,
  type DraftMethodName,
  draftMethod,
  draftMethods,
  meanTokensPerStep,
  parseScenario,
} from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectLawful } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { acceptanceDepth, tasks } from './model.ts';
import { acceptanceDepthPicture } from './view.ts';

const drafting = draftMethods.filter(({ tree }) => tree !== 'none').map(({ name }) => name);

const anyInput = fc.record({
  method: fc.constantFrom(...drafting),
  beams: fc.integer({ min: 1, max: 16 }),
  draftLength: fc.integer({ min: 1, max: 12 }),
});
const anyEdit = fc.oneof(
  fc.double({ min: 0.05, max: 20, noNaN: true }).map((odds) => ({ odds })),
  fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })
    .map((conditional) => ({ conditional })),
);

describe('laws of the model', () => {
  it('survival does not rise, tokens per step = 1 + Σ survival, also when changed', () => {
    fc.assert(
      fc.property(anyInput, anyEdit, (input, edit) => {
        const { series } = acceptanceDepth({ ...input, edits: { code: edit } });
        expect(series.map(({ name }) => name)).toEqual([...tasks]);
        for (const one of series) {
          let before = 1;
          for (const reached of one.survival) {
            expect(reached).toBeLessThanOrEqual(before);
            expect(reached).toBeGreaterThanOrEqual(0);
            before = reached;
          }
          const sum = one.survival.reduce((total, reached) => total + reached, 1);
          expect(one.tokensPerStep).toBeCloseTo(sum, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('the classes’ mean over their shares of the steps is the survival', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { classes, survival } of acceptanceDepth(input).series) {
          const shares = classes.reduce((sum, { stepShare }) => sum + stepShare, 0);
          expect(shares).toBeCloseTo(1, 9);
          survival.forEach((reached, d) => {
            const mean = classes.reduce((sum, c) => sum + c.stepShare * c.survival[d]!, 0);
            expect(mean).toBeCloseTo(reached, 7);
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is plain data that a worker can send', () => {
    const model = acceptanceDepth();
    expect(structuredClone(model)).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});

describe('its numbers are the simulator’s', () => {
  it.each(drafting)('%s: what a run of the same scenario draws from', (method) => {
    const profiles = acceptanceNames(draftMethod(method)).slice(0, 7);
    const model = acceptanceDepth({ method, beams: 3, draftLength: 5, profiles });
    for (const one of model.series) {
      const speculation = { method, beams: 3, draftLength: 5, acceptance: one.name };
      const { acceptance, origin } = acceptanceOf(parseScenario({ speculation }, 'test'));
      const shape = acceptance.shape(3, 5);
      expect(one.survival).toEqual([...shape.survival]);
      expect(one.tokensPerStep).toBe(shape.tokensPerStep);
      expect(model.meanDraftTokens).toBe(shape.meanDraftTokens);
      expect(one.classes).toHaveLength(acceptance.classes);
      expect(origin.kind).toBe(one.origin.kind);
    }
  });

  it('the published mean of ReDrafter at the reference shape', () => {
    // 1 − 0.3987 · 4^−0.1937 at each depth, as the profile of MT-Bench states.
    const accept = 1 - 0.3987 * 4 ** -0.1937;
    const [chat] = acceptanceDepth().series;
    expect(chat!.survival[1]).toBeCloseTo(accept ** 2, 9);
    const law = { perDepth: [0.6013], beamGain: 0.1937 };
    expect(chat!.tokensPerStep).toBeCloseTo(meanTokensPerStep(law, 4, 4), 9);
  });
});

describe('what a reader changes', () => {
  const seriesOf = (edit: { odds: number } | { conditional: readonly number[] }) =>
    acceptanceDepth({ edits: { chat: edit } }).series[0]!;

  it('odds of 1 change nothing, higher odds accept more', () => {
    const plain = acceptanceDepth().series[0]!;
    expect(seriesOf({ odds: 1 }).survival).toEqual(plain.survival);
    expect(seriesOf({ odds: 2 }).tokensPerStep).toBeGreaterThan(plain.tokensPerStep);
  });

  it('stated acceptances hold at this shape, and requests go on to differ', () => {
    const one = seriesOf({ conditional: [0.9, 0.5, 0.5, 0.2] });
    expect(one.survival[0]).toBeCloseTo(0.9, 9);
    expect(one.survival[3]).toBeCloseTo(0.9 * 0.5 * 0.5 * 0.2, 9);
    expect(one.classes).toHaveLength(16);
  });

  it('is assumed from then on, and says what was changed', () => {
    expect(seriesOf({ odds: 2 }).origin).toEqual({
      kind: 'assumed',
      source: 'vicuna-7b-mt-bench-distilled, odds of acceptance times 2',
    });
  });

  it('a wrong name is the reader’s error with the nearest spelling', () => {
    expect(() => acceptanceDepth({ profiles: ['cod'] })).toThrow(/"code"/);
    expect(() => acceptanceDepth({ method: 'redraft' as DraftMethodName })).toThrow(/redrafter/);
  });
});

describe('the picture', () => {
  const model = acceptanceDepth();
  const draw = (width: number, language: 'en' | 'ja' = 'en') =>
    acceptanceDepthPicture(model, { selected: null }, viewOptions('a', { width, language }));

  it('has a finding that its table bears out', () => {
    const { title, table } = draw(760);
    expect(title).toBe(
      'A step gives 3.02 tokens for code and 2.37 for summaries with ReDrafter, ' +
        '4 beams of 4 tokens',
    );
    const tokens = table.columns.findIndex(({ label }) => label === 'tokens a step');
    const rowOf = (name: string) => table.rows.find((row) => row[0] === name)!;
    expect(Number(rowOf('code')[tokens])).toBeCloseTo(3.02, 2);
    expect(table.rows).toHaveLength(4 * 4);
  });

  it('a bar’s pieces are as long as the curve is high', () => {
    const { svg } = draw(760);
    const group = /<g class="series s0"><text[\s\S]*?<\/g>/.exec(svg)![0];
    const widths = [...group.matchAll(/class="fill( piece)?"[^>]* width="([\d.]+)"/g)];
    const [certain, first, second] = widths.map((match) => Number(match[2]));
    const { survival } = model.series[0]!;
    // 0.75 px of each piece are the gap before it.
    expect((first! + 0.75) / certain!).toBeCloseTo(survival[0]!, 2);
    expect((second! + 0.75) / certain!).toBeCloseTo(survival[1]!, 2);
  });

  it('names the origin of every curve in words and by its mark', () => {
    const { notes, svg } = draw(760);
    expect(notes.join('\n')).toContain('chat is modelled: fitted to Recurrent Drafter v5, Table 4');
    expect(notes.join('\n')).toContain('code is assumed: nothing published for ReDrafter');
    const group = /<g class="series s0"><path[\s\S]*?<\/g>/.exec(svg)![0];
    expect(group.match(/class="hollow"/g)).toHaveLength(4);
    expect(group.match(/class="fill"/g)).toHaveLength(4); // The core of what was modelled.
  });

  it('keeps the laws of every picture, at any width and in both languages', () => {
    const changed = acceptanceDepth({
      method: 'mtp',
      draftLength: 12,
      profiles: ['chat', 'small-lm1-prose', 'deepseek-v4-pro-mtp-thinking-off'],
      edits: { chat: { odds: 2 } },
    });
    for (const of of [model, changed, acceptanceDepth({ method: 'none' })]) {
      for (const selected of [null, 'chat']) {
        expectLawful((options) => acceptanceDepthPicture(of, { selected }, options));
      }
    }
  });

  it('without drafting says why it is empty', () => {
    const none = acceptanceDepth({ method: 'none' });
    const { svg, title } = acceptanceDepthPicture(none, { selected: null }, viewOptions('a'));
    expect(title).toBe('Without drafting each step gives exactly one token');
    expect(svg).toContain('choose a method');
  });
});
