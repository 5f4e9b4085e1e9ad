/**
 * Laws of drafting acceptance: what is drawn has the mean that is claimed, more beams and more
 * tokens never accept less, and every table of nodes is one of a tree.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';
import type { AcceptanceProfile } from '../../src/scenario/scenario.ts';
import { ProfileAcceptance } from '../../src/speculation/acceptance.ts';
import { meanSurvival, meanTokensPerStep } from '../../src/speculation/mean-acceptance.ts';
import { draftMethod } from '../../src/speculation/methods.ts';
import type { DraftedShape } from '../../src/speculation/shape-acceptance.ts';

const origin = { kind: 'assumed', source: 'drawn by the test' } as const;

const anyProfile: fc.Arbitrary<AcceptanceProfile> = fc.record({
  name: fc.constant('drawn'),
  origin: fc.constant(origin),
  perDepth: fc.array(fc.double({ min: 0.02, max: 0.98, noNaN: true }), {
    minLength: 1,
    maxLength: 6,
  }),
  beamGain: fc.double({ min: 0, max: 0.6, noNaN: true }),
  requestSpread: fc.double({ min: 0, max: 2, noNaN: true }),
});

const anyShape = fc.record({
  beams: fc.integer({ min: 1, max: 16 }),
  draftLength: fc.integer({ min: 1, max: 8 }),
});

const redrafter = draftMethod('redrafter');

function drafted(acceptance: ProfileAcceptance, beams: number, draftLength: number): DraftedShape {
  return acceptance.shape(beams, draftLength) as DraftedShape;
}

/** Steps of requests of all classes, each run until it has given `length` tokens. */
function runRequests(acceptance: ProfileAcceptance, shape: DraftedShape, length: number) {
  const random = new RandomStream(7, 'requests');
  let tokens = 0;
  let steps = 0;
  const requests = 4000;
  for (let request = 0; request < requests; request++) {
    // Evenly spread instead of drawn: the law is about the classes' shares, not about luck in
    // drawing them.
    const classIndex = acceptance.classOf((request + 0.5) / requests);
    for (let given = 0; given < length; ) {
      const emitted = shape.sampleAccepted(classIndex, random.uint32()) + 1;
      given += emitted;
      tokens += emitted;
      steps++;
    }
  }
  return { tokens, steps };
}

