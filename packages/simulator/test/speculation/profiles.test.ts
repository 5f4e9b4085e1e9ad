/**
 * Profiles by name, by content and by survival; the shipped ones are well formed, complete for
 * every method and kind of text, and are what a fit to their sources gives.
 */
import { type DrafterProfile, drafterProfiles, drafterTasks } from '@beamline/fixtures';
import { describe, expect, it } from 'vitest';
import { BeamlineError } from '../../src/base/errors.ts';
import type { AcceptanceSetting, Scenario } from '../../src/scenario/scenario.ts';
import { acceptanceOf } from '../../src/speculation/acceptance.ts';
import { meanTokensPerStep } from '../../src/speculation/mean-acceptance.ts';
import { draftMethod, draftMethods } from '../../src/speculation/methods.ts';
import { acceptanceNames, acceptanceProfile } from '../../src/speculation/profiles.ts';
import { refitProfile } from '../../src/speculation/refit.ts';

const profiles = drafterProfiles.flatMap((drafter) => drafter.profiles);
const redrafter = draftMethod('redrafter');

function profileOf(name: string): DrafterProfile {
  return profiles.find((profile) => profile.name === name)!;
}

function scenarioWith(method: string, acceptance: AcceptanceSetting): Scenario {
  const speculation = { method, acceptance, beams: 4, draftLength: 4, prefixDedup: true };
  return { speculation } as unknown as Scenario;
}

describe('shipped profiles', () => {
  it('have names of their own, a source, and probabilities', () => {
    const names = profiles.map((profile) => profile.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of drafterTasks) expect(names).not.toContain(name);
    for (const profile of profiles) {
      expect(['measured', 'modelled', 'assumed']).toContain(profile.origin.kind);
      expect(profile.origin.source.length).toBeGreaterThan(10);
      expect(['each', 'line', 'first']).toContain(profile.fit.form.kind);
      for (const share of profile.perDepth) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(profile.beamGain).toBeGreaterThanOrEqual(0);
      expect(profile.requestSpread).toBeGreaterThanOrEqual(0);
    }
  });

  it('cover every method and kind of text', () => {
    for (const method of draftMethods) {
      if (method.tree === 'none') continue;
      for (const task of drafterTasks) {
        const { acceptance, origin } = acceptanceOf(scenarioWith(method.name, task));
        const { beams, draftLength } = method.defaultShape;
        expect(acceptance.shape(beams, draftLength).tokensPerStep).toBeGreaterThan(1);
        expect(origin.source.length).toBeGreaterThan(20);
      }
    }
  });

  it('are what fitting their sources again gives, to the last digit', () => {
    for (const profile of profiles) {
      const { perDepth, beamGain } = refitProfile(profile, profileOf);
      expect({ name: profile.name, perDepth, beamGain }).toEqual({
        name: profile.name,
        perDepth: profile.perDepth,
        beamGain: profile.beamGain,
      });
    }
  });

  it('never call a profile modelled whose sources leave the shape out', () => {
    for (const profile of profiles) {
      const shapeAssumed = profile.fit.points.some((point) => 'beams' in point);
      if (shapeAssumed)
        expect([profile.name, profile.origin.kind]).toEqual([profile.name, 'assumed']);
    }
  });

  it('let code gain most with ReDrafter, then chat', () => {
    const tokens = (task: string) => {
      return meanTokensPerStep(acceptanceProfile(task, redrafter), 4, 4);
    };
    expect(tokens('code')).toBeGreaterThan(tokens('chat'));
    expect(tokens('chat')).toBeGreaterThan(tokens('maths'));
    expect(tokens('maths')).toBeGreaterThan(tokens('summarise'));
  });
});

