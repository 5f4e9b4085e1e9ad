/**
 * Laws of a draft's tree: rows within the bounds of distinct beams, nodes that are a tree's, and
 * pruning whose mean is the sum of what it keeps.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/base/random.ts';
import { ProfileAcceptance } from '../../src/speculation/acceptance.ts';
import {
  type AcceptanceLaw,
  conditionalAcceptance,
} from '../../src/speculation/mean-acceptance.ts';
import { draftMethod } from '../../src/speculation/methods.ts';
import { rankNodes } from '../../src/speculation/node-survival.ts';
import { acceptanceProfile } from '../../src/speculation/profiles.ts';
import { nodesPerDepth } from '../../src/speculation/tree-rows.ts';

const origin = { kind: 'assumed', source: 'drawn by the test' } as const;
const redrafter = draftMethod('redrafter');

const anyLaw = fc.record({
  perDepth: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
  beamGain: fc.double({ min: 0, max: 0.8, noNaN: true }),
  requestSpread: fc.double({ min: 0, max: 2, noNaN: true }),
});
const anyBeams = fc.integer({ min: 1, max: 24 });
const anyLength = fc.integer({ min: 1, max: 8 });

function acceptanceWith(law: { perDepth: number[]; beamGain: number; requestSpread: number }) {
  return new ProfileAcceptance(redrafter, { name: 'drawn', origin, ...law }, true);
}

const plain = { perDepth: [0.6], beamGain: 0.2, requestSpread: 0.5 };

describe('rows', () => {
  it('of distinct beams lie between draftLength + beams − 1 and beams · draftLength', () => {
    const property = fc.property(anyBeams, anyLength, fc.integer(), (beams, draftLength, seed) => {
      const shape = acceptanceWith(plain).shape(beams, draftLength);
      expect(nodesPerDepth('beam', beams, draftLength).at(-1)).toBe(beams);
      const random = new RandomStream(seed >>> 0, 'rows');
      for (const draw of [0, 0xffffffff, ...Array.from({ length: 500 }, () => random.uint32())]) {
        const draftTokens = shape.sampleDraftTokens(draw);
        expect(Number.isInteger(draftTokens)).toBe(true);
        expect(draftTokens).toBeGreaterThanOrEqual(draftLength + beams - 1);
        expect(draftTokens).toBeLessThanOrEqual(beams * draftLength);
      }
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });

  it('have the mean that is claimed', () => {
    for (const [beams, draftLength] of [
      [3, 3],
      [5, 4],
      [10, 4],
      [64, 5],
      [2, 2],
      [3, 2],
      [2, 1],
      [1, 4],
    ] as const) {
      const shape = acceptanceWith(plain).shape(beams, draftLength);
      // Every quantile with evenly spread roundings: no luck in it.
      let sum = 0;
      const roundings = 1024;
      for (let draw = 0; draw < 256 * roundings; draw++) {
        sum += shape.sampleDraftTokens(draw * (2 ** 24 / roundings) + 2 ** 13);
      }
      expect(Math.abs(sum / (256 * roundings) - shape.meanDraftTokens)).toBeLessThan(1e-3);
    }
  });

  it('are all beams · draftLength without prefix dedup, and of a tree that is already one', () => {
    const profile = { name: 'drawn', origin, ...plain };
    expect(new ProfileAcceptance(redrafter, profile, false).shape(4, 3).sampleDraftTokens(9)).toBe(
      12,
    );
    const medusa = new ProfileAcceptance(draftMethod('medusa'), profile, true);
    expect(medusa.shape(16, 4).sampleDraftTokens(1 << 31)).toBe(64);
  });

  it('save 30 to 65 % of the tokens of beams of five, as the paper reports for 5 to 70', () => {
    for (const beams of [5, 10, 20, 45, 70]) {
      const rows = acceptanceWith(plain).shape(beams, 4).meanDraftTokens + 1;
      const saved = 1 - rows / (beams * 5);
      expect(saved).toBeGreaterThan(0.3);
      expect(saved).toBeLessThan(0.65);
    }
  });
});

/**
 * Parents for every node (depth 1 has the root, −1): rank k under rank k, further ranks under the
 * best.
 */
function assignParents(depths: readonly number[]): number[] {
  const byDepth = new Map<number, number[]>();
  depths.forEach((depth, node) => {
    byDepth.set(depth, [...(byDepth.get(depth) ?? []), node]);
  });
  return depths.map((depth, node) => {
    if (depth === 1) return -1;
    const above = byDepth.get(depth - 1)!;
    const rank = byDepth.get(depth)!.indexOf(node);
    return above[rank < above.length ? rank : 0]!;
  });
}