describe('accepted tokens', () => {
  it('have the survival of their class, within four standard errors of 200,000 draws', () => {
    const property = fc.property(anyProfile, anyShape, (profile, { beams, draftLength }) => {
      const acceptance = new ProfileAcceptance(redrafter, profile, true);
      const shape = drafted(acceptance, beams, draftLength);
      const random = new RandomStream(11, 'draws');
      const classIndex = acceptance.classOf(random.uniform());
      let sum = 0;
      let squares = 0;
      const draws = 200_000;
      for (let i = 0; i < draws; i++) {
        const accepted = shape.sampleAccepted(classIndex, random.uint32());
        sum += accepted;
        squares += accepted * accepted;
      }
      const mean = sum / draws;
      const error = Math.sqrt(Math.max(squares / draws - mean * mean, 1e-12) / draws);
      const expected = shape.classTokensPerStep(classIndex) - 1;
      expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 1e-4);
    });
    fc.assert(property, { numRuns: 25, seed: 3 });
  });

  it('have the mean survival over steps at every depth, whatever the spread of requests', () => {
    const property = fc.property(anyProfile, anyShape, (profile, { beams, draftLength }) => {
      const acceptance = new ProfileAcceptance(redrafter, profile, true);
      const shape = drafted(acceptance, beams, draftLength);
      const expected = meanSurvival(profile, beams, draftLength);
      expect([...shape.survival]).toEqual([...expected]);
      let tokens = 0;
      let requestsPerToken = 0;
      const byDepth = new Float64Array(draftLength);
      for (let c = 0; c < acceptance.classes; c++) {
        shape.classSurvival(c).forEach((reached, d) => {
          byDepth[d] = byDepth[d]! + shape.classStepShare(c) * reached;
        });
        tokens += shape.classStepShare(c) * shape.classTokensPerStep(c);
        requestsPerToken += classProbability(acceptance, c) / shape.classTokensPerStep(c);
      }
      expect(tokens).toBeCloseTo(shape.tokensPerStep, 9);
      byDepth.forEach((reached, d) => {
        expect(reached).toBeCloseTo(expected[d]!, 9);
      });
      // Σ tokens / Σ steps of requests of equal length: the harmonic mean over requests.
      expect(1 / requestsPerToken).toBeCloseTo(shape.tokensPerStep, 6);
    });
    fc.assert(property, { numRuns: 200, seed: 5 });
  });

  it('give the published mean as tokens over steps when whole requests run to their ends', () => {
    for (const requestSpread of [0, 0.5, 1.2]) {
      const profile = { name: 'x', origin, perDepth: [0.6], beamGain: 0.2, requestSpread };
      const acceptance = new ProfileAcceptance(redrafter, profile, true);
      for (const [beams, draftLength] of [
        [4, 4],
        [16, 6],
        [1, 3],
      ] as const) {
        const { tokens, steps } = runRequests(
          acceptance,
          drafted(acceptance, beams, draftLength),
          200,
        );
        const expected = meanTokensPerStep(profile, beams, draftLength);
        expect(Math.abs(tokens / steps / expected - 1)).toBeLessThan(0.01);
      }
    }
  });

  it('come from classes that take equal shares of the steps at the reference shape', () => {
    const profile = { name: 'x', origin, perDepth: [0.6], beamGain: 0.2, requestSpread: 1 };
    const acceptance = new ProfileAcceptance(redrafter, profile, true);
    const { beams, draftLength } = redrafter.defaultShape;
    const shape = drafted(acceptance, beams, draftLength);
    for (let c = 0; c < acceptance.classes; c++) {
      expect(shape.classStepShare(c)).toBeCloseTo(1 / 16, 9);
      const easier = c === 0 ? 0 : shape.classTokensPerStep(c - 1);
      expect(shape.classTokensPerStep(c)).toBeGreaterThan(easier);
    }
    expect(acceptance.classOf(1e-9)).toBe(0);
    expect(acceptance.classOf(1 - 1e-9)).toBe(15);
  });

  it('never fall with more beams or more tokens', () => {
    const property = fc.property(anyProfile, anyShape, (profile, { beams, draftLength }) => {
      const acceptance = new ProfileAcceptance(redrafter, profile, true);
      const tokens = acceptance.shape(beams, draftLength).tokensPerStep;
      expect(acceptance.shape(beams + 1, draftLength).tokensPerStep).toBeGreaterThanOrEqual(tokens);
      expect(acceptance.shape(beams, draftLength + 1).tokensPerStep).toBeGreaterThanOrEqual(tokens);
    });
    fc.assert(property, { numRuns: 200, seed: 9 });
  });

  it('are none where nothing is drafted, and all where everything is sure', () => {
    const sure = { name: 'x', origin, perDepth: [1], beamGain: 0, requestSpread: 1 };
    const acceptance = new ProfileAcceptance(redrafter, sure, true);
    expect(acceptance.shape(0, 4).tokensPerStep).toBe(1);
    expect(acceptance.shape(4, 0).sampleAccepted(0, 0)).toBe(0);
    expect(acceptance.shape(2, 3).sampleAccepted(5, 0xffffffff)).toBe(3);
    const hopeless = { ...sure, perDepth: [0] };
    const never = new ProfileAcceptance(redrafter, hopeless, true);
    expect(never.shape(2, 3).sampleAccepted(5, 0)).toBe(0);
  });
});

function classProbability(acceptance: ProfileAcceptance, classIndex: number): number {
  return acceptance.probability[classIndex]!;
}

describe('a shape', () => {
  it('is the same object each time, and a chain for a method that drafts one', () => {
    const profile = { name: 'x', origin, perDepth: [0.7], beamGain: 0.2, requestSpread: 0.5 };
    const acceptance = new ProfileAcceptance(draftMethod('mtp'), profile, true);
    const shape = acceptance.shape(4, 3);
    expect(acceptance.shape(1, 3)).toBe(shape);
    expect(shape.beams).toBe(1);
    expect(shape.maxDraftTokens).toBe(3);
    expect(shape.meanDraftTokens).toBe(3);
    expect(shape.tokensPerStep).toBeCloseTo(1 + 0.7 + 0.49 + 0.343, 12);
  });

  it('refuses a shape that is none', () => {
    const profile = { name: 'x', origin, perDepth: [0.7], beamGain: 0.2, requestSpread: 0.5 };
    const acceptance = new ProfileAcceptance(redrafter, profile, true);
    expect(() => acceptance.shape(-1, 3)).toThrow(/beams must be a whole number/);
    expect(() => acceptance.shape(2, 1.5)).toThrow(/draftLength must be a whole number/);
    expect(() => acceptance.shape(65536, 2)).toThrow(/at most 65536/);
  });
});