describe('a setting', () => {
  it('names a kind of text, which is the method’s own, or any profile', () => {
    expect(acceptanceProfile('chat', redrafter).name).toBe('vicuna-7b-mt-bench-distilled');
    expect(acceptanceProfile('chat', draftMethod('ngram')).name).toBe('ngram-chat');
    expect(acceptanceProfile('mlx-vicuna-13b', redrafter).origin.kind).toBe('modelled');
  });

  it('says that it is assumed when a profile was made for another method', () => {
    const { origin } = acceptanceOf(scenarioWith('medusa', 'mlx-vicuna-13b'));
    expect(origin.kind).toBe('assumed');
    expect(origin.source).toMatch(/made for redrafter, used for medusa/);
  });

  it('may be survival by depth, which holds for any number of beams', () => {
    const { acceptance } = acceptanceOf(scenarioWith('redrafter', { perDepth: [0.8, 0.6, 0.3] }));
    expect(acceptance.classes).toBe(1);
    for (const beams of [1, 8]) {
      const { survival } = acceptance.shape(beams, 4);
      for (const [d, s] of [0.8, 0.6, 0.3, 0.15].entries()) expect(survival[d]!).toBeCloseTo(s, 12);
    }
    const none = acceptanceOf(scenarioWith('redrafter', { perDepth: [0.5, 0, 0] })).acceptance;
    expect([...none.shape(1, 4).survival]).toEqual([0.5, 0, 0, 0]);
  });

  it('may be a profile’s content', () => {
    const profile = {
      name: 'mine',
      origin: { kind: 'measured' as const, source: 'my own logs' },
      perDepth: [0.7, 0.6],
      beamGain: 0.3,
      requestSpread: 0.4,
    };
    const { acceptance, origin } = acceptanceOf(scenarioWith('redrafter', profile));
    expect(origin).toEqual({ kind: 'measured', source: 'mine: my own logs' });
    expect(acceptance.shape(1, 2).tokensPerStep).toBeCloseTo(1 + 0.7 + 0.42, 12);
  });

  const bad: [string, AcceptanceSetting, RegExp][] = [
    ['a name nearly right', 'chatt', /Did you mean "chat"\?/],
    ['a profile nearly right', 'mlx-vicuna-7', /Did you mean "mlx-vicuna-7b"\?/],
    ['no depth', { perDepth: [] }, /list of 1 to/],
    ['more than all', { perDepth: [1.2] }, /perDepth\[0\] must be a probability/],
    ['less than none', { perDepth: [0.5, -0.1] }, /perDepth\[1\] must be a probability/],
    ['not a number', { perDepth: [Number.NaN] }, /got NaN/],
    ['rising survival', { perDepth: [0.5, 0.6] }, /cannot rise: entry 2 is 0.6 after 0.5/],
  ];
  it.each(bad)('is refused: %s', (_, setting, message) => {
    expect(() => acceptanceOf(scenarioWith('redrafter', setting))).toThrow(message);
    expect(() => acceptanceOf(scenarioWith('redrafter', setting))).toThrow(BeamlineError);
  });

  it('is refused with a profile that is not whole', () => {
    const profile = { perDepth: [0.5], beamGain: Number.NaN, requestSpread: 0 };
    const setting = profile as unknown as AcceptanceSetting;
    expect(() => acceptanceOf(scenarioWith('redrafter', setting))).toThrow(/beamGain must be/);
  });

  it('is not looked at without drafting', () => {
    const { acceptance } = acceptanceOf(scenarioWith('none', 'nothing of the sort'));
    expect(acceptance.shape(4, 4).tokensPerStep).toBe(1);
    expect(acceptance.classOf(0.99)).toBe(0);
  });

  it('is of an unknown method', () => {
    expect(() => acceptanceOf(scenarioWith('eagle_3', 'chat'))).toThrow(/Did you mean "eagle-3"\?/);
  });

  it('lists a method’s own profiles first', () => {
    const names = acceptanceNames(draftMethod('mtp'));
    expect(names.slice(0, 4)).toEqual(['chat', 'code', 'summarise', 'maths']);
    expect(names[4]).toMatch(/mtp/);
    expect(new Set(names).size).toBe(names.length);
  });
});