describe('nodes', () => {
  it('are those of a tree: descending, parents first, every inner node with a child', () => {
    const property = fc.property(anyLaw, anyBeams, anyLength, (law, beams, draftLength) => {
      const counts = nodesPerDepth('beam', beams, draftLength);
      const whole = Uint32Array.from(counts, (n) => Math.max(1, Math.round(n)));
      const conditional = Float64Array.from({ length: draftLength }, (_, d) => {
        return law.perDepth[Math.min(d, law.perDepth.length - 1)]!;
      });
      const { survival, depth } = rankNodes(law, beams, conditional, whole);
      const parents = assignParents([...depth]);
      const hasChild = new Set(parents);
      let expected = 1;
      const sums = new Float64Array(draftLength);
      parents.forEach((parent, node) => {
        expect(parent).toBeLessThan(node);
        expect(survival[node]!).toBeLessThanOrEqual(parent < 0 ? 1 : survival[parent]!);
        if (node > 0) expect(survival[node]!).toBeLessThanOrEqual(survival[node - 1]!);
        if (depth[node]! < draftLength) expect(hasChild.has(node)).toBe(true);
        sums[depth[node]! - 1]! += survival[node]!;
      });
      for (let d = 0; d < draftLength; d++) {
        expected *= conditional[d]!;
        expect(sums[d]!).toBeCloseTo(expected, 9);
      }
    });
    fc.assert(property, { numRuns: 500, seed: 2 });
  });

  it('of shipped profiles can be children whose survivals sum to at most their parent’s', () => {
    for (const name of ['chat', 'code', 'mlx-vicuna-13b', 'small-lm1-prose']) {
      const law = acceptanceProfile(name, redrafter);
      for (const beams of [2, 3, 4, 8, 16, 64]) {
        for (const draftLength of [2, 3, 4, 5, 8]) {
          expect(leastSlack(law, beams, draftLength)).toBeGreaterThan(-1e-12);
        }
      }
    }
  });

  it('keep at least what a smaller shape accepts, when only as many are kept', () => {
    const acceptance = acceptanceWith(plain);
    const shape = acceptance.shape(16, 5);
    for (const beams of [1, 2, 4, 8, 16]) {
      for (const draftLength of [1, 2, 3, 4, 5]) {
        const small = acceptance.shape(beams, draftLength);
        const kept = Math.round(small.meanDraftTokens);
        for (let c = 0; c < acceptance.classes; c += 5) {
          const nodes = shape.nodeSurvival(c).subarray(0, kept);
          const pruned = nodes.reduce((sum, s) => sum + s, 1);
          const fixed = tokensOf(small, c);
          expect(pruned / fixed).toBeGreaterThan(0.99);
        }
      }
    }
  });
});

/** Least that a parent has left: rank k under rank k, further ranks where most is left. */
function leastSlack(law: AcceptanceLaw, beams: number, draftLength: number): number {
  const conditional = Float64Array.from({ length: draftLength }, (_, d) => {
    return conditionalAcceptance(law, d + 1, beams);
  });
  const counts = nodesPerDepth('beam', beams, draftLength);
  const whole = Uint32Array.from(counts, (n) => Math.max(1, Math.round(n)));
  const { survival, depth } = rankNodes(law, beams, conditional, whole);
  let least = 1;
  let above = [1];
  for (let d = 1; d <= draftLength; d++) {
    const level = [...survival].filter((_, node) => depth[node] === d);
    const left = [...above];
    level.forEach((share, rank) => {
      const parent = rank < left.length ? rank : left.indexOf(Math.max(...left));
      left[parent] = left[parent]! - share;
    });
    least = Math.min(least, ...left);
    above = level;
  }
  return least;
}

function tokensOf(shape: unknown, classIndex: number): number {
  return (shape as { classTokensPerStep(c: number): number }).classTokensPerStep(classIndex);
}

describe('pruning', () => {
  it('accepts the sum of the survivals kept, within four standard errors', () => {
    const kept = fc.integer({ min: 0, max: 60 });
    const property = fc.property(anyLaw, anyBeams, anyLength, kept, (law, beams, length, count) => {
      const acceptance = acceptanceWith(law);
      const shape = acceptance.shape(beams, length);
      const random = new RandomStream(13, 'pruned');
      const classIndex = acceptance.classOf(random.uniform());
      const expected = shape
        .nodeSurvival(classIndex)
        .subarray(0, count)
        .reduce((a, b) => a + b, 0);
      let sum = 0;
      let squares = 0;
      const draws = 50_000;
      for (let i = 0; i < draws; i++) {
        const accepted = shape.samplePruned(classIndex, count, random.uint32());
        sum += accepted;
        squares += accepted * accepted;
      }
      const mean = sum / draws;
      const error = Math.sqrt(Math.max(0, squares / draws - mean * mean) / draws);
      expect(Math.abs(mean - expected)).toBeLessThan(4.5 * error + 1e-4);
    });
    fc.assert(property, { numRuns: 40, seed: 4 });
  });

  it('of nothing is the whole tree, of everything is no draft', () => {
    const acceptance = acceptanceWith(plain);
    const shape = acceptance.shape(8, 4);
    const random = new RandomStream(3, 'same');
    for (let i = 0; i < 2000; i++) {
      const draw = random.uint32();
      const whole = shape.sampleAccepted(6, draw);
      expect(Math.abs(shape.samplePruned(6, 1000, draw) - whole)).toBe(0);
      expect(shape.samplePruned(6, 0, draw)).toBe(0);
    }
  });
});
